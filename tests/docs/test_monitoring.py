"""Rules, dashboard and docs/monitoring.md name what the gateway exports, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.parity.difference import Verdict
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode
from gateway.telemetry.families import FAMILIES, Family, Kind
from tests.docs.alerts import PAGE, page
from tests.support.promql import (
    Expression,
    alerts,
    annotation_expressions,
    panel_expressions,
    recorded,
    rule_expressions,
    selectors,
)

EVERYWHERE = rule_expressions() + panel_expressions() + annotation_expressions()
OTHERS = {"up", "ALERTS"}
"""What Prometheus makes itself."""
TARGET = {"job", "instance"}
PARTS = ("_bucket", "_count", "_sum")
VALUES = {
    "verdict": set(Verdict),
    "mode": set(Mode),
    "side": {"legacy", "v2", "none"},
    "stratum": {"2xx", "3xx", "4xx", "5xx", "none"},
    "code_class": {"2xx", "3xx", "4xx", "5xx", "none"},
    "bound": {"observed", "lower"},
    "outcome": {"answered"},
    "reason": {"queue_full"},
    "loop": {"door"},
    "quantile": {"0.95"},
    ("gateway_gate_state", "state"): set(GateState),
    ("gateway_bridge_threads", "state"): {"busy", "idle", "stuck"},
    ("gateway_workers", "state"): {"alive", "missing"},
    ("gateway_evidence_records", "state"): {"written", "waiting"},
}
"""The values of a label, or of the label of one metric: with another one, a selector would match nothing, silently."""


def family_of(metric: str) -> Family | None:
    """The family that a series belongs to; a histogram has three series' names."""
    for part in PARTS:
        family = FAMILIES.get(metric.removesuffix(part))
        if metric.endswith(part) and family is not None and family.kind is Kind.HISTOGRAM:
            return family
    found = FAMILIES.get(metric)
    return None if found is None or found.kind is Kind.HISTOGRAM else found


@pytest.mark.parametrize("expression", EVERYWHERE, ids=str)
def test_no_expression_names_a_metric_label_or_value_that_does_not_exist(expression: Expression) -> None:
    names = {rule["record"] for rule in recorded()}
    for selector in selectors(expression):
        if selector.metric in OTHERS | names:
            continue
        family = family_of(selector.metric)
        assert family is not None, f"the gateway does not export {selector.metric}"
        known = {*family.labels, *TARGET, *({"le"} if family.kind is Kind.HISTOGRAM else ())}
        assert selector.labels <= known, f"{selector.metric} has no such label"
        for label, value in selector.values:
            values = VALUES.get((family.name, label)) or VALUES.get(label)
            assert label in TARGET | {"route"} or (values and value in values), f"{selector.metric}: {label}={value}"


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {family_of(selector.metric) for expression in panel_expressions() for selector in selectors(expression)}
    recorded_from = {rule["record"]: Expression(rule["record"], rule["expr"]) for rule in recorded()}
    for expression in panel_expressions():
        for selector in selectors(expression):
            if selector.metric in recorded_from:
                shown |= {family_of(one.metric) for one in selectors(recorded_from[selector.metric])}
    assert {family.name for family in FAMILIES.values() if family not in shown} == set()


def test_every_recorded_series_is_read_by_an_alert_or_a_panel() -> None:
    read = {selector.metric for expression in EVERYWHERE for selector in selectors(expression)}
    assert {rule["record"] for rule in recorded()} <= read


def test_the_page_says_what_the_alerts_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/monitoring.md is older than the alerts: run `make format`"


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_happened_what_it_means_and_what_to_do(rule: dict, root: Path) -> None:
    notes = rule["annotations"]
    assert set(notes) == {"summary", "description", "runbook", "runbook_url"}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    file, _, anchor = notes["runbook_url"].partition("#")
    headings = re.findall(r"(?m)^### (\w+)$", (root / file).read_text(encoding="utf-8"))
    assert anchor in {heading.lower() for heading in headings}
