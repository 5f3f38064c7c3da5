"""The metrics that the gateway has: name, help, labels and how several workers' values become one.

`route` is always the map's id or `__default__`, so the number of series is bounded by the map, never by the clients.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DURATION_BOUNDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
OVERHEAD_BOUNDS = (0.000025, 0.00005, 0.0001, 0.00025, 0.001, 0.005, 0.025)


class Kind(StrEnum):
    """How a family's value behaves. A counter and a histogram sum up over workers; a gauge says how."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    SUM = "sum"
    MAX = "max"
    MIN = "min"

    @property
    def is_gauge(self) -> bool:
        """Whether the value is read at the moment of the scrape."""
        return self in {Kind.SUM, Kind.MAX, Kind.MIN}


@dataclass(frozen=True, slots=True)
class Family:
    """One metric. `bounds` are a histogram's upper bucket bounds, in seconds, without infinity."""

    name: str
    help: str
    kind: Kind
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers one series needs: a histogram has its buckets, the infinite one and the sum."""
        return len(self.bounds) + 2 if self.kind is Kind.HISTOGRAM else 1


REQUESTS = Family(
    "gateway_requests_total",
    "Requests answered, by the side that answered",
    Kind.COUNTER,
    ("route", "side", "mode", "code_class"),
)
DURATION = Family(
    "gateway_request_duration_seconds",
    "From the head of the request to the last byte of the answer",
    Kind.HISTOGRAM,
    ("route", "side"),
    DURATION_BOUNDS,
)
OVERHEAD = Family(
    "gateway_overhead_seconds",
    "The part of a request's duration that was not spent inside a backend",
    Kind.HISTOGRAM,
    (),
    OVERHEAD_BOUNDS,
)
SHADOW = Family("gateway_shadow_total", "Shadow requests, by their outcome", Kind.COUNTER, ("route", "outcome"))
SHADOW_DROPPED = Family(
    "gateway_shadow_dropped_total", "Shadow requests that were not made", Kind.COUNTER, ("route", "reason")
)
SHADOW_DEPTH = Family("gateway_shadow_queue_depth", "Shadow requests waiting or under way", Kind.SUM)
PARITY = Family(
    "gateway_parity_total",
    "Compared requests, by verdict and status class",
    Kind.COUNTER,
    ("route", "verdict", "stratum"),
)
MISMATCH = Family("gateway_mismatch_total", "Mismatches, by each of their causes", Kind.COUNTER, ("route", "cause"))
PARITY_RATIO = Family(
    "gateway_parity_ratio",
    "Parity of a route since its last flip or change of a rule: observed, and its lower confidence bound",
    Kind.MIN,
    ("route", "bound"),
)
GATE = Family("gateway_gate_state", "1 for the gate's decision about a route", Kind.MAX, ("route", "state"))
RULE_EXPIRY = Family(
    "gateway_rule_expiry_timestamp_seconds",
    "When the first of a route's rules of that kind expires, seconds since 1970",
    Kind.MIN,
    ("route", "rule"),
)
LATENCY_RATIO = Family(
    "gateway_latency_ratio", "v2's latency over legacy's, on the same requests", Kind.MAX, ("route", "quantile")
)
EVIDENCE = Family(
    "gateway_evidence_records", "Records of evidence since the start, by what became of them", Kind.SUM, ("state",)
)
FALLBACK = Family(
    "gateway_fallback_total", "Requests that legacy answered in place of v2", Kind.COUNTER, ("route", "reason")
)
BREAKER = Family(
    "gateway_breaker_state",
    "1 while v2 is not asked on a route, 0.5 while it is tried again",
    Kind.MAX,
    ("route", "use"),
)
REJECTED = Family("gateway_rejected_total", "Requests refused before any side was asked", Kind.COUNTER, ("reason",))
DROPPED_HEADER = Family(
    "gateway_dropped_headers_total", "Request headers that no side was given", Kind.COUNTER, ("reason",)
)
LOG_DROPPED = Family("gateway_log_dropped_total", "Log lines lost because the log's reader did not read", Kind.COUNTER)
BRIDGE_THREADS = Family("gateway_bridge_threads", "Threads of the bridge, by what they do", Kind.SUM, ("state",))
BRIDGE_DEPTH = Family("gateway_bridge_queue_depth", "Requests waiting for a thread of the bridge", Kind.SUM)
ROUTE_MODE = Family("gateway_route_mode", "1 for the rung that a route stands on", Kind.MAX, ("route", "mode"))
FORCED = Family("gateway_forced", "1 while everything is sent to this side, whatever the map says", Kind.MAX, ("side",))
CANARY = Family("gateway_canary_percent", "The share of a canary route that v2 answers", Kind.MAX, ("route",))
MAP_RELOAD = Family("gateway_map_reload_total", "Attempts to load the map", Kind.COUNTER, ("result",))
MAP_REFUSED = Family(
    "gateway_map_refused", "1 while the map on disk is refused and an earlier one is in force", Kind.MAX
)
MAP_SUCCESS = Family(
    "gateway_map_last_success_timestamp_seconds", "When the map in force was loaded, seconds since 1970", Kind.MIN
)
MAP_INFO = Family("gateway_map_info", "1 for each revision in force", Kind.MAX, ("revision",))
LOOP_LAG = Family(
    "gateway_loop_lag_seconds", "The longest that an event loop was late in the last half minute", Kind.MAX, ("loop",)
)
COMPAT = Family(
    "gateway_compat_applied_total",
    "Times that v2 kept legacy's behaviour by a compat switch",
    Kind.COUNTER,
    ("switch",),
)
BUILD = Family("gateway_build_info", "1 for the version that runs", Kind.MAX, ("version", "python"))
WORKERS = Family("gateway_workers", "Worker processes, by state", Kind.SUM, ("state",))

FAMILIES = {
    family.name: family
    for family in (
        REQUESTS,
        DURATION,
        OVERHEAD,
        SHADOW,
        SHADOW_DROPPED,
        SHADOW_DEPTH,
        PARITY,
        MISMATCH,
        PARITY_RATIO,
        GATE,
        RULE_EXPIRY,
        LATENCY_RATIO,
        EVIDENCE,
        FALLBACK,
        BREAKER,
        REJECTED,
        DROPPED_HEADER,
        LOG_DROPPED,
        BRIDGE_THREADS,
        BRIDGE_DEPTH,
        ROUTE_MODE,
        FORCED,
        CANARY,
        MAP_RELOAD,
        MAP_REFUSED,
        MAP_SUCCESS,
        MAP_INFO,
        LOOP_LAG,
        COMPAT,
        BUILD,
        WORKERS,
    )
}
