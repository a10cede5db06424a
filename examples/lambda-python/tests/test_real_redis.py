"""The cache on a real Redis with TLS."""

import contextlib
from typing import Any

from .fixtures import TOKEN, Fixture, secret_json
from .servers import HOST, Authority, Server

SECOND = "second-token-0123456789"


class RealRedis(Fixture):
    def setUp(self) -> None:
        self.stack = self.enterContext(contextlib.ExitStack())
        self.authority = Authority(self.stack)

    def start(self, secret: str = "", **options: Any) -> Server:
        server = Server(self.stack, self.authority)
        self.make_real(secret or secret_json(TOKEN), **self.options(server, **options))
        return server

    def options(self, server: Server, **changes: Any) -> dict[str, Any]:
        return {"host": HOST, "port": str(server.port), "ca_file": self.authority.ca_file, **changes}

    def test_a_miss_is_stored_and_then_a_hit_on_the_same_connection(self) -> None:
        server = self.start()
        connections = server.admin.info("stats")["total_connections_received"]
        self.assertEqual([self.get(), self.get(), self.get()], ["database", "cache", "cache"])
        self.assertEqual(server.admin.info("stats")["total_connections_received"], connections + 1)
        self.assertEqual(server.admin.get("k"), b'{"events":42}')
        self.assertLessEqual(server.admin.pttl("k"), 3600_000)
        self.assertGreater(server.admin.pttl("k"), 3200_000)

    def test_the_commands_are_those_of_the_readme(self) -> None:
        server = self.start(secret_json(TOKEN, username="app"))
        server.run("ACL", "SETUSER", "app", "on", f">{TOKEN}", "~*", "-@all", "+get", "+set")
        server.run("CONFIG", "RESETSTAT")
        self.assertEqual([self.get(), self.get()], ["database", "cache"])
        self.assertEqual(server.calls() - {"config|resetstat"}, {"auth", "get", "set"})

    def test_the_server_is_verified(self) -> None:
        for name, authority in (
            ("a certificate of an unknown authority", Authority(self.stack)),
            ("a certificate of another host", Authority(self.stack, "127.0.0.2")),
        ):
            with self.subTest(name):
                server = Server(self.stack, authority)
                known = authority.ca_file if "host" in name else self.authority.ca_file
                self.make_real(secret_json(TOKEN), **self.options(server, ca_file=known))
                self.assertEqual(self.get(), "database")
                self.assert_failed("GET", "primary", "connection")
                self.assertIn("certificate verify failed", self.lines("msg")[-1]["error"])

    def test_a_changed_token_is_read_again_at_the_next_connection(self) -> None:
        server = self.start()
        self.assertEqual(self.get(), "database")
        server.run("CONFIG", "SET", "requirepass", SECOND)
        self.secrets.text = secret_json(SECOND)
        self.now += 60
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.secrets.reads, 1, "the established connection stays in use")
        server.cut_connections()
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.secrets.reads, 2)
        self.assertEqual(self.lines("msg"), [])

    def test_whatever_the_server_does_the_answer_comes_from_the_database(self) -> None:
        for name, spoil, operation, reason in (
            ("a wrong token", [("CONFIG", "SET", "requirepass", SECOND)], "GET", "auth"),
            (
                "no memory",
                [("CONFIG", "SET", "maxmemory-policy", "noeviction"), ("CONFIG", "SET", "maxmemory", "1")],
                "SET",
                "server",
            ),
            ("a demoted primary", [("REPLICAOF", HOST, "1")], "SET", "readonly"),
            ("a value of another type", [("RPUSH", "k", "1")], "GET", "server"),
            ("a value that is not JSON", [("SET", "k", "{not json")], "GET", "corrupt"),
            ("a user without rights", [("ACL", "SETUSER", "default", "-get")], "GET", "server"),
        ):
            with self.subTest(name):
                server = self.start()
                for command in spoil:
                    server.run(*command)
                self.assertEqual(self.get(), "database")
                self.assert_failed(operation, "primary", reason)

    def test_a_server_that_is_gone_or_hangs_costs_the_cache_only(self) -> None:
        for signal, reason in (("SIGKILL", "connection"), ("SIGSTOP", "timeout")):
            with self.subTest(signal):
                server = self.start(command_timeout=1)
                self.assertEqual([self.get(), self.get()], ["database", "cache"])
                server.signal(signal)
                self.assertEqual(self.get(), "database")
                self.assert_failed("GET", "primary", reason)
