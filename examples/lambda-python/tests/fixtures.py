"""A cache whose Redis, secret, clock and output the test holds."""

import io
import json
import unittest
from collections.abc import Callable
from typing import Any
from unittest import mock

import redis

import cache

TOKEN = "first-token-0123456789"
DOWN = redis.ConnectionError("Connection refused.")


def secret_json(token: Any, **more: Any) -> str:
    return json.dumps({"host": "primary", "port": 6379, "auth_token": token, **more})


class FakeSecrets:
    def __init__(self, text: str) -> None:
        self.text = text
        self.error: Exception | None = None
        self.reads = 0

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:
        self.reads += 1
        if self.error:
            raise self.error
        return {"SecretString": self.text}


class FakeServer:
    """Redis, and a client of it that logs in at the first command of a connection, as real ones do."""

    def __init__(self, login: tuple[str, ...] | None = (TOKEN,)) -> None:
        self.login = login
        self.values: dict[str, bytes] = {}
        self.ttls: dict[str, int] = {}
        self.errors: dict[str, list[Any]] = {}  # by command; the first one again and again if the last one is ...
        self.commands: list[str] = []
        self.connections = 0
        self.addresses: list[tuple[str, int]] = []  # of the connections

    def node(self, name: str, address: Callable[[], tuple[str, int]], settings: dict[str, Any]) -> "FakeNode":
        return FakeNode(self, name, address, settings["credential_provider"])

    def answer(self, command: str) -> None:
        self.commands.append(command)
        errors = self.errors.get(command, [])
        if errors:
            raise errors[0] if errors[-1] is ... else errors.pop(0)


class FakeNode:
    """Stands for SingleNode, and is its client."""

    def __init__(
        self,
        server: FakeServer,
        name: str,
        address: Callable[[], tuple[str, int]],
        login: redis.CredentialProvider | None,
    ) -> None:
        self.server, self.name, self.address, self.login = server, name, address, login
        self.connected = False

    def locate(self, key: str) -> tuple[str, "FakeNode"]:
        self.address()
        return self.name, self

    def disconnect(self) -> None:
        self.connected = False

    def connect(self) -> None:
        if self.connected:
            return
        self.server.connections += 1
        self.server.addresses.append(self.address())
        sent = self.login.get_credentials() if self.login else None
        if sent != self.server.login:
            raise redis.AuthenticationError("invalid username-password pair or user is disabled.")
        self.connected = True

    def get(self, key: str) -> bytes | None:
        self.connect()
        self.server.answer("GET")
        return self.server.values.get(key)

    def set(self, key: str, text: str, px: int) -> None:
        self.connect()
        self.server.answer("SET")
        self.server.values[key] = text.encode()
        self.server.ttls[key] = px


class Fixture(unittest.TestCase):
    def make(self, server: FakeServer | None = None, secret: str = "", credentials: Any = None, **options: Any) -> None:
        self.server = server or FakeServer()
        self.make_on({"primary": self.server, "reader": self.server}, secret, credentials, **options)

    def make_on(self, servers: dict[str, FakeServer], secret: str = "", credentials: Any = None, **options: Any) -> None:
        """servers by the name of the endpoint."""
        with mock.patch("cache.rediscache.SingleNode", lambda name, *rest: servers[name].node(name, *rest)):
            self.make_real(secret or secret_json(TOKEN), credentials, **options)

    def make_real(self, secret: str, credentials: Any = None, **options: Any) -> None:
        """With the real client, and with time enough for a busy machine."""
        self.now = 1000.0
        self.secrets = FakeSecrets(secret)
        self.out = io.StringIO()
        self.loads = 0
        generous = {"connect_timeout": 20, "command_timeout": 20, "budget": 60}
        options = {"host": "primary", "secret_id": "cache-connection", "function_name": "analytics", **generous, **options}
        self.cache = cache.RedisCache(cache.Options(**options), self.secrets, credentials, lambda: self.now, self.out)
        self.addCleanup(self.cache.close)

    def get(self, key: str = "k", ttl: float = 3600) -> str:
        def load() -> dict[str, int]:
            self.loads += 1
            return {"events": 42}

        value, source = self.cache.get_or_load(key, ttl, load, decode=lambda v: {"events": v["events"]})
        self.assertEqual(value, {"events": 42})
        self.assertNotIn(TOKEN, self.out.getvalue())
        return source

    def lines(self, field: str) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, self.out.getvalue().splitlines()) if field in line]

    def counts(self) -> tuple[int, int, int]:
        last = self.lines("_aws")[-1]
        return last["CacheHit"], last["CacheMiss"], last["CacheFailure"]

    def assert_failed(self, operation: str, endpoint: str, reason: str) -> None:
        last = self.lines("msg")[-1]
        self.assertEqual(
            (last["level"], last["msg"], last["operation"], last["endpoint"], last["reason"]),
            ("WARN", "cache failure", operation, endpoint, reason),
        )
        self.assertGreater(self.counts()[2], 0)
