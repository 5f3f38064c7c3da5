"""Maps with anything done to them: a LoadedMap or a MapInvalid, never another exception, never a wait."""

from __future__ import annotations

import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import MapInvalid, Problem
from gateway.mapfile.load import parse_map
from tests.support.examples import examples
from tests.support.maps import A_MAP

PATH = Path("migration_map.yaml")
PIECES = [
    *(
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ": ",
        "- ",
        "? ",
        "#",
        "&a ",
        "*a",
        "!!int ",
        "!x ",
        "|\n",
        ">-\n",
        "'",
        '"',
        "%",
        "@",
    ),
    *(
        "\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "\x00",
        "\x07",
        "\x85",
        "\u2028",
        "\ufeff",
        "\ud7ff",
        "\U0001f600",
        "é",
        "\\",
        "`",
    ),
    *("~", "no", "010", "1_000", ".inf", "12:30:45", "null", "<<: ", "---\n", "...\n", "%YAML 9.9\n", "-1", "1e999"),
    *("9" * 400, "[" * 40, "mode: v2\n", "  - id: x\n    path: /<int:x\n", "<", ">", "<a(b=):c>", "2027-02-30"),
    *('"\\x', '"\\U', "$", "$[", "$..[?(@.a", "0%", "999%"),
]

mutations = st.lists(
    st.tuples(
        st.integers(0, len(A_MAP)),
        st.integers(0, 40),
        st.one_of(st.sampled_from(PIECES), st.text(max_size=8)),
    ),
    min_size=1,
    max_size=6,
)


def outcome(data: bytes) -> None:
    """Load; check what every refusal owes its reader.

    CPU time, because the machine is shared; ten times case 127's 100 ms, because a busy machine's caches are cold too.
    """
    started = time.thread_time()
    problems: tuple[Problem, ...] | None = None
    try:
        parse_map(data, PATH)
    except MapInvalid as refused:
        problems = refused.problems
    assert problems is None or problems
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    places = [(problem.line, problem.column) for problem in problems or ()]
    assert places == sorted(places)
    assert all(1 <= line <= lines + 1 and column >= 1 for line, column in places)
    assert time.thread_time() - started < 1


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations)
def test_a_mutated_map_is_loaded_or_refused_with_a_place(edits):
    """Case 127"""
    text = A_MAP
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    outcome(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=examples(80), deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_loaded_or_refused_with_a_place(data):
    """Case 127"""
    outcome(data)


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_punctuation_is_loaded_or_refused_with_a_place(text):
    """Case 127"""
    outcome(text.encode("utf-8", "surrogatepass"))


def test_a_map_cut_off_anywhere_is_loaded_or_refused_with_a_place():
    """Case 129: half-written, at every byte."""
    data = A_MAP.encode()
    for end in range(0, len(data), 7):
        outcome(data[:end])
