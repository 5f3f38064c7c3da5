"""The gate: whether a route may move up, and why, in sentences with their numbers.

    ready          the evidence is enough, in every stratum that needs it, and nothing speaks against it
    not_ready      something speaks against it; the first reason says what to look at
    inconclusive   nothing speaks against it, and there is not enough that speaks for it. No traffic is never a pass

A stratum needs evidence of its own when it is 2xx, or when anything in it differed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.parity.confidence import e_value, shapes_needed, wilson_lower
from gateway.parity.difference import Verdict
from gateway.parity.tally import Tally, total

SUCCESS = "2xx"
BOTH_ERROR_LIMIT = 0.01
"""Share of exchanges in which both sides failed that blocks a route: nothing is known about a route that is down."""

LATENCY_PAIRS = 100
"""Requests that both sides have answered before their p95 is judged: of three, the slowest is the first one."""


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """What a route must show: the least `parity`, how sure, and the most that v2's p95 may be, as a multiple."""

    parity: float = 0.999
    confidence: float = 0.95
    latency: float = 1.2


@dataclass(frozen=True, slots=True)
class Latency:
    """p95 of both sides in seconds, measured on the same `pairs` of requests."""

    legacy: float
    v2: float
    pairs: int


class GateState(StrEnum):
    """The decision. The values are metric labels."""

    READY = "ready"
    NOT_READY = "not_ready"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The decision and its reasons, the decisive one first. `lower_bound` is Wilson's, for people, if there is data."""

    state: GateState
    reasons: tuple[str, ...]
    lower_bound: float | None = None


def assess(policy: GatePolicy, tallies: Mapping[str, Tally], latency: Latency | None = None) -> Assessment:
    """Judge a route by the tallies of its current epoch, by stratum."""
    everything = total(tallies.values())
    against = [*_both_failed(everything), *_differs(policy, tallies), *_slower(policy, latency)]
    missing = _missing(policy, tallies)
    bound = lower_bound(everything, policy.confidence)
    if against:
        return Assessment(GateState.NOT_READY, (*against, *missing), bound)
    if missing:
        return Assessment(GateState.INCONCLUSIVE, tuple(missing), bound)
    return Assessment(GateState.READY, (_for(policy, tallies, everything),), bound)


def _both_failed(everything: Tally) -> list[str]:
    failed = everything.of(Verdict.BOTH_ERROR)
    seen = everything.compared + failed
    if not seen or failed / seen <= BOTH_ERROR_LIMIT:
        return []
    return [f"both sides failed in {failed:,} of {seen:,} exchanges, more than {BOTH_ERROR_LIMIT:.0%}"]


def _differs(policy: GatePolicy, tallies: Mapping[str, Tally]) -> list[str]:
    return [
        f"{tally.differing:,} of {tally.shapes:,} distinct {stratum} requests differ: parity "
        f"{_percent(1 - tally.differing / tally.shapes)}, {_percent(policy.parity)} wanted"
        for stratum, tally in sorted(tallies.items())
        if tally.shapes and 1 - tally.differing / tally.shapes < policy.parity
    ]


def _slower(policy: GatePolicy, latency: Latency | None) -> list[str]:
    if latency is None or latency.pairs < LATENCY_PAIRS or not latency.legacy:
        return []
    if latency.v2 <= policy.latency * latency.legacy:
        return []
    ratio = latency.v2 / latency.legacy
    sentence = (
        f"v2's p95 is {ratio:.2f} times legacy's ({latency.v2 * 1000:.1f} ms against {latency.legacy * 1000:.1f} ms, "
        f"{latency.pairs:,} pairs); {policy.latency:g} is allowed"
    )
    return [sentence]


def _missing(policy: GatePolicy, tallies: Mapping[str, Tally]) -> list[str]:
    reasons = []
    alpha = 1 - policy.confidence
    for stratum in sorted({SUCCESS, *tallies}):
        tally = tallies.get(stratum, Tally())
        if stratum != SUCCESS and not tally.differing:
            continue
        if tally.shapes and e_value(tally.shapes, tally.differing, 1 - policy.parity) >= 1 / alpha:
            continue
        needed = shapes_needed(tally.differing, 1 - policy.parity, alpha)
        reasons.append(
            f"{tally.shapes:,} distinct {stratum} requests, {needed:,} needed for {_percent(policy.parity)} at "
            f"{_percent(policy.confidence)}"
        )
        if tally.of(Verdict.EXCUSED):
            reasons.append(_excused(stratum, tally))
    return reasons


def _excused(stratum: str, tally: Tally) -> str:
    """What is to be said of answers that are excused, where evidence is missing."""
    excused = tally.of(Verdict.EXCUSED)
    if tally.shapes:
        return (
            f"{excused:,} of {excused + tally.compared:,} {stratum} exchanges differ only where that is excused; of "
            "them, those are evidence that the map excuses and that have something else in their bodies to compare"
        )
    return (
        f"none of {excused:,} {stratum} exchanges is evidence, for they differ where that is excused and nothing else "
        "was compared: excuse the places that differ, not `$`; and what is excused as noise, excuse in the map, by the "
        "rules that `gateway mismatches` proposes"
    )


def lower_bound(tally: Tally, confidence: float) -> float | None:
    """What parity is at the least, for people; None without a distinct request.

    It is of distinct requests and parity of exchanges, so the few requests that differ may be those that come most: a
    bound is never said to be above what was seen.
    """
    if not tally.shapes:
        return None
    bound = wilson_lower(tally.shapes - tally.differing, tally.shapes, confidence)
    return bound if tally.parity is None else min(bound, tally.parity)


def _for(policy: GatePolicy, tallies: Mapping[str, Tally], everything: Tally) -> str:
    success = tallies[SUCCESS]
    excused = everything.of(Verdict.EXCUSED)
    beside = f", {excused:,} more differ only where that is excused" if excused else ""
    return (
        f"{success.differing:,} of {success.shapes:,} distinct {SUCCESS} requests differ, which shows "
        f"{_percent(policy.parity)} at {_percent(policy.confidence)}; {everything.compared:,} exchanges were compared"
        f"{beside}"
    )


def _percent(share: float) -> str:
    """As many digits as it takes to tell 99.9 % from 99.95 %, and none for show."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".") + " %"
