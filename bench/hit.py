"""A hit through the example clients beside a bare GET and decode, on a real Redis with TLS. Prints JSON: what each took, in
microseconds. Runs in examples/lambda-python."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
from typing import Any

import analytics
import cache
import redis
from tests.fixtures import TOKEN, FakeSecrets, secret_json
from tests.servers import HOST, Authority, Server

REQUESTS = int(sys.argv[1])


def measure_python(server: Server) -> dict[str, float]:
    ca_file = server.authority.ca_file
    bare = redis.Redis(host=HOST, port=server.port, password=TOKEN, ssl=True, ssl_ca_certs=ca_file)
    options = cache.Options(host=HOST, port=str(server.port), ca_file=ca_file, secret_id="hit")
    client = cache.RedisCache(options, FakeSecrets(secret_json(TOKEN)), out=open(os.devnull, "w"))

    def miss() -> Any:
        raise LookupError("a miss")

    took: dict[str, list[float]] = {"bare": [], "hit": []}
    for _ in range(REQUESTS):
        started = time.perf_counter()
        analytics.report_from_json(json.loads(bare.get("hit")))
        between = time.perf_counter()
        client.get_or_load("hit", 3600, miss, analytics.report_from_json)
        took["hit"].append(time.perf_counter() - between)
        took["bare"].append(between - started)
    return {
        f"{name}-p{percent}-µs": sorted(all)[REQUESTS * percent // 100] * 1e6 for name, all in took.items() for percent in (50, 99)
    }


def measure_go(server: Server) -> dict[str, float]:
    variables = {"HIT_PORT": str(server.port), "HIT_PASSWORD": TOKEN, "HIT_CA": server.authority.ca_file}
    command = ["go", "test", "-run=^$", "-bench=^BenchmarkHit$", f"-benchtime={REQUESTS}x", "./cache"]
    said = subprocess.run(command, cwd="../lambda-go", env=os.environ | variables, check=True, stdout=subprocess.PIPE, text=True)
    return {name: float(value) for value, name in re.findall(r"([\d.]+) ((?:bare|hit)-\S+)", said.stdout)}


with contextlib.ExitStack() as stack:
    server = Server(stack, Authority(stack))
    server.admin.set("hit", pathlib.Path("../sql/report.json").read_bytes())
    print(json.dumps({"Go": measure_go(server), "Python": measure_python(server)}))
