"""Where the cache is, how to log in, and how long the cache may take."""

import dataclasses
import os
from collections.abc import Mapping
from typing import Self


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """Times are in seconds."""

    host: str = ""  # primary endpoint, or configuration endpoint in cluster mode; default: "host" of the secret
    reader_host: str = ""  # reader endpoint; default: "reader_host" of the secret; not used in cluster mode
    port: str = ""  # of all endpoints; default: "port" of the secret, else 6379
    cluster_mode: bool = False  # required for a replication group with cluster mode enabled; implied by serverless
    read_from_replicas: bool = False  # reads go to a replica first, and to the primary when that fails; replicas may lag behind

    secret_id: str = ""  # name or ARN of a secret {"host", "port", "auth_token", "reader_host", "username"}; default: none
    user: str = ""  # with secret_id: owner of auth_token, unless the secret has a "username"; without: a user with IAM login
    cache_name: str = ""  # id of the replication group, or name of the serverless cache, that an IAM token is signed for
    serverless: bool = False  # cache_name is a serverless cache
    region: str = ""  # of the cache; only IAM needs it

    connect_timeout: float = 0.5  # of one TCP connect
    command_timeout: float = 0.25  # of each reply, in the TLS handshake, the login and the command
    budget: float = 1.0  # of one get_or_load; after it no further step with the cache begins
    breaker_threshold: int = 3  # failures in a row that open a circuit breaker
    breaker_cooldown: float = 1.0  # how long an open breaker skips its endpoint, or its node in cluster mode
    secret_interval: float = 10.0  # shortest time between two reads of the secret
    ca_file: str | None = None  # roots that verify the cache's certificates; default: the system's, which include Amazon's

    namespace: str = "SecureBase/RedisCache"  # of the CloudWatch metrics
    function_name: str = "local"  # dimension of the metrics
    environment_prefix: str = "REDIS"  # of the variables that error messages name

    @classmethod
    def from_env(cls, prefix: str = "REDIS", environ: Mapping[str, str] = os.environ) -> Self:
        """Reads the variables that RedisCache.ConnectFunction sets, <prefix>_HOST and so on, and <prefix>_READ_FROM_REPLICAS.
        The prefix is the EnvironmentPrefix of ConnectFunctionOptions. A switch is on when its variable is "true"."""

        def variable(name: str) -> str:
            return environ.get(f"{prefix}_{name}", "")

        return cls(
            environment_prefix=prefix,
            host=variable("HOST"),
            reader_host=variable("READER_HOST"),
            port=variable("PORT"),
            # A serverless cache speaks the cluster protocol only.
            cluster_mode=variable("CLUSTER_MODE") == "true" or variable("SERVERLESS") == "true",
            read_from_replicas=variable("READ_FROM_REPLICAS") == "true",
            secret_id=variable("AUTH_SECRET"),
            user=variable("USER"),
            cache_name=variable("CACHE_NAME"),
            serverless=variable("SERVERLESS") == "true",
            region=environ.get("AWS_REGION", ""),
            function_name=environ.get("AWS_LAMBDA_FUNCTION_NAME") or "local",
        )
