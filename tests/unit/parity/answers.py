"""Answers and requests for the tests of the comparison."""

from __future__ import annotations

import json
from datetime import date

from gateway.exchange import Headers, Outcome, Request, Response
from gateway.parity.compare import compare
from gateway.parity.difference import Comparison
from gateway.parity.rules import Rules

TODAY = date(2026, 3, 1)


def headers(**fields: str | list[str]) -> Headers:
    """`content_type="a/b"`: a list gives several lines."""
    return Headers(
        tuple(
            (name.replace("_", "-").encode(), value.encode("latin-1"))
            for name, given in fields.items()
            for value in ([given] if isinstance(given, str) else given)
        )
    )


def a_request(method: str = "GET", path: str = "/r", query: bytes = b"", body: bytes = b"", **fields: str) -> Request:
    return Request("id-1", method, path, query, headers(**{"host": "shop.test", **fields}), body)


def an_answer(body: bytes | None = b"", status: int = 200, **fields: str | list[str]) -> Response:
    return Response(status, headers(**fields), body)


def a_json(value: object, status: int = 200, **fields: str | list[str]) -> Response:
    """`value` as a JSON answer; bytes are the body as they are."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return an_answer(body, status, content_type="application/json", **fields)


def compared(legacy: Outcome, v2: Outcome, rules: Rules | None = None, request: Request | None = None) -> Comparison:
    return compare(legacy, v2, rules or Rules(), request=request or a_request(), today=TODAY)
