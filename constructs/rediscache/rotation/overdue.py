"""Fails where the rotation of a secret is overdue, so that the alarm on this function's errors fires. It runs once a day."""
import datetime
import os

import boto3

SECRET = os.environ["SECRET"]
SECONDS = int(os.environ["ROTATION_SECONDS"])  # between two rotations
DAY = 24 * 60 * 60  # Secrets Manager rotates within a window of a day

secrets = boto3.client("secretsmanager")


def handler(event, context):
    secret = secrets.describe_secret(SecretId=SECRET)
    last = secret.get("LastRotatedDate", secret["CreatedDate"])
    age = (datetime.datetime.now(datetime.timezone.utc) - last).total_seconds()
    if age > SECONDS + DAY:
        raise RuntimeError(f"{SECRET} was last rotated on {last:%Y-%m-%d}; look at the rotator's log, then run rotate-secret")
