"""Which rules of a map are over, which soon will be, and when."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gateway.mapfile.expiry import RuleCounts, WrittenRule, count_rules, expiry_times, rules_of
from gateway.mapfile.load import parse_map

TODAY = date(2026, 11, 20)
MAP = """\
version: 1
backends: {legacy: {wsgi: "a:b"}, v2: {asgi: "c:d"}}
defaults:
  compare: {excuse: [{header: x-node, reason: each says its name, expires: 2026-11-21}]}
routes:
  - id: r
    path: /r
    compare:
      unordered: [$.a, {at: $.b, reason: a set, expires: 2026-12-04}]
      tolerance:
        - {at: $.c, within: 1, reason: rounded, expires: 2026-11-20}
        - {at: $.d, within: 1, reason: rounded, expires: 2099-01-01}
      headers: {Vary: {how: tokens, reason: order, expires: 2026-12-05}}
      html: [csrf]
  - {id: other, path: /o}
"""
DOCUMENT = parse_map(MAP.encode(), Path("migration_map.yaml"), today=TODAY).document


def test_every_rule_is_found_with_its_place() -> None:
    found = rules_of(DOCUMENT)
    assert [(rule.route, rule.kind) for rule in found] == [
        ("__default__", "excuse"),
        ("r", "unordered"),
        ("r", "unordered"),
        ("r", "tolerance"),
        ("r", "tolerance"),
        ("r", "html"),
        ("r", "headers"),
    ]
    assert found[-1] == WrittenRule(
        "r", "headers", ("routes", 0, "compare", "headers", "Vary"), "order", date(2026, 12, 5)
    )


@pytest.mark.parametrize(
    ("expires", "over", "soon"),
    [
        (None, False, False),
        (date(2026, 11, 19), True, False),
        (date(2026, 11, 20), True, False),
        (date(2026, 11, 21), False, True),
        (date(2026, 12, 4), False, True),
        (date(2026, 12, 5), False, False),
    ],
)
def test_a_rule_is_over_from_its_day_on_and_soon_for_two_weeks_before(
    expires: date | None, over: bool, soon: bool
) -> None:
    rule = WrittenRule("r", "html", (), None, expires)
    assert (rule.is_over(TODAY), rule.is_soon(TODAY)) == (over, soon)


def test_rules_are_counted() -> None:
    assert count_rules(DOCUMENT, TODAY) == RuleCounts(total=7, over=1, soon=2, without_reason=2)


def test_the_first_expiry_of_each_kind_is_a_time_in_utc() -> None:
    assert expiry_times(DOCUMENT) == {
        ("__default__", "excuse"): 1795219200.0,
        ("r", "unordered"): 1796342400.0,
        ("r", "tolerance"): 1795132800.0,
        ("r", "headers"): 1796428800.0,
    }
