"""Run with: python -m unittest"""

import datetime
import io
import json
import math
import os
import unittest
from unittest import mock

import redis

import cache

TOKEN = "first-token-0123456789"
DOWN = redis.ConnectionError("Connection refused.")


def secret_json(token, **more):
    return json.dumps({"host": "primary", "port": 6379, "auth_token": token, **more})


class FakeSecrets:
    def __init__(self, text):
        self.text = text
        self.error = None
        self.reads = 0

    def get_secret_value(self, SecretId):
        self.reads += 1
        if self.error:
            raise self.error
        return {"SecretString": self.text}


class FakeServer:
    """Redis, and a factory of clients of it. Clients log in at their first command, as real ones do."""

    def __init__(self, token=TOKEN):
        self.token = token
        self.values = {}
        self.ttls = {}
        self.errors = {}  # command -> list of errors, the last one for ever if it is followed by ...
        self.clients = []
        self.commands = []

    def client(self, host, port, token, options):
        client = FakeClient(self, host, port, token)
        self.clients.append(client)
        return client

    def answer(self, command):
        self.commands.append(command)
        errors = self.errors.get(command, [])
        if errors:
            error = errors[0] if errors[-1] is ... else errors.pop(0)
            raise error


class FakeClient:
    def __init__(self, server, host, port, token):
        self.server, self.host, self.port, self.token = server, host, port, token
        self.logged_in = False
        self.closed = False
        self.connection_pool = mock.Mock()

    def login(self):
        if not self.logged_in and self.server.token != self.token:
            raise redis.AuthenticationError("invalid username-password pair or user is disabled.")
        self.logged_in = True

    def get(self, key):
        self.login()
        self.server.answer("GET")
        return self.server.values.get(key)

    def set(self, key, text, px):
        self.login()
        self.server.answer("SET")
        self.server.values[key] = text.encode()
        self.server.ttls[key] = px

    def close(self):
        self.closed = True


class Fixture(unittest.TestCase):
    def make(self, server=None, factory=None, secret=None, **options):
        self.now = 1000.0
        self.server = server or FakeServer()
        self.secrets = FakeSecrets(secret or secret_json(TOKEN))
        self.out = io.StringIO()
        self.loads = 0
        options = {"host": "primary", "secret_id": "cache-connection", "function_name": "analytics", **options}
        self.cache = cache.RedisCache(
            cache.Options(**options), self.secrets, factory or self.server.client, lambda: self.now, self.out
        )
        return self.cache

    def get(self, key="k", ttl=3600):
        def load():
            self.loads += 1
            return {"events": 42}

        value, source = self.cache.get_or_load(key, ttl, load, decode=lambda v: {"events": v["events"]})
        self.assertEqual(value, {"events": 42})
        self.assertNotIn(TOKEN, self.out.getvalue())
        return source

    def lines(self, field):
        return [line for line in map(json.loads, self.out.getvalue().splitlines()) if field in line]

    def counts(self):
        last = self.lines("_aws")[-1]
        return last["CacheHit"], last["CacheMiss"], last["CacheFailure"]

    def assert_failed(self, operation, endpoint, reason):
        last = self.lines("msg")[-1]
        self.assertEqual(
            (last["level"], last["msg"], last["operation"], last["endpoint"], last["reason"]),
            ("WARN", "cache failure", operation, endpoint, reason),
        )
        self.assertGreater(self.counts()[2], 0)


class HitsAndMisses(Fixture):
    def test_an_absent_value_is_loaded_and_then_comes_from_the_cache(self):
        self.make()
        self.assertEqual(self.get(), "database")
        self.assertEqual(self.counts(), (0, 1, 0))
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.counts(), (1, 0, 0))
        self.assertEqual((self.loads, self.secrets.reads, len(self.server.clients)), (1, 1, 1))
        self.assertEqual(self.server.values["k"], b'{"events":42}')

    def test_a_value_is_stored_for_its_tier_less_at_most_ten_percent(self):
        self.make()
        for tier in (cache.TTL_TODAY, cache.TTL_MONTH, cache.TTL_HISTORY):
            self.get(str(tier), tier)
            self.assertLessEqual(self.server.ttls[str(tier)], tier * 1000)
            self.assertGreaterEqual(self.server.ttls[str(tier)], tier * 900 - 1)

    def test_jitter_spreads_ttls(self):
        self.assertGreater(len({cache.jittered(3600) for _ in range(1000)}), 100)

    def test_without_a_ttl_nothing_is_stored(self):
        self.make()
        self.get(ttl=0)
        self.assertEqual(self.server.values, {})

    def test_an_error_of_load_reaches_the_caller_and_is_not_stored(self):
        self.make()
        with self.assertRaises(ZeroDivisionError):
            self.cache.get_or_load("k", 60, lambda: 1 / 0)
        self.assertEqual(self.server.values, {})
        self.assertEqual(self.counts(), (0, 1, 0))

    def test_the_tier_follows_the_age_of_the_last_day(self):
        today = datetime.date(2026, 11, 22)
        for name, last, want in (
            ("today", "2026-11-22", 300),
            ("the future", "2026-12-24", 300),
            ("yesterday", "2026-11-21", 3600),
            ("thirty days ago", "2026-10-23", 3600),
            ("thirty-one days ago", "2026-10-22", 86400),
        ):
            with self.subTest(name):
                self.assertEqual(cache.ttl_for(datetime.date.fromisoformat(last), today), want)


class Failures(Fixture):
    def test_whatever_fails_the_answer_comes_from_the_database(self):
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

    def test_a_bad_secret_costs_the_cache_only(self):
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

    def test_a_port_that_is_no_number_costs_the_cache_only(self):
        self.make(factory=cache.new_client, port="63x79")
        self.assertEqual(self.get(), "database")
        self.assert_failed("GET", "primary", "connection")

    def test_without_any_host_the_error_says_what_to_set(self):
        self.make(host="", secret_id="")
        self.assertEqual(self.get(), "database")
        self.assertIn("set REDIS_HOST", self.lines("msg")[-1]["error"])

    def test_corrupt_values_are_loaded_again_and_overwritten(self):
        for name, stored in (("not JSON", b'{"events":'), ("another shape", b"{}"), ("not UTF-8", b"\xff")):
            with self.subTest(name):
                self.make()
                self.server.values["k"] = stored
                self.assertEqual(self.get(), "database")
                self.assert_failed("GET", "primary", "corrupt")
                self.assertEqual(self.get(), "cache")

    def test_a_value_that_is_not_json_is_returned_uncached(self):
        self.make()
        self.assertEqual(self.cache.get_or_load("k", 60, lambda: math.inf), (math.inf, "database"))
        self.assert_failed("SET", "primary", "encode")

    def test_a_dead_idle_connection_is_replaced_unnoticed(self):
        self.make()
        self.get()
        self.server.errors["GET"] = [redis.ConnectionError("Connection closed by server.")]
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.counts(), (1, 0, 0))
        self.assertTrue(self.server.clients[0].closed)

    def test_a_connection_to_a_demoted_primary_is_dropped_and_the_write_repeated(self):
        self.make()
        self.server.errors["SET"] = [redis.exceptions.ReadOnlyError("read only replica")]
        self.assertEqual(self.get(), "database")
        self.assertEqual(self.get(), "cache")
        self.assertEqual(len(self.server.clients), 2)

    def test_a_connection_that_was_idle_for_long_is_not_trusted(self):
        self.make()
        self.get()
        self.now += cache.MAX_IDLE + 1
        self.get()
        self.assertEqual(len(self.server.clients), 2)

    def test_after_the_budget_no_step_is_begun(self):
        self.make()
        self.get()

        def slow(client_get):
            def get(key):
                self.now += 2
                raise redis.ConnectionError("Connection closed by server.")

            return get

        self.server.clients[0].get = slow(self.server.clients[0].get)
        self.assertEqual(self.get(), "database")
        self.assert_failed("GET", "primary", "timeout")
        self.assertEqual(len(self.server.clients), 1)

    def test_the_time_of_load_is_not_the_caches(self):
        self.make()

        def load():
            self.now += 60
            return 1

        self.cache.get_or_load("k", 60, load)
        self.assertEqual(self.server.values["k"], b"1")

    def test_a_token_quoted_by_the_server_is_not_logged(self):
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

    def test_a_refused_login_is_recognised_by_its_type(self):
        self.assertEqual(cache.reason_of(redis.AuthenticationError("Authentication required.")), "auth")


class Rotation(Fixture):
    def rotate(self, token="second-token-0123456789"):
        self.server.token = token
        self.secrets.text = secret_json(token)
        self.now += 60

    def test_a_refused_token_is_read_again_and_the_lookup_succeeds(self):
        self.make()
        self.get()
        self.rotate()
        self.server.errors["GET"] = [redis.ConnectionError("Connection closed by server.")]
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.counts(), (1, 0, 0))
        self.assertEqual(self.secrets.reads, 2)

    def test_an_established_connection_outlives_a_rotation(self):
        self.make()
        self.get()
        self.rotate()
        self.assertEqual(self.get(), "cache")
        self.assertEqual((self.secrets.reads, len(self.server.clients)), (1, 1))

    def test_every_reply_that_refuses_a_token_is_recognised(self):
        for error in (
            redis.AuthenticationError("invalid password"),
            redis.AuthenticationError("Authentication required."),
            redis.ResponseError("WRONGPASS this user has no such password"),
            redis.ResponseError("NOAUTH Authentication required."),
            redis.ResponseError("invalid username-password pair"),
        ):
            with self.subTest(str(error)):
                self.make()
                self.get()
                self.rotate()
                self.server.errors["GET"] = [error]
                self.assertEqual(self.get(), "cache")
                self.assertEqual(self.secrets.reads, 2)

    def test_a_token_that_stays_refused_is_not_read_for_each_request(self):
        self.make(breaker_threshold=100)
        self.server.token = "a token that nobody wrote to the secret"
        for _ in range(5):
            self.assertEqual(self.get(), "database")
            self.assert_failed("GET", "primary", "auth")
        self.assertEqual(self.secrets.reads, 1)
        self.now += 10
        self.get()
        self.assertEqual(self.secrets.reads, 2)

    def test_a_secret_unreadable_at_cold_start_is_read_later(self):
        self.make(breaker_threshold=100)
        self.secrets.error = RuntimeError("secrets manager is down")
        for _ in range(5):
            self.assertEqual(self.get(), "database")
            self.assert_failed("GET", "primary", "secret")
            self.assertIn("secrets manager is down", self.lines("msg")[-1]["error"])
        self.assertEqual(self.secrets.reads, 1)
        self.secrets.error = None
        self.now += 10
        self.assertEqual(self.get(), "database")
        self.assertEqual(self.get(), "cache")


class Breaker(Fixture):
    def test_it_opens_after_three_failures_and_closes_when_redis_is_back(self):
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

    def test_failures_that_are_not_in_a_row_leave_it_closed(self):
        self.make()
        self.get()
        for _ in range(5):
            self.server.errors["GET"] = [redis.BusyLoadingError("loading")] * 2
            self.assertEqual([self.get(), self.get(), self.get()], ["database", "database", "cache"])


class Readers(Fixture):
    def make_with_reader(self, **options):
        self.replica = FakeServer()

        def factory(host, *rest):
            return (self.replica if host == "reader" else self.server).client(host, *rest)

        self.make(factory=factory, secret=secret_json(TOKEN, reader_host="reader"), **options)

    def test_reads_go_to_the_reader_and_writes_to_the_primary(self):
        self.make_with_reader(read_from_replicas=True)
        self.replica.values["k"] = b'{"events":42}'
        self.assertEqual(self.get("k"), "cache")
        self.assertEqual(self.get("new"), "database")
        self.assertEqual((list(self.server.values), list(self.replica.values)), (["new"], ["k"]))

    def test_a_failing_reader_falls_back_to_the_primary_and_is_then_skipped(self):
        self.make_with_reader(read_from_replicas=True)
        self.replica.errors["GET"] = [DOWN, ...]
        self.server.values["k"] = b'{"events":42}'
        for _ in range(10):
            self.assertEqual(self.get(), "cache")
        self.assert_failed("GET", "reader", "connection")
        self.assertEqual(self.counts(), (1, 0, 1))
        self.assertEqual(len(self.lines("msg")), 3)

    def test_the_reader_is_not_used_unless_asked_for(self):
        self.make_with_reader()
        self.get()
        self.assertEqual(self.replica.clients, [])

    def test_without_a_reader_host_reads_go_to_the_primary(self):
        self.make(read_from_replicas=True)
        self.get()
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.lines("msg"), [])


class Clients(unittest.TestCase):
    def test_a_client_verifies_its_server_and_is_bounded_in_time(self):
        client = cache.new_client("primary", "6379", TOKEN, cache.Options())
        connection = client.connection_pool.make_connection()
        self.assertIsInstance(connection, redis.SSLConnection)
        self.assertTrue(connection.check_hostname)
        self.assertEqual(connection.cert_reqs.name, "CERT_REQUIRED")
        self.assertEqual((connection.socket_connect_timeout, connection.socket_timeout), (0.5, 0.25))
        self.assertEqual(client.connection_pool.connection_kwargs["retry"]._retries, 0)

    def test_options_come_from_the_environment(self):
        environ = {
            "REDIS_HOST": "primary",
            "REDIS_PORT": "6380",
            "REDIS_AUTH_SECRET": "arn",
            "REDIS_READ_FROM_REPLICAS": "true",
            "AWS_LAMBDA_FUNCTION_NAME": "analytics",
        }
        with mock.patch.dict(os.environ, environ):
            got = cache.Options.from_env()
        self.assertEqual(got, cache.Options("primary", "6380", "arn", True, function_name="analytics"))
        self.assertFalse(cache.Options.from_env({}).read_from_replicas)


class MetricLine(Fixture):
    def test_it_is_in_the_embedded_metric_format(self):
        self.make()
        self.server.errors["GET"] = [redis.TimeoutError("slow"), ...]
        with mock.patch("time.time", return_value=1795348800.0):
            self.get()
        self.assertEqual(
            self.out.getvalue().splitlines()[-1],
            '{"_aws":{"Timestamp":1795348800000,"CloudWatchMetrics":[{"Namespace":"SecureBase/RedisCache",'
            '"Dimensions":[["FunctionName"]],"Metrics":[{"Name":"CacheHit","Unit":"Count"},'
            '{"Name":"CacheMiss","Unit":"Count"},{"Name":"CacheFailure","Unit":"Count"}]}]},'
            '"FunctionName":"analytics","CacheHit":0,"CacheMiss":1,"CacheFailure":1,"operation":"GET","reason":"timeout"}',
        )


if __name__ == "__main__":
    unittest.main()
