"""Signing in with a browser."""

from __future__ import annotations

import json
from http.cookies import SimpleCookie

import pytest

from gateway.console.attempts import FREE
from tests.support.console import AS_JSON, AUTHORIZED, READ_TOKEN, READING, TOKEN, Operated, client

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("token", "role"), [(TOKEN, "operator"), (READ_TOKEN, "reader")])
async def test_token_becomes_a_session_that_reads(token: str, role: str) -> None:
    async with client(Operated(), loopback=False) as http:
        assert (await http.get("/api/v1/map")).status_code == 401
        answer = await http.post("/session", json={"token": token})
        assert (answer.status_code, answer.json()) == (200, {"role": role})
        assert (await http.get("/api/v1/map")).status_code == 200
        assert (await http.get("/session")).json() == {"role": role}
        assert (await http.delete("/session")).status_code == 204
        assert (await http.get("/api/v1/map")).status_code == 401


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_cookie_is_for_this_site_and_no_script(scheme: str) -> None:
    async with client(Operated(), scheme=scheme) as http:
        answer = await http.post("/session", json={"token": TOKEN})
    cookie = SimpleCookie(answer.headers["set-cookie"])["gateway_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    assert int(cookie["max-age"]) > 0
    assert bool(cookie["secure"]) is (scheme == "https")
    assert TOKEN not in answer.headers["set-cookie"] + answer.text


async def test_signed_out_cookie_is_worth_nothing_to_whoever_kept_it() -> None:
    async with client(Operated(), loopback=False) as http:
        await http.post("/session", json={"token": TOKEN})
        kept = http.cookies["gateway_session"]
        await http.delete("/session")
        assert (await http.get("/api/v1/map", headers={"cookie": f"gateway_session={kept}"})).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"{}",
        b'{"token": null}',
        b'{"token": 1}',
        b'{"token": ["a"]}',
        b'{"token": ""}',
        b'{"token": "wrong"}',
        b'{"token": "\xc3\xbc"}',
        b'{"token": "\xff"}',
        b'{"token": "\\ud800"}',
        b'{"token": "\\u0000"}',
        json.dumps({"token": TOKEN + "\n"}).encode(),
        json.dumps({"token": TOKEN, "more": 1}).encode(),
        json.dumps({"token": "x" * 1024**2}).encode(),
        b"[" * 60_000,
    ],
)
async def test_odd_tokens_never_sign_in_and_never_break(body: bytes) -> None:
    """Case 160."""
    async with client(Operated()) as http:
        answer = await http.post("/session", headers=AS_JSON, content=body)
    assert answer.status_code in {400, 401, 413, 422}
    assert "set-cookie" not in answer.headers
    assert answer.json()["message"]
    assert "xxxx" not in answer.text


async def test_wrong_tokens_are_slowed_down_at_the_sign_in_only() -> None:
    async with client(Operated(), loopback=False) as http:
        answers = [(await http.post("/session", json={"token": "wrong"})).status_code for _ in range(FREE + 1)]
        assert answers == [401] * FREE + [429]
        late = await http.post("/session", json={"token": TOKEN})
        assert (late.status_code, late.json()["error"]) == (429, "signin_too_often")
        assert 0 < int(late.headers["retry-after"]) <= 60
        assert (await http.get("/api/v1/map", headers=AUTHORIZED)).status_code == 200


async def test_page_of_another_site_signs_nobody_in() -> None:
    """Case 164."""
    async with client(Operated()) as http:
        answer = await http.post("/session", headers={"origin": "http://evil.example"}, json={"token": TOKEN})
        assert answer.status_code == 403
        form = await http.post("/session", data={"token": TOKEN})
        assert form.status_code == 415
    assert not http.cookies


async def test_without_configured_tokens_nobody_signs_in() -> None:
    async with client(Operated(), token="", read_token="") as http:
        assert (await http.post("/session", json={"token": ""})).status_code == 401
        assert (await http.get("/session")).json() == {"role": None}


async def test_bearer_is_told_its_role() -> None:
    async with client(Operated()) as http:
        assert (await http.get("/session", headers=READING)).json() == {"role": "reader"}
