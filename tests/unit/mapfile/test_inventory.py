"""The map of a Flask application: complete, exact, and kept up to date without touching what people wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Blueprint, Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.routing import BaseConverter, Map, Rule

from gateway.errors import MapInvalid
from gateway.mapfile.inventory import inventory
from gateway.mapfile.load import parse_map
from gateway.mapfile.loaded import AsgiBackend, LoadedMap, UrlBackend, WsgiBackend
from gateway.mapfile.write import GONE, MODELINE, Written, write_map
from gateway.routing.mode import Mode
from tests.support.examples import examples

PATH = Path("migration_map.yaml")


def view(**_: object) -> str:
    return ""


def an_application(*extra: tuple[str, str, str]) -> Flask:
    """Two blueprints, one inside the other; `extra` are (endpoint, rule, methods)."""
    app = Flask("inventoried")
    app.url_map.converters["slug"] = type("Slug", (BaseConverter,), {"regex": "[a-z-]+"})
    staff, reports = Blueprint("staff", __name__, url_prefix="/staff"), Blueprint("reports", __name__, url_prefix="/r")
    staff.add_url_rule("/<int(min=1):id>", "get", view)
    staff.add_url_rule("/", "index", view, methods=["GET", "POST"])
    staff.add_url_rule("/by/<any(name, 'full name'):key>/<slug:value>", "find", view)
    staff.add_url_rule("/page", "index", view, defaults={"page": 1})
    reports.add_url_rule("/<path:name>", "show", view, methods=["OPTIONS", "PUT"])
    staff.register_blueprint(reports)
    app.register_blueprint(staff)
    app.add_url_rule("/", "home", view)
    for endpoint, rule, methods in extra:
        app.add_url_rule(rule, endpoint, view, methods=methods.split())
    return app


def written(app: Flask, existing: str | None = None) -> Written:
    entries = inventory(app.url_map).entries
    if existing is None:
        return write_map(entries, legacy="app:create()", v2="new:app")
    return write_map(entries, existing=existing.encode())


def loaded(text: str) -> LoadedMap:
    return parse_map(text.encode(), PATH)


def test_every_rule_is_there_with_its_template_and_methods_exactly():
    routes = {route.id: (route.path, route.methods) for route in loaded(written(an_application()).text).routes}
    assert routes == {
        "static": ("/static/<path:filename>", {"GET"}),
        "home": ("/", {"GET"}),
        "staff.index": ("/staff/", {"GET", "POST"}),
        "staff.index-staff-page": ("/staff/page", {"GET"}),
        "staff.get": ("/staff/<int(min=1):id>", {"GET"}),
        "staff.find": ("/staff/by/<any(name, 'full name'):key>/<slug:value>", {"GET"}),
        "staff.reports.show": ("/staff/r/<path:name>", {"OPTIONS", "PUT"}),
    }


def test_every_route_begins_in_legacy_and_says_so():
    text = written(an_application()).text
    assert {route.mode for route in loaded(text).routes} == {Mode.LEGACY}
    assert text.count("    mode: legacy\n") == len(loaded(text).routes)


def test_blueprints_are_headings_and_the_first_line_is_for_editors():
    text = written(an_application()).text
    assert text.startswith(MODELINE + "\n")
    headings = [line.strip() for line in text.splitlines() if line.startswith("  # ")]
    assert headings == ["# application", "# blueprint staff", "# blueprint staff.reports"]


def test_backends_are_as_given():
    text = write_map((), legacy="http://10.0.0.5:5000", v2="new.main:app").text
    assert loaded(text).backends.legacy == UrlBackend("http://10.0.0.5:5000")
    assert loaded(text).backends.v2 == AsgiBackend("new.main:app")
    assert loaded(written(an_application()).text).backends.legacy == WsgiBackend("app:create()")


def test_ids_do_not_depend_on_the_order_of_registration():
    rules = [Rule("/a", endpoint="x"), Rule("/a/<int:n>", endpoint="x"), Rule("/b", endpoint="x", methods=["POST"])]
    forward = {entry.path: entry.id for entry in inventory(Map([rule.empty() for rule in rules])).entries}
    backward = {entry.path: entry.id for entry in inventory(Map([rule.empty() for rule in rules[::-1]])).entries}
    assert forward == backward == {"/a": "x", "/a/<int:n>": "x-a-n", "/b": "x-b"}


@pytest.mark.parametrize("endpoint", ["__init__", "on", "1", "1.5", "a b", "naïve", "no", "-", "x" * 300, "a:b"])
def test_an_endpoint_that_is_no_id_becomes_one(endpoint):
    (entry,) = inventory(Map([Rule("/a", endpoint=endpoint)])).entries
    (route,) = loaded(write_map([entry], legacy="a:b", v2="a:b").text).routes
    assert route.id == entry.id
    assert route.path == "/a"


@pytest.mark.parametrize("path", ["/a: b", "/a #b", "/a'b\"c", "/[x]{y}", "/é/<x>", "/a b", "/x:", "/*&!|>%@`"])
def test_a_path_that_yaml_would_read_otherwise_is_quoted(path):
    (route,) = loaded(write_map(inventory(Map([Rule(path, endpoint="x")])).entries, legacy="a:b", v2="a:b").text).routes
    assert route.path == path


def test_a_rule_without_methods_has_none():
    (entry,) = inventory(Map([Rule("/a", endpoint="x")])).entries
    assert entry.methods is None


def test_what_has_no_place_in_a_map_is_noted():
    found = inventory(
        Map(
            [
                Rule("/a", endpoint="first", methods=["GET"]),
                Rule("/a", endpoint="second", methods=["GET", "POST"]),
                Rule("/a", endpoint="third", methods=["GET"]),
                Rule("/ws", endpoint="socket", websocket=True),
                Rule("/built", endpoint="built", build_only=True),
                Rule("/sub", endpoint="tenant", subdomain="<name>"),
            ]
        )
    )
    assert [(entry.endpoint, entry.methods) for entry in found.entries] == [
        ("first", ("GET",)),
        ("second", ("POST",)),
        ("tenant", None),
    ]
    assert [note.split(":")[0] for note in found.notes] == ["third", "socket", "tenant"]


def test_running_again_changes_nothing():
    first = written(an_application())
    again = written(an_application(), first.text)
    assert again.text == first.text
    assert again.added == again.gone == ()
    assert set(again.kept) == set(first.added)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_what_is_new_goes_behind_the_last_route_of_its_blueprint(ending):
    first = written(an_application()).text
    mine = first.replace(
        "    mode: legacy\n\n  # blueprint staff.reports",
        "    mode: v2 # mine\n    # and this\n\n  # blueprint staff.reports",
    )
    mine = mine.replace("\n", ending)
    new = [("staff.added", "/staff/added", "GET"), ("other.x", "/other", "GET"), ("late", "/late", "POST")]
    after = written(an_application(*new), mine)
    assert after.added == ("staff.added", "other.x", "late")
    remaining = iter(after.text.split(ending))
    assert all(line in remaining for line in mine.split(ending))
    lines = [line.strip() for line in after.text.split(ending)]
    assert lines[lines.index("# and this") + 1] == "- id: staff.added"
    assert lines[lines.index("- id: late") - 1] == "mode: legacy"
    assert lines.index("# application") < lines.index("- id: late") < lines.index("# blueprint staff")
    assert lines.index("# blueprint other") > lines.index("- id: staff.reports.show")


def test_what_is_gone_is_marked_and_unmarked_when_it_comes_back():
    app = an_application(("old", "/old", "GET"))
    first = written(app).text
    marked = written(an_application(), first)
    assert marked.gone == ("old",)
    assert marked.text == first.replace("  - id: old\n", f"  {GONE}\n  - id: old\n")
    assert written(an_application(), marked.text).text == marked.text
    assert written(app, marked.text).text == first


def test_a_route_that_v2_answers_is_not_gone_when_its_legacy_code_is():
    first = written(an_application(("old", "/old", "GET"))).text.replace(
        "/old\n    methods: [GET]\n    mode: legacy", "/old\n    mode: v2"
    )
    assert written(an_application(), first).gone == ()


def test_a_route_for_a_whole_part_stands_for_the_rules_under_it():
    first = written(an_application()).text + "  - id: shop\n    path: /shop/<path:rest>\n"
    after = written(an_application(("shop.cart", "/shop/cart", "GET"), ("shop.item", "/shop/<int:x>", "GET")), first)
    assert after.text == first
    assert "shop" in after.kept


def test_a_method_that_is_new_gets_a_route_of_its_own():
    first = written(an_application(("thing", "/thing", "GET"))).text
    after = written(an_application(("thing", "/thing", "GET PATCH")), first)
    assert after.added == ("thing-patch",)
    assert {r.id: r.methods for r in loaded(after.text).routes if r.path == "/thing"} == {
        "thing": {"GET"},
        "thing-patch": {"PATCH"},
    }


@pytest.mark.parametrize(
    "routes",
    [
        "",
        "routes: []",
        "routes: [] # none\n",
        "routes: [{id: home, path: /}]",
        "routes:\n- id: home\n  path: /",
        "routes:\n-\n  path: /\n  id: home\n",
    ],
)
def test_any_style_of_list_is_extended(routes):
    existing = "version: 1\nbackends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}\n" + routes
    after = written(an_application(), existing)
    ids = {entry.id for entry in inventory(an_application().url_map).entries}
    assert {route.id for route in loaded(after.text).routes} == ids
    assert "# none" not in routes or "# none" in after.text


def test_a_map_that_does_not_load_is_not_touched():
    with pytest.raises(MapInvalid):
        written(an_application(), "version: 2\n")


segments = st.sampled_from(
    ["a", "b-c", "<x{n}>", "<int:x{n}>", "<path:x{n}>", "<any(p,q):x{n}>", "<int(min=2):x{n}>", "é", "x.y"]
)
templates = st.lists(segments, max_size=4).map(
    lambda parts: "/" + "/".join(part.replace("{n}", str(number)) for number, part in enumerate(parts))
)
rules = st.lists(
    st.tuples(
        templates,
        st.sampled_from(["x", "bp.x", "bp.y", "other.z", "on"]),
        st.sampled_from([None, ["GET"], ["POST", "PUT"]]),
    ),
    max_size=12,
)


@settings(max_examples=examples(25), deadline=None)
@given(rules, rules)
def test_the_map_of_any_application_loads_to_its_rules_and_grows_without_a_change(first, more):
    """Case 128: load(write(x)) is x, and what was there stays where it was."""

    def entries(chosen):
        return inventory(Map([Rule(path, endpoint=name, methods=methods) for path, name, methods in chosen])).entries

    text = write_map(entries(first), legacy="a:b", v2="a:b").text
    assert {(r.id, r.path, r.methods) for r in loaded(text).routes} == {
        (e.id, e.path, frozenset(e.methods) if e.methods is not None else None) for e in entries(first)
    }
    grown = write_map(entries([*first, *more]), existing=text.encode())
    remaining = iter(grown.text.splitlines())
    assert all(line in remaining for line in text.splitlines() if line != "routes: []")
    assert write_map(entries([*first, *more]), existing=grown.text.encode()).text == grown.text
