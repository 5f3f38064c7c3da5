"""The rules of the map, at work."""

from __future__ import annotations

from gateway.parity.difference import Verdict
from gateway.parity.rules import Excuse, HeaderComparison, Rules, Tolerance, Unordered
from tests.unit.parity.answers import a_json, an_answer, compared


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
    exact = Rules(headers={"etag": HeaderComparison.EXACT})
    assert [one.location for one in compared(legacy, v2, exact).differences] == ["etag"]
    assert compared(legacy, v2, Rules(headers={"x-page": HeaderComparison.TOKENS})).verdict is Verdict.MATCH
    assert compared(legacy, v2, Rules(headers={"x-page": HeaderComparison.EXACT})).verdict is Verdict.MISMATCH


def test_a_header_may_be_excused() -> None:
    rules = Rules(excuses=(Excuse("not yet", header="etag"),))
    assert compared(an_answer(etag='"1"'), an_answer(), rules).verdict is Verdict.EXCUSED


def test_html_has_opt_in_normalisers() -> None:
    page = b'<form> <input name="csrf_token" value="%s"></form>'
    html = {"content_type": "text/html"}
    legacy, v2 = an_answer(page % b"a1", **html), an_answer((page % b"b2").replace(b"> <", b"><"), **html)
    assert compared(legacy, v2).verdict is Verdict.MISMATCH
    found = compared(legacy, v2, Rules(html=frozenset({"csrf", "whitespace", "nonce"})))
    assert (found.verdict, found.equivalences) == (Verdict.EQUIVALENT, ("html-csrf", "html-whitespace"))
    assert compared(legacy, v2, Rules(html=frozenset({"csrf"}))).verdict is Verdict.MISMATCH
