"""Every refusal is JSON: a stable word, and a sentence."""

from __future__ import annotations

import json
from http import HTTPStatus

import pytest

from gateway.console.refusals import Denied
from tests.support.console import Operated, client

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/docs", 404, "not_found"),
        ("POST", "/api/v1/map", 405, "method_not_allowed"),
    ],
)
async def test_router_refuses_in_our_words(method: str, path: str, status: int, word: str) -> None:
    async with client(Operated()) as http:
        answer = await http.request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"] == word
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/map", "GET"),
        ("/api/v1/routes/a/flip", "POST"),
        ("/healthz", "GET, HEAD"),
        ("/session", "DELETE, GET, POST"),
    ],
)
async def test_wrong_method_names_every_right_one(path: str, allowed: str) -> None:
    async with client(Operated()) as http:
        assert (await http.patch(path)).headers["allow"] == allowed


async def test_defect_is_a_sentence_without_details() -> None:
    operated = Operated()
    operated.map_state = lambda: 1 / 0  # type: ignore[method-assign,assignment,return-value] # it breaks
    async with client(operated) as http:
        answer = await http.get("/api/v1/map")
    assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")
    assert "ZeroDivision" not in answer.text


def test_details_stand_beside_the_sentence() -> None:
    answer = Denied(HTTPStatus.CONFLICT, "gate_refused", "no evidence", {"reasons": ["none"]}).response()
    assert json.loads(answer.body) == {"error": "gate_refused", "message": "no evidence", "reasons": ["none"]}


def test_what_is_no_utf_8_can_be_said() -> None:
    assert Denied(HTTPStatus.CONFLICT, "no", "\ud800").response().body.isascii()
