"""What a lookup writes: a log line for each failure, and a metric line when it is over."""

import datetime
import functools
import json
import time
from typing import Any, TextIO

from .failure import CIRCUIT_OPEN
from .options import Options
from .secret import SecretSource

METRICS = ("CacheHit", "CacheMiss", "CacheFailure")


def to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@functools.cache
def metric_line(namespace: str, function_name: str) -> str:
    """The part of a metric line between its time and its numbers, the same in every line: every hit waits for its line, hence
    no JSON encoder."""
    directive = {
        "Namespace": namespace,
        "Dimensions": [["FunctionName"]],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in METRICS],
    }
    return f',"CloudWatchMetrics":{to_json([directive])}}},"FunctionName":{to_json(function_name)},"CacheHit":'


class Lookup:
    def __init__(self, options: Options, secrets: SecretSource, out: TextIO) -> None:
        self._options = options
        self._secrets = secrets
        self._out = out
        self.hit = False
        self._failures = 0
        self._last: dict[str, str] = {}

    def fail(self, operation: str, endpoint: str, reason: str, error: str) -> None:
        self._failures += 1
        self._last = {"operation": operation, "reason": reason}
        if reason == CIRCUIT_OPEN:
            return  # only counted: the failures that opened the breaker are in the log
        self._write(
            to_json(
                {
                    "time": datetime.datetime.now(datetime.UTC).isoformat().replace("+00:00", "Z"),
                    "level": "WARN",
                    "msg": "cache failure",
                    "operation": operation,
                    "endpoint": endpoint,
                    "reason": reason,
                    "error": self._redact(error),
                }
            )
        )

    def _redact(self, text: str) -> str:
        """A server that does not know AUTH quotes its arguments in the error, password included."""
        text = text.partition(", with args beginning with")[0]
        text = text.partition("?Action=connect")[0]  # an IAM token
        held = self._secrets.held
        return text.replace(held.token, "***") if held and held.token else text

    def emit(self) -> None:
        """One line in CloudWatch's Embedded Metric Format. Any answer of load is a miss, so that the average of CacheHit is the
        part of the lookups that the database was spared."""
        last = "".join(f',"{name}":"{value}"' for name, value in self._last.items())
        self._write(
            f'{{"_aws":{{"Timestamp":{int(time.time() * 1000)}'
            f"{metric_line(self._options.namespace, self._options.function_name)}"
            f'{int(self.hit)},"CacheMiss":{int(not self.hit)},"CacheFailure":{self._failures}{last}}}'
        )

    def _write(self, line: str) -> None:
        try:
            self._out.write(line + "\n")
            self._out.flush()
        except (OSError, ValueError):
            pass  # a line that cannot be written is no reason to fail either
