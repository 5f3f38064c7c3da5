"""When evidence begins anew, and when two requests are one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.exchange import Headers, Request
from gateway.parity.epoch import epoch_of, shape_of
from gateway.parity.rules import Excuse, HeaderComparison, Rules
from gateway.routing.mode import Mode
from gateway.routing.route import Canary, Route, ShadowPolicy

ROUTE = Route("r", "/r", Mode.SHADOW)
RULES = Rules()


def a_request(query: bytes = b"", body: bytes | None = b"", **fields) -> Request:
    return Request("i", fields.pop("method", "GET"), fields.pop("path", "/r"), query, Headers(()), body)


@pytest.mark.parametrize(
    ("route", "rules"),
    [
        (replace(ROUTE, mode=Mode.CANARY), RULES),
        (replace(ROUTE, path="/r/<x>"), RULES),
        (replace(ROUTE, methods=frozenset({"GET"})), RULES),
        (ROUTE, Rules(excuses=(Excuse("clock", "$.ts"),))),
        (ROUTE, Rules(headers={"x-a": HeaderComparison.PRESENCE})),
        (ROUTE, Rules(html=frozenset({"csrf"}))),
        (ROUTE, Rules(since="v2 1.4.1")),
    ],
)
def test_a_flip_or_another_rule_begins_a_new_epoch(route: Route, rules: Rules) -> None:
    assert epoch_of(route, rules) != epoch_of(ROUTE, RULES)


def test_what_does_not_change_the_comparison_keeps_the_evidence() -> None:
    canary = replace(ROUTE, mode=Mode.CANARY, canary=Canary(0.05))
    larger = replace(canary, canary=Canary(0.5), timeout=1.0, shadow=ShadowPolicy(sample=0.1))
    assert epoch_of(canary, RULES) == epoch_of(larger, RULES)


def test_going_back_brings_the_evidence_back() -> None:
    there = replace(ROUTE, mode=Mode.LEGACY)
    assert epoch_of(replace(there, mode=Mode.SHADOW), RULES) == epoch_of(ROUTE, RULES)


def test_the_order_of_a_query_makes_no_other_request_but_its_values_do() -> None:
    assert shape_of(a_request(b"a=1&b=2"), "r") == shape_of(a_request(b"b=2&a=1"), "r")
    different = [a_request(), a_request(b"a=1"), a_request(b"a=2"), a_request(b"a="), a_request(body=b"x")]
    different += [a_request(method="HEAD"), a_request(path="/r/1")]
    assert len({shape_of(request, "r") for request in different} | {shape_of(a_request(), "q")}) == 8
