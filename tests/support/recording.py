"""A recorder that remembers."""

from __future__ import annotations

from collections import Counter

from gateway.exchange import Exchange
from gateway.parity.difference import Comparison, Verdict
from gateway.proxy.record import Served
from gateway.routing.route import Route


class Recording:
    """Keeps everything that the door says."""

    def __init__(self) -> None:
        self.requests: list[Served] = []
        self.rejections: list[str] = []
        self.dropped_headers: list[str] = []
        self.failures: list[tuple[str, str]] = []
        self.shadow_failures: list[tuple[str, str]] = []
        self.shadows: Counter[str] = Counter()
        self.shadow_drops: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.depth = 0

    def served(self, served: Served, /) -> None:
        self.requests.append(served)

    def rejected(self, reason: str, /) -> None:
        self.rejections.append(reason)

    def dropped_header(self, reason: str, /) -> None:
        self.dropped_headers.append(reason)

    def failed(self, request_id: str, route_id: str, side: str, error: BaseException, /) -> None:
        self.failures.append((side, type(error).__name__))

    def shadowed(self, route_id: str, outcome: str, elapsed: float, /) -> None:
        self.shadows[outcome] += 1

    def shadow_failed(self, request_id: str, route_id: str, side: str, error: BaseException, /) -> None:
        self.shadow_failures.append((str(side), type(error).__name__))

    def shadow_dropped(self, route_id: str, reason: str, /) -> None:
        self.shadow_drops[reason] += 1

    def compared(self, route_id: str, comparison: Comparison, /) -> None:
        self.verdicts[comparison.verdict] += 1

    def shadow_depth(self, depth: int, /) -> None:
        self.depth = depth


class BodyExaminer:
    """The least that the lane needs: answers are equal when their outcomes are."""

    def __init__(self) -> None:
        self.kept: list[tuple[Exchange, Comparison]] = []
        self.learnt: list[Comparison] = []
        self.is_doubtful = False

    def compare(self, route: Route, exchange: Exchange, /) -> Comparison:
        shadow = exchange.shadow
        equal = shadow is not None and shadow.outcome == exchange.served.outcome
        return Comparison(Verdict.MATCH if equal else Verdict.MISMATCH)

    def doubts(self, route: Route, comparison: Comparison, /) -> bool:
        return self.is_doubtful

    def keep(self, route: Route, exchange: Exchange, comparison: Comparison, /) -> None:
        self.kept.append((exchange, comparison))

    def learn(self, route: Route, itself: Exchange, /) -> None:
        self.learnt.append(self.compare(route, itself))
