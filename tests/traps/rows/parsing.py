"""Q, J, F, C: parsing of requests."""

from typing import Annotated, Any

from fastapi import Body, Cookie, FastAPI, File, Form, Query, UploadFile
from flask import Flask, jsonify, request
from pydantic import BaseModel

from tests.traps.pair import Row

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
MULTIPART = {"content-type": "multipart/form-data; boundary=b"}


def flask_reads(read):
    """A Flask application that answers `{"value": read()}`."""

    def build(app: Flask):
        app.add_url_rule("/r", "r", lambda: jsonify(value=read()), methods=["GET", "POST"])

    return build


def query(kind: Any, default: Any = None):
    """A FastAPI application that answers the parameter `n`."""

    def build(app: FastAPI):
        @app.get("/r")
        def page(n: Annotated[kind, Query()] = default):
            return {"value": n}

    return build


def required_query(app: FastAPI):
    @app.get("/r")
    def page(n: str):
        return {"value": n}


class Item(BaseModel):
    name: str
    n: int = 0


def fastapi_item(app: FastAPI):
    @app.post("/r")
    def page(item: Item):
        return {"value": item.name}


def fastapi_number(app: FastAPI):
    @app.post("/r")
    def page(item: Item):
        return {"value": item.n}


def fastapi_json(app: FastAPI):
    @app.post("/r")
    def page(value: Annotated[Any, Body()]):
        return {"value": value}


def fastapi_form(app: FastAPI):
    @app.post("/r")
    def page(a: Annotated[str, Form()]):
        return {"value": a}


def fastapi_optional_form(app: FastAPI):
    @app.post("/r")
    def page(a: Annotated[str | None, Form()] = None):
        return {"value": a}


def fastapi_file(app: FastAPI):
    @app.post("/r")
    def page(a: Annotated[UploadFile, File()]):
        return {"value": a.filename}


def fastapi_cookie(app: FastAPI):
    @app.get("/r")
    def page(x: Annotated[str | None, Cookie()] = None):
        return {"value": x}


def parts(*fields: tuple[str, bytes]) -> bytes:
    """A multipart body: `(name or name"; filename="x, value)`."""
    lines = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value)
        for name, value in fields
    )
    return lines + b"--b--\r\n"


ITEM = flask_reads(lambda: request.get_json()["name"])
FLASK_FORM = flask_reads(lambda: request.form["a"])

QUERIES = (
    Row("Q1", "word_as_number", flask_reads(lambda: request.args.get("n", type=int)), query(int | None), "/r?n=abc"),
    Row("Q2", "empty_number", flask_reads(lambda: request.args.get("n", type=int)), query(int | None), "/r?n="),
    Row("Q3", "number_twice", flask_reads(lambda: request.args.get("n", type=int)), query(int), "/r?n=1&n=2"),
    Row("Q3", "text_twice", flask_reads(lambda: request.args.get("n")), query(str), "/r?n=a&n=b"),
    Row("Q4", "false", flask_reads(lambda: request.args.get("n", type=bool)), query(bool), "/r?n=false"),
    Row("Q4", "zero", flask_reads(lambda: request.args.get("n", type=bool)), query(bool), "/r?n=0"),
    Row("Q5", "integral_float", flask_reads(lambda: request.args.get("n", type=int)), query(int | None), "/r?n=1.0"),
    Row("Q6", "no_utf8", flask_reads(lambda: request.args.get("n")), query(str), "/r?n=a%FFb"),
    Row("Q7", "missing", flask_reads(lambda: request.args["n"]), required_query),
)

BODIES = (
    Row("J1", "malformed", ITEM, fastapi_item, method="POST", headers=JSON, body=b'{"name": '),
    Row("J1", "empty", ITEM, fastapi_item, method="POST", headers=JSON),
    Row("J2", "no_content_type", ITEM, fastapi_item, method="POST", body=b'{"name": "a"}'),
    Row(
        "J2",
        "text_plain",
        ITEM,
        fastapi_item,
        method="POST",
        headers={"content-type": "text/plain"},
        body=b'{"name": "a"}',
    ),
    Row("J3", "missing_key", ITEM, fastapi_item, method="POST", headers=JSON, body=b"{}"),
    Row(
        "J4",
        "fraction_as_int",
        flask_reads(lambda: int(request.get_json()["n"])),
        fastapi_number,
        method="POST",
        headers=JSON,
        body=b'{"name": "a", "n": 1.5}',
    ),
    Row("J4", "number_as_text", ITEM, fastapi_item, method="POST", headers=JSON, body=b'{"name": 1}'),
    Row("J4", "null_as_text", ITEM, fastapi_item, method="POST", headers=JSON, body=b'{"name": null}'),
    Row("J5", "no_utf8", ITEM, fastapi_item, method="POST", headers=JSON, body=b'{"name": "\xff"}'),
    Row(
        "J6",
        "nan",
        flask_reads(lambda: dict(request.get_json())),
        fastapi_json,
        method="POST",
        headers=JSON,
        body=b'{"a": NaN}',
    ),
)

FORMS = (
    Row("F1", "empty_required", FLASK_FORM, fastapi_form, method="POST", headers=FORM, body=b"a="),
    Row("F1", "empty_optional", FLASK_FORM, fastapi_optional_form, method="POST", headers=FORM, body=b"a="),
    Row("F2", "name_twice", FLASK_FORM, fastapi_form, method="POST", headers=FORM, body=b"a=1&a=2"),
    Row(
        "F3",
        "part_of_600_kb",
        flask_reads(lambda: len(request.form["a"])),
        fastapi_form,
        method="POST",
        headers=MULTIPART,
        body=parts(("a", b"x" * 600_000)),
    ),
    Row(
        "F3",
        "part_of_1100_kb",
        flask_reads(lambda: len(request.form["a"])),
        fastapi_form,
        method="POST",
        headers=MULTIPART,
        body=parts(("a", b"x" * 1_100_000)),
    ),
    Row(
        "F4",
        "multipart",
        FLASK_FORM,
        fastapi_form,
        method="POST",
        headers=MULTIPART,
        body=parts(*((f"a{number}", b"x") for number in range(1002))),
    ),
    Row(
        "F4",
        "urlencoded",
        FLASK_FORM,
        fastapi_form,
        method="POST",
        headers=FORM,
        body=b"&".join([b"a=x", *(b"b%d=x" % number for number in range(1001))]),
    ),
    Row(
        "F5",
        "empty_file",
        flask_reads(lambda: request.files["a"].filename),
        fastapi_file,
        method="POST",
        headers=MULTIPART,
        body=parts(('a"; filename="', b"")),
    ),
)

COOKIES = (
    Row(
        "C1",
        "name_twice",
        flask_reads(lambda: request.cookies.get("x")),
        fastapi_cookie,
        headers={"cookie": "x=1; x=2"},
    ),
)

ROWS = (*QUERIES, *BODIES, *FORMS, *COOKIES)
