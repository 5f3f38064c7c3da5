"""Requests a second of each route and side, out of two readings of `/metrics`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

_REQUESTS = "gateway_requests_total"

RouteSide = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """Requests answered so far, by route and side. `at` is in seconds of the monotonic clock."""

    at: float
    requests: Mapping[RouteSide, float]


def read_requests(exposition: str, at: float) -> Reading:
    """The counts in Prometheus' text format; none for a text that is something else."""
    lines = [line for line in exposition.splitlines() if line.startswith(f"{_REQUESTS}{{")]
    found: dict[RouteSide, float] = {}
    try:
        for family in text_string_to_metric_families("\n".join(lines) + "\n"):
            for sample in family.samples:
                key = (sample.labels.get("route", ""), sample.labels.get("side", ""))
                found[key] = found.get(key, 0.0) + sample.value
    except ValueError:
        return Reading(at, {})
    return Reading(at, found)


def rates(before: Reading | None, now: Reading) -> dict[RouteSide, float]:
    """Requests a second between two readings; empty without two. A count that fell began again at 0."""
    if before is None or now.at <= before.at:
        return {}
    seconds = now.at - before.at
    gained = {key: count - before.requests.get(key, 0.0) for key, count in now.requests.items()}
    return {key: (gain if gain >= 0 else now.requests[key]) / seconds for key, gain in gained.items()}
