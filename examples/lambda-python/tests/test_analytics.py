"""Reports, and the events that ask for them."""

import contextlib
import datetime
import io
import json
import os
import unittest
from collections.abc import Callable
from typing import Any
from unittest import mock

import analytics
import cache
import database
import handler

from .fixtures import FakeSecrets
from .postgres import SQL, Postgres

HALF_YEAR = {"customerId": "customer-03", "from": "2026-01-01", "to": "2026-06-30"}
FIRST, LAST = datetime.date(2026, 1, 1), datetime.date(2026, 6, 30)


class FakeCache:
    """Remembers the JSON of what it is given, as Redis would."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.ttls: list[float] = []

    def get_or_load(self, key: str, ttl: float, load: Callable[[], Any], decode: Callable[[Any], Any]) -> tuple[Any, str]:
        if key in self.values:
            return decode(json.loads(self.values[key])), "cache"
        value = load()
        self.values[key] = json.dumps(value, separators=(",", ":"))
        self.ttls.append(ttl)
        return value, "database"


class Reports(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        stack = cls.enterClassContext(contextlib.ExitStack())
        server = Postgres(stack)
        login = {"username": "analytics", "password": server.password, "host": "localhost", "port": server.port}
        secrets = FakeSecrets(json.dumps({**login, "dbname": "analytics"}))
        cls.database = database.Database(database.Options(secret_id="orders", ca_file=server.ca_file), secrets)
        cls.addClassCleanup(cls.database.close)

    # The Go function is held against the same file, and there the numbers against the orders themselves.
    def test_both_functions_cache_the_same_json(self) -> None:
        memory = FakeCache()
        app = analytics.App(memory, self.database)
        report = json.loads((SQL / "report.json").read_text())
        self.assertEqual(app.handle(HALF_YEAR), {**HALF_YEAR, **report, "source": "database"})
        self.assertEqual(
            memory.values, {"analytics:v2:customer-03:2026-01-01:2026-06-30": (SQL / "report.json").read_text().strip()}
        )
        self.assertEqual(memory.ttls, [cache.TTL_HISTORY])
        again = app.handle(HALF_YEAR)
        self.assertEqual(list(again), ["customerId", "from", "to", *analytics.TOTALS, "products", "source"])
        self.assertEqual(again, {**HALF_YEAR, **report, "source": "cache"})

    def test_a_range_without_orders_is_zero(self) -> None:
        first, last = datetime.date(2020, 1, 1), datetime.date(2020, 12, 31)
        report = analytics.read_report(self.database, "customer-03", first, last)
        self.assertEqual(report, {**dict.fromkeys(analytics.TOTALS, 0), "products": []})

    def test_a_range_that_includes_today_is_kept_for_minutes(self) -> None:
        memory = FakeCache()
        today = str(datetime.datetime.now(datetime.UTC).date())
        analytics.App(memory, self.database).handle({"customerId": "customer-03", "from": today, "to": today})
        self.assertEqual(memory.ttls, [cache.TTL_TODAY])

    def test_without_a_cache_the_answer_comes_from_the_database(self) -> None:
        app = analytics.App(cache.RedisCache(cache.Options(), out=io.StringIO()), self.database)
        self.assertEqual(app.handle(HALF_YEAR)["source"], "database")


class CachedReports(unittest.TestCase):
    def test_another_shape_is_corrupt(self) -> None:
        report = {**dict.fromkeys(analytics.TOTALS, 1), "products": []}
        self.assertEqual(analytics.report_from_json({**report, "more": 1}), report)
        without = {name: report[name] for name in analytics.TOTALS}
        for value in ({}, None, [], without, {**report, "orders": "1"}, {**report, "orders": True}, {**report, "products": None}):
            with self.subTest(value), self.assertRaises((KeyError, TypeError)):
                analytics.report_from_json(value)


class Handler(unittest.TestCase):
    def test_without_a_database_the_error_says_what_to_set(self) -> None:
        self.addCleanup(handler._app.cache_clear)
        environ = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
        with mock.patch.dict(os.environ, environ, clear=True), mock.patch("sys.stdout", io.StringIO()):
            with self.assertRaises(analytics.InputError):
                handler.handler({}, None)
            with self.assertRaisesRegex(database.SecretError, "DB_SECRET is empty; set it to the ARN of the database's secret"):
                handler.handler(HALF_YEAR, None)


class Input(unittest.TestCase):
    def test_a_valid_event_is_accepted(self):
        for change in ({}, {"to": "2026-01-01"}, {"from": "2024-01-01", "to": "2024-12-31"}):
            analytics.validate({**HALF_YEAR, **change})

    def test_a_bad_event_is_refused_with_everything_that_is_wrong(self):
        customer = ' must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit'
        for event, want in (
            (
                {},
                f'customerId: ""{customer}; from: "" is not a day; write it as YYYY-MM-DD; '
                'to: "" is not a day; write it as YYYY-MM-DD',
            ),
            ({**HALF_YEAR, "customerId": "customer-03:2026"}, f'customerId: "customer-03:2026"{customer}'),
            ({**HALF_YEAR, "customerId": "customer-03\n"}, f'customerId: "customer-03\\n"{customer}'),
            ({**HALF_YEAR, "customerId": 5}, f"customerId: 5{customer}"),
            ({**HALF_YEAR, "from": "2026-02-30"}, 'from: "2026-02-30" is not a day; write it as YYYY-MM-DD'),
            ({**HALF_YEAR, "to": "20261107"}, 'to: "20261107" is not a day; write it as YYYY-MM-DD'),
            ({**HALF_YEAR, "to": 7}, "to: 7 is not a day; write it as YYYY-MM-DD"),
            ({**HALF_YEAR, "from": "2026-07-01"}, 'from: "2026-07-01" is after to "2026-06-30"; swap them'),
            ({**HALF_YEAR, "from": "2025-06-29"}, 'to: "2026-06-30" makes the range 367 days; ask for at most 366'),
        ):
            with self.subTest(event), self.assertRaises(analytics.InputError) as raised:
                analytics.validate(event)
            self.assertEqual(str(raised.exception), "invalid query: " + want)
