"""A Lambda function that answers one question through the query cache: how many events and how much revenue a tenant had in
a range of days, from a DynamoDB table."""

import datetime
import functools
import json
import os
import re

import boto3
from botocore.config import Config

import cache

MAX_DAYS = 366

# ":" stays out: it separates the parts of a cache key.
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# date.fromisoformat also takes other spellings, and each would be a cache key of its own.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def handler(event, context):
    return _app().handle(event)


@functools.cache
def _app():
    """Built once for each execution environment. What is kept is the clients; the token is renewed inside of the cache."""
    table = os.environ.get("TABLE_NAME")
    if not table:
        raise ValueError("TABLE_NAME is empty; set it to the name of the DynamoDB table")
    # The cache may cost a request a second in all, so the secret is tried once and briefly.
    brief = Config(connect_timeout=0.5, read_timeout=0.5, retries={"total_max_attempts": 1})
    session = boto3.Session()
    return App(
        cache.RedisCache(
            cache.Options.from_env(), session.client("secretsmanager", config=brief), session.get_credentials()
        ),
        session.client("dynamodb"),
        table,
    )


class InputError(ValueError):
    """Lists all that is wrong with an event."""


class App:
    def __init__(self, redis_cache, dynamodb, table):
        self._cache = redis_cache
        self._dynamodb = dynamodb
        self._table = table

    def handle(self, event):
        tenant, first, last = validate(event)
        today = datetime.datetime.now(datetime.UTC).date()
        totals, source = self._cache.get_or_load(
            f"analytics:v1:{tenant}:{first}:{last}",  # the version changes whenever the JSON of the totals does
            cache.ttl_for(last, today),
            lambda: self._sum(tenant, first, last),
            decode=totals_from_json,
        )
        return {"tenantId": tenant, "from": str(first), "to": str(last), **totals, "source": source}

    def _sum(self, tenant, first, last):
        query = {
            "TableName": self._table,
            "KeyConditionExpression": "#tenantId = :tenantId AND #day BETWEEN :from AND :to",
            "ProjectionExpression": "#day, #events, #revenueCents",
            # Names by placeholder, because day is a reserved word of DynamoDB.
            "ExpressionAttributeNames": {
                "#tenantId": "tenantId",
                "#day": "day",
                "#events": "events",
                "#revenueCents": "revenueCents",
            },
            "ExpressionAttributeValues": {
                ":tenantId": {"S": tenant},
                ":from": {"S": str(first)},
                ":to": {"S": str(last)},
            },
        }
        totals = {"events": 0, "revenueCents": 0}
        while True:
            page = self._dynamodb.query(**query)
            for item in page["Items"]:
                for name in totals:
                    totals[name] += self._number(tenant, item, name)
            if not page.get("LastEvaluatedKey"):
                return totals
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _number(self, tenant, item, name):
        where = f'table "{self._table}", tenantId "{tenant}": day "{item.get("day", {}).get("S", "")}": attribute {name}'
        text = item.get(name, {}).get("N")
        if text is None:
            raise ValueError(f"{where} is missing or not a number; write it as N")
        try:
            return int(text)
        except ValueError:
            raise ValueError(f'{where} is "{text}"; write a whole number') from None


def totals_from_json(value):
    """Insists on both numbers, so that a cached value of another shape is corrupt and not zero."""
    totals = {"events": value["events"], "revenueCents": value["revenueCents"]}
    if not all(type(number) is int for number in totals.values()):
        raise TypeError("events and revenueCents must be whole numbers")
    return totals


def validate(event):
    """Returns the tenant, the first and the last day, or raises an InputError."""
    event = event if isinstance(event, dict) else {}
    problems = []
    tenant = event.get("tenantId", "")
    if not (isinstance(tenant, str) and _TENANT.fullmatch(tenant)):
        problems.append(
            f'tenantId: {json.dumps(tenant)} must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit'
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
    return tenant, days["from"], days["to"]
