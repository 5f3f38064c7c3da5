"""How busy the bridge to legacy is, out of `/metrics`. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

_THREADS, _QUEUE = "gateway_bridge_threads", "gateway_bridge_queue_depth"


@dataclass(frozen=True, slots=True)
class Bridge:
    """Legacy's threads in every worker, and the requests that wait for one."""

    busy: int
    idle: int
    stuck: int
    waiting: int


def read_bridge(exposition: str) -> Bridge | None:
    """What Prometheus' text format says of the bridge; None where it says nothing: legacy is remote, then."""
    lines = [line for line in exposition.splitlines() if line.startswith((_THREADS, _QUEUE))]
    threads: dict[str, float] = {}
    waiting = 0.0
    try:
        for family in text_string_to_metric_families("\n".join(lines) + "\n"):
            for sample in family.samples:
                if sample.name == _QUEUE:
                    waiting += sample.value
                else:
                    state = sample.labels.get("state", "")
                    threads[state] = threads.get(state, 0.0) + sample.value
    except ValueError:
        return None
    if not threads:
        return None
    busy, idle, stuck = (int(threads.get(state, 0.0)) for state in ("busy", "idle", "stuck"))
    return Bridge(busy, idle, stuck, int(waiting))
