"""Times GET with redis-py alone: over one connection, and with a new connection for each call. Prints the seconds."""

import json
import os
import sys
import time

import redis


def client():
    return redis.Redis(
        host=os.environ["REDIS_HOST"],
        port=int(os.environ["REDIS_PORT"]),
        password=os.environ["REDIS_TOKEN"],
        ssl=True,
        ssl_cert_reqs="required",
        ssl_check_hostname=True,
    )


def timed(n, call):
    taken = []
    for _ in range(n):
        begun = time.perf_counter()
        if call() is None:
            sys.exit("the key is not there")
        taken.append(time.perf_counter() - begun)
    return taken


def connect_and_get(key):
    with client() as fresh:
        return fresh.get(key)


key = os.environ["REDIS_KEY"]
reused = client()
reused.get(key)
print(
    json.dumps(
        {
            "reused": timed(int(sys.argv[1]), lambda: reused.get(key)),
            "fresh": timed(int(sys.argv[2]), lambda: connect_and_get(key)),
        }
    )
)
