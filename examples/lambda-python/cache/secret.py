"""The secret with the password of the cache."""

import dataclasses
import json
from collections.abc import Callable
from typing import Any, Protocol

from .failure import SecretError
from .options import Options


class SecretReader(Protocol):
    """The one call of a boto3 Secrets Manager client that the cache makes."""

    def get_secret_value(self, *, SecretId: str) -> Any: ...


@dataclasses.dataclass(frozen=True)
class Secret:
    host: str = ""
    port: int = 0
    reader_host: str = ""
    user: str = ""
    token: str = dataclasses.field(default="", repr=False)


class SecretSource:
    """Reads the secret when it is first needed and keeps it until its password is refused."""

    def __init__(self, options: Options, reader: SecretReader | None, clock: Callable[[], float]) -> None:
        self._id = options.secret_id
        self._variable = f"{options.environment_prefix}_AUTH_SECRET"
        self._interval = options.secret_interval
        self._reader = reader
        self._clock = clock
        self.held: Secret | None = None
        self._tried: float | None = None
        self._last_error: SecretError | None = None

    def get(self) -> Secret:
        return self.held or self.renew(None)

    def renew(self, refused: Secret | None) -> Secret:
        """Replaces the secret whose password was refused."""
        if self.held is not None and self.held is not refused:
            return self.held
        if self._tried is not None and self._clock() - self._tried < self._interval:
            raise self._last_error or SecretError(
                f'secret "{self._id}" was read less than {self._interval} s ago; it is not read again so soon'
            )
        self._tried = self._clock()
        try:
            self.held, self._last_error = self._read(), None
        except SecretError as error:
            self._last_error = error
            raise
        return self.held

    def _read(self) -> Secret:
        if not self._id:
            return Secret()
        if self._reader is None:
            raise SecretError(f'secret "{self._id}" cannot be read: pass a Secrets Manager client to RedisCache')
        try:
            text = self._reader.get_secret_value(SecretId=self._id).get("SecretString", "")
        except Exception as error:
            raise SecretError(f'secret "{self._id}" cannot be read: {error}') from None
        try:
            secret = parse(text)
        except (AttributeError, TypeError, ValueError):
            raise SecretError(
                f'secret "{self._id}": not of the form {{"host": string, "port": number, "auth_token": string, '
                '"reader_host": string, "username": string}'
            ) from None
        if not secret.token:
            raise SecretError(
                f'secret "{self._id}": auth_token is missing; '
                f"a cache without a password needs no secret: leave {self._variable} empty"
            )
        return secret


def parse(text: str) -> Secret:
    fields = json.loads(text)
    texts = {name: fields.get(name, "") for name in ("host", "reader_host", "username", "auth_token")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError
    return Secret(
        host=texts["host"],
        port=int(fields.get("port", 0)),
        reader_host=texts["reader_host"],
        user=texts["username"],
        token=texts["auth_token"],
    )
