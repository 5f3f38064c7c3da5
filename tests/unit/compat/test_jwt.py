"""Flask-JWT-Extended through compat, beside what the journeys show."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import pytest
from fastapi import Body, Depends, FastAPI
from flask import Flask, jsonify
from flask_jwt_extended import JWTManager, create_access_token
from flask_jwt_extended import jwt_required as on_legacy

from gateway.compat.jwt import NO_TOKEN, AccessToken, Token, Tokens, jwt_required
from gateway.compat.legacy import bind
from tests.support.stateful.visitor import Visitor, both, seen

pytestmark = pytest.mark.anyio

KEY = "a key that is long enough for sha-256"


def a_flask(**config: object) -> Flask:
    app = Flask("tokens")
    app.config.update({"JWT_SECRET_KEY": KEY, "JWT_ERROR_MESSAGE_KEY": "why", **config})
    JWTManager(app)
    app.add_url_rule("/who", view_func=on_legacy()(lambda: jsonify("legacy")))
    return app


def a_v2() -> FastAPI:
    app = FastAPI()
    bind(app)

    @app.api_route("/who", methods=["GET", "OPTIONS"])
    async def who(token: AccessToken) -> Any:
        return [token.identity, token.user] if token is not NO_TOKEN else "nobody"

    @app.post("/body")
    async def body(
        token: Annotated[Token, Depends(jwt_required(locations="json"))], note: Annotated[str, Body(embed=True)]
    ) -> Any:
        return [token.identity, note]

    @app.get("/new")
    async def new(tokens: Tokens) -> str:
        return await tokens.access("7", additional_claims={"role": "x"}, expires_delta=timedelta(seconds=-1))

    @app.get("/cookies")
    async def cookies(tokens: Tokens) -> None:
        tokens.set_cookies(access=await tokens.access("7"), refresh=await tokens.refresh("7"))

    return app


def a_token(app: Flask, identity: str = "7", **options: Any) -> str:
    with app.app_context():
        return create_access_token(identity, **options)


async def test_a_user_is_none_where_the_app_looks_none_up() -> None:
    app = a_flask()
    async with both(app, a_v2()) as sides:
        answer = await Visitor(sides).ask("v2", "GET", "/who", headers={"authorization": f"Bearer {a_token(app)}"})
        assert answer.body == b'["7",null]'


async def test_a_method_that_is_exempt_needs_no_token() -> None:
    async with both(a_flask(), a_v2()) as sides:
        assert (await Visitor(sides).ask("v2", "OPTIONS", "/who")).body == b'"nobody"'


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a.b.c", "Bearer \u00e9", "Basic x", "Bearer a, Bearer b"])
async def test_refusals_are_legacys_to_the_letter(header: str) -> None:
    """Trap A4, with the app's own key for the message."""
    async with both(a_flask(), a_v2()) as sides:
        answers = [await Visitor(sides).ask(side, "GET", "/who", headers={"authorization": header}) for side in sides]
        assert seen(answers[0]) == seen(answers[1])
        assert b"why" in answers[1].body
        assert answers[0].header(b"content-type") == answers[1].header(b"content-type")


async def test_an_expired_token_of_v2s_is_refused_by_both() -> None:
    async with both(a_flask(), a_v2()) as sides:
        made = (await Visitor(sides).ask("v2", "GET", "/new")).body.decode().strip('"')
        for side in sides:
            answer = await Visitor(sides).ask(side, "GET", "/who", headers={"authorization": f"Bearer {made}"})
            assert (answer.status, answer.body) == (401, b'{"why":"Token has expired"}\n')


async def test_a_token_in_a_json_body_leaves_the_body_to_the_endpoint() -> None:
    app = a_flask()
    async with both(app, a_v2()) as sides:
        answer = await Visitor(sides).ask("v2", "POST", "/body", body={"access_token": a_token(app), "note": "kept"})
        assert answer.body == b'["7","kept"]'


async def test_cookies_have_the_names_paths_and_attributes_that_the_app_sets() -> None:
    app = a_flask(
        JWT_TOKEN_LOCATION=["cookies"],
        JWT_ACCESS_COOKIE_NAME="a",
        JWT_COOKIE_SAMESITE="Strict",
        JWT_REFRESH_COOKIE_PATH="/auth",
        JWT_COOKIE_SECURE=True,
    )
    async with both(app, a_v2()) as sides:
        shapes = seen(await Visitor(sides).ask("v2", "GET", "/cookies"))["cookies"]
    assert shapes == [
        ("a", "set", "HttpOnly", "Path=/", "SameSite=Strict", "Secure"),
        ("csrf_access_token", "set", "Path=/", "SameSite=Strict", "Secure"),
        ("csrf_refresh_token", "set", "Path=/", "SameSite=Strict", "Secure"),
        ("refresh_token_cookie", "set", "HttpOnly", "Path=/auth", "SameSite=Strict", "Secure"),
    ]
