"""Circuit breakers: a node that failed several times in a row is skipped for a while."""

from collections.abc import Callable


class Breaker:
    def __init__(self, threshold: int, cooldown: float, clock: Callable[[], float]) -> None:
        self._threshold = threshold
        self._cooldown = cooldown
        self._clock = clock
        self._failures = 0
        self._retry_at = 0.0

    def allows(self) -> bool:
        return self._failures < self._threshold or self._clock() >= self._retry_at

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self) -> None:
        self._failures += 1
        self._retry_at = self._clock() + self._cooldown
