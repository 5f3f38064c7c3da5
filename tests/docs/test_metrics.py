"""The reference of the metrics says what the code has."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.telemetry.families import FAMILIES, Family

ROW = re.compile(r"(?m)^\| `(gateway_\w+)` \| ([^|]*)\| ([^|]*) \|")


def kind(family: Family) -> str:
    return f"gauge, {family.kind}" if family.kind.is_gauge else family.kind.value


def test_every_metric_is_in_the_reference_with_its_labels_and_kind(root: Path) -> None:
    text = (root / "docs/metrics.md").read_text(encoding="utf-8")
    documented = {name: (tuple(re.findall(r"`(\w+)`", labels)), kind) for name, labels, kind in ROW.findall(text)}
    assert documented == {family.name: (family.labels, kind(family)) for family in FAMILIES.values()}


def test_no_page_names_a_metric_that_does_not_exist(page: Path) -> None:
    named = set(re.findall(r"\bgateway_[a-z]+_[a-z_]*[a-z]\b", page.read_text(encoding="utf-8")))
    known = {name for family in FAMILIES for name in (family, f"{family}_bucket", f"{family}_sum", f"{family}_count")}
    assert {name for name in named if name.endswith(("_total", "_seconds", "_info"))} - known == set()
