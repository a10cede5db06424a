"""Reads from replicas."""

from typing import Any

from .fixtures import DOWN, TOKEN, FakeServer, Fixture, secret_json


class Readers(Fixture):
    def make_with_reader(self, **options: Any) -> None:
        self.server, self.replica = FakeServer(), FakeServer()
        self.make_on({"primary": self.server, "reader": self.replica}, secret_json(TOKEN, reader_host="reader"), **options)

    def test_reads_go_to_the_reader_and_writes_to_the_primary(self) -> None:
        self.make_with_reader(read_from_replicas=True)
        self.replica.values["k"] = b'{"events":42}'
        self.assertEqual(self.get("k"), "cache")
        self.assertEqual(self.get("new"), "database")
        self.assertEqual((list(self.server.values), list(self.replica.values)), (["new"], ["k"]))

    def test_a_failing_reader_falls_back_to_the_primary_and_is_then_skipped(self) -> None:
        self.make_with_reader(read_from_replicas=True)
        self.replica.errors["GET"] = [DOWN, ...]
        self.server.values["k"] = b'{"events":42}'
        for _ in range(10):
            self.assertEqual(self.get(), "cache")
        self.assert_failed("GET", "reader", "connection")
        self.assertEqual(self.counts(), (1, 0, 1))
        self.assertEqual(len(self.lines("msg")), 3)

    def test_the_reader_is_not_used_unless_asked_for(self) -> None:
        self.make_with_reader()
        self.get()
        self.assertEqual(self.replica.connections, 0)

    def test_without_a_reader_host_reads_go_to_the_primary(self) -> None:
        self.make(read_from_replicas=True)
        self.get()
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.lines("msg"), [])

    def test_the_reader_host_comes_from_the_environment_or_the_secret(self) -> None:
        for name, reader_host, in_secret in (
            ("of the secret", "", {"reader_host": "of-the-secret"}),
            ("of the variable", "of-the-variable", {}),
            ("of the variable before the secret's", "of-the-variable", {"reader_host": "of-the-secret"}),
        ):
            with self.subTest(name):
                self.server, self.replica = FakeServer(), FakeServer()
                self.make_on(
                    {"primary": self.server, "reader": self.replica},
                    secret_json(TOKEN, **in_secret),
                    read_from_replicas=True,
                    reader_host=reader_host,
                )
                self.replica.values["k"] = b'{"events":42}'
                self.assertEqual(self.get(), "cache")
                self.assertEqual(self.replica.addresses, [(reader_host or "of-the-secret", 6379)])
