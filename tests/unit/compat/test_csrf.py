"""Flask-WTF through compat, beside what the journeys show."""

from __future__ import annotations

import re
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI, File, Form, Request, UploadFile
from flask import Flask, jsonify, session
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.compat.csrf import CsrfProtected, CsrfToken, csrf_protect
from gateway.compat.legacy import bind
from tests.support.asgi import Answer, ask
from tests.support.stateful.visitor import Visitor, both, seen

pytestmark = pytest.mark.anyio


def a_flask(*, extension: bool = True, **config: object) -> Flask:
    app = Flask("forms")
    app.config.update({"SECRET_KEY": "a key", **config})
    if extension:
        CSRFProtect(app)
    app.add_url_rule("/token", view_func=generate_csrf)
    app.add_url_rule("/post", methods=["POST"], endpoint="post", view_func=lambda: "posted")
    return app


def a_v2() -> FastAPI:
    app = FastAPI()
    bind(app)

    @app.get("/token")
    async def token(token: CsrfToken) -> str:
        return token

    @app.api_route("/post", methods=["GET", "POST"])
    async def post(request: Request, _: CsrfProtected) -> str:
        form = await request.form()
        return str(form.get("field"))

    @app.post("/upload", dependencies=[Depends(csrf_protect)])
    async def upload(file: Annotated[UploadFile, File()], field: Annotated[str, Form()]) -> Any:
        return [file.filename, (await file.read()).decode(), field]

    return app


async def a_token(visitor: Visitor, side: str) -> str:
    return (await visitor.ask(side, "GET", "/token")).body.decode().strip('"')


@pytest.mark.parametrize("issuer", ["legacy", "v2"])
@pytest.mark.parametrize("extension", [True, False])
async def test_a_token_of_either_side_is_valid_on_v2_and_the_form_is_still_there(issuer: str, extension: bool) -> None:
    async with both(a_flask(extension=extension), a_v2()) as sides:
        visitor = Visitor(sides)
        made = await a_token(visitor, issuer)
        answer = await visitor.ask("v2", "POST", "/post", form={"csrf_token": made, "field": "kept"})
        assert (answer.status, answer.body) == (200, b'"kept"')
        assert (await visitor.ask("v2", "POST", "/post", form={"csrf_token": "x" + made})).status == 400


@pytest.mark.parametrize(
    "sent",
    [{}, {"csrf_token": ""}, {"csrf_token": "a.b.c"}, {"prefix-csrf_token": "a.b.c"}, {"csrf_token": "\u00e9\x00"}],
)
async def test_refusals_are_legacys(sent: dict[str, str]) -> None:
    async with both(a_flask(), a_v2()) as sides:
        answers: list[Answer] = []
        for side in sides:
            visitor = Visitor(sides)
            await a_token(visitor, "legacy")
            answers.append(await visitor.ask(side, "POST", "/post", form=sent))
        assert seen(answers[0]) == seen(answers[1])
        assert answers[1].status == 400


async def test_the_page_of_a_refusal_may_change_the_session() -> None:
    legacy = a_flask()

    @legacy.errorhandler(CSRFError)
    def note(error: CSRFError) -> str:
        session["refused"] = True
        return str(error.description)

    legacy.add_url_rule("/refused", view_func=lambda: str(session.get("refused")))
    async with both(legacy, a_v2()) as sides:
        for side in sides:
            visitor = Visitor(sides)
            await a_token(visitor, side)
            answer = await visitor.ask(side, "POST", "/post", form={})
            assert (answer.status, answer.body) == (200, b"The CSRF token is missing.")
            assert (await visitor.ask("legacy", "GET", "/refused")).body == b"True"


async def test_the_header_will_do_and_a_get_needs_nothing() -> None:
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        headers = {"x-csrftoken": await a_token(visitor, "v2")}
        assert (await visitor.ask("v2", "POST", "/post", headers=headers)).status == 200
        assert (await visitor.ask("v2", "GET", "/post")).status == 200


async def test_only_a_request_that_needs_a_token_counts() -> None:
    """A page that is looked at is no use of the protection: else its count would never stand still."""
    used: list[str] = []
    async with both(a_flask(), a_v2(), used) as sides:
        await Visitor(sides).ask("v2", "GET", "/post")
        assert "csrf.protect" not in used
        await Visitor(sides).ask("v2", "POST", "/post")
        assert used.count("csrf.protect") == 1


@pytest.mark.parametrize("referrer", ["", "https://evil.test/", "https://staff.test/form"])
async def test_behind_a_proxy_that_ends_tls_the_referrer_is_checked_as_on_legacy(referrer: str) -> None:
    """Legacy knows by its ProxyFix that the client used https, and then asks where a form came from."""
    legacy = a_flask()
    legacy.view_functions["post"] = lambda: jsonify(None)
    legacy.wsgi_app = ProxyFix(legacy.wsgi_app, x_proto=1)  # type: ignore[method-assign]  # Flask's own way
    async with both(legacy, a_v2()) as sides:
        visitor = Visitor(sides, headers={"x-forwarded-proto": "https", **({"referer": referrer} if referrer else {})})
        form = {"csrf_token": await a_token(visitor, "legacy")}
        on_legacy, on_v2 = [await visitor.ask(side, "POST", "/post", form=form) for side in sides]
        assert on_v2.status == on_legacy.status == (200 if "staff" in referrer else 400)
        assert (b"referrer" in on_v2.body) is (on_v2.status == 400)


async def test_a_token_of_another_session_is_refused() -> None:
    async with both(a_flask(), a_v2()) as sides:
        stolen = await a_token(Visitor(sides), "v2")
        visitor = Visitor(sides)
        await a_token(visitor, "v2")
        answer = await visitor.ask("v2", "POST", "/post", form={"csrf_token": stolen})
        assert b"The CSRF tokens do not match." in answer.body


async def test_protection_that_is_off_on_legacy_is_off_on_v2() -> None:
    async with both(a_flask(WTF_CSRF_ENABLED=False), a_v2()) as sides:
        assert (await Visitor(sides).ask("v2", "POST", "/post", form={"field": "kept"})).body == b'"kept"'


async def test_a_file_reaches_the_endpoint_beside_its_token() -> None:
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        made = await a_token(visitor, "v2")
        parts = "".join(
            f'--cut\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n{value}\r\n'
            for name, extra, value in (
                ("csrf_token", "", made),
                ("field", "", "f"),
                ("file", '; filename="n.txt"', "content"),
            )
        )
        visitor.headers["content-type"] = "multipart/form-data; boundary=cut"
        answer = await _post(visitor, "/upload", (parts + "--cut--\r\n").encode())
        assert answer.body == b'["n.txt","content","f"]'
        answer = await _post(
            visitor, "/upload", re.sub("(?s)--cut.*?(?=--cut)", "", parts, count=1).encode() + b"--cut--\r\n"
        )
        assert (answer.status, b"The CSRF token is missing." in answer.body) == (400, True)


async def test_a_body_that_is_no_form_is_not_read_for_a_token() -> None:
    """Neither does Flask-WTF: an upload with its token in a header goes on as a stream, however long it is."""
    app = FastAPI()
    bind(app)
    seen_first: list[bytes] = []

    @app.put("/upload", dependencies=[Depends(csrf_protect)])
    async def upload(request: Request) -> int:
        chunks = [chunk async for chunk in request.stream()]
        seen_first.extend(chunk for chunk in chunks if chunk)
        return sum(map(len, chunks))

    v2 = a_v2()
    v2.include_router(app.router)
    async with both(a_flask(), v2) as sides:
        visitor = Visitor(sides)
        token = (await a_token(visitor, "v2")).encode()
        cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()).encode()
        lines = [(b"host", b"staff.test"), (b"cookie", cookie), (b"content-type", b"application/octet-stream")]
        sent = [b"first", b"second"]
        answer = await ask(sides["v2"], "PUT", "/upload", [*lines, (b"x-csrftoken", token)], body=sent)
        assert (answer.body, seen_first) == (b"11", sent)
        answer = await ask(sides["v2"], "PUT", "/upload", lines, body=sent)
        assert b"The CSRF token is missing." in answer.body


@pytest.mark.parametrize("limit", [5, 500])
async def test_a_form_that_is_longer_than_legacy_takes_is_refused_in_its_words(limit: int) -> None:
    legacy = a_flask(MAX_CONTENT_LENGTH=limit)
    legacy.register_error_handler(413, lambda error: ("too long\n", 413))
    legacy.view_functions["post"] = lambda: "null"
    async with both(legacy, a_v2()) as sides:
        answers = []
        for side in sides:
            visitor = Visitor(sides)
            token = await a_token(visitor, "legacy")
            form = {"csrf_token": token, "other": "o"}
            answers.append(await visitor.ask(side, "POST", "/post", form=form))
        assert answers[0].status == (413 if limit == 5 else 200)
        assert [answer.status for answer in answers] == [answers[0].status] * 2
        assert (answers[1].body == b"too long\n") is (limit == 5)


async def _post(visitor: Visitor, target: str, payload: bytes) -> Answer:
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items()).encode()
    lines = [(b"host", b"staff.test"), (b"cookie", cookie), (b"content-type", visitor.headers["content-type"].encode())]
    return await ask(visitor.sides["v2"], "POST", target, lines, body=[payload])
