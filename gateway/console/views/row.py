"""A route in a line of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.console.views.cause import CauseCount
from gateway.evidence.history import Times, quantile
from gateway.evidence.latency import together
from gateway.exchange import Side
from gateway.judged import Judged
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode

TOP = 3
"""Causes that are shown in a row."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """How long answers took, in seconds, over `count` of them."""

    p50: float
    p95: float
    count: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Both sides' latency. A side that has answered nothing is None."""

    legacy: Quantiles | None
    v2: Quantiles | None
    paired: bool
    """True: measured on the same compared requests of the current epoch, so the two may be compared.

    False: what clients were served since the gateway started, each side with requests of its own.
    """


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One route. Parity and counts are of the current epoch: since its last flip or change of a rule."""

    id: str
    path: str
    """Its template; `*` for the default route."""
    methods: tuple[str, ...] | None
    """Sorted; None is every method."""
    mode: Mode
    """As the map says; while the kill switch is on, `Overview.force` says who answers in truth."""
    percent: float | None
    """The canary's, 0 to 100; None where the map gives none."""
    is_default: bool
    is_compared: bool
    """Whether the other side is asked at the moment, or has been in this epoch."""
    legacy_rate: float | None
    """Requests a second that legacy answered, over the last minute or so."""
    v2_rate: float | None
    parity: float | None
    """(match + equivalent) / compared; None before anything was compared."""
    lower_bound: float | None
    """Wilson's lower bound for the distinct requests."""
    compared: int
    mismatches: int
    gate: GateState | None
    """None for a route that is not compared."""
    reason: str
    """The gate's first reason, or why there is no decision; never empty."""
    latency: Latency | None
    """None when nothing was measured."""
    causes: tuple[CauseCount, ...]
    """The three most frequent of the current epoch."""

    @property
    def rate(self) -> float | None:
        """Requests a second of both sides."""
        if self.legacy_rate is None and self.v2_rate is None:
            return None
        return (self.legacy_rate or 0.0) + (self.v2_rate or 0.0)


def row_of(
    judged: Judged,
    *,
    rates: Mapping[tuple[str, str], float] | None,
    latency: Latency | None,
    causes: tuple[CauseCount, ...],
    evidence: str,
    is_default: bool,
) -> RouteRow:
    """The row of a route. `evidence` is `ok`, or why there is none; `causes` come with the most frequent first."""
    route, assessment = judged.route, judged.assessment
    compared = route.shadows or bool(judged.strata)
    legacy, v2 = (None if rates is None else rates.get((route.id, side.value), 0.0) for side in Side)
    whole = judged.whole
    return RouteRow(
        id=route.id,
        path="*" if is_default else route.path,
        methods=None if route.methods is None else tuple(sorted(route.methods)),
        mode=route.mode,
        percent=None if route.canary is None else round(route.canary.share * 100, 9),
        is_default=is_default,
        is_compared=compared,
        legacy_rate=legacy,
        v2_rate=v2,
        parity=whole.parity,
        lower_bound=assessment.lower_bound,
        compared=whole.compared,
        mismatches=judged.mismatches,
        gate=assessment.state if compared and evidence == "ok" else None,
        reason=_reason(judged, evidence, compared=compared),
        latency=latency,
        causes=causes[:TOP],
    )


def paired_latency(judged: Judged) -> Latency | None:
    """Both sides' latency on the same requests of the current epoch; None when no pair was measured."""
    pairs = together(stratum.latency for stratum in judged.strata)
    middle, high = pairs.quantile(0.5), pairs.quantile(0.95)
    if middle is None or high is None:
        return None
    legacy = Quantiles(middle.legacy, high.legacy, middle.pairs)
    return Latency(legacy, Quantiles(middle.v2, high.v2, middle.pairs), paired=True)


def served_latency(times: Mapping[tuple[str, str], Times], route_id: str) -> Latency | None:
    """What clients were served of a route; None when nobody was."""
    legacy, v2 = (_quantiles(times.get((route_id, side.value), ())) for side in Side)
    return None if legacy is None and v2 is None else Latency(legacy, v2, paired=False)


def _quantiles(times: Times) -> Quantiles | None:
    middle, high = quantile(times, 0.5), quantile(times, 0.95)
    return None if middle is None or high is None else Quantiles(middle, high, sum(times))


def _reason(judged: Judged, evidence: str, *, compared: bool) -> str:
    if not compared:
        return f"in mode {judged.route.mode} nothing is compared"
    return judged.assessment.reasons[0] if evidence == "ok" else evidence
