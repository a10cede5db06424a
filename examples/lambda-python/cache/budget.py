"""How much of its time a lookup has left for the cache."""

from collections.abc import Callable

import redis


class Budget:
    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._deadline = 0.0

    def start(self, left: float | None = None) -> None:
        """Starts anew, or goes on with what was left."""
        self._deadline = self._clock() + (self._seconds if left is None else left)

    def left(self) -> float:
        return self._deadline - self._clock()

    def check(self) -> None:
        if self.left() <= 0:
            raise redis.TimeoutError(f"the budget of {self._seconds} s is spent")
