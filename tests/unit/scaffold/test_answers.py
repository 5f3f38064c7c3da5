"""What a stub answers, and with which status."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pytest
from flask import Response, jsonify, redirect, render_template, send_file

from gateway.anatomy.observed import WITHHELD
from gateway.anatomy.shape import Kind
from gateway.scaffold.observations import Observations, Seen
from tests.unit.scaffold.stubs import nothing, planned

JSON = "application/json"


class WordSchema(ma.Schema):
    id = ma.fields.Integer(dump_only=True)
    text = ma.fields.String(required=True)
    at = ma.fields.DateTime(required=True)


def seen(*bodies: Any, status: int = 200, method: str = "GET") -> Observations:
    return Observations([Seen(method, "/it", status, JSON, json=body) for body in bodies])


def test_an_answer_is_what_was_seen():
    answer = planned(nothing, seen=seen({"id": 1, "note": None}, {"id": 2})).answer
    assert answer is not None
    assert answer.shape is not None
    assert [(one.name, one.type.nullable, one.required) for one in answer.shape.members] == [
        ("id", False, True),
        ("note", True, False),
    ]


def test_errors_say_nothing_about_good_answers():
    stub = planned(nothing, seen=seen({"error": "no"}, status=404))
    assert (stub.answer, stub.status) == (None, 200)


def test_what_is_declared_is_corrected_by_what_was_seen():
    def show() -> Any:
        return jsonify(WordSchema().dump({}))

    observed = seen({"id": 1, "text": None, "at": "Fri, 20 Nov 2026 18:24:00 GMT"})
    answer = planned(show, seen=observed).answer
    assert answer is not None
    assert answer.shape is not None
    assert answer.shape.name == "Word"
    assert [(one.name, one.type.kind, one.type.nullable) for one in answer.shape.members] == [
        ("id", Kind.INTEGER, False),
        ("text", Kind.TEXT, True),
        ("at", Kind.HTTP_DATE, False),
    ]
    declared = planned(show).answer
    assert declared is not None
    assert declared.shape is not None
    assert declared.shape.members[2].type.kind is Kind.DATETIME


def test_where_members_may_be_missing_only_what_is_set_goes_out():
    assert planned(nothing, seen=seen({"a": 1}, {})).sparse
    assert not planned(nothing, seen=seen({"a": 1}, {"a": 2})).sparse


def test_what_was_withheld_has_any_type():
    answer = planned(nothing, seen=seen({"token": WITHHELD})).answer
    assert answer is not None
    assert answer.shape is not None
    assert answer.shape.members[0].type.kind is Kind.ANY


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (lambda: render_template("a.html"), "it answers text/html"),
        (lambda: send_file("a"), "a FileResponse is sent as send_file does"),
    ],
    ids=["page", "file"],
)
def test_a_lambda_has_no_source_to_tell_by(source: Any, told: str):
    assert told not in planned(source).notes


def page() -> Any:
    return render_template("a.html")


def text() -> Any:
    return "hello"


def csv() -> Any:
    return Response("a;b", mimetype="text/csv")


def file() -> Any:
    return send_file("a")


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (page, "it answers text/html"),
        (text, "it answers text/html"),
        (csv, "it answers text/csv"),
        (file, "a FileResponse is sent as send_file does"),
    ],
)
def test_what_is_no_json_is_a_response_of_its_own(view: Any, told: str):
    stub = planned(view)
    assert stub.is_page
    assert stub.answer is None
    assert told in stub.notes
    assert ("files.send_file" in stub.switches) == (view is file)


def test_what_was_seen_to_be_no_json_is_none():
    stub = planned(nothing, seen=Observations([Seen("GET", "/it", 200, "text/plain; charset=utf-8")]))
    assert stub.is_page
    assert "it answers text/plain" in stub.notes


def test_a_redirect_is_one():
    def moved() -> Any:
        return redirect("/")

    stub = planned(moved)
    assert stub.is_redirect
    assert "responses.redirects" in stub.switches


def test_no_content_says_what_flask_says():
    def remove() -> Any:
        return "", 204

    stub = planned(remove, "DELETE")
    assert (stub.status, stub.is_page) == (204, False)
    assert "responses.no_content" in stub.switches


def test_the_only_status_that_was_seen_wins_over_the_source():
    assert planned(text, seen=Observations([Seen("GET", "/it", 203, "text/html")])).status == 203


def test_of_two_statuses_the_body_has_to_choose():
    def store() -> Any:
        return {"id": 1}, 201 if page else 200

    stub = planned(store, "POST")
    assert stub.status is None
    assert stub.sets_status
    assert "it answers 201 or 200: response.status_code = ..." in stub.notes


def test_head_stands_for_get_where_only_it_was_seen():
    assert planned(nothing, seen=seen({"a": 1}, method="HEAD")).answer is not None
    assert planned(nothing, seen=seen({"a": 1}, method="POST")).answer is None
