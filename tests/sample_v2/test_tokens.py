"""`/auth/whoami`: v2 reads the tokens that Flask-JWT-Extended writes, and refuses the same ones in the same words."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest

from tests.sample_v2.conftest import JWT_SECRET
from tests.sample_v2.pair import Pair

DEMO = {"sub": "demo@example.com", "type": "access", "fresh": True, "jti": "1", "role": "admin"}
SOON = int(time.time()) + 3600


def signed(secret: str = JWT_SECRET, **claims: Any) -> str:
    return jwt.encode({**DEMO, "exp": SOON, **claims}, secret)


def without(claim: str, **claims: Any) -> str:
    return jwt.encode({k: v for k, v in {**DEMO, "exp": SOON, **claims}.items() if k != claim}, JWT_SECRET)


def by_hand(**header: Any) -> str:
    """What PyJWT refuses to write."""
    parts = [json.dumps(part).encode() for part in ({"typ": "JWT", **header}, {**DEMO, "exp": SOON})]
    text = b".".join(base64.urlsafe_b64encode(part).strip(b"=") for part in parts)
    signature = hmac.digest(JWT_SECRET.encode(), text, "sha256") if header["alg"] == "HS256" else b""
    return b".".join((text, base64.urlsafe_b64encode(signature).strip(b"="))).decode()


TOKENS = {
    "good": signed(),
    "not fresh": signed(fresh=False),
    "fresh until": signed(fresh=SOON + 0.5),
    "no word about freshness": without("fresh"),
    "no type": without("type"),
    "no id": without("jti"),
    "no role": without("role"),
    "no end": without("exp"),
    "refresh": signed(type="refresh"),
    "capitals": signed(sub=" Demo@Example.COM "),
    "nobody": signed(sub="nobody@example.com"),
    "deactivated": signed(sub="gone@example.com"),
    "no subject": without("sub"),
    "subject is a number": signed(sub=1),
    "expired": signed(exp=SOON - 7200),
    "expired, no subject": without("sub", exp=SOON - 7200),
    "expired refresh": signed(exp=SOON - 7200, type="refresh"),
    "not yet": signed(nbf=SOON),
    "issued later": signed(iat=SOON),
    "end is no number": signed(exp="soon"),
    "audience": signed(aud="somebody"),
    "other secret": signed("another-secret-of-at-least-32-bytes"),
    "other algorithm": jwt.encode({**DEMO, "exp": SOON}, JWT_SECRET * 2, algorithm="HS512"),
    "by hand": by_hand(alg="HS256"),
    "unsigned": by_hand(alg="none"),
    "key id is a number": by_hand(alg="HS256", kid=5),
    "one part": "abc",
    "three parts": "a.b.c",
    "empty parts": "..",
    "cut": signed()[:-5],
    "not base64": "é.é.é",
}
HEADERS = (
    "",
    "Bearer",
    "Bearer ",
    "bearer x",
    "Basic eDp5",
    "Bearer a b",
    "Bearer a, Bearer b",
    "Basic x, Bearer y",
    ",",
    "Bearer,",
    "x",
)


@pytest.mark.parametrize("name", TOKENS)
def test_both_say_the_same_of_a_token(pair: Pair, name: str) -> None:
    assert pair.differences("GET", "/auth/whoami", {"Authorization": f"Bearer {TOKENS[name]}"}) == []


def test_both_say_the_same_of_a_header(pair: Pair) -> None:
    for value in HEADERS:
        assert pair.differences("GET", "/auth/whoami", {"Authorization": value}) == [], value
        assert pair.differences("HEAD", "/auth/whoami", {"Authorization": value}) == [], value


def test_the_tokens_cover_every_answer(pair: Pair) -> None:
    answers = {
        name: pair.v2.request("GET", "/auth/whoami", {"Authorization": f"Bearer {token}"})
        for name, token in TOKENS.items()
    }
    assert {answer.status for answer in answers.values()} == {200, 401, 422}
    assert answers["good"].json() == {
        "email": "demo@example.com",
        "name": answers["good"].json()["name"],
        "role": "admin",
        "employee_id": answers["good"].json()["employee_id"],
        "fresh": True,
    }
    assert len({answer.body for answer in answers.values()}) > 12


def test_a_token_that_legacy_gave_and_revoked(pair: Pair) -> None:
    body = json.dumps({"email": "demo@example.com", "password": "demo"}).encode()
    given = pair.legacy.request("POST", "/auth/login", {"Content-Type": "application/json"}, body).json()
    access = {"Authorization": f"Bearer {given['access_token']}"}
    refresh = {"Authorization": f"Bearer {given['refresh_token']}"}
    assert pair.differences("GET", "/auth/whoami", access) == []
    assert pair.v2.request("GET", "/auth/whoami", access).json()["email"] == "demo@example.com"
    assert pair.differences("GET", "/auth/whoami", refresh) == []
    assert pair.legacy.request("DELETE", "/auth/token", access).status == 204
    assert pair.differences("GET", "/auth/whoami", access) == []
    assert pair.v2.request("GET", "/auth/whoami", access).json() == {"msg": "Token has been revoked"}
