"""Queries as `request.args` reads them, compared with Flask itself."""

from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from gateway.compat.wire.declared import Declared
from gateway.compat.wire.query import SWITCHES, FirstValues, Reading, pairs_of

FLASK = Flask("legacy")


class Colour(Enum):
    RED = "red"


KINDS = {"int": int, "float": float, "bool": bool, "uuid": UUID, "colour": Colour, "str": str}
VALUES = [
    *(
        "",
        "1",
        "2",
        "-5",
        " 7 ",
        "1.0",
        "1_000",
        "abc",
        "false",
        "0",
        "no",
        "nan",
        "1e3",
        "red",
        "blue",
        "%D9%A3",
        "a%FFb",
    ),
    *("a+b", "%C3%BC", "12345678123456781234567812345678"),
]


def read(query: str, kind: str, switches: Any = SWITCHES) -> Any:
    """What v2's endpoint gets: the value as its type, None where it is absent."""
    pairs, used = pairs_of(query.encode(), switches)
    values = FirstValues(Reading({"n": Declared(KINDS[kind])}, switches, used).read(pairs))
    return None if "n" not in values else TypeAdapter(KINDS[kind]).validate_python(values["n"])


@given(values=st.lists(st.sampled_from(VALUES), max_size=3), kind=st.sampled_from(sorted(KINDS)))
def test_v2_reads_what_a_view_reads(values: list[str], kind: str) -> None:
    query = "&".join(["m=1", *(f"n={value}" for value in values)])
    with FLASK.test_request_context(f"/?{query}"):
        wanted = request.args.get("n", type=KINDS[kind])
    assert repr(read(query, kind)) == repr(wanted)


@pytest.mark.parametrize(
    ("switch", "query", "kind", "on", "off"),
    [
        ("params.lax_query", "n=abc", int, [], [("n", "abc")]),
        ("params.lax_query", "n=1.0", int, [], [("n", "1.0")]),
        ("params.empty_values", "n=", int, [], [("n", "")]),
        ("params.empty_values", "n=", bool, [], [("n", "")]),
        ("params.bool_of_text", "n=no", bool, [("n", "true")], [("n", "no")]),
        ("params.bool_of_text", "n=", bool, [("n", "false")], [("n", "")]),
        ("params.invalid_utf8", "n=%FF", str, [("n", "%FF")], [("n", "\ufffd")]),
    ],
)
def test_a_switch_works_alone_and_is_counted(switch: str, query: str, kind: Any, on: Any, off: Any) -> None:
    for switches, wanted in ({switch}, on), (set(), off):
        pairs, used = pairs_of(query.encode(), switches)
        reading = Reading({"n": Declared(kind)}, switches, used)
        assert reading.read(pairs) == wanted
        assert reading.used == switches


def test_the_first_value_counts_and_the_others_are_still_there() -> None:
    values = FirstValues([("a", "1"), ("b", "x"), ("a", "2")])
    assert (values["a"], values.get("b"), values.get("c")) == ("1", "x", None)
    assert values.getlist("a") == ["1", "2"]
    assert values.multi_items() == [("a", "1"), ("b", "x"), ("a", "2")]


def test_of_a_first_value_that_cannot_be_read_none_is_taken() -> None:
    assert read("n=abc&n=2", "int") is None


def test_a_list_keeps_what_can_be_read() -> None:
    reading = Reading({"n": Declared(int, is_list=True)}, SWITCHES)
    assert reading.read([("n", "1"), ("n", "x"), ("n", "2")]) == [("n", "1"), ("n", "2")]
    assert reading.used == {"params.lax_query"}


def test_what_is_not_declared_is_left() -> None:
    assert Reading({}, SWITCHES).read([("n", ""), ("m", "x")]) == [("n", ""), ("m", "x")]


def test_nothing_is_counted_where_nothing_is_read_differently() -> None:
    pairs, used = pairs_of(b"n=1&m=%C3%BC&l=1&l=2", SWITCHES)
    reading = Reading({"n": Declared(int), "m": Declared(str), "l": Declared(int, is_list=True)}, SWITCHES, used)
    assert reading.read(pairs) == [("n", "1"), ("m", "ü"), ("l", "1"), ("l", "2")]
    assert reading.used == set()


@pytest.mark.parametrize("word", ["true", "True", "TRUE", "1", "on", "t", "y", "yes", "false", "0", "no", "maybe", ""])
def test_a_word_counts_only_where_fastapi_would_read_it_otherwise(word: str) -> None:
    reading = Reading({"n": Declared(bool)}, {"params.bool_of_text"})
    assert reading.read([("n", word)]) == [("n", "true" if word else "false")]
    try:
        plain = TypeAdapter(bool).validate_python(word)
    except ValidationError:
        plain = None
    assert reading.used == (set() if plain is bool(word) else {"params.bool_of_text"})
