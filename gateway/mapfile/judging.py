"""How the map says that answers are compared and routes are judged: `compare` and `gate`, defaults laid in. Pure.

`compare` of a route adds to that of the defaults; `gate` is laid over theirs key by key.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.mapfile.compare import Compare
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.schema import Gate, Policies
from gateway.parity.gate import GatePolicy
from gateway.parity.rules import Excuse, HeaderComparison, HeaderRule, HtmlRule, Rules, Tolerance, Unordered
from gateway.routing.route import DEFAULT_ROUTE_ID


@dataclass(frozen=True, slots=True)
class Judging:
    """What holds for one route."""

    rules: Rules
    gate: GatePolicy


def judging_of(loaded: LoadedMap) -> dict[str, Judging]:
    """Route id -> how it is judged, the default route included."""
    defaults = loaded.document.defaults
    entries: dict[str, Policies] = {DEFAULT_ROUTE_ID: defaults}
    entries |= {entry.id: entry for entry in loaded.document.routes}
    return {
        route_id: Judging(
            _rules(defaults.compare, None if entry is defaults else entry.compare), _gate(defaults, entry)
        )
        for route_id, entry in entries.items()
    }


def _rules(*blocks: Compare | None) -> Rules:
    given = [block for block in blocks if block is not None]
    return Rules(
        excuses=tuple(
            Excuse(one.reason, one.at, one.header and one.header.lower(), one.expires)
            for block in given
            for one in block.excuse
        ),
        unordered=tuple(
            Unordered(one.at, one.by, one.reason or "", one.expires) for block in given for one in block.unordered
        ),
        tolerances=tuple(
            Tolerance(one.at, one.within, one.reason or "", one.expires) for block in given for one in block.tolerance
        ),
        headers=tuple(
            HeaderRule(name.lower(), HeaderComparison(one.how), one.reason or "", one.expires)
            for block in given
            for name, one in block.headers.items()
        ),
        html=tuple(HtmlRule(one.without, one.reason or "", one.expires) for block in given for one in block.html),
        since=" ".join(block.since for block in given if block.since is not None),
    )


def _gate(defaults: Policies, entry: Policies) -> GatePolicy:
    policy = GatePolicy()
    values = {}
    for name in ("parity", "confidence", "latency"):
        for block in (entry.gate, defaults.gate):
            value = getattr(block or Gate(), name)
            if value is not None:
                values[name] = value
                break
    return GatePolicy(
        parity=values.get("parity", policy.parity),
        confidence=values.get("confidence", policy.confidence),
        latency=values.get("latency", policy.latency),
    )
