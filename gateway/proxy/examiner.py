"""What the shadow lane needs to know of comparing: who compares, who keeps, and when to look twice."""

from __future__ import annotations

from typing import Protocol

from gateway.exchange import Exchange
from gateway.parity.difference import Comparison
from gateway.routing.route import Route


class Examiner(Protocol):
    """Compares exchanges and keeps what is worth keeping. The methods may be called on any thread; none raises."""

    def compare(self, route: Route, exchange: Exchange, /) -> Comparison:
        """Compare both observations. Takes milliseconds for large bodies."""

    def doubts(self, route: Route, comparison: Comparison, /) -> bool:
        """Whether a mismatch should be looked at again with a fresh answer of legacy, in case it has changed."""

    def keep(self, route: Route, exchange: Exchange, comparison: Comparison, /) -> None:
        """Count the exchange, and keep it, redacted, if people should be able to read it. Never waits."""

    def learn(self, route: Route, itself: Exchange, /) -> None:
        """Take note of how legacy differs from itself: `itself` has its second answer in v2's place."""
