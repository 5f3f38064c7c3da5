"""What is known of a route, put together."""

from __future__ import annotations

import importlib
import re
from typing import Any

import marshmallow as ma
import pytest
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_login import login_required
from webargs.flaskparser import use_args

from gateway.anatomy.shape import Kind
from gateway.compat.wire.switches import SWITCHES
from gateway.scaffold.observations import Observations, Seen
from gateway.scaffold.plan import _HELPED
from gateway.scaffold.protection import CSRF
from tests.unit.scaffold.stubs import nothing, planned


class WordSchema(ma.Schema):
    text = ma.fields.String(required=True)


words = WordSchema()


def listing() -> Any:
    """List words."""
    page = request.args.get("page", 1, type=int)
    late = request.args.get("late", type=bool)
    return {"page": page, "late": late, "order": request.args["order"]}


def create() -> Any:
    words.load(request.get_json())
    return {"id": 1}, 201


def upload() -> Any:
    return {"name": request.files["file"].filename, "note": request.form.get("note")}


def test_parameters_call_for_the_switches_that_read_them_as_flask_does():
    stub = planned(listing)
    assert [(one.name, one.type) for one in stub.query] == [("page", "int"), ("late", "bool"), ("order", "")]
    assert stub.switches == {
        "errors.pages", "errors.validation_as_400", "params.bool_of_text", "params.empty_values",
        "params.first_value", "params.invalid_utf8", "params.lax_query", "routing.head",
    }  # fmt: skip
    assert stub.summary == "List words."
    assert stub.status == 200


def test_a_path_that_holds_a_name_hides_an_argument_of_it():
    def show() -> Any:
        return request.args.get("page")

    assert planned(show, rule="/<int:page>").query == []
    assert "params.path_converters" in planned(show, rule="/<int:page>").switches


def test_a_body_that_a_schema_loads():
    stub = planned(create, "POST")
    assert stub.body is not None
    assert stub.body.shape is not None
    assert [one.name for one in stub.body.shape.members] == ["text"]
    assert stub.status == 201
    assert {"errors.validation_as_400", "errors.unsupported_media_type"} <= stub.switches


def test_a_body_that_was_observed_where_nothing_is_declared():
    def store() -> Any:
        return str(request.get_json())

    sent = [Seen("POST", "/it", 200, "", sent={"id": 1, "note": None}), Seen("POST", "/it", 200, "", sent={"id": 2})]
    stub = planned(store, "POST", seen=Observations(sent))
    assert stub.body is not None
    assert stub.body.shape is not None
    assert [(one.name, one.required, one.type.nullable) for one in stub.body.shape.members] == [
        ("id", True, False),
        ("note", False, True),
    ]
    assert planned(store, "POST").body.kind is Kind.ANY
    assert any("any JSON" in one for one in planned(store, "POST").puzzles)


def test_members_that_the_source_reads_are_a_body_and_ids_are_numbers():
    def store() -> Any:
        payload = request.get_json()
        return {"id": payload["user_id"], "note": payload.get("note")}

    stub = planned(store, "POST")
    assert stub.body is not None
    assert stub.body.shape is not None
    assert [(one.name, one.type.kind, one.required) for one in stub.body.shape.members] == [
        ("user_id", Kind.INTEGER, True),
        ("note", Kind.ANY, False),
    ]
    assert stub.puzzles == ["the types of note in the body are not to be seen: any JSON here"]


def test_forms_and_files_are_read_where_there_is_a_body():
    assert [one.name for one in planned(upload, "POST").form] == ["note", "file"]
    assert planned(upload, "GET").form == []


def test_what_webargs_refuses_is_422_on_both_sides():
    @use_args(WordSchema(), location="query")
    def listing(args: Any) -> Any:
        return {}

    stub = planned(listing)
    assert stub.query[0].required
    assert "errors.validation_as_400" not in stub.switches
    assert "webargs and RESTX refuse requests with JSON of their own, which no switch writes" in stub.puzzles


def test_what_guards_the_view_guards_the_stub():
    @login_required
    def account() -> Any:
        return {"id": 1}

    stub = planned(account, "POST", csrf=True)
    assert [one.call for one in stub.dependencies] == ["csrf_protect", "login_required"]
    assert stub.dependencies[0] is CSRF


def test_switches_of_observed_causes_are_taken_where_a_route_can_choose_them():
    found = planned(nothing, seen=Observations([], {"json.http_dates", "session.vary"})).switches
    assert "json.http_dates" in found
    assert "session.vary" not in found
    assert found <= SWITCHES.keys()


def test_what_it_uses_of_flask_is_told_with_what_v2_has_for_it():
    def page() -> Any:
        flash(str(session.get("a")))
        if current_app.debug:
            return redirect(url_for("home"))
        return render_template("a.html")

    notes = " ".join(planned(page).notes)
    assert "`flashes: Flashes` of gateway.compat.flashes" in notes
    assert "`session: ReadableSession`" in notes
    assert "`links: Links`" in notes


@pytest.mark.parametrize("use", sorted(_HELPED))
def test_what_is_recommended_exists(use: str):
    text = _HELPED[use]
    module = importlib.import_module(re.findall(r"gateway\.compat\.\w+", text)[0])
    for name in re.findall(r"`\w+: (\w+)`|(\w+)\(\)|or (\w+),", text):
        assert hasattr(module, "".join(name)), name


def test_defaults_of_a_rule_and_its_hooks_are_kept():
    stub = planned(nothing, defaults={"page": 1}, hooks=["shop.count"])
    assert "page is 1 for this rule" in stub.notes
    assert stub.hooks == ["shop.count"]


def test_a_view_without_source_says_so():
    namespace: dict[str, Any] = {}
    exec("def made():\n    return 'a'\n", namespace)  # noqa: S102 - a function without a file
    assert planned(namespace["made"]).puzzles == [
        "there is no source of the view: only its rule and what was observed are known"
    ]
