"""A recorder that remembers."""

from __future__ import annotations

from collections import Counter

from gateway.proxy.record import Served


class Recording:
    """Keeps everything that the door says."""

    def __init__(self) -> None:
        self.requests: list[Served] = []
        self.rejections: list[str] = []
        self.dropped_headers: list[str] = []
        self.failures: list[tuple[str, str]] = []
        self.shadows: Counter[str] = Counter()
        self.shadow_drops: Counter[str] = Counter()
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

    def shadow_dropped(self, route_id: str, reason: str, /) -> None:
        self.shadow_drops[reason] += 1

    def shadow_depth(self, depth: int, /) -> None:
        self.depth = depth
