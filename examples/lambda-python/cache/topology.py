"""Which node holds a key: an endpoint leads to one node, or, in cluster mode, to the map of the hash slots."""

import math
from collections.abc import Callable
from typing import Any, Protocol

import redis
from redis.backoff import NoBackoff
from redis.cluster import LoadBalancingStrategy
from redis.retry import Retry

from .budget import Budget
from .options import Options

Client = redis.Redis | redis.RedisCluster


class Topology(Protocol):
    def locate(self, key: str) -> tuple[str, Client]:
        """The name of the node that holds the key, and the client for it."""

    def disconnect(self) -> None:
        """Closes the connections; the next command makes new ones."""


class SingleNode:
    """All endpoints of a cache with cluster mode disabled."""

    def __init__(self, name: str, address: Callable[[], tuple[str, int]], settings: dict[str, Any]) -> None:
        self._name = name
        self._address = address
        self._settings = settings
        self._client: redis.Redis | None = None

    def locate(self, key: str) -> tuple[str, redis.Redis]:
        if self._client is None:
            host, port = self._address()
            self._client = redis.Redis(
                connection_pool=redis.ConnectionPool(host=host, port=port, retry=no_retry(), **self._settings)
            )
        return self._name, self._client

    def disconnect(self) -> None:
        if self._client is not None:
            self._client.connection_pool.disconnect()


class Cluster:
    """A cache with cluster mode enabled: its keys are spread over the shards by their hash slot. The client reads the map of the
    slots when it is made, follows redirections, and reads the map again when a node fails."""

    def __init__(self, address: Callable[[], tuple[str, int]], settings: dict[str, Any], replicas: bool = False) -> None:
        self._address = address
        self._settings = settings
        self._strategy = LoadBalancingStrategy.ROUND_ROBIN_REPLICAS if replicas else None
        self._client: redis.RedisCluster | None = None

    def locate(self, key: str) -> tuple[str, redis.RedisCluster]:
        if self._client is None:
            host, port = self._address()
            self._client = redis.RedisCluster(
                # Only with a URL does the client take a connection class. TLS is that of the class, whatever the scheme.
                url=f"redis://{host}:{port}",
                load_balancing_strategy=self._strategy,
                require_full_coverage=False,  # a lost shard costs its own keys only
                retry=no_retry(),
                **self._settings,
            )
        node = self._client.get_node_from_key(key)  # type: ignore[no-untyped-call]
        return node.name, self._client

    def disconnect(self) -> None:
        if self._client is not None:
            self._client.disconnect_connection_pools()  # type: ignore[no-untyped-call]


def no_retry() -> Retry:
    """Hidden retries would multiply every timeout; Endpoint.do retries where it helps."""
    return Retry(NoBackoff(), 0)


def connection_settings(options: Options, login: redis.CredentialProvider | None, budget: Budget) -> dict[str, Any]:
    return {
        "connection_class": bounded_connection(budget),
        "credential_provider": login,
        "socket_connect_timeout": options.connect_timeout,
        "socket_timeout": options.command_timeout,
        # Python 3.10 and newer refuse TLS below 1.2.
        "ssl_cert_reqs": "required",
        "ssl_check_hostname": True,
        "ssl_ca_certs": options.ca_file,
        "max_connections": 2,
        # Without push messages, which nothing here uses, login and connect take one round trip less.
        "protocol": 2,
        "driver_info": None,
    }


def bounded_connection(budget: Budget) -> type[redis.SSLConnection]:
    """redis-py tries every address of a name, and a cluster client every node, each for the whole timeout. These connections
    end with the budget, all together."""

    class BoundedConnection(redis.SSLConnection):
        @property
        def socket_connect_timeout(self) -> float:
            return max(0.001, min(self._socket_connect_timeout or math.inf, budget.left()))

        @socket_connect_timeout.setter
        def socket_connect_timeout(self, value: float | None) -> None:
            self._socket_connect_timeout = value

    return BoundedConnection
