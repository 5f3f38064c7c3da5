"""The comparison forgives what it says it forgives, and nothing near it."""

from __future__ import annotations

import time
from email.utils import formatdate

import jwt
import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature, URLSafeTimedSerializer

from tests.sample.client import Answer
from tests.sample.normalise import Normaliser

SECRET, JWT_SECRET = "s" * 32, "j" * 32
HOUR, DAY = 3600, 86_400


@pytest.fixture
def normalise() -> Normaliser:
    return Normaliser(SECRET, JWT_SECRET, time.time() - 60)


def answer(body: bytes = b"", kind: str = "application/json", **headers: str) -> Answer:
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(200, "OK", (("Content-Type", kind), *lines), body)


def cookie(content: dict, secret: str = SECRET) -> str:
    app = Flask("writer")
    app.secret_key = secret
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return f"session={serializer.dumps(content)}; HttpOnly; Path=/"


@pytest.mark.parametrize("offset", [0, 30 * DAY, 365 * DAY])
def test_a_moment_of_the_replay_is_any_moment(normalise: Normaliser, offset: int) -> None:
    first, second = (answer(Expires=formatdate(time.time() + offset - age, usegmt=True)) for age in (5, 9))
    assert normalise(first) == normalise(second)


@pytest.mark.parametrize("offset", [-HOUR, HOUR, 7 * DAY])
def test_another_moment_is_a_difference(normalise: Normaliser, offset: int) -> None:
    first, second = (answer(Expires=formatdate(time.time() + offset - age, usegmt=True)) for age in (5, 9))
    assert normalise(first) != normalise(second)


def test_a_moment_in_another_format_is_a_difference(normalise: Normaliser) -> None:
    http = formatdate(time.time(), usegmt=True)
    assert normalise(answer(f'"{http}"'.encode())) != normalise(answer(f'"{http.replace("GMT", "UTC")}"'.encode()))


def test_sessions_are_compared_by_content(normalise: Normaliser) -> None:
    first, other = {"csrf_token": "a" * 40, "_user_id": "1"}, {"csrf_token": "b" * 40, "_user_id": "1"}
    assert normalise(answer(Set_Cookie=cookie(first))) == normalise(answer(Set_Cookie=cookie(other)))
    assert normalise(answer(Set_Cookie=cookie(first))) != normalise(
        answer(Set_Cookie=cookie({**first, "_user_id": "2"}))
    )


def test_a_sessions_attributes_count(normalise: Normaliser) -> None:
    line = cookie({"_user_id": "1"})
    assert normalise(answer(Set_Cookie=line)) != normalise(answer(Set_Cookie=line.replace("; HttpOnly", "")))


def test_a_session_that_another_secret_signed_is_an_error(normalise: Normaliser) -> None:
    with pytest.raises(BadSignature):
        normalise(answer(Set_Cookie=cookie({}, "other")))


def test_a_csrf_token_that_another_secret_signed_is_an_error(normalise: Normaliser) -> None:
    def page(secret: str) -> Answer:
        token = URLSafeTimedSerializer(secret, salt="wtf-csrf-token").dumps("a" * 40)
        return answer(f'<input name="csrf_token" type="hidden" value="{token}">'.encode(), "text/html")

    assert b"<csrf>" in normalise(page(SECRET))["body"]
    with pytest.raises(BadSignature):
        normalise(page("other"))


def test_tokens_are_compared_by_their_claims(normalise: Normaliser) -> None:
    def token(jti: str, role: str) -> Answer:
        now = int(time.time())
        claims = {"jti": jti, "role": role, "iat": now, "nbf": now, "exp": now + 900}
        return answer(f'"{jwt.encode(claims, JWT_SECRET, "HS256")}"'.encode())

    assert normalise(token("a", "admin")) == normalise(token("b", "admin"))
    assert normalise(token("a", "admin")) != normalise(token("a", "staff"))


def test_only_an_id_of_the_gateways_making_is_left_out(normalise: Normaliser) -> None:
    assert normalise(answer(X_Request_ID="138104f8aaca-1f")) == normalise(answer())
    assert normalise(answer(X_Request_ID="mine")) != normalise(answer())


def test_the_order_of_headers_and_their_repeats_count(normalise: Normaliser) -> None:
    assert normalise(answer(A="1", B="2")) != normalise(answer(B="2", A="1"))
    once, twice = answer(A="1"), Answer(200, "OK", (("Content-Type", "application/json"), ("A", "1"), ("A", "1")), b"")
    assert normalise(once) != normalise(twice)
    assert normalise(answer(Server="x", date="y", connection="close")) == normalise(answer())
