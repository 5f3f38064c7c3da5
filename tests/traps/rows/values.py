"""S, D, N, M: what a handler returns."""

import enum
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from fastapi import FastAPI
from flask import Flask, jsonify
from pydantic import BaseModel

from gateway.parity.difference import Verdict
from tests.traps.pair import Row

NAIVE = datetime(2025, 1, 5, 10, 0, 0, 123456)  # noqa: DTZ001 - naive is the trap
BERLIN = timezone(timedelta(hours=2))


def flask_returns(make):
    """A Flask application that returns what `make` makes."""

    def build(app: Flask):
        app.add_url_rule("/r", "r", make)

    return build


def fastapi_returns(make):
    """A FastAPI application that returns the same, without annotation."""

    def build(app: FastAPI):
        app.add_api_route("/r", make)

    return build


def fastapi_model(kind, make):
    """A FastAPI application that returns it as the member `value` of a model."""

    def build(app: FastAPI):
        class Answer(BaseModel):
            value: kind

        app.add_api_route("/r", lambda: {"value": make()}, response_model=Answer)

    return build


class Colour(enum.Enum):
    RED = "red"


class Narrow(BaseModel):
    a: int


class Wide(BaseModel):
    a: int
    b: int | None = None
    c: int = 3


def both(trap: str, title: str, make, verdict: Verdict = Verdict.MISMATCH) -> Row:
    """A row whose handlers return the very same."""
    return Row(trap, title, flask_returns(make), fastapi_returns(make), verdict=verdict)


def member(trap: str, title: str, value, kind=None) -> Row:
    """A row whose handlers return `{"value": value}`, v2 with a model when there is a `kind`."""
    port = fastapi_returns(lambda: {"value": value}) if kind is None else fastapi_model(kind, lambda: value)
    return Row(trap, title, flask_returns(lambda: jsonify(value=value)), port)


SHAPES = (
    both("S1", "dict", lambda: {"b": "ü", "a": 1}, Verdict.MATCH),
    both("S2", "text", lambda: "hello"),
    both("S3", "status", lambda: ({"a": 1}, 201)),
    both("S3", "status_and_headers", lambda: ({"a": 1}, 201, {"X-Page": "1"})),
    both("S4", "none", lambda: None),
    both("S4", "int", lambda: 5),
    both("S4", "float", lambda: 1.5),
    both("S5", "empty_text", lambda: ""),
    both("S6", "generator", lambda: (piece for piece in ("a", "b"))),
)

DATES = (
    member("D1", "naive", NAIVE),
    member("D1", "naive_model", NAIVE, datetime),
    member("D2", "utc", NAIVE.replace(tzinfo=UTC)),
    member("D2", "utc_model", NAIVE.replace(tzinfo=UTC), datetime),
    member("D3", "offset", NAIVE.replace(tzinfo=BERLIN)),
    member("D4", "date", date(2025, 1, 5)),
    member("D5", "time", time(10, 0, 0)),
    member("D5", "timedelta_model", timedelta(hours=1, seconds=30), timedelta),
)

NUMBERS = (
    member("N1", "fraction", Decimal("1.10")),
    member("N1", "integer", Decimal(5)),
    member("N1", "big", Decimal("12345678901234567890.5")),
    member("N2", "nan", float("nan")),
    member("N2", "infinity", float("inf")),
    member("N2", "nan_model", float("nan"), float),
    Row(
        "N3",
        "exponent",
        flask_returns(lambda: jsonify(value=1e-07)),
        fastapi_model(float, lambda: 1e-07),
        verdict=Verdict.EQUIVALENT,
    ),
    both("N4", "mixed_keys", lambda: {"value": {1: "a", "b": "c"}}),
    member("N5", "lone_surrogate", "\ud800"),
)

MODELS = (
    Row(
        "M1",
        "dropped",
        flask_returns(lambda: {"a": 1, "extra": 2}),
        lambda app: app.add_api_route("/r", lambda: {"a": 1, "extra": 2}, response_model=Narrow),
    ),
    Row(
        "M1",
        "added",
        flask_returns(lambda: {"a": 1}),
        lambda app: app.add_api_route("/r", lambda: {"a": 1}, response_model=Wide),
    ),
)

ROWS = (*SHAPES, *DATES, *NUMBERS, *MODELS)
