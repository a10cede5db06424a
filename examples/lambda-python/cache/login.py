"""The login of a new connection."""

import botocore.credentials
import redis

from . import iam
from .options import Options
from .secret import SecretSource


def new_login(
    options: Options, secrets: SecretSource, credentials: botocore.credentials.Credentials | None
) -> redis.CredentialProvider | None:
    """Chooses the login by what the options have; None sends none."""
    if options.secret_id:
        return PasswordLogin(options, secrets)
    if options.user or options.cache_name:
        return IAMLogin(options, credentials)
    return None


class PasswordLogin(redis.CredentialProvider):
    def __init__(self, options: Options, secrets: SecretSource) -> None:
        self._user = options.user
        self._secrets = secrets

    def get_credentials(self) -> tuple[str] | tuple[str, str]:
        secret = self._secrets.get()
        # A password belongs to the user that stands beside it in the secret.
        user = secret.user or self._user
        return (user, secret.token) if user else (secret.token,)


class IAMLogin(redis.CredentialProvider):
    def __init__(self, options: Options, credentials: botocore.credentials.Credentials | None) -> None:
        self._user = options.user
        self._signer = iam.Signer(options, credentials)

    def get_credentials(self) -> tuple[str, str]:
        return self._user, self._signer.token()
