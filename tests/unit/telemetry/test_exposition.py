"""Several workers' numbers become one exposition."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry

from gateway.telemetry.cells import Cells
from gateway.telemetry.exposition import Exposition, merge
from gateway.telemetry.metrics import Metrics
from tests.support.served import a_served


def test_workers_become_one() -> None:
    """Case 154: counters, histograms and gauges of several workers, each as its family says."""
    registry = CollectorRegistry()
    workers = [Metrics(CollectorRegistry(), Cells()) for _ in range(2)]
    for number, worker in enumerate(workers, 1):
        worker.served(a_served(duration=0.003 * number, backend=0.0))
        worker.gauge("gateway_bridge_queue_depth", lambda number=number: {(): float(number)})
        worker.gauge("gateway_loop_lag_seconds", lambda number=number: {("door",): float(number)})
        worker.gauge("gateway_map_last_success_timestamp_seconds", lambda number=number: {(): float(number)})
    registry.register(Exposition(lambda: merge(worker.snapshot().items() for worker in workers)))
    labels = {"route": "employees.get", "side": "legacy"}
    assert registry.get_sample_value("gateway_requests_total", {**labels, "mode": "legacy", "code_class": "2xx"}) == 2
    assert registry.get_sample_value("gateway_request_duration_seconds_sum", labels) == pytest.approx(0.009)
    assert registry.get_sample_value("gateway_bridge_queue_depth") == 3
    assert registry.get_sample_value("gateway_loop_lag_seconds", {"loop": "door"}) == 2
    assert registry.get_sample_value("gateway_map_last_success_timestamp_seconds") == 1


def test_buckets_are_cumulative_and_end_with_the_count() -> None:
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    for duration in (0.001, 0.003, 0.003, 99.0):
        metrics.served(a_served(duration=duration, backend=0.0))
    name, labels = "gateway_request_duration_seconds", {"route": "employees.get", "side": "legacy"}
    found = [
        registry.get_sample_value(f"{name}_bucket", {**labels, "le": le}) for le in ("0.002", "0.005", "10", "+Inf")
    ]
    assert found == [1, 3, 3, 4]
    assert registry.get_sample_value(f"{name}_count", labels) == 4


def test_registry_refuses_a_second_collector_of_the_same_names() -> None:
    registry = CollectorRegistry()
    Metrics(registry)
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        Metrics(registry)
