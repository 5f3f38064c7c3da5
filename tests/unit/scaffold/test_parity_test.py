"""The text of a parity test."""

from __future__ import annotations

import ast

import pytest

from gateway.scaffold.observations import Seen
from gateway.scaffold.parity_test import ASKED, asked_of, parity_test_text
from gateway.scaffold.stub import Stub
from tests.unit.scaffold.stubs import nothing, planned


def stub(method: str = "GET", rule: str = "/words/<int:id>") -> Stub:
    return planned(nothing, method, rule=rule)


@pytest.mark.parametrize(
    ("rule", "target"),
    [
        ("/", "/"),
        ("/<int:id>/<path:rest>", "/1/a"),
        ("/<uuid:id>", "/00000000-0000-0000-0000-000000000000"),
        ("/<any(x, y):kind>", "/x"),
    ],
)
def test_where_nothing_was_seen_a_path_is_made_up(rule: str, target: str):
    assert asked_of(stub(rule=rule), []) == [("GET", target)]


def test_what_was_seen_is_asked_again_each_once_and_not_too_often():
    seen = [Seen("GET", f"/words/{number % 20}", 200, "") for number in range(40)]
    assert asked_of(stub(), seen) == [("GET", f"/words/{number}") for number in range(ASKED)]


def test_what_writes_is_never_asked_by_itself():
    assert asked_of(stub(), [Seen("POST", "/words/7", 200, "")]) == [("GET", "/words/1")]
    text = parity_test_text([(stub("POST"), [("POST", "/words/1")])], legacy="shop:app", module="v2.routes")
    assert '    # ("POST", "/words/1", b"..."),  # it' in text
    assert "test_reads" not in text
    ast.parse(text)


def test_a_target_of_which_a_part_was_redacted_is_not_asked_again():
    seen = [
        Seen("GET", "/words/1?token=%C2%ABredacted:0a1b2c3d%C2%BB", 200, ""),
        Seen("GET", "/words/«redacted:0a1b2c3d»", 200, ""),
        Seen("GET", "/words/2", 200, ""),
    ]
    assert asked_of(stub(), seen) == [("GET", "/words/2")]


def test_the_text_is_a_module_that_names_both_sides():
    text = parity_test_text(
        [(stub(), [("GET", '/words/1?q="'), ("HEAD", "/words/1")])], legacy="shop:app", module="v2.routes"
    )
    assert "from v2.routes import router" in text
    assert 'load_legacy("shop:app")' in text
    assert '    ("GET", "/words/1?q=\\""),  # it' in text
    ast.parse(text)
