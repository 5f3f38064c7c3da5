"""How the map says that answers are compared and routes are judged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import parse_map
from gateway.parity.gate import GatePolicy
from gateway.parity.rules import Excuse, HeaderComparison, HeaderRule, HtmlRule, Rules, Tolerance, Unordered

HEAD = 'version: 1\nbackends: {legacy: {wsgi: "a:b"}, v2: {asgi: "c:d"}}\n'


def judged(text: str):
    return judging_of(parse_map((HEAD + text).encode(), Path("migration_map.yaml"), today=date(2026, 1, 1)))


def test_without_a_word_the_defaults_hold() -> None:
    found = judged("routes: [{id: r, path: /r}]\n")
    assert set(found) == {"__default__", "r"}
    assert found["r"].rules == Rules()
    assert found["r"].gate == GatePolicy()


def test_every_rule_arrives() -> None:
    found = judged(
        """
routes:
  - id: r
    path: /r
    compare:
      excuse:
        - {at: "$.ts", reason: clock, expires: 2027-03-01}
        - {header: X-Node, reason: each node says its name}
      unordered: ["$.tags", {at: "$.items", by: id, reason: a set, expires: 2027-03-02}]
      tolerance: [{at: "$.score", within: 0.001, reason: another libm, expires: 2027-03-03}]
      headers: {X-Cache: presence, Vary: {how: tokens, reason: order, expires: 2027-03-04}}
      html: [csrf, {without: whitespace, reason: templates were reformatted, expires: 2027-03-01}]
""",
    )["r"].rules
    assert found == Rules(
        excuses=(
            Excuse("clock", "$.ts", expires=date(2027, 3, 1)),
            Excuse("each node says its name", header="x-node"),
        ),
        unordered=(Unordered("$.tags"), Unordered("$.items", "id", "a set", date(2027, 3, 2))),
        tolerances=(Tolerance("$.score", 0.001, "another libm", date(2027, 3, 3)),),
        headers=(
            HeaderRule("x-cache", HeaderComparison.PRESENCE),
            HeaderRule("vary", HeaderComparison.TOKENS, "order", date(2027, 3, 4)),
        ),
        html=(HtmlRule("csrf"), HtmlRule("whitespace", "templates were reformatted", date(2027, 3, 1))),
    )


def test_rules_of_the_defaults_hold_as_well_and_the_gate_is_laid_over() -> None:
    found = judged(
        """
defaults:
  compare: {unordered: ["$.a"], since: "v2 1.4"}
  gate: {parity: 99%, latency: 2}
routes:
  - {id: r, path: /r, compare: {unordered: ["$.b"]}, gate: {latency: 1.5}}
""",
    )
    assert [one.at for one in found["r"].rules.unordered] == ["$.a", "$.b"]
    assert [one.at for one in found["__default__"].rules.unordered] == ["$.a"]
    assert found["r"].rules.since == "v2 1.4"
    assert found["r"].gate == GatePolicy(parity=0.99, latency=1.5)
