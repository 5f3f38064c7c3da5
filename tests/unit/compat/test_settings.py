"""The legacy application's settings, the odd ones too: under each, every answer is legacy's to the letter.

The journeys are those of test_journeys.py: one visitor, whose every request goes to the other side than the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import jsonify
from flask_jwt_extended import JWTManager

from tests.support.stateful import legacy, v2
from tests.support.stateful.visitor import Visitor, both
from tests.unit.compat.test_journeys import Walk, a_day, pattern, programs

pytestmark = pytest.mark.anyio

HOOKS = ["csrf_protect", "remember_request_id", "add_headers"]

SESSIONS: dict[str, dict[str, Any]] = {
    "cookies-elsewhere": {
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SESSION_COOKIE_DOMAIN": ".staff.test",
        "SESSION_COOKIE_PATH": "/app",
        "SESSION_COOKIE_HTTPONLY": False,
        "REMEMBER_COOKIE_NAME": "known",
        "REMEMBER_COOKIE_DOMAIN": ".staff.test",
        "WTF_CSRF_SECRET_KEY": "another key",
    },
    "an-application-root": {
        "APPLICATION_ROOT": "/app",
        "SERVER_NAME": "staff.test",
        "TRUSTED_HOSTS": ["staff.test"],
        "PERMANENT_SESSION_LIFETIME": 60,
        "REMEMBER_COOKIE_REFRESH_EACH_REQUEST": True,
        "SESSION_PROTECTION": None,
    },
    "strict": {
        "SERVER_NAME": "other.test",
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_PROTECTION": "strong",
        "USE_SESSION_FOR_NEXT": True,
        "FORCE_HOST_FOR_REDIRECTS": "staff.test",
    },
    "lax": {"LOGIN_DISABLED": True, "WTF_CSRF_ENABLED": False},
    "csrf-for-put-only": {"WTF_CSRF_METHODS": ["PUT"], "WTF_CSRF_HEADERS": ["X-Token"]},
    "maintenance": {"MAINTENANCE": True},
}

TOKENS: dict[str, dict[str, Any]] = {
    "in-the-query": {"JWT_TOKEN_LOCATION": ["query_string"], "JWT_ERROR_MESSAGE_KEY": "error"},
    "in-json": {"JWT_TOKEN_LOCATION": ["json", "headers"], "JWT_JSON_KEY": "access_token"},
    "in-cookies-of-a-domain": {
        "JWT_COOKIE_DOMAIN": "staff.test",
        "JWT_ACCESS_COOKIE_PATH": "/auth",
        "JWT_COOKIE_SECURE": True,
        "JWT_SESSION_COOKIE": False,
        "JWT_COOKIE_SAMESITE": "Lax",
        "JWT_CSRF_CHECK_FORM": True,
    },
    "other-claims": {
        "JWT_ENCODE_ISSUER": "i",
        "JWT_DECODE_ISSUER": "i",
        "JWT_ENCODE_AUDIENCE": "a",
        "JWT_DECODE_AUDIENCE": "a",
        "JWT_ACCESS_TOKEN_EXPIRES": False,
    },
}


async def same(journey: Callable[[Walk], Any], change: Callable[[Any], None] | None = None, **settings: Any) -> Walk:
    """Walk on legacy alone, then to and fro; the walk to and fro. A walk that cannot go on ends, on both."""
    app = legacy.create_app(**settings)
    if change is not None:
        change(app)
    walks: list[Walk] = []
    async with both(app, v2.create_app(switches=["all"], hook_names=["refuse_during_maintenance", *HOOKS])) as sides:
        for text in ("L", "VL"):
            walk = Walk(Visitor(sides), pattern(text), to_the_letter=True)
            try:
                await journey(walk)
            except (AssertionError, KeyError, TypeError):  # no token in the answer, no cookie to take
                walk.transcript.append("the end")
            walks.append(walk)
    on_legacy, to_and_fro = walks
    for wanted, got in zip(on_legacy.transcript, to_and_fro.transcript, strict=True):
        assert got == wanted
    return to_and_fro


@pytest.mark.parametrize("name", SESSIONS)
async def test_a_day_is_the_same_under_every_setting(name: str) -> None:
    walk = await same(a_day, **SESSIONS[name])
    assert len(walk.transcript) > (4 if name == "maintenance" else 20)


@pytest.mark.parametrize("name", TOKENS)
async def test_tokens_are_the_same_under_every_setting(name: str) -> None:
    walk = await same(programs, **TOKENS[name])
    assert len(walk.transcript) > 2


def own_words(app: Any) -> None:
    manager: JWTManager = app.extensions["flask-jwt-extended"]
    manager.unauthorized_loader(lambda reason: (jsonify(why=reason), 499))
    manager.invalid_token_loader(lambda reason: (jsonify(bad=reason), 498))
    manager.revoked_token_loader(lambda header, claims: (jsonify(revoked=claims["sub"]), 496))
    manager.needs_fresh_token_loader(lambda header, claims: (jsonify(stale=True), 495))
    manager.token_verification_loader(lambda header, claims: claims["sub"] != "1")
    manager.token_verification_failed_loader(lambda header, claims: (jsonify(odd=True), 493))
    manager.additional_headers_loader(lambda identity: {"kid": "a"})


async def test_tokens_are_refused_in_the_applications_own_words() -> None:
    walk = await same(programs, own_words)
    assert {shown["status"] for _, _, shown in walk.transcript} >= {499, 498, 496, 495}
