"""Keeps the results of slow queries in ElastiCache for Redis, for code that runs in AWS Lambda.

The cache is never a reason to fail. RedisCache.get_or_load asks Redis, and whatever goes wrong there (it is slow, down,
refuses the token, holds a value that cannot be read, or the secret with the token is unreadable) the value comes from the
caller's load function instead. The failure is counted and logged; only an exception of load itself reaches the caller.

Make one RedisCache for each execution environment and keep it for its life. It connects on first use. An environment
serves one request at a time, so there is no lock here and no sharing of concurrent loads: do not use it from threads.

The secret is read on first use and kept. When Redis refuses the token on a new connection, the secret is read again, no more
often than every secret_interval seconds, and the connection is made with the new token. An established connection stays in
use: Redis asks for a token only at connect.
"""

import dataclasses
import datetime
import json
import os
import random
import sys
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

FROM_CACHE = "cache"
FROM_DATABASE = "database"

TTL_TODAY = 300  # ranges that include today: their numbers still grow
TTL_MONTH = 3600  # ranges that ended within the last 30 days: late events still correct them
TTL_HISTORY = 86400
JITTER = 0.10

# Below the 350 s after which AWS network paths forget an idle TCP connection without telling either end.
MAX_IDLE = 300


@dataclasses.dataclass(frozen=True)
class Options:
    """Where the cache is and how long it may take. Times are in seconds."""

    host: str = ""  # primary endpoint; default: "host" of the secret
    port: str = ""  # of both endpoints; default: "port" of the secret, else 6379
    secret_id: str = ""  # name or ARN of the secret; default: none, and Redis is used without a token
    read_from_replicas: bool = False  # reads go to "reader_host" of the secret first; replicas may lag behind
    connect_timeout: float = 0.5  # of one TCP connect
    command_timeout: float = 0.25  # of each reply, in the TLS handshake, the login and the command
    budget: float = 1.0  # of one get_or_load; after it no further step with the cache is begun
    breaker_threshold: int = 3  # failures in a row that open the breaker
    breaker_cooldown: float = 1.0  # how long an open breaker skips the endpoint
    secret_interval: float = 10.0  # least time between two reads of the secret
    namespace: str = "SecureBase/RedisCache"  # of the CloudWatch metrics
    function_name: str = "local"  # the metrics' dimension

    @classmethod
    def from_env(cls, environ=os.environ):
        return cls(
            host=environ.get("REDIS_HOST", ""),
            port=environ.get("REDIS_PORT", ""),
            secret_id=environ.get("REDIS_AUTH_SECRET", ""),
            read_from_replicas=environ.get("REDIS_READ_FROM_REPLICAS") == "true",
            function_name=environ.get("AWS_LAMBDA_FUNCTION_NAME") or "local",
        )


def ttl_for(last_day, today):
    """The tier in seconds for data whose last day is last_day; both are days of UTC."""
    if last_day >= today:
        return TTL_TODAY
    if last_day >= today - datetime.timedelta(days=30):
        return TTL_MONTH
    return TTL_HISTORY


def jittered(ttl):
    """Takes up to 10 % off, so that keys written together do not expire together; a tier is never exceeded."""
    return ttl - random.random() * JITTER * ttl


def new_client(host, port, token, options):
    """A client that connects on first use."""
    return redis.Redis(
        host=host,
        port=int(port),
        password=token,
        # Python 3.10 and newer refuse TLS below 1.2. The roots are the system's. Old redis-py does not check the host name
        # unless told to.
        ssl=True,
        ssl_cert_reqs="required",
        ssl_check_hostname=True,
        socket_connect_timeout=options.connect_timeout,
        socket_timeout=options.command_timeout,
        # redis-py 6 and newer retry three times with sleeps of up to 10 s, unless told not to.
        retry=Retry(NoBackoff(), 0),
        max_connections=2,
    )


class RedisCache:
    def __init__(self, options, secrets, client_factory=new_client, clock=time.monotonic, out=None):
        """secrets is a boto3 Secrets Manager client; the other arguments are for tests."""
        self._options = options
        self._clock = clock
        self._out = out or sys.stdout
        self._secrets = _SecretSource(options, secrets, clock)
        self._primary = _Endpoint("primary", options, self._secrets, client_factory, clock)
        self._reader = _Endpoint("reader", options, self._secrets, client_factory, clock)

    def get_or_load(self, key, ttl, load, decode=lambda value: value):
        """Returns (value, FROM_CACHE), or else (load(), FROM_DATABASE), and then stores the value for up to ttl seconds.

        Values are JSON. decode turns parsed JSON into a value and raises if it has another shape, which counts as corrupt.
        Give each shape its own version in the key. With a ttl under a millisecond nothing is stored.
        """
        lookup = _Lookup(self._options, self._secrets, self._out)
        try:
            deadline = self._clock() + self._options.budget
            cached, endpoint, store = self._get(key, deadline, lookup)
            if cached is not None:
                try:
                    value = decode(json.loads(cached))
                    lookup.hit = True
                    return value, FROM_CACHE
                except Exception:
                    lookup.fail("GET", endpoint, "corrupt", "the cached value has another shape; it is loaded and overwritten")
            # What load takes is not the cache's time.
            left = deadline - self._clock()
            value = load()
            if store and ttl >= 0.001:
                self._set(key, value, ttl, self._clock() + left, lookup)
            return value, FROM_DATABASE
        finally:
            lookup.emit()

    def _get(self, key, deadline, lookup):
        """Returns the value or None, the endpoint asked last, and whether that answered: a cache that has just failed would
        only cost its timeout once more."""
        name = "primary"
        for endpoint in self._read_endpoints():
            name = endpoint.name
            try:
                return endpoint.do(lambda client: client.get(key), deadline), name, True
            except Exception as error:
                lookup.fail("GET", name, reason_of(error), str(error))
        return None, name, False

    def _read_endpoints(self):
        if self._options.read_from_replicas:
            try:
                if self._secrets.get().reader_host:
                    return [self._reader, self._primary]
            except Exception:
                pass  # the primary meets the same error and reports it
        return [self._primary]

    def _set(self, key, value, ttl, deadline, lookup):
        try:
            text = json.dumps(value, separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError) as error:
            lookup.fail("SET", "primary", "encode", str(error))
            return
        milliseconds = max(1, int(jittered(ttl) * 1000))
        try:
            self._primary.do(lambda client: client.set(key, text, px=milliseconds), deadline)
        except Exception as error:
            lookup.fail("SET", "primary", reason_of(error), str(error))


class _Endpoint:
    """The primary or the reader: one client and one breaker, since each may be down alone."""

    def __init__(self, name, options, secrets, client_factory, clock):
        self.name = name
        self._options = options
        self._secrets = secrets
        self._client_factory = client_factory
        self._clock = clock
        self._client = None
        self._worked_at = None  # None until the client has had an answer
        self._failures = 0
        self._retry_at = 0.0

    def do(self, command, deadline):
        if self._failures >= self._options.breaker_threshold and self._clock() < self._retry_at:
            raise CircuitOpen()
        try:
            result = self._attempt(command, deadline)
        except Exception:
            self._failures += 1
            self._retry_at = self._clock() + self._options.breaker_cooldown
            raise
        self._failures = 0
        return result

    def _attempt(self, command, deadline):
        used = self._secrets.get()
        try:
            return self._send(command, used, deadline)
        except redis.RedisError as error:
            if not is_refused(error):
                raise
            try:
                renewed = self._secrets.renew(used)
            except SecretError:
                raise error from None
            if renewed.token == used.token:
                raise
        self._drop()
        return self._send(command, renewed, deadline)

    def _send(self, command, secret, deadline):
        if self._worked_at is not None and self._clock() - self._worked_at > MAX_IDLE:
            self._drop()
        had_worked = self._worked_at is not None
        try:
            return self._once(command, secret, deadline)
        except redis.exceptions.ReadOnlyError:
            # The connection leads to a demoted primary; the endpoint's name leads to the new one by now.
            self._drop()
        except redis.ConnectionError as error:
            # A connection that died while idle. One that never worked would only fail again.
            if not had_worked or is_refused(error) or isinstance(error, redis.BusyLoadingError):
                raise
            self._drop()
        return self._once(command, secret, deadline)

    def _once(self, command, secret, deadline):
        if self._clock() >= deadline:
            raise redis.TimeoutError(f"the budget of {self._options.budget} s is spent")
        if self._client is None:
            self._client = self._client_factory(*self._address(secret), secret.token or None, self._options)
        result = command(self._client)
        self._worked_at = self._clock()
        return result

    def _address(self, secret):
        host = secret.reader_host if self.name == "reader" else self._options.host or secret.host
        if not host:
            raise redis.ConnectionError("the primary has no host; set REDIS_HOST to its endpoint")
        return host, self._options.port or secret.port or 6379

    def _drop(self):
        client, self._client, self._worked_at = self._client, None, None
        if client is not None:
            client.close()
            client.connection_pool.disconnect()


@dataclasses.dataclass(frozen=True)
class _Secret:
    host: str = ""
    port: int = 0
    reader_host: str = ""
    token: str = dataclasses.field(default="", repr=False)


class SecretError(Exception):
    """The secret is unreadable or malformed. Its text never quotes the secret."""


class CircuitOpen(Exception):
    """The breaker skipped the endpoint."""


class _SecretSource:
    """Reads the secret when it is first needed and keeps it until a token is refused."""

    def __init__(self, options, client, clock):
        self._id = options.secret_id
        self._interval = options.secret_interval
        self._client = client
        self._clock = clock
        self.held = None
        self._tried = None
        self._last_error = None

    def get(self):
        return self.held or self.renew(None)

    def renew(self, refused):
        """Replaces the secret whose token was refused."""
        if self.held is not refused:
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

    def _read(self):
        if not self._id:
            return _Secret()
        try:
            text = self._client.get_secret_value(SecretId=self._id).get("SecretString", "")
        except Exception as error:
            raise SecretError(f'secret "{self._id}" cannot be read: {error}') from None
        try:
            fields = json.loads(text)
            secret = _Secret(
                host=fields.get("host", ""),
                port=int(fields.get("port", 0)),
                reader_host=fields.get("reader_host", ""),
                token=fields.get("auth_token", ""),
            )
            if not all(isinstance(s, str) for s in (secret.host, secret.reader_host, secret.token)):
                raise TypeError
        except (AttributeError, TypeError, ValueError):
            raise SecretError(
                f'secret "{self._id}": not of the form '
                '{"host": string, "port": number, "auth_token": string, "reader_host": string}'
            ) from None
        if not secret.token:
            raise SecretError(
                f'secret "{self._id}": auth_token is missing; '
                "a cache without AUTH needs no secret: leave REDIS_AUTH_SECRET empty"
            )
        return secret


def is_refused(error):
    """Redis 6 and newer answer a wrong token with WRONGPASS, older ones with "ERR invalid password"; NOAUTH means that none
    was sent. redis-py takes the prefix off some of them."""
    text = str(error)
    return isinstance(error, redis.AuthenticationError) or any(
        part in text for part in ("WRONGPASS", "NOAUTH", "invalid password", "invalid username-password pair")
    )


def reason_of(error):
    """The reasons of log and metric lines. "corrupt" and "encode" are the others."""
    if isinstance(error, CircuitOpen):
        return "circuit_open"
    if isinstance(error, SecretError):
        return "secret"
    if isinstance(error, redis.TimeoutError):
        return "timeout"
    if isinstance(error, redis.RedisError) and is_refused(error):
        return "auth"
    if isinstance(error, redis.exceptions.ReadOnlyError):
        return "readonly"
    if isinstance(error, (redis.ResponseError, redis.BusyLoadingError)):
        return "server"
    return "connection"


class _Lookup:
    """What one get_or_load did: a log line for each failure, a metric line when it is over."""

    def __init__(self, options, secrets, out):
        self._options = options
        self._secrets = secrets
        self._out = out
        self.hit = False
        self._failures = 0
        self._last = {}

    def fail(self, operation, endpoint, reason, error):
        self._failures += 1
        self._last = {"operation": operation, "reason": reason}
        if reason == "circuit_open":
            return  # only counted: the failures that opened the breaker are in the log
        self._write(
            {
                "time": datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z"),
                "level": "WARN",
                "msg": "cache failure",
                "operation": operation,
                "endpoint": endpoint,
                "reason": reason,
                "error": self._redact(error),
            }
        )

    def _redact(self, text):
        """A server that does not know AUTH quotes its arguments, token included, in the error."""
        text = text.partition(", with args beginning with")[0]
        held = self._secrets.held
        return text.replace(held.token, "***") if held and held.token else text

    def emit(self):
        """One line in CloudWatch's Embedded Metric Format. A miss is any answer that load gave, so that the average of
        CacheHit is the part of the lookups that the database was spared."""
        names = ("CacheHit", "CacheMiss", "CacheFailure")
        self._write(
            {
                "_aws": {
                    "Timestamp": int(time.time() * 1000),
                    "CloudWatchMetrics": [
                        {
                            "Namespace": self._options.namespace,
                            "Dimensions": [["FunctionName"]],
                            "Metrics": [{"Name": name, "Unit": "Count"} for name in names],
                        }
                    ],
                },
                "FunctionName": self._options.function_name,
                "CacheHit": int(self.hit),
                "CacheMiss": int(not self.hit),
                "CacheFailure": self._failures,
                **self._last,
            }
        )

    def _write(self, line):
        try:
            self._out.write(json.dumps(line, separators=(",", ":")) + "\n")
            self._out.flush()
        except (OSError, ValueError):
            pass  # a line that cannot be written is no reason to fail either
