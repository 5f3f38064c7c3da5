"""The dependency of every endpoint: none is without one, and its refusals are the guard's."""

from __future__ import annotations

import pytest

from tests.support.console import AS_JSON, AUTHORIZED, CHANGING, READING, TOKEN, Operated, client

pytestmark = pytest.mark.anyio

OPEN = {"/healthz", "/readyz", "/session"}


async def test_refusal_says_how_to_be_let_in() -> None:
    async with client(Operated(), loopback=False) as http:
        answer = await http.get("/api/v1/map")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert "Authorization: Bearer" in answer.json()["message"]


async def test_no_endpoint_but_health_and_sign_in_is_for_strangers() -> None:
    async with client(Operated(), loopback=False) as http:
        described = (await http.get("/api/v1/openapi.json", headers=AUTHORIZED)).json()["paths"]
        answered = {
            path: (await http.request(method, path.replace("{", "").replace("}", ""))).status_code
            for path, methods in described.items()
            for method in methods
        }
    assert {path for path, status in answered.items() if status != 401} == OPEN


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", None])
async def test_what_a_form_can_send_is_no_json(kind: str | None) -> None:
    """Case 163: CSRF by a form or by `fetch` without a preflight."""
    operated = Operated()
    async with client(operated) as http:
        headers = {**AUTHORIZED, **({} if kind is None else {"content-type": kind})}
        answer = await http.post("/api/v1/reload", headers=headers, content=b'{"a": 1}')
    assert (answer.status_code, answer.json()["error"]) == (415, "content_type_wrong")
    assert operated.reloads == 0


async def test_json_may_name_its_charset() -> None:
    async with client(Operated()) as http:
        headers = {**AUTHORIZED, "content-type": "Application/JSON; charset=utf-8"}
        assert (await http.post("/api/v1/reload", headers=headers)).status_code == 202


@pytest.mark.parametrize(
    "sent",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8082"},
        {"origin": "http://127.0.0.1:8081@evil.example"},
        {"origin": "file://127.0.0.1:8081"},
        {"origin": "ht\xfc"},
        {"origin": "http://[::1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_page_of_another_site_changes_nothing_even_with_the_token(sent: dict[str, str]) -> None:
    """Case 164."""
    operated = Operated()
    async with client(operated) as http:
        headers = {**CHANGING, **sent}
        answer = await http.post(
            "/api/v1/reload", headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        )
    assert (answer.status_code, answer.json()["error"]) == (403, "origin_foreign")
    assert operated.reloads == 0


async def test_own_page_and_programs_may_change() -> None:
    """Case 164: a program sends no Origin at all."""
    own = {"origin": "http://127.0.0.1:8081", "sec-fetch-site": "same-origin"}
    async with client(Operated()) as http:
        assert (await http.post("/api/v1/reload", headers={**CHANGING, **own})).status_code == 202
        assert (await http.post("/api/v1/reload", headers=CHANGING)).status_code == 202


async def test_no_other_site_is_ever_allowed_to_read_an_answer() -> None:
    """Case 164: neither `*` nor the sender's own Origin."""
    asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    async with client(Operated()) as http:
        for method, path in (("OPTIONS", "/api/v1/reload"), ("GET", "/api/v1/map"), ("POST", "/session")):
            answer = await http.request(method, path, headers=asked)
            assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_read_only_token_looks_and_changes_nothing() -> None:
    """Case 177."""
    operated = Operated()
    async with client(operated, loopback=False) as http:
        assert (await http.get("/api/v1/map", headers=READING)).status_code == 200
        answer = await http.post("/api/v1/reload", headers={**READING, **AS_JSON})
    assert (answer.status_code, answer.json()["error"]) == (403, "token_read_only")
    assert operated.reloads == 0


async def test_session_alone_changes_nothing() -> None:
    """Case 164: the browser sends the cookie by itself."""
    operated = Operated()
    async with client(operated) as http:
        assert (await http.post("/session", json={"token": TOKEN})).status_code == 200
        answer = await http.post("/api/v1/reload", headers=AS_JSON)
    assert (answer.status_code, answer.json()["error"]) == (403, "session_only")
    assert operated.reloads == 0


async def test_large_body_is_refused_before_it_is_parsed() -> None:
    async with client(Operated()) as http:
        answer = await http.post("/api/v1/reload", headers=CHANGING, content=b" " * 70_000)
        assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")


async def test_stranger_is_not_told_what_a_body_should_be() -> None:
    async with client(Operated()) as http:
        answer = await http.post("/api/v1/reload", headers=AS_JSON, content=b"{")
    assert answer.json()["error"] == "token_wrong"
