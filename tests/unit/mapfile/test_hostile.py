"""Input that is not a map, or that was made to hurt: refused with its place, quickly, and the process lives."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gateway.errors import MapInvalid
from gateway.mapfile.load import parse_map

PATH = Path("migration_map.yaml")
LEAST = b"version: 1\nbackends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}\n"


def refusal(data: bytes) -> MapInvalid:
    with pytest.raises(MapInvalid) as refused:
        parse_map(data, PATH)
    lines = len(data.splitlines())
    for problem in refused.value.problems:
        assert 1 <= problem.line <= lines + 1
        assert problem.column >= 1
        assert problem.render(str(PATH)).startswith(f"migration_map.yaml:{problem.line}:{problem.column}: ")
    return refused.value


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 100_000,
        b"{" * 100_000,
        b"{a: " * 50_000,
        b"- " * 50_000,
        b"? " * 50_000,
        b"a: [" + b"[" * 100_000 + b"]" * 100_000,
        b"".join(b" " * level + b"a:\n" for level in range(1000)),
        b'"' * 99_999,
        b"'" * 99_999,
        b"!" * 100_000,
        b"&a " * 30_000,
    ],
    ids=lambda bomb: bomb[:8].decode(),
)
def test_a_nesting_bomb_is_refused_at_once(bomb):
    """Case 121: PyYAML's C loader crashes on the first of these."""
    started = time.thread_time()
    refusal(bomb)
    assert time.thread_time() - started < 1


def test_depth_sixteen_is_the_limit():
    """Case 125"""
    assert "deeper than 16" in str(refusal(LEAST + b"routes: " + b"[" * 16 + b"]" * 16))
    assert "deeper than 16" not in str(refusal(LEAST + b"routes: " + b"[" * 15 + b"]" * 15))


def test_a_merge_bomb_costs_nothing():
    """Case 123: each level would double the one before."""
    levels = ["a0: &a0 {x: 1}"] + [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 40)]
    started = time.thread_time()
    problems = refusal("\n".join(levels).encode()).problems
    assert time.thread_time() - started < 1
    assert sum("names a value" in problem.what for problem in problems) == 40
    assert sum("merges" in problem.what for problem in problems) == 39


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("!!python/object/apply:os.system id", "a tag"),
        ("!custom x", "a tag"),
        ("!!binary aGk=", "a tag"),
        ("! x", "a tag"),
        ("&anchor x", "names a value"),
        ("*alias", "repeats another value"),
    ],
)
def test_tags_anchors_and_aliases_are_refused_where_they_are(value, says):
    """Case 123: nothing is constructed, so nothing runs."""
    (problem,) = refusal(LEAST + f"routes: [{{id: {value}, path: /a}}]".encode()).problems
    assert (problem.line, problem.column) == (3, 15)
    assert says in problem.what


@pytest.mark.parametrize(
    ("data", "place", "says"),
    [
        (b"", (1, 1), "the map is empty"),
        (b"# nothing\n", (1, 1), "the map is empty"),
        (b"map", (1, 1), "one word"),
        (b"- a\n- b\n", (1, 1), "a list"),
        (LEAST + b"---\nversion: 1\n", (3, 1), "a second one begins here"),
        (LEAST + b"...\nversion: 1\n", (4, 1), "a second one begins here"),
        (LEAST.decode().encode("utf-16"), (1, 1), "UTF-16"),
        (LEAST.decode().encode("utf-16-be"), (1, 1), "U+0000"),
        (LEAST + b"# \x00", (3, 3), "U+0000"),
        (LEAST + b"# \xc2\x85", (3, 3), "U+0085"),
        (LEAST + b"# \xe2\x80\xa8", (3, 3), "U+2028"),
        (LEAST + b"# \xef\xbb\xbf", (3, 3), "U+FEFF"),
        (LEAST + b"# \xff", (3, 3), "0xff is not UTF-8"),
        (LEAST + "# é".encode("latin-1"), (3, 3), "0xe9 is not UTF-8"),
        (LEAST + b"routes:\n\t- a\n", (4, 1), "'\\t'"),
        (LEAST + b"#" * 1024 * 1024, (1, 1), "larger than 1024 KiB"),
        (LEAST + b"routes: [" + b"a," * 60_000 + b"]", None, "more than 50,000"),
        (b"%YAML 1.1\n---\n" + LEAST, (1, 1), "directives"),
        (LEAST + b'routes: ["\\UFFFFFFFF"]', (3, 13), "no character of Unicode"),
        (LEAST + b"routes: [{a: b: c}]", (3, 15), "this is not YAML"),
        (LEAST + b"routes: [", (3, 10), "this is not YAML"),
        (LEAST + b"? [a]\n: b\n", (3, 3), "a key is a word"),
    ],
)
def test_what_is_not_one_small_utf8_document_is_refused(data, place, says):
    """Case 125"""
    first = refusal(data).problems[0]
    assert says in first.what
    assert place is None or (first.line, first.column) == place


def test_a_byte_order_mark_is_accepted_and_moves_no_column():
    """Case 125"""
    assert parse_map(b"\xef\xbb\xbf" + LEAST, PATH).routes == ()
    (problem,) = refusal(b"\xef\xbb\xbfversion: 2\n" + LEAST.partition(b"\n")[2]).problems
    assert (problem.line, problem.column) == (1, 10)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_counted_alike(ending):
    text = LEAST.decode() + "routes:\n  - id: a\n    path: b\n"
    (problem,) = refusal(text.replace("\n", ending).encode()).problems
    assert (problem.line, problem.column) == (5, 11)
    assert problem.source == "    path: b"


@pytest.mark.parametrize(
    "data",
    [
        LEAST + b"routes: [" + b"a," * 49_000 + b"]",
        LEAST + b"routes: [" + b"{id: a, path: /a}," * 9_000 + b"]",
        LEAST + b"k: 1\n" * 24_000,
        LEAST + b"k: " + b"x " * 400_000,
        LEAST + b"k: '" + b"x\n " * 300_000 + b"'",
    ],
    ids=["words", "twins", "keys", "plain", "quoted"],
)
def test_much_that_is_wrong_costs_no_more_than_its_size(data):
    """Case 127: work grows with the size of the map, and nobody is shown 49,000 problems."""
    started = time.thread_time()
    problems = refusal(data).problems
    assert time.thread_time() - started < 15
    assert len(problems) <= 500
    assert len(problems) < 500 or "more problems from here on" in problems[-1].what
