"""An excuse in the text of the map: wherever it is written, the excuse is the only thing that is new."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonpath_rfc9535 import find

from gateway.errors import ExcuseRefused, RouteUnknown
from gateway.mapfile.excuse import _verified, path_of, plan_excuse
from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import parse_map
from gateway.parity.rules import Excuse
from tests.support.maps import A_MAP

PATH = Path("migration_map.yaml")
TODAY = date(2026, 11, 20)
WANTED = Excuse("clock", "$.ts", None, date(2099, 1, 1))
LINE = '{at: "$.ts", reason: "clock", expires: 2099-01-01}'
HEAD = 'version: 1\nbackends:\n  legacy: {wsgi: "a:b"}\n  v2: {asgi: "c:d"}\n'
LOOSE = '  - id: r\n    path: /r\n    compare:\n      excuse:   # two\n      - {at: "$.a", reason: x}  # one\n'
ON_LINES = "  - id: r\n    path: /r\n    compare:\n      excuse:\n        - at: $.a\n          reason: x\n"


def excused(text: str, route: str = "r", wanted: Excuse = WANTED) -> str:
    _, data = plan_excuse(text.encode(), PATH, route, wanted, today=TODAY)
    return data.decode()


def rules(text: str, route: str = "r") -> Counter[Excuse]:
    return Counter(judging_of(parse_map(text.encode(), PATH, today=TODAY))[route].rules.excuses)


@pytest.mark.parametrize(
    ("block", "after"),
    [
        (
            "  - id: r\n    path: /r   # why\n",
            f"  - id: r\n    path: /r   # why\n    compare:\n      excuse:\n        - {LINE}\n",
        ),
        (
            "  - id: r\n    path: /r\n    gate: {parity: 99%}\n",
            f"  - id: r\n    path: /r\n    compare:\n      excuse:\n        - {LINE}\n    gate: {{parity: 99%}}\n",
        ),
        (
            "  - id: r\n    path: /r\n    compare:\n        unordered: [$.a]\n",
            f"  - id: r\n    path: /r\n    compare:\n        unordered: [$.a]\n        excuse:\n          - {LINE}\n",
        ),
        (
            "  - id: r\n    path: /r\n    compare: {unordered: [$.a]}\n",
            f"  - id: r\n    path: /r\n    compare: {{unordered: [$.a], excuse: [{LINE}]}}\n",
        ),
        ("  - id: r\n    path: /r\n    compare: {}\n", f"  - id: r\n    path: /r\n    compare: {{excuse: [{LINE}]}}\n"),
        (
            "  - id: r\n    path: /r\n    compare: {excuse: []}\n",
            f"  - id: r\n    path: /r\n    compare: {{excuse: [{LINE}]}}\n",
        ),
        (
            LOOSE + "\n  # end\n",
            LOOSE + f"      - {LINE}\n\n  # end\n",
        ),
        (
            ON_LINES,
            ON_LINES + f"        - {LINE}\n",
        ),
        (
            "  - id: r\n    path: /r\n    compare:\n      excuse: [{header: date, reason: x}]\n",
            f"  - id: r\n    path: /r\n    compare:\n      excuse: [{{header: date, reason: x}}, {LINE}]\n",
        ),
        ("  - {id: r, path: /r}\n", f"  - {{id: r, path: /r, compare: {{excuse: [{LINE}]}}}}\n"),
        (
            '  - id: r\n    path: /r\n    compare:\n      excuse:\n        - {at: "$.ts", reason: old}   # was\n',
            f"  - id: r\n    path: /r\n    compare:\n      excuse:\n        - {LINE}   # was\n",
        ),
        ("  - id: r\n    path: /r", f"  - id: r\n    path: /r\n    compare:\n      excuse:\n        - {LINE}"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_excuse_goes_where_excuses_are_written(block: str, after: str, ending: str, mark: str):
    before = mark + (HEAD + "routes:\n" + block).replace("\n", ending)
    assert excused(before) == mark + (HEAD + "routes:\n" + after).replace("\n", ending)


@pytest.mark.parametrize(
    ("defaults", "after"),
    [
        ("", f"defaults: {{compare: {{excuse: [{LINE}]}}}}\n"),
        ("defaults:\n  mode: legacy\n", f"defaults:\n  mode: legacy\n  compare:\n    excuse:\n      - {LINE}\n"),
        ("defaults: {mode: legacy}\n", f"defaults: {{mode: legacy, compare: {{excuse: [{LINE}]}}}}\n"),
    ],
)
def test_the_defaults_may_have_excuses_too(defaults: str, after: str):
    routes = "routes:\n  - {id: r, path: /r}\n"
    assert excused(HEAD + defaults + routes, "__default__") == HEAD + after + routes


def test_every_route_of_a_map_in_full_can_be_excused():
    for route in ("employees.get", "articles", "health", "__default__"):
        text = excused(A_MAP, route)
        assert rules(text, route) - rules(A_MAP, route) == Counter([WANTED])
        assert set(A_MAP.splitlines()) - set(text.splitlines()) <= {"  - {id: health, path: /health, methods: [GET]}"}


def test_an_excuse_on_several_lines_is_renewed_by_hand():
    text = (
        HEAD
        + "routes:\n  - id: r\n    path: /r\n    compare:\n      excuse:\n        - at: $.ts\n          reason: x\n"
    )
    with pytest.raises(ExcuseRefused, match="on several lines; write it by hand under r: "):
        excused(text)


def test_what_is_there_word_for_word_is_not_written_again():
    text = excused(A_MAP, "articles")
    edit, data = plan_excuse(text.encode(), PATH, "articles", WANTED, today=TODAY)
    assert (edit.changed, edit.diff, data) == (False, (), text.encode())


def test_a_route_that_the_map_lacks_is_unknown():
    with pytest.raises(RouteUnknown, match="did you mean articles"):
        excused(A_MAP, "article")


@settings(deadline=None, max_examples=40)
@given(reason=st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip))
def test_any_reason_is_read_back_as_it_was_given(reason: str):
    text = excused(A_MAP, "health", replace(WANTED, reason=reason))
    assert rules(text, "health") - rules(A_MAP, "health") == Counter([replace(WANTED, reason=reason.strip())])


def test_a_reason_that_is_no_text_is_refused():
    with pytest.raises(ExcuseRefused, match="not UTF-8"):
        excused(A_MAP, "health", replace(WANTED, reason="\udcff"))


@settings(deadline=None, max_examples=40)
@given(
    names=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1), min_size=1, max_size=3)
)
def test_the_path_of_a_pointer_names_the_same_place(names: list[str]):
    pointer = "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)
    if any(name.isdecimal() or name == "*" for name in names):
        return
    document: object = 7
    for name in reversed(names):
        document = {name: document}
    assert [node.value for node in find(path_of(pointer), document)] == [7]


def test_indexes_and_stars_of_a_pointer_are_array_elements():
    assert path_of("/items/*/created") == "$.items[*].created"
    assert path_of("/0/a b") == "$[0]['a b']"
    assert path_of("") == "$"


@pytest.mark.parametrize(
    ("written", "harm"),
    [
        ("path: /r", "path: /s"),
        ("mode: legacy", "mode: v2"),
        ("- {id: other, path: /o}", '- {id: other, path: /o, compare: {excuse: [{at: "$.x", reason: y}]}}'),
        (LINE, LINE.replace("$.ts", "$")),
        (f"        - {LINE}\n", ""),
        ("version: 1", "version: 2"),
    ],
)
def test_an_edit_that_did_anything_else_is_not_written(written: str, harm: str):
    """The net under the splices, which know where things are written and not what they mean."""
    before = HEAD + "defaults: {mode: legacy}\nroutes:\n  - id: r\n    path: /r\n  - {id: other, path: /o}\n"
    after = excused(before)
    parsed = parse_map(before.encode(), PATH)
    assert _verified(parsed, after.encode(), "r", WANTED, None).text == after
    assert written in after
    with pytest.raises(ExcuseRefused, match="write it by hand"):
        _verified(parsed, after.replace(written, harm).encode(), "r", WANTED, None)
