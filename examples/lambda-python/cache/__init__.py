"""Keeps the results of slow queries in ElastiCache, for code that runs in AWS Lambda.

The cache is never a reason to fail. RedisCache.get_or_load asks Redis, and whatever goes wrong there (it is slow, down, refuses
the login, holds a value that cannot be read, or the secret is unreadable) the value comes from the caller's load function
instead. The failure is counted and logged; only an exception of load itself reaches the caller.

Make one RedisCache for each execution environment and keep it for its life. It connects on first use. An environment serves one
request at a time, so there is no lock here and concurrent loads are not merged: do not use it from threads.

The login follows the environment: a secret with a password, IAM, or none. A secret is read on first use and kept. When Redis
refuses the password on a new connection, the secret is read again, at most every Options.secret_interval seconds, and the
connection is made with the new password. An IAM token is signed for each new connection. An established connection stays in
use: Redis asks for a login only at connect.
"""

from .options import Options
from .rediscache import FROM_CACHE, FROM_DATABASE, RedisCache
from .ttl import TTL_HISTORY, TTL_MONTH, TTL_TODAY, ttl_for

__all__ = ["FROM_CACHE", "FROM_DATABASE", "TTL_HISTORY", "TTL_MONTH", "TTL_TODAY", "Options", "RedisCache", "ttl_for"]
