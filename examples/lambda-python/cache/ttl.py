"""How long a value is kept."""

import datetime
import random

TTL_TODAY = 300  # ranges that include today: their numbers still grow
TTL_MONTH = 3600  # ranges that ended within the last 30 days: late events still correct them
TTL_HISTORY = 86400
JITTER = 0.10


def ttl_for(last_day: datetime.date, today: datetime.date) -> int:
    """The tier in seconds for data whose last day is last_day; both are days of UTC."""
    if last_day >= today:
        return TTL_TODAY
    if last_day >= today - datetime.timedelta(days=30):
        return TTL_MONTH
    return TTL_HISTORY


def jittered(ttl: float) -> float:
    """Takes up to 10% off, so that keys written together do not expire together; a tier is never exceeded."""
    return ttl - random.random() * JITTER * ttl
