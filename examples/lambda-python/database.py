"""Queries PostgreSQL, on Amazon RDS or Aurora, with the login of a Secrets Manager secret.

One connection is enough for an execution environment, which serves one request at a time. It is made on first use and kept. The
secret is read on first use, and again when a connection cannot be made with its login.
"""

import dataclasses
import json
import os
import ssl
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

import psycopg


class SecretReader(Protocol):
    """The one call of a boto3 Secrets Manager client that a Database makes."""

    def get_secret_value(self, *, SecretId: str) -> Any: ...


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """Times are in seconds."""

    # Name or ARN of a secret as RDS keeps it: {"username", "password", "host", "port", "dbname"}. A secret that RDS manages
    # itself has the first two only.
    secret_id: str
    host: str = ""  # default: "host" of the secret
    port: str = ""  # default: "port" of the secret, else 5432
    name: str = ""  # default: "dbname" of the secret
    # Certificates that the server's is verified with, in PEM. Default: the system's, which do for RDS Proxy; an instance or a
    # cluster needs the bundle of RDS.
    ca_file: str = ""
    connect_timeout: int = 5
    statement_timeout: int = 25  # when the server gives up a statement, also one that nobody waits for any more
    application_name: str = ""  # shown in pg_stat_activity

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Self:
        return cls(
            secret_id=environ.get("DB_SECRET", ""),
            host=environ.get("DB_HOST", ""),
            port=environ.get("DB_PORT", ""),
            name=environ.get("DB_NAME", ""),
            ca_file=environ.get("DB_CA_FILE", ""),
            application_name=environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
        )

    def check(self) -> None:
        """Fails when the certificates cannot be used, so that a deployment without them fails at its first cold start."""
        if not self.ca_file:
            return
        remedy = "set it to the path of the RDS certificate bundle, in PEM"
        try:
            ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise ValueError(f'DB_CA_FILE: "{self.ca_file}" cannot be used: {error}; {remedy}') from None


class SecretError(Exception):
    """The secret is unreadable or malformed. Its text never quotes the secret."""


@dataclasses.dataclass(frozen=True)
class Login:
    host: str
    port: int
    name: str
    user: str
    password: str = dataclasses.field(repr=False)


class Database:
    def __init__(self, options: Options, secrets: SecretReader) -> None:
        options.check()
        self._options = options
        self._secrets = secrets
        self._login: Login | None = None
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None

    def query(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Runs a statement that reads, with parameters $1, $2 ... It runs once more if the connection turns out to be dead, as
        it may be after the environment was frozen."""
        established = self._connection is not None
        connection = self._connect()
        try:
            return self._run(connection, sql, parameters)
        except psycopg.OperationalError:
            if not (established and connection.broken):
                raise
        self.close()
        return self._run(self._connect(), sql, parameters)

    def close(self) -> None:
        """Closes the connection. A Lambda function never needs it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, connection: psycopg.Connection[tuple[Any, ...]], sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        cursor: psycopg.RawCursor[tuple[Any, ...]] = psycopg.RawCursor(connection)
        with cursor:
            return cursor.execute(sql.encode(), parameters).fetchall()

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._connection is not None:
            return self._connection
        used = self._login = self._login or self._read_login()
        try:
            self._connection = self._open(used)
        except psycopg.OperationalError:
            # A refused connection has no SQLSTATE, and its text is in the server's language: only the secret tells whether
            # another login may do.
            self._login = self._read_login()
            if self._login == used:
                raise
            self._connection = self._open(self._login)
        return self._connection

    def _open(self, login: Login) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=login.host,
            port=login.port,
            dbname=login.name,
            user=login.user,
            password=login.password,
            sslmode="verify-full",
            sslrootcert=self._options.ca_file or ssl.get_default_verify_paths().cafile or "system",
            connect_timeout=self._options.connect_timeout,
            # The network may have forgotten the connection while the environment was frozen.
            tcp_user_timeout=self._options.connect_timeout * 1000,
            application_name=self._options.application_name,
            options=f"-c statement_timeout={self._options.statement_timeout}s",
            autocommit=True,
        )

    def _read_login(self) -> Login:
        secret_id = self._options.secret_id
        if not secret_id:
            raise SecretError("DB_SECRET is empty; set it to the ARN of the database's secret")
        try:
            text = self._secrets.get_secret_value(SecretId=secret_id).get("SecretString", "")
        except Exception as error:
            raise SecretError(f'secret "{secret_id}" cannot be read: {error}') from None
        try:
            return self._parse(text)
        except SecretError as error:
            raise SecretError(f'secret "{secret_id}": {error}') from None

    def _parse(self, text: str) -> Login:
        try:
            fields = json.loads(text)
            values = {name: fields.get(name, "") for name in ("username", "password", "host", "dbname")}
            port = int(fields.get("port", 5432))
            if not all(isinstance(value, str) for value in values.values()):
                raise TypeError
        except (AttributeError, TypeError, ValueError):
            form = '{"username": string, "password": string, "host": string, "port": number, "dbname": string}'
            raise SecretError(f"not of the form {form}") from None
        options = self._options
        host, name = options.host or values["host"], options.name or values["dbname"]
        given = options.port or str(port)
        problems = [
            message
            for present, message in (
                (values["username"] and values["password"], "username or password is missing; a secret of RDS has both"),
                (host, "host is missing; set DB_HOST"),
                (name, "dbname is missing; set DB_NAME"),
                (
                    given.isdecimal() and 0 < int(given) < 65536,
                    "port is not a port number; set DB_PORT to one from 1 to 65535",
                ),
            )
            if not present
        ]
        if problems:
            raise SecretError(". ".join(problems))
        return Login(host, int(given), name, values["username"], values["password"])
