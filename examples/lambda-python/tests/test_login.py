"""The login follows the options."""

import datetime
import unittest
from typing import Any
from unittest import mock

import botocore.credentials
import botocore.exceptions
import redis

import cache
from cache.iam import Signer

from .fixtures import TOKEN, FakeServer, Fixture, secret_json

SESSION_TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE/token+with=signs=="
NOON = datetime.datetime(2026, 11, 22, 12, 0, 0)
IAM: dict[str, Any] = {"secret_id": "", "user": "prod-app", "cache_name": "prod-redis", "region": "eu-central-1"}


def at(moment: datetime.datetime) -> Any:
    """The clock of botocore's signer."""
    return mock.patch("botocore.auth.get_current_datetime", return_value=moment)


def credentials(session_token: str | None = SESSION_TOKEN) -> botocore.credentials.Credentials:
    """The example keys of AWS's documentation."""
    return botocore.credentials.Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", session_token)


class IAMToken(unittest.TestCase):
    # Computed by aws-sdk-go-v2 1.48.0 (v4.Signer.PresignHTTP), and by a program written from AWS's description of Signature
    # Version 4 with nothing but HMAC and SHA-256; both gave the same signatures. They cover the parameters in the order of
    # their names, whatever the order in the URL.
    SCOPE = (
        "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20261122%2Feu-central-1%2Felasticache%2Faws4_request"
    )
    LIFETIME = "&X-Amz-Date=20261122T120000Z&X-Amz-Expires=900"
    SESSION = "&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE%2Ftoken%2Bwith%3Dsigns%3D%3D"
    SIGNATURE = "&X-Amz-SignedHeaders=host&X-Amz-Signature="

    def test_it_is_the_one_that_other_signers_make(self) -> None:
        for name, cache_name, serverless, session_token, want in (
            (
                "for a replication group, with credentials of a user",
                "Prod-Redis",
                False,
                None,
                f"prod-redis/?Action=connect&User=prod-app{self.SCOPE}{self.LIFETIME}"
                f"{self.SIGNATURE}6707fc47aa4b06ba2fad6756f2a06b28e16b183430118d23a71e5a8226750bae",
            ),
            (
                "for a replication group, with credentials of a role",
                "Prod-Redis",
                False,
                SESSION_TOKEN,
                f"prod-redis/?Action=connect&User=prod-app{self.SCOPE}{self.LIFETIME}{self.SESSION}"
                f"{self.SIGNATURE}69292f5e0b8c13c5643628bc471e126dca05d680a864593d02a21f068937c953",
            ),
            (
                "for a serverless cache, with credentials of a role",
                "prod-serverless",
                True,
                SESSION_TOKEN,
                f"prod-serverless/?Action=connect&ResourceType=ServerlessCache&User=prod-app{self.SCOPE}{self.LIFETIME}"
                f"{self.SESSION}{self.SIGNATURE}5db95c0e96e17aaf364f8805f9e769a1aa0f1e1bb203b48eeec1e6ea8438cd3e",
            ),
        ):
            with self.subTest(name), at(NOON):
                options = cache.Options(**{**IAM, "cache_name": cache_name, "serverless": serverless})
                got = Signer(options, credentials(session_token)).token()
                self.assertEqual(self.parts(got), self.parts(want))

    def parts(self, token: str) -> tuple[str, list[str]]:
        host, _, query = token.partition("?")
        return host, sorted(query.split("&"))


class IAMLogin(Fixture):
    def require_token(self) -> str:
        """Makes the server accept prod-app with the token that is signed now, and nobody else."""
        token = Signer(cache.Options(**IAM), credentials()).token()
        self.server.login = ("prod-app", token)
        return token

    def test_each_connection_signs_a_token_of_its_own(self) -> None:
        self.make(credentials=credentials(), **IAM)
        with at(NOON):
            first = self.require_token()
            self.assertEqual([self.get(), self.get()], ["database", "cache"])
        with at(NOON + datetime.timedelta(hours=1)):  # the first token has expired, its connection lives on
            self.assertNotEqual(self.require_token(), first)
            self.assertEqual(self.get(), "cache")
            self.assertEqual(self.server.connections, 1)
            self.server.errors["GET"] = [redis.ConnectionError("Connection closed by server.")]
            self.assertEqual(self.get(), "cache")
            self.assertEqual(self.server.connections, 2)
        self.assertEqual(self.counts(), (1, 0, 0))
        self.assertEqual(self.secrets.reads, 0)

    def test_a_login_that_fails_costs_the_cache_only(self) -> None:
        gone = mock.Mock()
        gone.get_frozen_credentials.side_effect = botocore.exceptions.CredentialRetrievalError(
            provider="role", error_msg="no role"
        )
        for name, given, changes, reason, message in (
            ("the token is refused", credentials(), {}, "auth", ""),
            ("the credentials are not to be had", gone, {}, "iam", "no role"),
            ("there are no credentials", None, {}, "iam", "there are no AWS credentials; pass"),
            (
                "the name of the cache is missing",
                credentials(),
                {"cache_name": ""},
                "iam",
                "REDIS_CACHE_NAME is empty; set it to the id of the replication group for IAM, or set REDIS_AUTH_SECRET",
            ),
            (
                "the user and the region are missing, under another prefix",
                credentials(),
                {"user": "", "region": "", "environment_prefix": "SESSIONS"},
                "iam",
                "SESSIONS_USER is empty; set it to the user to log in as. the region is empty; set AWS_REGION",
            ),
        ):
            with self.subTest(name):
                self.make(credentials=given, **{**IAM, **changes})
                self.assertEqual(self.get(), "database")
                self.assert_failed("GET", "primary", reason)
                self.assertIn(message, self.lines("msg")[-1]["error"])

    def test_a_token_quoted_by_the_server_is_not_logged(self) -> None:
        self.make(credentials=credentials(), **IAM)
        with at(NOON):
            self.server.errors["GET"] = [redis.ResponseError(f"something about {self.require_token()}"), ...]
            self.assertEqual(self.get(), "database")
        self.assert_failed("GET", "primary", "server")
        self.assertNotIn("X-Amz-", self.out.getvalue())


class PasswordLogin(Fixture):
    def test_the_user_is_the_one_of_the_password(self) -> None:
        for name, secret, options, login in (
            ("a token of the default user", {}, {}, (TOKEN,)),
            ("a user in the secret", {"username": "of-the-secret"}, {}, ("of-the-secret", TOKEN)),
            ("a user beside the secret", {}, {"user": "of-the-variable"}, ("of-the-variable", TOKEN)),
            (
                "the user of the secret before another",
                {"username": "of-the-secret"},
                {"user": "of-the-variable"},
                ("of-the-secret", TOKEN),
            ),
            ("a secret before IAM", {}, {"user": "of-the-variable", "cache_name": "prod-redis"}, ("of-the-variable", TOKEN)),
        ):
            with self.subTest(name):
                self.make(FakeServer(login), secret_json(TOKEN, **secret), **options)
                self.assertEqual([self.get(), self.get()], ["database", "cache"])

    def test_without_a_login_none_is_sent(self) -> None:
        self.make(FakeServer(login=None), secret_id="")
        self.assertEqual([self.get(), self.get()], ["database", "cache"])
        self.assertEqual(self.secrets.reads, 0)
