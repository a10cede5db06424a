"""What a lookup writes: a log line for each failure, and a metric line when it is over."""

import datetime
import json
import time
from typing import Any, TextIO

from .failure import CIRCUIT_OPEN
from .options import Options
from .secret import SecretSource

METRICS = ("CacheHit", "CacheMiss", "CacheFailure")


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

    def _redact(self, text: str) -> str:
        """A server that does not know AUTH quotes its arguments in the error, password included."""
        text = text.partition(", with args beginning with")[0]
        text = text.partition("?Action=connect")[0]  # an IAM token
        held = self._secrets.held
        return text.replace(held.token, "***") if held and held.token else text

    def emit(self) -> None:
        """One line in CloudWatch's Embedded Metric Format. Any answer of load is a miss, so that the average of CacheHit is the
        part of the lookups that the database was spared."""
        self._write(
            {
                "_aws": {
                    "Timestamp": int(time.time() * 1000),
                    "CloudWatchMetrics": [
                        {
                            "Namespace": self._options.namespace,
                            "Dimensions": [["FunctionName"]],
                            "Metrics": [{"Name": name, "Unit": "Count"} for name in METRICS],
                        }
                    ],
                },
                "FunctionName": self._options.function_name,
                "CacheHit": int(self.hit),
                "CacheMiss": int(not self.hit),
                "CacheFailure": self._failures,
                **self._last,
            }
        )

    def _write(self, line: dict[str, Any]) -> None:
        try:
            self._out.write(json.dumps(line, separators=(",", ":")) + "\n")
            self._out.flush()
        except (OSError, ValueError):
            pass  # a line that cannot be written is no reason to fail either
