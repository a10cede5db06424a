"""The cache: one lookup from beginning to end."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO, TypeVar

import botocore.credentials

from .budget import Budget
from .endpoint import Endpoint
from .failure import CORRUPT, ENCODE, SecretError, reason_of
from .login import new_login
from .options import Options
from .secret import SecretReader, SecretSource
from .telemetry import Lookup
from .topology import Cluster, SingleNode, Topology, connection_settings
from .ttl import jittered

FROM_CACHE = "cache"
FROM_DATABASE = "database"

T = TypeVar("T")


class RedisCache:
    """A connection to one ElastiCache replication group or serverless cache."""

    def __init__(
        self,
        options: Options,
        secrets: SecretReader | None = None,
        credentials: botocore.credentials.Credentials | None = None,
        clock: Callable[[], float] = time.monotonic,
        out: TextIO | None = None,
    ) -> None:
        """secrets is a boto3 Secrets Manager client, required with Options.secret_id; credentials are those of a boto3 session,
        required for IAM. clock and out are for tests."""
        self._options = options
        self._out = out or sys.stdout
        self._budget = Budget(options.budget, clock)
        self._secrets = SecretSource(options, secrets, clock)
        settings = connection_settings(options, new_login(options, self._secrets, credentials), self._budget)
        primary: Topology
        reader: Topology
        if options.cluster_mode:
            primary = Cluster(self._primary_address, settings)
            reader = Cluster(self._primary_address, settings, replicas=True)
        else:
            primary = SingleNode("primary", self._primary_address, settings)
            reader = SingleNode("reader", self._reader_address, settings)
        self._primary = Endpoint("primary", options, self._secrets, primary, self._budget, clock)
        self._reader = Endpoint("reader", options, self._secrets, reader, self._budget, clock)

    def close(self) -> None:
        """Closes the connections. A Lambda function never needs it."""
        for endpoint in (self._primary, self._reader):
            endpoint.close()

    def get_or_load(
        self, key: str, ttl: float, load: Callable[[], T], decode: Callable[[Any], T] = lambda value: value
    ) -> tuple[T, str]:
        """Returns (value, FROM_CACHE), or else (load(), FROM_DATABASE), and then stores the value for ttl seconds less up to 10%.

        Values are JSON. decode turns parsed JSON into a value and raises if it has another shape, which counts as corrupt.
        Give each shape its own version in the key. With a ttl under a millisecond nothing is stored.
        """
        lookup = Lookup(self._options, self._secrets, self._out)
        try:
            self._budget.start()
            cached, endpoint, store = self._get(key, lookup)
            if cached is not None:
                try:
                    value = decode(json.loads(cached))
                    lookup.hit = True
                    return value, FROM_CACHE
                except Exception:
                    lookup.fail("GET", endpoint, CORRUPT, "the cached value has another shape; it is loaded and overwritten")
            # What load takes is not the cache's time.
            left = self._budget.left()
            value = load()
            self._budget.start(left)
            if store and ttl >= 0.001:
                self._set(key, value, ttl, lookup)
            return value, FROM_DATABASE
        finally:
            lookup.emit()

    def _get(self, key: str, lookup: Lookup) -> tuple[bytes | str | None, str, bool]:
        """Returns the value or None, the endpoint asked last, and whether that answered: a cache that has just failed would
        only cost its timeout once more."""
        name = "primary"
        for endpoint in self._read_endpoints():
            name = endpoint.name
            try:
                return endpoint.do(key, lambda client: client.get(key)), name, True
            except Exception as error:
                lookup.fail("GET", name, reason_of(error), str(error))
        return None, name, False

    def _set(self, key: str, value: T, ttl: float, lookup: Lookup) -> None:
        try:
            text = json.dumps(value, separators=(",", ":"), allow_nan=False)
        except (TypeError, ValueError) as error:
            lookup.fail("SET", "primary", ENCODE, str(error))
            return
        milliseconds = max(1, int(jittered(ttl) * 1000))
        try:
            self._primary.do(key, lambda client: client.set(key, text, px=milliseconds))
        except Exception as error:
            lookup.fail("SET", "primary", reason_of(error), str(error))

    def _read_endpoints(self) -> list[Endpoint]:
        if self._options.read_from_replicas and self._has_reader():
            return [self._reader, self._primary]
        return [self._primary]

    def _has_reader(self) -> bool:
        if self._options.cluster_mode or self._options.reader_host:
            return True
        try:
            return bool(self._secrets.get().reader_host)
        except SecretError:
            return False  # the primary meets the same error and reports it

    def _primary_address(self) -> tuple[str, int]:
        host = self._options.host or self._secrets.get().host
        if not host:
            raise ValueError(f"the cache has no host; set {self._options.environment_prefix}_HOST to its endpoint")
        return host, self._port()

    def _reader_address(self) -> tuple[str, int]:
        return self._options.reader_host or self._secrets.get().reader_host, self._port()

    def _port(self) -> int:
        return int(self._options.port or self._secrets.get().port or 6379)
