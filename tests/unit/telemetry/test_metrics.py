"""What is counted is what is shown."""

from __future__ import annotations

from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gateway.routing.mode import Mode
from gateway.routing.route import Canary, Route
from gateway.telemetry.metrics import Metrics
from tests.support.served import a_served

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Metrics:
    return Metrics(registry)


def samples(registry: CollectorRegistry) -> Samples:
    """Through the text format and back: what Prometheus would see."""
    text = generate_latest(registry).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return samples(registry).get((name, tuple(sorted(labels.items()))))


def test_served_request_is_counted_and_timed(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.served(a_served(duration=0.012, backend=0.0119))
    labels = {"route": "employees.get", "side": "legacy"}
    assert value(registry, "gateway_requests_total", **labels, mode="legacy", code_class="2xx") == 1
    assert value(registry, "gateway_request_duration_seconds_count", **labels) == 1
    assert value(registry, "gateway_request_duration_seconds_sum", **labels) == pytest.approx(0.012)
    assert value(registry, "gateway_request_duration_seconds_bucket", **labels, le="0.01") == 0
    assert value(registry, "gateway_request_duration_seconds_bucket", **labels, le="0.025") == 1
    assert value(registry, "gateway_overhead_seconds_sum") == pytest.approx(0.0001)


@pytest.mark.parametrize(
    ("duration", "bucket"), [(0.0, "0.002"), (0.002, "0.002"), (0.0020001, "0.005"), (10.0, "10"), (11.0, "+Inf")]
)
def test_buckets_include_their_bound(
    metrics: Metrics, registry: CollectorRegistry, duration: float, bucket: str
) -> None:
    metrics.served(a_served(duration=duration, backend=0.0))
    found = samples(registry)
    name = "gateway_request_duration_seconds_bucket"
    filled = [dict(labels)["le"] for (sample, labels), number in found.items() if sample == name and number == 1]
    assert filled[0] == bucket


def test_answer_of_nobody_has_labels_too(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.served(a_served(side="", status=0, route_id="__rejected__", mode=""))
    labels = {"route": "__rejected__", "side": "none", "mode": "", "code_class": "none"}
    assert value(registry, "gateway_requests_total", **labels) == 1


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "__default__"]),
            st.sampled_from(["legacy", "v2", ""]),
            st.sampled_from(["legacy", "shadow", "v2"]),
            st.sampled_from([0, 200, 204, 301, 404, 500, 503]),
            st.floats(0, 20),
        ),
        max_size=40,
    )
)
def test_every_request_is_in_one_series_of_each_family(
    requests: list[tuple[str, str, str, int, float]],
) -> None:
    """Case 158: the conservation law."""
    registry = CollectorRegistry()
    metrics = Metrics(registry)
    for route, side, mode, status, duration in requests:
        metrics.served(a_served(route_id=route, side=side, mode=mode, status=status, duration=duration, backend=0.0))
    found = samples(registry)

    def total(name: str, **chosen: str) -> float:
        return sum(
            number
            for (sample, labels), number in found.items()
            if sample == name and all(dict(labels)[key] == text for key, text in chosen.items())
        )

    assert total("gateway_requests_total") == len(requests)
    assert total("gateway_request_duration_seconds_count") == len(requests)
    assert total("gateway_request_duration_seconds_bucket", le="+Inf") == len(requests)
    assert total("gateway_overhead_seconds_count") == len(requests)


def test_paths_make_no_series(metrics: Metrics, registry: CollectorRegistry) -> None:
    """Case 151, light: the label is the map's id, whatever is asked for."""
    metrics.served(a_served(path="/first", route_id="__default__"))
    before = len(samples(registry))
    for number in range(10_000):
        metrics.served(a_served(path=f"/{number}", route_id="__default__"))
    assert len(samples(registry)) == before


HOSTILE = ['quo"te', "new\nline", "back\\slash", "back\\nslash", "ünï·日本", "{}", "a,b=c", "\u2028", ""]


@pytest.mark.parametrize("route", HOSTILE)
def test_names_survive_the_text_format(metrics: Metrics, registry: CollectorRegistry, route: str) -> None:
    """Case 153: a valid exposition, and a round trip."""
    metrics.bind("abc", [Route(id=route, path="/x", mode=Mode.SHADOW)])
    metrics.shadow_dropped(route, "queue_full")
    assert value(registry, "gateway_route_mode", route=route, mode="shadow") == 1
    assert value(registry, "gateway_shadow_dropped_total", route=route, reason="queue_full") == 1


def test_bound_routes_begin_at_zero(metrics: Metrics, registry: CollectorRegistry) -> None:
    """A counter that appears at 1 would hide its first event from `rate()`."""
    canary = Route(id="b", path="/b", mode=Mode.CANARY, canary=Canary(share=0.05))
    metrics.bind("abc", [Route(id="a", path="/a", mode=Mode.V2), canary])
    labels = {"route": "a", "side": "v2", "mode": "v2", "code_class": "2xx"}
    assert value(registry, "gateway_requests_total", **labels) == 0
    assert value(registry, "gateway_canary_percent", route="b") == 5
    assert value(registry, "gateway_map_info", revision="abc") == 1


def test_new_table_replaces_the_modes_of_the_old(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.bind("one", [Route(id="a", path="/a", mode=Mode.LEGACY)])
    metrics.bind("two", [Route(id="a", path="/a", mode=Mode.V2)])
    assert value(registry, "gateway_route_mode", route="a", mode="legacy") is None
    assert value(registry, "gateway_route_mode", route="a", mode="v2") == 1
    assert value(registry, "gateway_map_info", revision="one") is None


def test_every_counting_method_reaches_its_family(metrics: Metrics, registry: CollectorRegistry) -> None:
    metrics.served(a_served(fallback="timeout"))
    metrics.rejected("dot_segment")
    metrics.dropped_header("underscore")
    metrics.shadowed("a", "answered", 0.1)
    metrics.shadow_depth(3)
    metrics.map_reloaded("loaded")
    assert value(registry, "gateway_fallback_total", route="employees.get", reason="timeout") == 1
    assert value(registry, "gateway_rejected_total", reason="dot_segment") == 1
    assert value(registry, "gateway_dropped_headers_total", reason="underscore") == 1
    assert value(registry, "gateway_shadow_total", route="a", outcome="answered") == 1
    assert value(registry, "gateway_shadow_queue_depth") == 3
    assert value(registry, "gateway_map_reload_total", result="loaded") == 1


def test_gauges_are_read_at_the_scrape(metrics: Metrics, registry: CollectorRegistry) -> None:
    busy = [1.0]
    metrics.gauge("gateway_bridge_threads", lambda: {("busy",): busy[0]})
    assert value(registry, "gateway_bridge_threads", state="busy") == 1
    busy[0] = 7
    assert value(registry, "gateway_bridge_threads", state="busy") == 7


def test_unknown_gauge_is_refused(metrics: Metrics) -> None:
    with pytest.raises(KeyError):
        metrics.gauge("gateway_no_such_thing", dict)


def test_compat_switches_are_counted_from_any_thread(metrics: Metrics, registry: CollectorRegistry) -> None:
    threads = [Thread(target=lambda: [metrics.compat_applied("session.read") for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(registry, "gateway_compat_applied_total", switch="session.read") == 2000
