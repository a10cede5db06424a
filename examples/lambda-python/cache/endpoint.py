"""The primary or the reader: where its nodes are, and a breaker for each of them, since each may be down alone."""

import math
from collections.abc import Callable
from typing import TypeVar

import redis

from .breaker import Breaker
from .budget import Budget
from .failure import CircuitOpen, SecretError, is_refused
from .options import Options
from .secret import SecretSource
from .topology import Client, Topology

# Below the 350 s after which AWS network paths forget an idle TCP connection without telling either end.
MAX_IDLE = 300

T = TypeVar("T")


class Endpoint:
    def __init__(
        self,
        name: str,
        options: Options,
        secrets: SecretSource,
        topology: Topology,
        budget: Budget,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self._options = options
        self._secrets = secrets
        self._topology = topology
        self._budget = budget
        self._clock = clock
        self._breakers: dict[str, Breaker] = {}
        self._worked_at: dict[str, float] = {}  # by node, when its connection last had an answer

    def do(self, key: str, command: Callable[[Client], T]) -> T:
        """Finds the node of the key and runs a command there."""
        # No node has an empty name: its breaker is the one of the map of the slots.
        node, client = self._guard("", lambda: self._topology.locate(key))
        return self._guard(node, lambda: self._reconnecting(node, lambda: command(client)))

    def close(self) -> None:
        self._topology.disconnect()

    def _guard(self, node: str, attempt: Callable[[], T]) -> T:
        """Makes an attempt if the node's breaker allows it, and tells the breaker how it went."""
        breaker = self._breakers.get(node)
        if breaker is None:
            breaker = self._breakers[node] = Breaker(self._options.breaker_threshold, self._options.breaker_cooldown, self._clock)
        if not breaker.allows():
            raise CircuitOpen
        try:
            result = self._renewing(attempt)
        except Exception:
            breaker.failed()
            raise
        breaker.succeeded()
        return result

    def _renewing(self, attempt: Callable[[], T]) -> T:
        """Repeats an attempt whose login was refused, if the secret has another login by now."""
        used = self._secrets.get()
        try:
            self._budget.check()
            return attempt()
        except Exception as error:
            if not is_refused(error):
                raise
            try:
                renewed = self._secrets.renew(used)
            except SecretError:
                raise error from error.__cause__
            if renewed == used:
                raise
        self._topology.disconnect()
        self._budget.check()
        return attempt()

    def _reconnecting(self, node: str, attempt: Callable[[], T]) -> T:
        """Repeats an attempt whose connection was dead."""
        if self._clock() - self._worked_at.get(node, math.inf) > MAX_IDLE:
            self._disconnect()
        had_worked = node in self._worked_at
        try:
            return self._once(node, attempt)
        except redis.exceptions.ReadOnlyError:
            # The connection leads to a demoted primary; the endpoint's name leads to the new one by now.
            self._disconnect()
        except redis.ConnectionError as error:
            # A connection that died while idle. One that never worked would only fail again.
            if not had_worked or is_refused(error) or isinstance(error, redis.BusyLoadingError):
                raise
            self._disconnect()
        return self._once(node, attempt)

    def _once(self, node: str, attempt: Callable[[], T]) -> T:
        self._budget.check()
        result = attempt()
        self._worked_at[node] = self._clock()
        return result

    def _disconnect(self) -> None:
        self._worked_at.clear()
        self._topology.disconnect()
