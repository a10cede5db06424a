"""What a lookup returns, stores and writes."""

import datetime
from unittest import mock

import redis

import cache
from cache.ttl import jittered

from .fixtures import Fixture


class HitsAndMisses(Fixture):
    def test_an_absent_value_is_loaded_and_then_comes_from_the_cache(self) -> None:
        self.make()
        self.assertEqual(self.get(), "database")
        self.assertEqual(self.counts(), (0, 1, 0))
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.counts(), (1, 0, 0))
        self.assertEqual((self.loads, self.secrets.reads, self.server.connections), (1, 1, 1))
        self.assertEqual(self.server.values["k"], b'{"events":42}')

    def test_a_value_is_stored_for_its_tier_less_at_most_ten_percent(self) -> None:
        self.make()
        for tier in (cache.TTL_TODAY, cache.TTL_MONTH, cache.TTL_HISTORY):
            self.get(str(tier), tier)
            self.assertLessEqual(self.server.ttls[str(tier)], tier * 1000)
            self.assertGreaterEqual(self.server.ttls[str(tier)], tier * 900 - 1)

    def test_jitter_spreads_ttls(self) -> None:
        self.assertGreater(len({jittered(3600) for _ in range(1000)}), 100)

    def test_without_a_ttl_nothing_is_stored(self) -> None:
        self.make()
        self.get(ttl=0)
        self.assertEqual(self.server.values, {})

    def test_an_error_of_load_reaches_the_caller_and_is_not_stored(self) -> None:
        self.make()
        with self.assertRaises(ZeroDivisionError):
            self.cache.get_or_load("k", 60, lambda: 1 / 0)
        self.assertEqual(self.server.values, {})
        self.assertEqual(self.counts(), (0, 1, 0))

    def test_the_tier_follows_the_age_of_the_last_day(self) -> None:
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


class MetricLine(Fixture):
    def test_it_is_in_the_embedded_metric_format(self) -> None:
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
