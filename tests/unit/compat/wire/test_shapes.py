"""What a view may return, taken apart as Flask does."""

from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask, Response
from werkzeug.datastructures import Headers

from gateway.compat.wire.shapes import PAGE, is_page, is_stream, page_type, taken_apart

TUPLES = {
    "status": (("a", 201), 201),
    "status-of-http": (("a", HTTPStatus.CREATED), 201),
    "status-as-text": (("a", "201 Made"), 201),
    "mapping": (("a", {"X-A": "1"}), 200),
    "pairs": (("a", [("X-A", "1"), ("X-A", "2")]), 200),
    "headers": (("a", Headers([("X-A", "1"), ("X-A", "2")])), 200),
    "own-type": (("a", {"content-type": "text/csv", "X-A": "1"}), 200),
    "list-in-mapping": (("a", 200, {"X-A": ["1", "2"]}), 200),
    "object-list-in-mapping": (({"b": 1}, 202, {"X-A": ["1", "2"]}), 202),
    "object-pairs": (({"b": 1}, [("X-A", "1"), ("X-A", "2"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]), 200),
    "object-headers": (({"b": 1}, 200, Headers([("X-A", "1"), ("X-A", "2")])), 200),
    "number": (("a", None, {"X-A": 1}), 200),
}


@pytest.mark.parametrize(("value", "status"), TUPLES.values(), ids=TUPLES)
def test_a_tuple_is_body_status_and_headers(value: Any, status: int) -> None:
    app = Flask("legacy")
    shape = taken_apart(value)
    assert shape is not None
    with app.test_request_context():
        plain, answer = app.make_response(value[0]), app.make_response(value)
    assert (shape.body, shape.status or 200, answer.status_code) == (value[0], status, status)
    assert sorted(shape.with_headers(list(plain.headers))) == sorted(answer.headers)


@pytest.mark.parametrize("value", [("a", "b"), ("a",), ("a", True), (1, 2, 3, 4), ["a", 201], "a", None], ids=str)
def test_anything_else_is_left_to_fastapi(value: Any) -> None:
    assert taken_apart(value) is None


def test_text_is_a_page_and_iterators_are_streams() -> None:
    assert is_page("")
    assert is_page(b"a")
    assert not is_page({})
    assert is_stream(piece for piece in "ab")
    assert not is_stream(["a"])


@pytest.mark.parametrize("mimetype", ["text/html", "text/plain", "application/json", None])
def test_what_a_view_says_nothing_about_is_what_the_applications_responses_are(mimetype: str | None) -> None:
    app = Flask("legacy")
    app.response_class = type("Own", (Response,), {"default_mimetype": mimetype})
    with app.test_request_context():
        assert page_type(app) == app.make_response("a").headers.get("Content-Type")
    assert page_type(None) == PAGE
