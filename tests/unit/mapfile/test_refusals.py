"""A map with mistakes: every one of them, where it is, and what to write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from gateway.errors import MapInvalid
from gateway.mapfile.load import parse_map

PATH = Path("migration_map.yaml")
LEAST = "version: 1\nbackends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}\n"
ROUTE = LEAST + "routes:\n  - id: a\n    path: /a\n"


def problems(text: str) -> list[str]:
    with pytest.raises(MapInvalid) as refused:
        parse_map(text.encode(), PATH, today=date(2026, 11, 20))
    return [problem.render("m").removeprefix("m:") for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("line", "place", "says"),
    [
        ("mode: no", "6:11", "`no` is true or false to some readers of YAML; write legacy, shadow, canary or v2"),
        ("mode: shadw", "6:11", "`shadw` is no mode; write legacy, shadow, canary or v2"),
        ("mode: 2", "6:11", "`2` is no mode; write legacy, shadow, canary or v2"),
        ("mode: ~", "6:11", "`~` means no value; write legacy, shadow, canary or v2"),
        ("mode:", "6:5", "there is no value here; write legacy, shadow, canary or v2"),
        ("canary: 010", "6:13", "`010` is a different number to different readers of YAML; write keys and values"),
        ("canary: {percent: 010}", "6:23", "`010` is a different number"),
        ("canary: {percent: 12:30:45}", "6:23", "`12:30:45` is a different number"),
        ("canary: {percent: 1_000}", "6:23", "`1_000` is a different number"),
        ("canary: {percent: .inf}", "6:23", "`.inf` is a different number"),
        ("canary: {percent: .nan}", "6:23", "`.nan` is a different number"),
        ("canary: {percent: NaN}", "6:23", "`NaN` does not fit `percent`; write a number"),
        ("canary: {percent: 101}", "6:23", "`101` is out of range for `percent`; write a number less than or equal"),
        ("canary: {percent: -1}", "6:23", "`-1` is out of range for `percent`; write a number greater than or equal"),
        ("canary: {percent: 10%}", "6:23", "`10%` does not fit `percent`; write a number"),
        ("canary: {percent: true}", "6:23", "`true` does not fit `percent`; write a number"),
        ("canary: {percent: 5, sticky: cookie}", "6:34", "`cookie` is not a sticky key; write client, cookie:NAME"),
        ("shadow: {sample: 101%}", "6:22", "101% is more than all of them; write a percentage from 0% to 100%"),
        ("shadow: {sample: 5}", "6:22", "`5` has no unit; write 5%"),
        ("timeout: 30", "6:14", "`30` has no unit; write 30s"),
        ("timeout: 0s", "6:14", "`0s` is no time to wait; write a duration from 1ms to 1h"),
        ("timeout: 2h", "6:14", "`2h` is no time to wait"),
        ("timout: 30s", "6:5", "`timout` is not a key of a route; did you mean `timeout`?"),
        ("headers: true", "6:5", "`headers` is not a key of a route; the keys here are"),
        ("methods: GET", "6:14", "`GET` does not fit `methods`; write a list"),
        ("methods: []", "6:5", "`methods` is an empty list; write at least one, or delete the line"),
        ("methods: [get]", "6:15", "`get` is not a method: methods are in capitals; write GET"),
        ("methods: [1]", "6:15", "`1` is not text; put it in quotes"),
        ("path: /b", "6:5", "`path` is given twice; delete one; the first is on line 5"),
        ("fallback: {on: [oops]}", "6:21", "`oops` is no trigger of a fallback; write exception, timeout or 5xx"),
        ("fallback: {}", "6:5", "`on` is missing; add `on:` here"),
        ("compare: {excuse: [{at: $.x}]}", "6:24", "`reason` is missing; add `reason:` here"),
        ("compare: {excuse: [{reason: x}]}", "6:24", "an excuse has one place: `at` or `header`"),
        ("compare: {excuse: [{at: x, reason: x}]}", "6:29", "`x` is not a JSON path; begin it with $"),
        ("compare: {unordered: ['$[']}", "6:27", "`$[` is not a JSON path: "),
        ("compare: {unordered: [{at: $.a, by: 3}]}", "6:41", "`3` is not text; put it in quotes"),
        (
            "compare: {headers: {Vary: tokns}}",
            "6:31",
            "`tokns` is no way to compare a header; write exact, tokens or presence",
        ),
        ("compare: {headers: {a b: exact}}", "6:25", "`a b` is not a header's name"),
        ("compare: {headers: {Vary: 3}}", "6:31", "`3` is no way to compare a header; write exact, tokens or presence"),
        ("compare: {headers: {Vary: {}}}", "6:25", "`how` is missing; add `how:` here"),
        ("compare: {headers: {Vary: {hwo: exact, how: exact}}}", "6:32", "`hwo` is not a key of `Vary`; did you mean"),
        ("compare: {html: [scrf]}", "6:22", "`scrf` is no part of a page that can be left out; write whitespace, csrf"),
        ("compare: {html: [{without: csrf, reason: ' '}]}", "6:46", "`reason` is empty; write some words"),
        ("compare: {tolerance: [{at: $.a, within: 1, expires: 3}]}", "6:57", "`3` is not a date"),
        ("compare: {unordered: [{at: $.a, expires: 2026-02-30}]}", "6:46", "there is no day 2026-02-30"),
        ("gate: {parity: 99.9}", "6:20", "`99.9` has no unit; write 99.9%"),
    ],
)
def test_each_mistake_is_named_with_its_place_and_its_cure(line, place, says):
    """Case 124"""
    (problem,) = problems(f"{ROUTE}    {line}\n")
    assert problem.startswith(f"{place}: {says}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            LEAST.replace("version: 1", "version: 2"),
            "1:10: `2` is no version of the format that this gateway reads; write 1",
        ),
        (LEAST.replace("'a:b'}, v2", "'a.b'}, v2"), '2:27: `a.b` is not an application; write "module:attribute"'),
        (
            LEAST.replace("wsgi: 'a:b'", "wsgi: 'a:b', asgi: 'a:b'"),
            "2:12: a backend is one of `wsgi`, `asgi` and `url`",
        ),
        (LEAST.replace("{wsgi: 'a:b'}", "{}"), "2:12: a backend is one of `wsgi`, `asgi` and `url`; here is none"),
        (LEAST.replace("asgi: 'a:b'", "asgi: 'a:b', threads: 4"), "2:35: `threads` is an option of `wsgi`"),
        (LEAST.replace("asgi: 'a:b'", "url: 'http://x:99999'"), "2:45: `http://x:99999` has no usable host and port"),
        (LEAST.replace("asgi: 'a:b'", "url: 'http://u:p@x'"), "2:45: `http://u:p@x` is not the address of a server"),
        (LEAST.replace("asgi: 'a:b'", "url: 'http://x/app'"), "2:45: `http://x/app` is not the address of a server"),
        ("version: 1\n", "1:1: `backends` is missing; add `backends:` here"),
        (LEAST + "defaults: {headers: 1}", "3:21: `1` does not fit `headers`; write true or false"),
        (LEAST + "defaults: {mode: canary}", "3:18: mode canary has no percent; add `canary: {percent: 5}`"),
        (ROUTE.replace("id: a", "id: __default__"), "4:9: `__default__` is not an id; write letters, digits"),
        (ROUTE.replace("id: a", "id: .."), "4:9: `..` is not an id; write letters, digits"),
        (ROUTE.replace("id: a", "id: a b"), "4:9: `a b` is not an id; write letters, digits"),
        (ROUTE.replace("id: a", "id: 1"), '4:9: `1` is not text; put it in quotes: "1"'),
        (ROUTE.replace("path: /a", "path: a"), "5:11: `a` is not a path template; begin it with /"),
        (ROUTE.replace("/a", "/<int:x"), "5:11: `/<int:x` is not a template: malformed url rule"),
        (ROUTE.replace("/a", "/<int(oops=1):x>"), "5:11: `/<int(oops=1):x>` is not a template: "),
        (ROUTE.replace("/a", "/<string(oops=1):x>"), "5:11: `/<string(oops=1):x>` is not a template: "),
        (
            ROUTE + "  - id: a\n    path: /b\n",
            "6:9: the id `a` is given twice; choose another id; the first is on line 4",
        ),
        (ROUTE + "  - id: b\n    path: /a\n", "7:11: `/a` is already the path of `a`, for every method"),
        (ROUTE + "    mode: canary\n", "6:11: mode canary has no percent; add `canary: {percent: 5}`"),
    ],
)
def test_what_does_not_fit_together_is_named_as_well(text, expected):
    """Case 124"""
    (problem,) = problems(text)
    assert problem.startswith(expected)


def test_all_problems_are_listed_at_once_in_the_order_of_the_file():
    """Typing errors do not hide duplicates, nor the other way round."""
    text = (
        ROUTE + "    timeout: 30\n  - id: a\n    path: /<x\n    oops: 1\n"
        "  - id: c\n    path: /a\n    mode: canary\n    canary: {percent: 500}\n    mode: v2\nrotes: []\n"
    )
    found = problems(text)
    assert [problem.split(": ")[0] for problem in found] == [
        "6:14", "7:9", "8:11", "9:5", "11:11", "13:23", "14:5", "15:1",
    ]  # fmt: skip


def test_two_problems_at_one_place_are_both_said():
    assert len(problems("routes: []\n")) == 2


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        ("[GET]", "[POST]", None),
        ("[GET, POST]", "[POST]", "POST"),
        ("[GET]", "[HEAD]", "HEAD"),
        ("[PUT, PATCH]", "[GET]", None),
    ],
)
def test_routes_share_a_template_only_when_no_method_belongs_to_both(first, second, shared):
    text = (
        f"{LEAST}routes:\n  - {{id: a, path: '/a/<int:x>', methods: {first}}}\n"
        f"  - {{id: b, path: '/a/<int:other>', methods: {second}}}\n"
    )
    if shared is None:
        assert len(parse_map(text.encode(), PATH).routes) == 2
    else:
        (problem,) = problems(text)
        assert problem.startswith(f"5:19: `/a/<int:other>` is already the path of `a`, for {shared}; ")


def test_templates_that_differ_in_their_converter_are_two_routes():
    text = LEAST + "routes:\n  - {id: a, path: '/a/<int:x>'}\n  - {id: b, path: '/a/<x>'}\n  - {id: c, path: /a/}\n"
    assert len(parse_map(text.encode(), PATH).routes) == 3


def test_a_problem_knows_its_route_and_its_line():
    with pytest.raises(MapInvalid) as refused:
        parse_map(f"{ROUTE}    timeout: 30 # oops\n".encode(), PATH)
    (problem,) = refused.value.problems
    assert problem.route == "a"
    assert problem.source == "    timeout: 30 # oops"
    assert refused.value.exit_code == 2


def test_an_excuse_that_expired_or_never_does_is_a_warning():
    text = (
        f"{ROUTE}    compare:\n      excuse:\n"
        "        - {at: $.a, reason: x, expires: 2026-11-20}\n"
        "        - {at: $.b, reason: x, expires: 2026-11-21}\n"
        "        - {header: X-Id, reason: x}\n"
    )
    loaded = parse_map(text.encode(), PATH, today=date(2026, 11, 20))
    assert [(problem.line, problem.what) for problem in loaded.warnings] == [
        (8, "this excuse expired on 2026-11-20"),
        (10, "this excuse never expires"),
    ]


def test_every_rule_that_expired_is_a_warning_and_one_that_soon_will_or_says_no_reason_a_note():
    text = (
        f"{ROUTE}    compare:\n"
        "      unordered: [$.a, {at: $.b, reason: x, expires: 2026-11-20}]\n"
        "      tolerance: [{at: $.c, within: 1, reason: x, expires: 2026-12-04}]\n"
        "      headers: {Vary: tokens, Link: {how: exact, reason: x, expires: 2026-12-05}}\n"
        "      html: [{without: csrf, expires: 2020-01-01}]\n"
    )
    loaded = parse_map(text.encode(), PATH, today=date(2026, 11, 20))
    assert [(problem.line, problem.column, problem.what) for problem in loaded.warnings] == [
        (7, 54, "this rule of order expired on 2026-11-20"),
        (10, 39, "this rule of HTML expired on 2020-01-01"),
    ]
    assert [(problem.line, problem.column, problem.what, problem.route) for problem in loaded.notes] == [
        (7, 19, "this rule of order has no reason", "a"),
        (8, 60, "this tolerance expires on 2026-12-04", "a"),
        (9, 23, "this rule of a header has no reason", "a"),
        (10, 14, "this rule of HTML has no reason", "a"),
    ]


@pytest.mark.parametrize("path", ["/a//b", "/a/../b", "/./b"])
def test_a_template_that_no_canonical_path_matches_is_a_warning(path):
    (warning,) = parse_map(ROUTE.replace("/a", path).encode(), PATH).warnings
    assert (warning.line, warning.column, warning.route) == (5, 11, "a")
    assert "no request can match" in warning.what
