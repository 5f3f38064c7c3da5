"""One picture of all routes: what they answer, what is known of their parity, and what speaks against them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gateway.cli.render import percent
from gateway.cli.watching.rates import RouteSide
from gateway.exchange import Side
from gateway.judged import Judged
from gateway.routing.route import Route

COLUMNS = ("ROUTE", "MODE", "LEGACY/S", "V2/S", "PARITY", "AT LEAST", "GATE", "TOP CAUSE")


@dataclass(frozen=True, slots=True)
class Row:
    """One route. Rates are in requests a second; None is what is not known, and the gate of what is not compared."""

    route: str
    mode: str
    legacy_rate: float | None
    v2_rate: float | None
    parity: float | None
    lower_bound: float | None
    gate: str | None
    mismatches: int
    top_cause: str | None

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to see: no traffic and no evidence."""
        return not self.legacy_rate and not self.v2_rate and self.parity is None and not self.mismatches

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as text."""
        return (
            self.route,
            self.mode,
            _rate(self.legacy_rate),
            _rate(self.v2_rate),
            percent(self.parity),
            percent(self.lower_bound),
            self.gate or "-",
            f"{self.top_cause} ({self.mismatches:,})" if self.top_cause else "",
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """Every route, and what the picture was made of. `console` is None when no gateway answers for this map."""

    rows: tuple[Row, ...]
    console: str | None
    revision: str
    workers: int
    force: str | None
    evidence: str
    """`ok`, or why it could not be read."""
    map: str
    """`ok`, or what is wrong with the file; the routes are then those of the last good one."""

    @property
    def status(self) -> str:
        """Where it comes from, in a line, and what is missing."""
        parts = [
            f"{self.console}, revision {self.revision[:12]}" if self.console else "no gateway answers for this map"
        ]
        if self.workers > 1:
            parts[0] += f", {self.workers} workers"
        if self.force:
            parts.append(f"everything is sent to {self.force} by force")
        parts += [text for text in (self.evidence, self.map) if text != "ok"]
        return "; ".join(parts)

    def busiest(self, most: int) -> tuple[Row, ...]:
        """As many rows as there is room for: those with nothing to see go first."""
        if len(self.rows) <= most:
            return self.rows
        return tuple(sorted(self.rows, key=lambda row: row.is_quiet)[:most])

    def document(self) -> dict[str, Any]:
        """For machines: shares in [0, 1]."""
        return asdict(self)


def rows_of(
    judged: Sequence[Judged],
    modes: Mapping[str, str],
    rates: Mapping[RouteSide, float] | None,
    causes: Mapping[str, str],
    *,
    has_evidence: bool,
) -> tuple[Row, ...]:
    """A row for each route. `modes` are those in force, where a gateway says so; `rates` None is not known."""
    return tuple(
        Row(
            route=one.route.id,
            mode=modes.get(one.route.id, one.route.mode.value),
            legacy_rate=_of(rates, one.route, Side.LEGACY),
            v2_rate=_of(rates, one.route, Side.V2),
            parity=one.whole.parity,
            lower_bound=one.assessment.lower_bound,
            gate=one.assessment.state.value if has_evidence and (one.route.shadows or one.strata) else None,
            mismatches=one.mismatches,
            top_cause=causes.get(one.route.id),
        )
        for one in judged
    )


def _of(rates: Mapping[RouteSide, float] | None, route: Route, side: Side) -> float | None:
    return None if rates is None else rates.get((route.id, side.value), 0.0)


def _rate(rate: float | None) -> str:
    if rate is None:
        return "-"
    return f"{rate:,.0f}" if rate >= 10 or rate == 0 else f"{rate:.1f}"  # noqa: PLR2004  two digits are enough
