"""Passwords of a user with IAM authentication. Signing needs no network."""

from urllib.parse import urlencode

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions

from .failure import IAMError
from .options import Options

# How long ElastiCache accepts a token, at most 900. An established connection outlives it.
TOKEN_SECONDS = 900


class Signer:
    def __init__(self, options: Options, credentials: botocore.credentials.Credentials | None) -> None:
        self._options = options
        self._credentials = credentials
        self._mistakes = ". ".join(mistakes(options, credentials))

    def token(self) -> str:
        """A presigned request to connect, without its scheme, as ElastiCache expects it in the password."""
        if self._mistakes or self._credentials is None:
            raise IAMError(self._mistakes)
        query = {"Action": "connect", "User": self._options.user}
        if self._options.serverless:
            query["ResourceType"] = "ServerlessCache"
        # The host is the name of the cache and not its endpoint. ElastiCache keeps names in lower case.
        url = f"http://{self._options.cache_name.lower()}/?{urlencode(query)}"
        request = botocore.awsrequest.AWSRequest("GET", url)
        try:
            botocore.auth.SigV4QueryAuth(
                self._credentials.get_frozen_credentials(), "elasticache", self._options.region, expires=TOKEN_SECONDS
            ).add_auth(request)
        except botocore.exceptions.BotoCoreError as error:
            raise IAMError(str(error)) from None
        return str(request.url).removeprefix("http://")


def mistakes(options: Options, credentials: botocore.credentials.Credentials | None) -> list[str]:
    """Lists everything that is missing."""
    prefix = options.environment_prefix
    return [
        message
        for present, message in (
            (options.user, f"{prefix}_USER is empty; set it to the user to log in as"),
            (
                options.cache_name,
                f"{prefix}_CACHE_NAME is empty; set it to the id of the replication group for IAM, "
                f"or set {prefix}_AUTH_SECRET to log in with a password",
            ),
            (credentials, "there are no AWS credentials; pass those of a boto3 session to RedisCache"),
            (options.region, "the region is empty; set AWS_REGION"),
        )
        if not present
    ]
