"""When evidence begins anew, and when two requests are one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.exchange import Headers, Request
from gateway.parity.epoch import epoch_of, shape_of
from gateway.parity.rules import Excuse, HeaderComparison, HeaderRule, HtmlRule, Rules, Tolerance, Unordered
from gateway.routing.mode import Mode
from gateway.routing.route import Canary, Route, ShadowPolicy

ROUTE = Route("r", "/r", Mode.SHADOW)
RULES = Rules()
TODAY = date(2026, 3, 1)

reasons = st.sampled_from(["", "why", "another"])
days = st.none() | st.integers(1, 9).map(lambda days: TODAY + timedelta(days))
past = st.integers(0, 9).map(lambda days: TODAY - timedelta(days))
places = st.sampled_from(["$.a", "$.b"])
names = st.sampled_from(["vary", "etag"])


def rules_that(expires: st.SearchStrategy[date | None]) -> st.SearchStrategy[Rules]:
    """Rules whose expiries are drawn from `expires`."""

    def some(rule: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
        return st.lists(rule, max_size=2).map(tuple)

    return st.builds(
        Rules,
        excuses=some(st.builds(Excuse, reasons, places, expires=expires)),
        unordered=some(st.builds(Unordered, places, st.none() | st.just("id"), reasons, expires)),
        tolerances=some(st.builds(Tolerance, places, st.sampled_from([0.1, 1.0]), reasons, expires)),
        headers=some(st.builds(HeaderRule, names, st.sampled_from(HeaderComparison), reasons, expires)),
        html=some(st.builds(HtmlRule, st.sampled_from(["csrf", "nonce"]), reasons, expires)),
    )


def without_words(rules: Rules) -> Rules:
    def plain(some):
        return tuple(replace(rule, reason="", expires=None) for rule in some)

    kinds = (plain(some) for some in (rules.excuses, rules.unordered, rules.tolerances, rules.headers, rules.html))
    return Rules(*kinds)


def together(one: Rules, other: Rules) -> Rules:
    kinds = ("excuses", "unordered", "tolerances", "headers", "html")
    return Rules(**{kind: getattr(one, kind) + getattr(other, kind) for kind in kinds})


def a_request(query: bytes = b"", body: bytes | None = b"", **fields) -> Request:
    return Request("i", fields.pop("method", "GET"), fields.pop("path", "/r"), query, Headers(()), body)


@pytest.mark.parametrize(
    ("route", "rules"),
    [
        (replace(ROUTE, mode=Mode.CANARY), RULES),
        (replace(ROUTE, path="/r/<x>"), RULES),
        (replace(ROUTE, methods=frozenset({"GET"})), RULES),
        (ROUTE, Rules(excuses=(Excuse("clock", "$.ts"),))),
        (ROUTE, Rules(unordered=(Unordered("$.tags"),))),
        (ROUTE, Rules(tolerances=(Tolerance("$.score", 0.1),))),
        (ROUTE, Rules(headers=(HeaderRule("x-a", HeaderComparison.PRESENCE),))),
        (ROUTE, Rules(html=(HtmlRule("csrf"),))),
        (ROUTE, Rules(since="v2 1.4.1")),
    ],
)
def test_a_flip_or_another_rule_begins_a_new_epoch(route: Route, rules: Rules) -> None:
    assert epoch_of(route, rules, TODAY) != epoch_of(ROUTE, RULES, TODAY)


@given(rules_that(days))
def test_what_is_said_about_a_rule_begins_no_epoch(rules: Rules) -> None:
    assert epoch_of(ROUTE, rules, TODAY) == epoch_of(ROUTE, without_words(rules), TODAY)


@given(rules_that(past), rules_that(days))
def test_a_rule_that_expired_is_as_good_as_deleted(over: Rules, held: Rules) -> None:
    for rules in (together(over, held), together(held, over)):
        assert epoch_of(ROUTE, rules, TODAY) == epoch_of(ROUTE, held, TODAY)


@given(rules_that(st.just(TODAY)).filter(lambda rules: rules != RULES))
def test_the_day_on_which_a_rule_expires_begins_a_new_epoch(rules: Rules) -> None:
    assert epoch_of(ROUTE, rules, TODAY - timedelta(1)) != epoch_of(ROUTE, rules, TODAY)


def test_what_does_not_change_the_comparison_keeps_the_evidence() -> None:
    canary = replace(ROUTE, mode=Mode.CANARY, canary=Canary(0.05))
    larger = replace(canary, canary=Canary(0.5), timeout=1.0, shadow=ShadowPolicy(sample=0.1))
    assert epoch_of(canary, RULES, TODAY) == epoch_of(larger, RULES, TODAY)


def test_going_back_brings_the_evidence_back() -> None:
    there = replace(ROUTE, mode=Mode.LEGACY)
    assert epoch_of(replace(there, mode=Mode.SHADOW), RULES, TODAY) == epoch_of(ROUTE, RULES, TODAY)


def test_the_order_of_a_query_makes_no_other_request_but_its_values_do() -> None:
    assert shape_of(a_request(b"a=1&b=2"), "r") == shape_of(a_request(b"b=2&a=1"), "r")
    different = [a_request(), a_request(b"a=1"), a_request(b"a=2"), a_request(b"a="), a_request(body=b"x")]
    different += [a_request(method="HEAD"), a_request(path="/r/1")]
    assert len({shape_of(request, "r") for request in different} | {shape_of(a_request(), "q")}) == 8
