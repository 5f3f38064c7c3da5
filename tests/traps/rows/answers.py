"""E, L, K, V, X: errors, redirects, cookies, Vary, files."""

from pathlib import Path

from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import FileResponse, RedirectResponse
from flask import Flask, abort, jsonify, make_response, redirect, request, send_file, session

from gateway.compat.legacy import bind
from gateway.compat.session import ReadableSession
from gateway.parity.difference import Verdict
from tests.traps.pair import Row

FILE = Path(__file__)


def flask_view(view):
    return lambda app: app.add_url_rule("/r", "r", view)


def fastapi_view(view, **options):
    return lambda app: app.add_api_route("/r", view, **options)


def crash():
    raise ValueError("a mistake")


def refuse():
    raise HTTPException(404, "no such thing")


def flask_cookie(**options):
    def view():
        answer = jsonify(a=1)
        answer.set_cookie("a", **options)
        return answer

    return flask_view(view)


def fastapi_cookie(**options):
    def build(app: FastAPI):
        @app.get("/r")
        def page(response: Response):
            response.set_cookie("a", **options)
            return {"a": 1}

    return build


def flask_deletes(app: Flask):
    def view():
        answer = jsonify(a=1)
        answer.delete_cookie("a")
        return answer

    app.add_url_rule("/r", "r", view)


def fastapi_deletes(app: FastAPI):
    @app.get("/r")
    def page(response: Response):
        response.delete_cookie("a", samesite=None)
        return {"a": 1}


def fastapi_session(app: FastAPI):
    bind(app)

    @app.get("/r")
    def page(kept: ReadableSession):
        return {"a": kept.get("a")}


def flask_conditional():
    answer = make_response(jsonify(a=1))
    answer.add_etag()
    return answer.make_conditional(request)


SEND_FILE = flask_view(lambda: send_file(FILE, mimetype="text/plain"))
FILE_RESPONSE = fastapi_view(lambda: FileResponse(FILE, media_type="text/plain"))

ROWS = (
    Row("E1", "abort", flask_view(lambda: abort(404, "no such thing")), fastapi_view(refuse)),
    Row("E2", "crash", flask_view(crash), fastapi_view(crash), verdict=Verdict.BOTH_ERROR),
    Row("E3", "no_content", flask_view(lambda: ("", 204)), fastapi_view(lambda: None, status_code=204)),
    Row("L1", "redirect", flask_view(lambda: redirect("/x")), fastapi_view(lambda: RedirectResponse("/x"))),
    Row("K1", "same_site", flask_cookie(value="1"), fastapi_cookie(value="1")),
    Row("K1", "max_age", flask_cookie(value="1", max_age=60), fastapi_cookie(value="1", max_age=60, samesite=None)),
    Row("K1", "not_ascii", flask_cookie(value="ü"), fastapi_cookie(value="ü", samesite=None)),
    Row("K1", "deleted", flask_deletes, fastapi_deletes),
    Row(
        "V1",
        "session",
        flask_view(lambda: jsonify(a=session.get("a"))),
        fastapi_view(lambda: {"a": None}),
        kept=fastapi_session,
    ),
    Row("X1", "file", SEND_FILE, FILE_RESPONSE),
    Row(
        "X2",
        "two_ranges",
        SEND_FILE,
        FILE_RESPONSE,
        headers={"range": "bytes=0-1,4-5"},
    ),
    Row("X2", "other_unit", SEND_FILE, FILE_RESPONSE, headers={"range": "lines=0-1"}),
    Row("X3", "etag", flask_view(flask_conditional), fastapi_view(lambda: {"a": 1})),
)
