"""Tests of overdue.py, without boto3 and without AWS."""
import datetime
import importlib
import os
import sys
import types
import unittest
from unittest import mock

DAY = 24 * 60 * 60


class Secrets:
    def __init__(self, **secret):
        self.secret = secret

    def describe_secret(self, SecretId):
        assert SecretId == "arn:secret"
        return self.secret


def run(**secret):
    """Runs the handler for a secret that is rotated every 30 days."""
    boto3 = types.SimpleNamespace(client=lambda service: Secrets(**secret))
    environment = {"SECRET": "arn:secret", "ROTATION_SECONDS": str(30 * DAY)}
    with mock.patch.dict(sys.modules, {"boto3": boto3}), mock.patch.dict(os.environ, environment):
        sys.modules.pop("overdue", None)
        return importlib.import_module("overdue").handler({}, None)


def days_ago(days):
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)


class OverdueTest(unittest.TestCase):
    def test_a_secret_rotated_in_time_is_fine(self):
        self.assertIsNone(run(CreatedDate=days_ago(300), LastRotatedDate=days_ago(30.9)))

    def test_a_new_secret_is_fine(self):
        self.assertIsNone(run(CreatedDate=days_ago(2)))

    def test_a_rotation_that_is_a_day_late_fails(self):
        with self.assertRaisesRegex(RuntimeError, "arn:secret was last rotated on .*; look at the rotator's log"):
            run(CreatedDate=days_ago(300), LastRotatedDate=days_ago(31.1))

    def test_a_secret_that_was_never_rotated_fails(self):
        with self.assertRaises(RuntimeError):
            run(CreatedDate=days_ago(32))


if __name__ == "__main__":
    unittest.main()
