"""The expressions in deploy/prometheus and deploy/grafana, and what they name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import promql_parser
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy/prometheus"
DASHBOARD = ROOT / "deploy/grafana/dashboards/gateway.json"

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Expression:
    """One expression of PromQL and where it stands; `name` is what a person calls that place."""

    name: str
    text: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Selector:
    """A metric, the labels it is selected by, and (label, value) for each value that one of them names.

    `state!~"written|waiting"` names two values, `route=~".+"` none.
    """

    metric: str
    labels: frozenset[str]
    values: tuple[tuple[str, str], ...]


@cache
def read_yaml(path: Path) -> Any:
    """A document of deploy/, read once; it is everybody's, to be left as it is."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def rules() -> list[Document]:
    """Every rule, as its file has it."""
    files = (PROMETHEUS / "recording.yml", PROMETHEUS / "alerts.yml")
    return [rule for file in files for group in read_yaml(file)["groups"] for rule in group["rules"]]


def alerts() -> list[Document]:
    """Every alerting rule."""
    return [rule for rule in rules() if "alert" in rule]


def recorded() -> list[Document]:
    """Every recording rule."""
    return [rule for rule in rules() if "record" in rule]


def dashboard() -> Document:
    """The dashboard, as Grafana reads it."""
    return dict(json.loads(DASHBOARD.read_text(encoding="utf-8")))


def panels() -> list[Document]:
    """The panels that show something."""
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def panel_expressions() -> list[Expression]:
    """The expressions of every panel, with the variables that Grafana fills in."""
    return [
        Expression(f"{panel['title']} {target['refId']}", target["expr"])
        for panel in panels()
        for target in panel["targets"]
    ]


def annotation_expressions() -> list[Expression]:
    """Those of the marks on all panels."""
    return [Expression(mark["name"], mark["expr"]) for mark in dashboard()["annotations"]["list"]]


def rule_expressions() -> list[Expression]:
    """The expressions of every rule."""
    return [Expression(rule.get("alert") or rule["record"], rule["expr"]) for rule in rules()]


def filled_in(text: str, *, interval: str = "5m", **variables: str) -> str:
    """An expression as Grafana sends it: its windows, such as `$__rate_interval`, and the dashboard's variables."""
    text = re.sub(r"\$__(rate_interval|interval|range)\b", interval, text)
    for name, value in variables.items():
        text = re.sub(rf"\${name}\b", value, text)
    return text


def parsed(expression: Expression) -> promql_parser.Expr:
    """The expression as a tree. Raises ValueError when it is not PromQL."""
    return promql_parser.parse(filled_in(expression.text, job="gateway", instance=".+", route=".+"))


def selectors(expression: Expression) -> Iterator[Selector]:
    """Every metric that the expression reads."""
    found: list[Selector] = []

    def visit(node: promql_parser.Expr) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            matchers = node.matchers.matchers
            named = [(one.name, value) for one in matchers for value in one.value.split("|")]
            labels = frozenset(one.name for one in matchers)
            found.append(
                Selector(node.name or "", labels, tuple(pair for pair in named if re.fullmatch(r"[\w.]+", pair[1])))
            )
        return True

    promql_parser.walk(parsed(expression), visit)
    yield from found
