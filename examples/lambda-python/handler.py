"""The Lambda handler: connections from the environment, once; then analytics.App."""

import functools
from typing import Any

import boto3
from botocore.config import Config

import analytics
import cache
import database


def handler(event: Any, context: Any) -> dict[str, Any]:
    return _app().handle(event)


@functools.cache
def _app() -> analytics.App:
    """Built once for each execution environment. Logins are renewed inside of the cache and the database."""
    session = boto3.Session()
    # The cache may cost a request a second in all, so its secret is tried once and briefly. Without the database's there is no
    # answer, so that takes the time it needs.
    brief = Config(connect_timeout=0.5, read_timeout=0.5, retries={"total_max_attempts": 1})
    patient = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})
    return analytics.App(
        cache.RedisCache(cache.Options.from_env(), session.client("secretsmanager", config=brief), session.get_credentials()),
        database.Database(database.Options.from_env(), session.client("secretsmanager", config=patient)),
    )
