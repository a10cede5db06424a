"""Answers one question, what a customer sold in a range of days, from orders in PostgreSQL, through the query cache."""

import datetime
import json
import pathlib
import re
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import cache

MAX_DAYS = 366

# What a report says of a number of orders, and of each product.
TOTALS = ("orders", "revenueCents", "buyers", "medianOrderCents", "p95OrderCents")

REPORT_SQL = (pathlib.Path(__file__).parent / "report.sql").read_text()

# ":" stays out: it separates the parts of a cache key.
_CUSTOMER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# date.fromisoformat also takes other spellings, and each would be a cache key of its own.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

T = TypeVar("T")
Report = dict[str, Any]


class Cache(Protocol):
    def get_or_load(self, key: str, ttl: float, load: Callable[[], T], decode: Callable[[Any], T]) -> tuple[T, str]: ...


class Database(Protocol):
    def query(self, sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]: ...


class InputError(ValueError):
    """Lists everything that is wrong with an event."""


class App:
    """Answers queries from the cache, and from the database what the cache does not have."""

    def __init__(self, query_cache: Cache, database: Database) -> None:
        self._cache = query_cache
        self._database = database

    def handle(self, event: Any) -> dict[str, Any]:
        customer, first, last = validate(event)
        report, source = self._cache.get_or_load(
            f"analytics:v2:{customer}:{first}:{last}",  # the version changes whenever the JSON of a report does
            cache.ttl_for(last, datetime.datetime.now(datetime.UTC).date()),
            lambda: read_report(self._database, customer, first, last),
            decode=report_from_json,
        )
        return {"customerId": customer, "from": str(first), "to": str(last), **report, "source": source}


def read_report(database: Database, customer: str, first: datetime.date, last: datetime.date) -> Report:
    """Asks the database, which takes some 60 ms in the median for one customer's year (e2e/RESULTS.md). The order of the names
    is that of the Go function, so that either reads what the other has cached."""
    everything, *products = database.query(REPORT_SQL, [customer, first, last])
    return {
        **dict(zip(TOTALS, everything[1:], strict=True)),
        "products": [dict(zip(("productId", *TOTALS), product, strict=True)) for product in products],
    }


def report_from_json(value: Any) -> Report:
    """Refuses a report without its products, so that a cached value of another shape is corrupt and not empty."""
    report = {name: value[name] for name in (*TOTALS, "products")}
    if not (isinstance(report["products"], list) and all(type(report[name]) is int for name in TOTALS)):
        raise TypeError("a report has whole numbers and a list of products")
    return report


def validate(event: Any) -> tuple[str, datetime.date, datetime.date]:
    """Returns the customer, the first and the last day, or raises an InputError."""
    event = event if isinstance(event, dict) else {}
    problems = []
    customer = event.get("customerId", "")
    if not (isinstance(customer, str) and _CUSTOMER.fullmatch(customer)):
        problems.append(
            f'customerId: {json.dumps(customer)} must be 1 to 64 letters, digits, ".", "_" or "-" '
            "and start with a letter or digit"
        )
    days = {}
    for name in ("from", "to"):
        text = event.get(name, "")
        try:
            if not _DAY.fullmatch(text):
                raise ValueError
            days[name] = datetime.date.fromisoformat(text)
        except (TypeError, ValueError):
            problems.append(f"{name}: {json.dumps(text)} is not a day; write it as YYYY-MM-DD")
    if len(days) == 2:
        length = (days["to"] - days["from"]).days + 1
        if length < 1:
            problems.append(f'from: "{days["from"]}" is after to "{days["to"]}"; swap them')
        elif length > MAX_DAYS:
            problems.append(f'to: "{days["to"]}" makes the range {length} days; ask for at most {MAX_DAYS}')
    if problems:
        raise InputError("invalid query: " + "; ".join(problems))
    return customer, days["from"], days["to"]
