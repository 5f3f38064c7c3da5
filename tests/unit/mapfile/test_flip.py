"""A flip changes the lines it has to and no other byte, whatever the map looks like."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import FlipRefused, MapConflict, MapInvalid, RouteUnknown
from gateway.mapfile.flip import Edit, Wanted, plan_flip
from gateway.mapfile.load import parse_map
from gateway.routing.mode import Mode
from tests.support.examples import examples
from tests.support.maps import A_MAP

PATH = Path("migration_map.yaml")
LEAST = "version: 1\nbackends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}\n"


def flipped(text: str, route: str, mode: Mode, **options) -> tuple[Edit, str]:
    edit, data = plan_flip(text.encode(), PATH, route, Wanted(mode, **options))
    return edit, data.decode()


def test_a_flip_changes_one_word_and_keeps_the_comment_behind_it():
    edit, text = flipped(A_MAP, "employees.get", Mode.V2)
    assert text == A_MAP.replace("    mode: shadow\n", "    mode: v2\n")
    assert edit.diff == ("-     mode: shadow", "+     mode: v2")
    assert (edit.old_mode, edit.new_mode, edit.skipped) == (Mode.SHADOW, Mode.V2, (Mode.CANARY,))


def test_a_quoted_mode_stays_quoted():
    _, text = flipped(A_MAP, "articles", Mode.V2)
    assert text == A_MAP.replace("'canary'", "'v2'")


def test_a_missing_mode_gets_a_line_of_its_own_behind_the_methods():
    text = LEAST + "routes:\n  - id: a # first\n    path: /a\n    methods: [GET] # reading\n    # last words\n"
    _, after = flipped(text, "a", Mode.SHADOW)
    assert after == text.replace("# reading\n", "# reading\n    mode: shadow\n")


def test_a_missing_mode_gets_a_place_in_a_flow():
    _, text = flipped(A_MAP, "health", Mode.SHADOW)
    assert text == A_MAP.replace("methods: [GET]}", "methods: [GET], mode: shadow}")


def test_a_canary_is_added_below_the_mode():
    _, text = flipped(A_MAP, "employees.get", Mode.CANARY, percent=5, sticky="cookie:session")
    assert text == A_MAP.replace(
        "    mode: shadow\n", '    mode: canary\n    canary: {percent: 5, sticky: "cookie:session"}\n'
    )


def test_everything_missing_is_added_in_order():
    text = LEAST + "routes:\n- id: a\n  path: /a\n"
    _, after = flipped(text, "a", Mode.CANARY, percent=2.5, sample=25)
    assert after == text + "  mode: canary\n  canary: {percent: 2.5}\n  shadow: {sample: 25%}\n"


def test_only_the_percent_of_a_canary_changes():
    edit, text = flipped(A_MAP, "articles", Mode.CANARY, percent=50)
    assert text == A_MAP.replace("percent: 10", "percent: 50")
    assert (edit.old_percent, edit.new_percent) == (10, 50)


def test_a_block_style_canary_keeps_its_style():
    text = LEAST + "routes:\n  - id: a\n    path: /a\n    canary:\n      percent: 5 # careful\n    timeout: 1s\n"
    _, after = flipped(text, "a", Mode.CANARY, percent=10, sticky="client")
    assert after == text.replace("/a\n", "/a\n    mode: canary\n").replace(
        "percent: 5 # careful\n", 'percent: 10 # careful\n      sticky: "client"\n'
    )


def test_a_sample_is_set_where_the_shadow_block_is():
    _, text = flipped(A_MAP, "articles", Mode.V2, sample=12.5)
    assert text == A_MAP.replace("'canary'", "'v2'").replace("sample: 5%", "sample: 12.5%")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (LEAST + "routes: []\n", LEAST + "defaults: {mode: shadow}\nroutes: []\n"),
        (LEAST + "defaults: {}\n", LEAST + "defaults: {mode: shadow}\n"),
        (LEAST + "defaults: {timeout: 1s}\n", LEAST + "defaults: {timeout: 1s, mode: shadow}\n"),
        (LEAST + "defaults:\n  timeout: 1s", LEAST + "defaults:\n  timeout: 1s\n  mode: shadow"),
        (LEAST + "defaults: {mode: legacy} # all\n", LEAST + "defaults: {mode: shadow} # all\n"),
        (
            "{version: 1, backends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}}",
            "{version: 1, backends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}, defaults: {mode: shadow}}",
        ),
    ],
)
def test_the_default_route_is_flipped_in_the_defaults(text, after):
    assert flipped(text, "__default__", Mode.SHADOW)[1] == after


def test_flipping_the_defaults_names_the_routes_that_go_with_them():
    edit, _ = flipped(A_MAP, "__default__", Mode.SHADOW)
    assert edit.also == ("health",)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_line_endings_and_the_byte_order_mark_stay(ending, mark, end):
    text = (
        mark
        + LEAST.replace("\n", ending)
        + ending.join(["routes:", "- id: a", "  path: /a"])
        + end.replace("\n", ending)
    )
    _, after = flipped(text, "a", Mode.V2)
    assert after == text.removesuffix(ending) + ending + "  mode: v2" + (ending if end else "")


def test_a_flip_to_where_the_route_is_changes_nothing():
    edit, text = flipped(A_MAP, "employees.get", Mode.SHADOW)
    assert text == A_MAP
    assert not edit.changed
    assert edit.diff == ()


def test_a_canary_needs_a_percent_from_somewhere():
    with pytest.raises(FlipRefused, match=r"the map gives employees.get no percent .* give one"):
        flipped(A_MAP, "employees.get", Mode.CANARY)
    shared = LEAST + "defaults: {canary: {percent: 1}}\nroutes:\n  - {id: a, path: /a}\n"
    assert flipped(shared, "a", Mode.CANARY)[0].new_percent == 1


@pytest.mark.parametrize(
    ("mode", "options", "says"),
    [
        (Mode.V2, {"percent": 5}, "percent belongs to canary"),
        (Mode.SHADOW, {"sticky": "client"}, "sticky belongs to canary"),
        (Mode.LEGACY, {"sample": 5}, "sample belongs to shadow"),
        (Mode.CANARY, {"percent": 101}, "percent is 101"),
        (Mode.CANARY, {"percent": float("nan")}, "percent is nan"),
        (Mode.CANARY, {"percent": 5, "sticky": 'x"'}, "sticky is"),
    ],
)
def test_options_that_make_no_sense_are_refused(mode, options, says):
    with pytest.raises(FlipRefused, match=re.escape(says)):
        flipped(A_MAP, "articles", mode, **options)


def test_an_unknown_route_is_told_its_nearest_names():
    with pytest.raises(RouteUnknown, match=r"no route 'employee.get'; did you mean employees.get\?"):
        flipped(A_MAP, "employee.get", Mode.V2)


def test_a_map_that_does_not_load_is_not_edited():
    with pytest.raises(MapInvalid):
        flipped(A_MAP + "oops: 1\n", "articles", Mode.V2)


def test_another_revision_is_a_conflict():
    """Case 170"""
    revision = parse_map(A_MAP.encode(), PATH).revision
    for good in (revision, revision[:12], revision[:12].upper()):
        plan_flip(A_MAP.encode(), PATH, "articles", Wanted(Mode.V2), expected_revision=good)
    for bad in ("0" * 64, revision[:11], ""):
        with pytest.raises(MapConflict, match=revision[:12]):
            plan_flip(A_MAP.encode(), PATH, "articles", Wanted(Mode.V2), expected_revision=bad)


def test_a_value_that_no_machine_should_touch_is_left_to_people():
    text = LEAST + "routes:\n  - id: a\n    path: /a\n    mode: >-\n      legacy\n"
    with pytest.raises(FlipRefused, match="`mode` is not on one line; edit a by hand"):
        flipped(text, "a", Mode.V2)


styles = st.sampled_from(["plain", "single", "double", "absent"])


@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(st.tuples(styles, st.booleans(), st.sampled_from(list(Mode))), min_size=1, max_size=5),
    st.data(),
)
def test_a_flip_touches_no_line_but_its_route_s(routes, data):
    """Case 128: comments and order are kept, every other route is equal."""
    lines = [LEAST + "# top\ndefaults: {canary: {percent: 3}}\nroutes: # all of them"]
    for number, (style, flow, mode) in enumerate(routes):
        value = {"plain": mode, "single": f"'{mode}'", "double": f'"{mode}"', "absent": None}[style]
        lines.append(f"  # route {number}")
        if flow:
            lines.append(f"  - {{id: r{number}, path: /{number}{f', mode: {value}' if value else ''}}} # {number}")
        else:
            lines += [f"  - path: /{number} # p", f"    id: r{number}", *([f"    mode: {value} # m"] if value else [])]
    text = "\n".join(lines) + "\n# the end"
    chosen = data.draw(st.integers(0, len(routes) - 1))
    mode = data.draw(st.sampled_from(list(Mode)))
    _, after = flipped(text, f"r{chosen}", mode)
    before_map, after_map = parse_map(text.encode(), PATH), parse_map(after.encode(), PATH)
    assert after_map.routes[chosen].mode is mode
    assert [r for r in after_map.routes if r.id != f"r{chosen}"] == [
        r for r in before_map.routes if r.id != f"r{chosen}"
    ]
    assert re.findall("#.*", after) == re.findall("#.*", text)
    assert len(set(after.splitlines()) - set(text.splitlines())) <= 1
