"""FastAPI's errors in Werkzeug's words."""

from typing import Any

import pytest
from fastapi import HTTPException
from flask import Flask
from werkzeug import exceptions
from werkzeug.routing import RequestRedirect

from gateway.compat.wire.refusals import (
    Refused,
    extra_headers,
    is_json,
    of_complaints,
    of_http_exception,
    with_headers,
)


@pytest.mark.parametrize("status", sorted(exceptions.default_exceptions))
def test_a_status_without_a_detail_has_flasks_words(status: int) -> None:
    found = of_http_exception(HTTPException(status))
    assert isinstance(found, exceptions.default_exceptions[status])
    assert (found.code, found.description) == (status, exceptions.default_exceptions[status]().description)


def test_a_detail_is_the_description() -> None:
    found = of_http_exception(HTTPException(404, "no such thing"))
    assert isinstance(found, exceptions.NotFound)
    assert found.description == "no such thing"


def test_a_status_that_werkzeug_has_no_class_for() -> None:
    found = of_http_exception(HTTPException(402, "pay"))
    assert found is not None
    assert (found.code, found.name, found.description) == (402, "Payment Required", "pay")


def test_a_405_names_the_methods() -> None:
    found = of_http_exception(HTTPException(405), ["GET", "HEAD"])
    assert isinstance(found, exceptions.MethodNotAllowed)
    assert found.valid_methods == ["GET", "HEAD"]


@pytest.mark.parametrize("error", [HTTPException(404, {"a": 1}), HTTPException(304), HTTPException(200, "fine")])
def test_what_legacy_has_nothing_like_is_left_to_fastapi(error: HTTPException) -> None:
    assert of_http_exception(error) is None


def test_headers_of_the_error_go_with_its_page() -> None:
    error = HTTPException(401, headers={"WWW-Authenticate": "Bearer", "Content-Type": "text/x", "Allow": "GET"})
    assert extra_headers(error) == {"WWW-Authenticate": "Bearer"}
    assert extra_headers(HTTPException(401)) == {}


def test_a_handler_that_writes_its_own_page_decides_about_them() -> None:
    error = with_headers(exceptions.TooManyRequests("slow", retry_after=7), {"retry-after": "9", "X-A": "1"})
    page = error.get_response({"REQUEST_METHOD": "GET"})
    assert (page.headers.getlist("Retry-After"), page.headers["X-A"]) == (["9"], "1")
    legacy = Flask("legacy")
    legacy.register_error_handler(429, lambda error: ("later", 429))
    with legacy.test_request_context():
        answer = legacy.make_response(legacy.handle_user_exception(error))
    assert (answer.get_data(), answer.headers.get("X-A")) == (b"later", None)
    plain = exceptions.TooManyRequests()
    assert "get_headers" not in vars(with_headers(plain, {}))


@pytest.mark.parametrize(
    ("complaints", "kind"),
    [
        ([{"loc": ("query", "n"), "type": "missing"}], exceptions.BadRequestKeyError),
        ([{"loc": ("body",), "type": "missing"}], exceptions.BadRequest),
        ([{"loc": ("body", 9), "type": "json_invalid"}], exceptions.BadRequest),
        ([{"loc": ("query", "n"), "type": "int_parsing"}], exceptions.BadRequest),
        ([{"loc": ("path", "n"), "type": "int_parsing"}], type(None)),
    ],
)
def test_complaints_are_400_except_about_the_path(complaints: Any, kind: type) -> None:
    assert type(of_complaints(complaints)) is kind


@pytest.mark.parametrize(
    ("content_type", "json"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("application/problem+json", True),
        ("text/json", False),
        ("text/x+json", False),
        ("", False),
    ],
)
def test_what_flask_reads_as_json(content_type: str, json: bool) -> None:
    from werkzeug.wrappers import Request  # noqa: PLC0415 - to compare with

    assert is_json(content_type) is json
    assert Request({"CONTENT_TYPE": content_type}).is_json is json


def test_a_refusal_has_the_status_and_the_place_that_it_redirects_to() -> None:
    assert Refused(exceptions.NotFound()).status_code == 404
    redirect = Refused(RequestRedirect("http://shop.test/a"))
    assert (redirect.status_code, redirect.headers) == (308, {"location": "http://shop.test/a"})
    assert of_http_exception(redirect) is redirect.error
