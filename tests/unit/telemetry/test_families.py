"""Metric names follow Prometheus' conventions."""

from __future__ import annotations

from gateway.telemetry.families import FAMILIES


def test_only_counters_are_called_total() -> None:
    for family in FAMILIES.values():
        assert family.name.startswith("gateway_")
        assert family.name.endswith("_total") == (family.kind.value == "counter"), family.name


def test_names_are_unique_and_every_metric_says_what_it_is() -> None:
    assert all(name == family.name and family.help for name, family in FAMILIES.items())


def test_only_histograms_have_bounds_and_they_rise() -> None:
    for family in FAMILIES.values():
        assert bool(family.bounds) == (family.kind.value == "histogram"), family.name
        assert list(family.bounds) == sorted(set(family.bounds))
