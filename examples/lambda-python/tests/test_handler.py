"""Run with: python -m unittest"""

import json
import os
import unittest
from unittest import mock

import handler

WEEK = {"tenantId": "acme", "from": "2026-11-01", "to": "2026-11-07"}


class FakeCache:
    """Remembers the JSON of what it is given, as Redis would."""

    def __init__(self):
        self.values = {}
        self.ttls = {}

    def get_or_load(self, key, ttl, load, decode):
        if key in self.values:
            return decode(json.loads(self.values[key])), "cache"
        value = load()
        self.values[key], self.ttls[key] = json.dumps(value), ttl
        return value, "database"


class FakeTable:
    def __init__(self, *pages):
        self.pages = pages
        self.queries = []

    def query(self, **query):
        self.queries.append(query)
        page = {"Items": self.pages[len(self.queries) - 1]}
        if len(self.queries) < len(self.pages):
            page["LastEvaluatedKey"] = {"day": {"S": "next"}}
        return page


def item(day, events, revenue_cents):
    return {"day": {"S": day}, "events": {"N": events}, "revenueCents": {"N": revenue_cents}}


class Answers(unittest.TestCase):
    def test_every_page_is_summed_and_the_sum_then_comes_from_the_cache(self):
        table = FakeTable([item("2026-11-01", "1", "100"), item("2026-11-02", "2", "-50")], [], [item("2026-11-03", "4", "7")])
        fake_cache = FakeCache()
        app = handler.App(fake_cache, table, "daily")
        want = {**WEEK, "events": 7, "revenueCents": 57}
        self.assertEqual(app.handle(WEEK), {**want, "source": "database"})
        self.assertEqual(app.handle(WEEK), {**want, "source": "cache"})

        self.assertEqual(list(fake_cache.values), ["analytics:v1:acme:2026-11-01:2026-11-07"])
        self.assertEqual(len(table.queries), 3)
        first = table.queries[0]
        self.assertEqual(first["TableName"], "daily")
        self.assertEqual(first["KeyConditionExpression"], "#tenantId = :tenantId AND #day BETWEEN :from AND :to")
        self.assertEqual(
            first["ExpressionAttributeValues"],
            {":tenantId": {"S": "acme"}, ":from": {"S": "2026-11-01"}, ":to": {"S": "2026-11-07"}},
        )
        self.assertEqual(table.queries[1]["ExclusiveStartKey"], {"day": {"S": "next"}})

    def test_an_old_range_is_kept_for_a_day(self):
        fake_cache = FakeCache()
        handler.App(fake_cache, FakeTable([]), "daily").handle({**WEEK, "from": "2020-01-01", "to": "2020-01-07"})
        self.assertEqual(list(fake_cache.ttls.values()), [86400])

    def test_an_item_that_cannot_be_read_is_named(self):
        missing = item("2026-11-03", "1", "1")
        del missing["revenueCents"]
        for bad, want in (
            (item("2026-11-02", "2.5", "1"), 'day "2026-11-02": attribute events is "2.5"; write a whole number'),
            (missing, 'day "2026-11-03": attribute revenueCents is missing or not a number; write it as N'),
        ):
            with self.assertRaises(ValueError) as raised:
                handler.App(FakeCache(), FakeTable([bad]), "daily").handle(WEEK)
            self.assertEqual(str(raised.exception), f'table "daily", tenantId "acme": {want}')

    def test_cached_totals_of_another_shape_are_corrupt(self):
        self.assertEqual(handler.totals_from_json({"events": 1, "revenueCents": 2}), {"events": 1, "revenueCents": 2})
        for value in ({"events": 1}, {}, None, [], {"events": "1", "revenueCents": 2}, {"events": True, "revenueCents": 2}):
            with self.subTest(value), self.assertRaises((KeyError, TypeError)):
                handler.totals_from_json(value)


class Input(unittest.TestCase):
    def test_a_valid_event_is_accepted(self):
        for change in ({}, {"to": "2026-11-01"}, {"from": "2024-01-01", "to": "2024-12-31"}):
            handler.validate({**WEEK, **change})

    def test_a_bad_event_is_refused_with_all_that_is_wrong(self):
        tenant = ' must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit'
        for event, want in (
            (
                {},
                f'tenantId: ""{tenant}; from: "" is not a day; write it as YYYY-MM-DD; '
                'to: "" is not a day; write it as YYYY-MM-DD',
            ),
            ({**WEEK, "tenantId": "acme:2026"}, f'tenantId: "acme:2026"{tenant}'),
            ({**WEEK, "tenantId": "acme\n"}, f'tenantId: "acme\\n"{tenant}'),
            ({**WEEK, "tenantId": 5}, f"tenantId: 5{tenant}"),
            ({**WEEK, "from": "2026-02-30"}, 'from: "2026-02-30" is not a day; write it as YYYY-MM-DD'),
            ({**WEEK, "to": "20261107"}, 'to: "20261107" is not a day; write it as YYYY-MM-DD'),
            ({**WEEK, "to": 7}, "to: 7 is not a day; write it as YYYY-MM-DD"),
            ({**WEEK, "from": "2026-11-08"}, 'from: "2026-11-08" is after to "2026-11-07"; swap them'),
            ({**WEEK, "from": "2025-11-06"}, 'to: "2026-11-07" makes the range 367 days; ask for at most 366'),
        ):
            with self.subTest(event), self.assertRaises(handler.InputError) as raised:
                handler.validate(event)
            self.assertEqual(str(raised.exception), "invalid query: " + want)

    def test_without_a_table_the_error_says_what_to_set(self):
        with mock.patch.dict(os.environ, clear=True), self.assertRaisesRegex(ValueError, "TABLE_NAME is empty; set it"):
            handler.handler(WEEK, None)


if __name__ == "__main__":
    unittest.main()
