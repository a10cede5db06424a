"""A hit through the example clients beside a bare GET and decode, on a real Redis with TLS. Prints rows of RESULTS.md as JSON.
Its argument is how often it measures. Runs in examples/lambda-python."""

import contextlib
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time
from typing import Any
from unittest import mock

import analytics
import cache
import redis
from tests.fixtures import TOKEN, FakeSecrets, secret_json
from tests.servers import HOST, Authority, Server

REQUESTS = 5000


def measure_python(server: Server) -> dict[str, float]:
    bare = redis.Redis(host=HOST, port=server.port, password=TOKEN, ssl=True, ssl_ca_certs=server.authority.ca_file)
    options = cache.Options(host=HOST, port=str(server.port), ca_file=server.authority.ca_file, secret_id="hit")
    client = cache.RedisCache(options, FakeSecrets(secret_json(TOKEN)), out=open(os.devnull, "w"))
    miss = mock.Mock(side_effect=LookupError("a miss"))
    took: dict[str, list[float]] = {"bare": [], "hit": []}
    for _ in range(REQUESTS):
        started = time.perf_counter()
        analytics.report_from_json(json.loads(bare.get("hit")))
        between = time.perf_counter()
        client.get_or_load("hit", 3600, miss, analytics.report_from_json)
        took["hit"].append(time.perf_counter() - between)
        took["bare"].append(between - started)
    return {f"{name} p{p}": sorted(all)[REQUESTS * p // 100] * 1e6 for name, all in took.items() for p in (50, 99)}


def measure_go(server: Server) -> dict[str, float]:
    variables = {"HIT_PORT": str(server.port), "HIT_PASSWORD": TOKEN, "HIT_CA": server.authority.ca_file}
    command = ["go", "test", "-run=^$", "-bench=^BenchmarkHit$", f"-benchtime={REQUESTS}x", "./cache"]
    said = subprocess.run(command, cwd="../lambda-go", env=os.environ | variables, check=True, stdout=subprocess.PIPE, text=True)
    return {name.replace("-", " "): float(value) for value, name in re.findall(r"([\d.]+) ((?:bare|hit)-\w+)", said.stdout)}


def row(what: str, figure: str, unit: str, rounds: list[dict[str, float]], goal: float) -> dict[str, Any]:
    hit, bare = (statistics.median(took[f"{name} {figure}"] for took in rounds) for name in ("hit", "bare"))
    ratio = statistics.median(took[f"hit {figure}"] / took[f"bare {figure}"] for took in rounds)
    return {"what": what, "hit": f"{hit:.0f}{unit}", "bare": f"{bare:.0f}{unit}", "ratio": ratio, "goal": goal}


with contextlib.ExitStack() as stack:
    server = Server(stack, Authority(stack))
    server.admin.set("hit", pathlib.Path("../sql/report.json").read_bytes())
    rounds = [(measure_go(server), measure_python(server)) for _ in range(int(sys.argv[1]))]
    rows = [row("Allocations of a hit in Go", "allocs", "", [go for go, _ in rounds], 0)]
    for i, (language, goal) in enumerate((("Go", 1.3), ("Python", 1.5))):
        rows += [row(f"A hit in {language}, {p}", p, " µs", [took[i] for took in rounds], goal) for p in ("p50", "p99")]
    print(json.dumps(rows))
