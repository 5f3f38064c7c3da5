"""What the door tells telemetry."""

from __future__ import annotations

from typing import Any

from gateway.proxy.record import Served


def a_served(**changes: Any) -> Served:
    usual = Served(
        request_id="r-1",
        method="GET",
        path="/employee/7",
        route_id="employees.get",
        mode="legacy",
        side="legacy",
        status=200,
        duration=0.012,
        backend=0.0119,
        client="192.0.2.7",
        fallback="",
        aborted=False,
    )
    return usual._replace(**changes)
