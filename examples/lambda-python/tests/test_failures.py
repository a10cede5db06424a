"""Whatever fails, the answer comes from the database."""

import math
from unittest import mock

import redis

from cache.endpoint import MAX_IDLE
from cache.failure import reason_of

from .fixtures import DOWN, TOKEN, Fixture, secret_json


class Failures(Fixture):
    def test_whatever_fails_the_answer_comes_from_the_database(self) -> None:
        for name, command, error, reason in (
            ("a refused connection", "GET", DOWN, "connection"),
            ("a slow read", "GET", redis.TimeoutError("Timeout reading from socket"), "timeout"),
            ("a slow write", "SET", redis.TimeoutError("Timeout reading from socket"), "timeout"),
            ("a server that is loading", "GET", redis.BusyLoadingError("Redis is loading the dataset"), "server"),
            ("a full server", "SET", redis.ResponseError("OOM command not allowed"), "server"),
            ("a demoted primary for ever", "SET", redis.exceptions.ReadOnlyError("read only replica"), "readonly"),
            ("a name that does not resolve", "GET", OSError("Name or service not known"), "connection"),
        ):
            with self.subTest(name):
                self.make()
                self.server.errors[command] = [error, ...]
                self.assertEqual(self.get(), "database")
                self.assert_failed(command, "primary", reason)

    def test_a_bad_secret_costs_the_cache_only(self) -> None:
        for name, text in (
            ("not JSON", TOKEN),
            ("not an object", "[1]"),
            ("a port that is no number", secret_json(TOKEN, port="no")),
            ("a token of another type", secret_json(12345)),
            ("no token", '{"host": "primary", "port": 6379}'),
        ):
            with self.subTest(name):
                self.make(secret=text)
                self.assertEqual(self.get(), "database")
                self.assert_failed("GET", "primary", "secret")
                self.assertNotIn("12345", self.out.getvalue())

    def test_a_port_that_is_no_number_costs_the_cache_only(self) -> None:
        self.make(port="63x79")
        self.assertEqual(self.get(), "database")
        self.assert_failed("GET", "primary", "connection")

    def test_without_any_host_the_error_says_what_to_set(self) -> None:
        self.make(host="", secret_id="")
        self.assertEqual(self.get(), "database")
        self.assertIn("set REDIS_HOST", self.lines("msg")[-1]["error"])

    def test_corrupt_values_are_loaded_again_and_overwritten(self) -> None:
        for name, stored in (("not JSON", b'{"events":'), ("another shape", b"{}"), ("not UTF-8", b"\xff")):
            with self.subTest(name):
                self.make()
                self.server.values["k"] = stored
                self.assertEqual(self.get(), "database")
                self.assert_failed("GET", "primary", "corrupt")
                self.assertEqual(self.get(), "cache")

    def test_a_value_that_is_not_json_is_returned_uncached(self) -> None:
        self.make()
        self.assertEqual(self.cache.get_or_load("k", 60, lambda: math.inf), (math.inf, "database"))
        self.assert_failed("SET", "primary", "encode")

    def test_a_dead_idle_connection_is_replaced_unnoticed(self) -> None:
        self.make()
        self.get()
        self.server.errors["GET"] = [redis.ConnectionError("Connection closed by server.")]
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.counts(), (1, 0, 0))
        self.assertEqual(self.server.connections, 2)

    def test_a_connection_that_never_worked_is_not_tried_twice(self) -> None:
        self.make()
        self.server.errors["GET"] = [DOWN, ...]
        self.assertEqual(self.get(), "database")
        self.assertEqual(self.server.commands, ["GET"])

    def test_a_connection_to_a_demoted_primary_is_dropped_and_the_write_repeated(self) -> None:
        self.make()
        self.server.errors["SET"] = [redis.exceptions.ReadOnlyError("read only replica")]
        self.assertEqual(self.get(), "database")
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.server.connections, 2)

    def test_a_connection_that_was_idle_for_long_is_not_trusted(self) -> None:
        self.make()
        self.get()
        self.now += MAX_IDLE + 1
        self.get()
        self.assertEqual(self.server.connections, 2)

    def test_after_the_budget_no_step_begins(self) -> None:
        self.make()
        self.get()

        def slow(command: str) -> None:
            self.now += 100
            raise redis.ConnectionError("Connection closed by server.")

        with mock.patch.object(self.server, "answer", slow):
            self.assertEqual(self.get(), "database")
        self.assert_failed("GET", "primary", "timeout")
        self.assertEqual(self.server.connections, 1)

    def test_the_time_of_load_is_not_the_caches(self) -> None:
        self.make()

        def load():
            self.now += 60
            return 1

        self.cache.get_or_load("k", 60, load)
        self.assertEqual(self.server.values["k"], b"1")

    def test_a_token_quoted_by_the_server_is_not_logged(self) -> None:
        for text in (
            f"unknown command `AUTH`, with args beginning with: `{TOKEN}`",
            "unknown command `AUTH`, with args beginning with: `an older token`",
            f"something about {TOKEN}",
        ):
            self.make()
            self.server.errors["GET"] = [redis.ResponseError(text), ...]
            self.get()  # asserts that the token is not in the output
            self.assert_failed("GET", "primary", "server")
            self.assertNotIn("an older token", self.out.getvalue())

    def test_a_refused_login_is_recognised_by_its_type(self) -> None:
        self.assertEqual(reason_of(redis.AuthenticationError("Authentication required.")), "auth")


class Breaker(Fixture):
    def test_it_opens_after_three_failures_and_closes_when_redis_is_back(self) -> None:
        self.make()
        self.get()
        self.server.commands.clear()
        self.server.errors["GET"] = [redis.BusyLoadingError("loading"), ...]
        for _ in range(10):
            self.assertEqual(self.get(), "database")
        self.assertEqual((len(self.server.commands), len(self.lines("msg"))), (3, 3))
        self.assertEqual(self.lines("_aws")[-1]["reason"], "circuit_open")
        self.assertEqual(self.counts(), (0, 1, 1))

        self.now += 1
        for _ in range(10):
            self.assertEqual(self.get(), "database")
        self.assertEqual(len(self.server.commands), 4)

        self.server.errors.clear()
        self.now += 1
        for _ in range(10):
            self.assertEqual(self.get(), "cache")
        self.assertEqual(len(self.server.commands), 14)

    def test_failures_that_are_not_in_a_row_leave_it_closed(self) -> None:
        self.make()
        self.get()
        for _ in range(5):
            self.server.errors["GET"] = [redis.BusyLoadingError("loading")] * 2
            self.assertEqual([self.get(), self.get(), self.get()], ["database", "database", "cache"])
