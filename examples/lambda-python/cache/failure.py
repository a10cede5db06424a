"""What may go wrong with the cache, and how log and metric lines call it."""

import redis

TIMEOUT = "timeout"  # no connection or no reply in time
CONNECTION = "connection"  # name not resolved, connection refused or broken, certificate not trusted
AUTH = "auth"  # the login was refused
READONLY = "readonly"  # the endpoint leads to a demoted primary
SERVER = "server"  # any other error reply of Redis, such as OOM or LOADING
SECRET = "secret"  # the secret is unreadable or malformed
IAM = "iam"  # no IAM token could be signed: credentials, region or a variable is missing
CORRUPT = "corrupt"  # the cached value is not JSON of the wanted shape
ENCODE = "encode"  # the loaded value cannot be written as JSON
CIRCUIT_OPEN = "circuit_open"  # a breaker skipped the endpoint or the node


# redis-py closes a connection whose login fails only for errors of its own kind; so these are.
class SecretError(redis.RedisError):
    """The secret is unreadable or malformed. Its text never quotes the secret."""


class IAMError(redis.RedisError):
    """No IAM token could be signed."""


class CircuitOpen(Exception):
    """A breaker skipped the endpoint or the node."""


def cause_of(error: BaseException) -> BaseException:
    """A cluster client that cannot read the map of the slots wraps the reason."""
    if isinstance(error, redis.exceptions.RedisClusterException) and error.__cause__ is not None:
        return error.__cause__
    return error


def is_refused(error: BaseException) -> bool:
    """Redis 6 and newer answer a wrong password with WRONGPASS, older ones with "ERR invalid password"; NOAUTH means that none
    was sent. redis-py takes the prefix off some of them."""
    error = cause_of(error)
    if isinstance(error, redis.AuthenticationError):
        return True
    text = str(error)
    return isinstance(error, redis.RedisError) and any(
        part in text for part in ("WRONGPASS", "NOAUTH", "invalid password", "invalid username-password pair")
    )


def reason_of(error: BaseException) -> str:
    error = cause_of(error)
    if isinstance(error, CircuitOpen):
        return CIRCUIT_OPEN
    if isinstance(error, SecretError):
        return SECRET
    if isinstance(error, IAMError):
        return IAM
    if isinstance(error, redis.TimeoutError):
        return TIMEOUT
    if is_refused(error):
        return AUTH
    if isinstance(error, redis.exceptions.ReadOnlyError):
        return READONLY
    if isinstance(error, (redis.ResponseError, redis.BusyLoadingError)):
        return SERVER
    return CONNECTION
