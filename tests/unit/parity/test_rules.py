"""The rules of the map, at work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.parity.difference import Verdict
from gateway.parity.rules import Excuse, HeaderComparison, HeaderRule, HtmlRule, Rule, Rules, Tolerance, Unordered
from tests.unit.parity.answers import TODAY, a_json, an_answer, compared

scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.5, 1.0]) | st.sampled_from(["", "x"])
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=8,
)


def rules_of(rule: Rule) -> Rules:
    """The rules of a route that has one."""
    match rule:
        case Excuse():
            return Rules(excuses=(rule,))
        case Unordered():
            return Rules(unordered=(rule,))
        case Tolerance():
            return Rules(tolerances=(rule,))
        case HeaderRule():
            return Rules(headers=(rule,))
        case HtmlRule():
            return Rules(html=(rule,))


def test_an_excused_difference_stays_visible() -> None:
    rules = Rules(excuses=(Excuse("a clock", at="$.items[*].at"),))
    found = compared(a_json({"items": [{"at": 1}]}), a_json({"items": [{"at": 2}]}), rules)
    assert found.verdict is Verdict.EXCUSED
    assert [(one.location, one.excused_by) for one in found.differences] == [("/items/0/at", "a clock")]


def test_an_excuse_follows_the_alignment_of_a_list() -> None:
    rules = Rules(excuses=(Excuse("removed on purpose", at="$[?@.id == 1]"),))
    found = compared(a_json([{"id": 1}, {"id": 2}]), a_json([{"id": 2}]), rules)
    assert found.verdict is Verdict.EXCUSED


def test_the_order_of_an_array_may_mean_nothing() -> None:
    rules = Rules(unordered=(Unordered("$.tags"),))
    found = compared(a_json({"tags": [1, 2, 3]}), a_json({"tags": [3, 1, 2]}), rules)
    assert (found.verdict, found.equivalences) == (Verdict.EQUIVALENT, ("unordered",))
    assert compared(a_json({"tags": [1, 2]}), a_json({"tags": [1, 3]}), rules).verdict is Verdict.MISMATCH
    assert compared(a_json({"tags": [1, 1, 2]}), a_json({"tags": [1, 2, 2]}), rules).verdict is Verdict.MISMATCH


def test_elements_may_belong_together_by_a_member() -> None:
    rules = Rules(unordered=(Unordered("$", by="id"),))
    legacy = [{"id": 1, "n": 1}, {"id": 2, "n": 2}]
    assert compared(a_json(legacy), a_json(legacy[::-1]), rules).verdict is Verdict.EQUIVALENT
    found = compared(a_json(legacy), a_json([{"id": 2, "n": 3}, {"id": 1, "n": 1}]), rules)
    assert [one.location for one in found.differences] == ["/1/n"]


def test_a_number_may_be_off_a_little() -> None:
    rules = Rules(tolerances=(Tolerance("$.score", 0.001),))
    near = compared(a_json(b'{"score": 2.000}'), a_json(b'{"score": 2.001}'), rules)
    assert (near.verdict, near.equivalences) == (Verdict.EQUIVALENT, ("tolerance",))
    assert compared(a_json({"score": 2.0}), a_json({"score": 2.0011}), rules).verdict is Verdict.MISMATCH
    assert compared(a_json({"score": 2.0}), a_json({"score": "2.0"}), rules).verdict is Verdict.MISMATCH
    assert compared(a_json(b'{"score": 1e999}'), a_json(b'{"score": NaN}'), rules).verdict is Verdict.MISMATCH


def test_a_header_may_be_compared_in_another_way() -> None:
    legacy, v2 = an_answer(x_page="a, b", etag='"1"'), an_answer(x_page="b, a", etag='"2"')
    assert compared(legacy, v2).verdict is Verdict.MATCH
    exact = Rules(headers=(HeaderRule("etag", HeaderComparison.EXACT),))
    assert [one.location for one in compared(legacy, v2, exact).differences] == ["etag"]
    assert (
        compared(legacy, v2, Rules(headers=(HeaderRule("x-page", HeaderComparison.TOKENS),))).verdict is Verdict.MATCH
    )
    assert (
        compared(legacy, v2, Rules(headers=(HeaderRule("x-page", HeaderComparison.EXACT),))).verdict is Verdict.MISMATCH
    )


def test_a_header_may_be_excused() -> None:
    rules = Rules(excuses=(Excuse("not yet", header="etag"),))
    assert compared(an_answer(etag='"1"'), an_answer(), rules).verdict is Verdict.EXCUSED


def test_html_has_opt_in_normalisers() -> None:
    page = b'<form> <input name="csrf_token" value="%s"></form>'
    html = {"content_type": "text/html"}
    legacy, v2 = an_answer(page % b"a1", **html), an_answer((page % b"b2").replace(b"> <", b"><"), **html)
    assert compared(legacy, v2).verdict is Verdict.MISMATCH
    found = compared(legacy, v2, Rules(html=(HtmlRule("csrf"), HtmlRule("whitespace"), HtmlRule("nonce"))))
    assert (found.verdict, found.equivalences) == (Verdict.EQUIVALENT, ("html-csrf", "html-whitespace"))
    assert compared(legacy, v2, Rules(html=(HtmlRule("csrf"),))).verdict is Verdict.MISMATCH


PAGES = b'<p nonce="a">x</p>', b'<p nonce="b">x</p>'
HTML = {"content_type": "text/html"}


@pytest.mark.parametrize(
    ("rule", "legacy", "v2", "note"),
    [
        (
            Unordered("$.tags", expires=TODAY),
            a_json({"tags": [1, 2]}),
            a_json({"tags": [2, 1]}),
            "the rule that the order of $.tags means nothing expired on 2026-03-01",
        ),
        (
            Tolerance("$.n", 0.5, expires=TODAY),
            a_json({"n": 1}),
            a_json({"n": 1.25}),
            "the tolerance of 0.5 at $.n expired on 2026-03-01",
        ),
        (
            HeaderRule("link", HeaderComparison.PRESENCE, expires=TODAY),
            an_answer(link="</a>"),
            an_answer(link="</b>"),
            "the rule that compares link by presence expired on 2026-03-01",
        ),
        (
            HtmlRule("nonce", expires=TODAY),
            an_answer(PAGES[0], **HTML),
            an_answer(PAGES[1], **HTML),
            "the rule that leaves nonce out of HTML expired on 2026-03-01",
        ),
        (
            Excuse("clock", "$.n", expires=TODAY),
            a_json({"n": 1}),
            a_json({"n": 2}),
            "the excuse 'clock' expired on 2026-03-01",
        ),
    ],
    ids=lambda given: type(given).__name__ if hasattr(given, "expires") else "",
)
def test_a_rule_holds_until_the_day_it_expires_and_then_says_so(rule, legacy, v2, note: str) -> None:
    until = rules_of(replace(rule, expires=TODAY + timedelta(days=1)))
    assert compared(legacy, v2, until).verdict in {Verdict.MATCH, Verdict.EQUIVALENT, Verdict.EXCUSED}
    found = compared(legacy, v2, rules_of(rule))
    assert (found.verdict, [one.note for one in found.unexcused]) == (Verdict.MISMATCH, [note])
    assert compared(legacy, v2, rules_of(replace(rule, expires=None))) == compared(legacy, v2, until)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_rules_for_one_place_the_one_in_force_counts(first: int) -> None:
    over, held = Tolerance("$.n", 9, expires=TODAY), Tolerance("$.n", 0.5)
    rules = Rules(tolerances=(over, held) if first else (held, over))
    assert compared(a_json({"n": 1}), a_json({"n": 1.25}), rules).verdict is Verdict.EQUIVALENT
    assert [one.note for one in compared(a_json({"n": 1}), a_json({"n": 8}), rules).unexcused] == [""]


def test_a_headers_rule_that_expired_gives_way_to_that_of_the_defaults() -> None:
    of_defaults = HeaderRule("x-page", HeaderComparison.EXACT)
    own = HeaderRule("x-page", HeaderComparison.PRESENCE, expires=TODAY)
    legacy, v2 = an_answer(x_page="a"), an_answer(x_page="b")
    assert compared(legacy, v2, Rules(headers=(of_defaults, own))).verdict is Verdict.MISMATCH
    held = replace(own, expires=TODAY + timedelta(days=1))
    assert compared(legacy, v2, Rules(headers=(of_defaults, held))).verdict is Verdict.MATCH


@given(legacy=documents, v2=documents, which=st.sampled_from(["excuse", "unordered", "tolerance"]))
def test_what_expired_changes_no_verdict(legacy: object, v2: object, which: str) -> None:
    rule = {
        "excuse": Excuse("why", "$..a", expires=TODAY),
        "unordered": Unordered("$..a", expires=TODAY),
        "tolerance": Tolerance("$..a", 1.0, expires=TODAY),
    }[which]
    bare, over = compared(a_json(legacy), a_json(v2)), compared(a_json(legacy), a_json(v2), rules_of(rule))
    assert over.verdict is bare.verdict
    assert [one.location for one in over.differences] == [one.location for one in bare.differences]


ITEM = {"id": 1, "ts": 1, "tags": []}


@pytest.mark.parametrize(
    ("excuses", "legacy", "v2", "speaks"),
    [
        (["$.ts"], a_json(ITEM), a_json({**ITEM, "ts": 2}), True),
        (["$.ts"], a_json({"ts": 1}), a_json({"ts": 2}), None),
        (["$"], a_json(ITEM), a_json({**ITEM, "ts": 2}), None),
        (["$.*"], a_json(ITEM), a_json({**ITEM, "ts": 2}), None),
        (["$..*"], a_json([ITEM]), a_json([{**ITEM, "ts": 2}]), None),
        (["$.id", "$.ts"], a_json(ITEM), a_json({**ITEM, "ts": 2}), True),
        (["$.id", "$.ts", "$.tags"], a_json(ITEM), a_json({**ITEM, "ts": 2}), None),
        (["$[*].ts"], a_json([ITEM, {"ts": 1}]), a_json([ITEM, {"ts": 2}]), True),
        (["$[*].ts"], a_json([{"ts": 1}]), a_json([{"ts": 2}]), None),
        (["$.new"], a_json({}), a_json({"new": 1}), True),
        (["$"], an_answer(b"a", content_type="text/plain"), an_answer(b"b", content_type="text/plain"), None),
        ([], a_json(ITEM, etag='"1"'), a_json(ITEM), True),
        (["$"], a_json(ITEM, etag='"1"'), a_json(ITEM), True),
    ],
)
def test_an_excused_answer_speaks_for_the_route_where_something_else_was_compared(
    excuses: list[str], legacy, v2, speaks: bool | None
) -> None:
    rules = Rules(excuses=(Excuse("not yet", header="etag"), *(Excuse("clock", at) for at in excuses)))
    found = compared(legacy, v2, rules)
    assert (found.verdict, found.speaks) == (Verdict.EXCUSED, speaks)


def test_an_excuse_that_expired_covers_nothing() -> None:
    rules = Rules(excuses=(Excuse("clock", "$.ts"), Excuse("over", "$.id", expires=TODAY), Excuse("tags", "$.tags")))
    assert compared(a_json(ITEM), a_json({**ITEM, "ts": 2}), rules).speaks is True


@given(legacy=documents, v2=documents)
def test_what_speaks_for_a_route_agrees_outside_of_its_excuses(legacy: object, v2: object) -> None:
    """The e-process bets on exactly this: with what is excused made equal, the answers are."""
    rules = Rules(excuses=(Excuse("why", "$.a"), Excuse("why", "$[0]")))
    found = compared(a_json(legacy), a_json(v2), rules)
    if found.verdict is Verdict.EXCUSED:
        assert without(legacy) == without(v2)
        assert found.speaks is (True if has_other(legacy) else None)


def without(document: object) -> object:
    """A document with its excused values left out, types told apart."""
    if isinstance(document, dict):
        return [("member", name, repr(value)) for name, value in sorted(document.items()) if name != "a"]
    return [repr(value) for value in document[1:]] if isinstance(document, list) else repr(document)


def has_other(document: object) -> bool:
    return document in ({}, []) or bool(without(document))
