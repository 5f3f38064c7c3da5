"""Secrets in JSON, where they stand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.evidence.json_text import is_json, redact_json
from gateway.evidence.names import SensitiveNames

NAMES = SensitiveNames()


def hide(text: str) -> str:
    return redact_json(text, NAMES, lambda secret: "#" if secret else secret, lambda value: value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"password": "x", "a": 1}', '{"password": "#", "a": 1}'),
        ('{"a": [{"b": {"token": "x"}}]}', '{"a": [{"b": {"token": "#"}}]}'),
        (
            '{"card": {"number": 4, "who": ["x", {"y": "z"}]}, "n": 4}',
            '{"card": {"number": "#", "who": ["#", {"y": "#"}]}, "n": 4}',
        ),
        ('{"tokens": ["a", "b"], "c": "d"}', '{"tokens": ["#", "#"], "c": "d"}'),
        ('{"pass\\u0077ord": "x\\"y"}', '{"pass\\u0077ord": "#"}'),
        ('{"secret": "a", "secret": "b"}', '{"secret": "#", "secret": "#"}'),
        ('{"secret": true, "token": null, "pin": ""}', '{"secret": true, "token": null, "pin": ""}'),
        ('{"password": "cut of', '{"password": "#"'),
        ('{"a": {"password": "x"', '{"a": {"password": "#"'),
        ("{'password': 'it, is'}", "{'password': \"#\"}"),
        ('{"a":1}\n{"password":"x"}', '{"a":1}\n{"password":"#"}'),
    ],
)
def test_what_is_hidden_and_what_is_shown(text: str, shown: str) -> None:
    """Case 145: any depth, escapes, arrays, what is cut and what is not quite JSON."""
    assert hide(text) == shown


@pytest.mark.parametrize(
    "text", ['{ "a" : 1.0,\n "a":1e5, "b":NaN, "c":"\\u00e9" }', "[]", '"x"', "[1,,2]", '{"a": -0.0}']
)
def test_what_is_no_secret_stays_byte_for_byte(text: str) -> None:
    assert hide(text) == text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.text(alphabet='abc"\\é{}[]:, \n', min_size=1, max_size=9))
def test_a_secret_is_gone_and_the_rest_is_the_same_document(document: object, secret: str) -> None:
    planted = f"CANARY{secret}"
    text = json.dumps({"before": document, "deep": [{"password": planted}], "after": document})
    shown = hide(text)
    assert "CANARY" not in shown
    assert json.loads(shown)["deep"] == [{"password": "#"}]


def test_deep_nesting_is_no_trouble() -> None:
    text = '{"a":' * 50_000
    assert hide(text) == text
    assert not is_json(text)
    assert is_json("[1]")


@pytest.mark.timeout(10)
def test_deep_nesting_that_is_closed_again_takes_linear_time() -> None:
    """Case 98: when each closing bracket copied what was open, this took four times as long for twice the depth."""
    text = "[" * 400_000 + "]" * 400_000
    assert hide(text) == text


@pytest.mark.parametrize("number", ["4111111111111111", "-4111111111111111", "4111111111111111e0"])
def test_a_number_that_is_a_secret_by_itself_leaves_a_body_that_is_still_json(number: str) -> None:
    text = redact_json(f'{{"paid": [{number}, 7]}}', NAMES, str, lambda value: "«redacted»" if "41" in value else value)
    assert json.loads(text) == {"paid": ["«redacted»", 7]}


def test_a_word_of_a_script_gets_no_quotes() -> None:
    assert redact_json("mail(ada@example.com)", NAMES, str, lambda _: "«redacted»") == "«redacted»"
