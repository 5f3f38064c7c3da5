"""What is known at one moment: what every page is made of. Pure.

It is made anew behind the pages' back, so that no page waits for 2,000 routes to be judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.console.views.cause import CauseCount
from gateway.console.views.flip import FlipView
from gateway.console.views.operated import Worker
from gateway.console.views.row import RouteRow
from gateway.judged import Judged
from gateway.mapfile.judging import Judging
from gateway.mapfile.loaded import LoadedMap


@dataclass(frozen=True, slots=True)
class Traffic:
    """What clients were answered. Rates are requests a second by (route, side), over `seconds`; None: not known yet."""

    rates: Mapping[tuple[str, str], float] | None = None
    seconds: float = 0.0
    dropped: Mapping[str, float] = field(default_factory=dict)
    """Shadow requests that were not made in that time, by route."""

    def rate(self, route_id: str, side: str) -> float | None:
        """Requests a second that a side answered of a route."""
        return None if self.rates is None else self.rates.get((route_id, side), 0.0)

    def side(self, side: str) -> float | None:
        """Requests a second that a side answered."""
        return None if self.rates is None else sum(rate for (_, one), rate in self.rates.items() if one == side)


@dataclass(frozen=True, slots=True)
class Spike:
    """A route that differs much more often than it used to. Shares are of compared exchanges."""

    route: str
    mismatches: int
    compared: int
    minutes: int
    """How long ago that began to be counted."""
    usual: float
    """The share before that."""

    @property
    def share(self) -> float:
        """The share now."""
        return self.mismatches / self.compared


@dataclass(frozen=True, slots=True)
class Refusal:
    """The map on disk is refused: what is wrong with it first, and how many things are."""

    sentence: str
    problems: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything, as of `at`. Mappings are by route id unless they say otherwise."""

    at: float
    version: int
    loaded: LoadedMap
    judging: Mapping[str, Judging]
    judged: Mapping[str, Judged]
    rows: tuple[RouteRow, ...]
    """In the order of the map, the default route last."""
    causes: Mapping[str, tuple[CauseCount, ...]]
    """Of each route's current epoch, the most frequent first."""
    traffic: Traffic
    spikes: tuple[Spike, ...]
    breakers: tuple[str, ...]
    """Routes that v2 is kept from, because it failed too often."""
    workers: tuple[Worker, ...]
    ready: bool
    checks: Mapping[str, str]
    force: str | None
    refused: Refusal | None
    flips: tuple[FlipView, ...]
    """The latest of all routes, newest first."""
    evidence: str
    """`ok`, or why it cannot be read."""

    @property
    def revision(self) -> str:
        """Of the map that is in force here."""
        return self.loaded.revision

    @property
    def is_draining(self) -> bool:
        """Whether the gateway is about to end."""
        return self.checks.get("draining", "ok") != "ok"

    @property
    def converged(self) -> bool:
        """Whether every worker serves this revision, to the same side if any is forced."""
        return {(worker.revision, worker.force) for worker in self.workers} <= {(self.revision, self.force)}

    @property
    def epochs(self) -> dict[str, str]:
        """The epoch of each route that has mismatches in it."""
        return {route_id: one.epoch for route_id, one in self.judged.items() if one.mismatches}


def differs(before: Picture | None, now: Picture) -> bool:
    """Whether a page of the one would look other than of the other, but for the time and the charts."""
    return before is None or _seen(before) != _seen(now)


def _seen(picture: Picture) -> tuple[object, ...]:
    return (
        picture.revision,
        picture.rows,
        picture.causes,
        picture.traffic.dropped,
        picture.spikes,
        picture.breakers,
        picture.workers,
        picture.ready,
        picture.checks,
        picture.force,
        picture.refused,
        picture.flips,
        picture.evidence,
    )
