"""Programs log in with tokens, a key, or HTTP Basic."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from tests.sample.client import Answer, Client
from tests.sample.conftest import SECRETS


def log_in(client: Client, **changes: object) -> Answer:
    body = json.dumps({"email": "demo@example.com", "password": "demo", **changes}).encode()
    return client.request("POST", "/auth/login", {"Content-Type": "application/json"}, body)


def whoami(client: Client, authorization: str) -> Answer:
    return client.request("GET", "/auth/whoami", {"Authorization": authorization})


@pytest.fixture
def tokens(client: Client) -> dict[str, str]:
    return log_in(client).json()


def forge(**changes: object) -> str:
    claims = {"sub": "demo@example.com", "type": "access", "fresh": True, "jti": "a-jti", "role": "admin", **changes}
    secret = str(claims.pop("secret", SECRETS["JWT_SECRET_KEY"]))
    return jwt.encode(claims, secret, str(claims.pop("alg", "HS256")))


def test_a_login_gives_two_tokens(tokens: dict[str, str]) -> None:
    assert set(tokens) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 900)


def test_the_claims_of_a_token(tokens: dict[str, str]) -> None:
    claims = jwt.decode(tokens["access_token"], SECRETS["JWT_SECRET_KEY"], ["HS256"])
    assert set(claims) >= {"exp", "fresh", "iat", "jti", "nbf", "role", "sub", "type"}
    assert (claims["sub"], claims["role"], claims["type"]) == ("demo@example.com", "admin", "access")
    assert (claims["fresh"], claims["exp"] - claims["iat"]) == (True, 900)


def test_a_wrong_password_is_a_401(client: Client) -> None:
    answer = log_in(client, password="guess")
    assert answer.status == 401
    assert answer.json()["error"]["message"] == "The e-mail address or the password is wrong."


def test_a_password_that_is_no_text_is_a_400(client: Client) -> None:
    assert log_in(client, password=5).status == 400


def test_whoami(client: Client, tokens: dict[str, str]) -> None:
    assert whoami(client, f"Bearer {tokens['access_token']}").json() == {
        "email": "demo@example.com",
        "name": "Demo Admin",
        "role": "admin",
        "employee_id": 1,
        "fresh": True,
    }


def test_no_token_is_a_401(client: Client) -> None:
    answer = client.request("GET", "/auth/whoami")
    assert (answer.status, answer.json()) == (401, {"msg": "Missing Authorization Header"})


def test_another_scheme_is_a_401(client: Client) -> None:
    answer = whoami(client, "Token abc")
    assert answer.status == 401
    assert answer.json()["msg"].startswith("Missing 'Bearer' type in 'Authorization' header")


@pytest.mark.parametrize(
    ("token", "status", "message"),
    [
        ("abc", 422, "Not enough segments"),
        (forge(secret="x" * 40), 422, "Signature verification failed"),
        (forge(exp=1), 401, "Token has expired"),
        (forge(nbf=9_999_999_999), 422, "The token is not yet valid (nbf)"),
        (forge(type="refresh"), 422, "Only non-refresh tokens are allowed"),
        (forge(jti=None), 422, None),
    ],
    ids=["malformed", "signature", "expired", "early", "refresh", "jti"],
)
def test_a_bad_token_is_refused_in_the_extensions_words(
    client: Client, token: str, status: int, message: str | None
) -> None:
    answer = whoami(client, f"Bearer {token}")
    assert answer.status == status
    assert set(answer.json()) == {"msg"}
    assert message is None or answer.json()["msg"] == message


def test_a_token_of_a_deleted_account_is_a_401(client: Client) -> None:
    answer = whoami(client, f"Bearer {forge(sub='gone@example.com')}")
    assert answer.status == 401
    assert answer.json()["error"]["message"] == "This account no longer exists."


def test_a_refresh_gives_a_token_that_is_not_fresh(client: Client, tokens: dict[str, str]) -> None:
    answer = client.request("POST", "/auth/refresh", {"Authorization": f"Bearer {tokens['refresh_token']}"})
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    assert whoami(client, f"Bearer {answer.json()['access_token']}").json()["fresh"] is False


def test_an_access_token_does_not_refresh(client: Client, tokens: dict[str, str]) -> None:
    answer = client.request("POST", "/auth/refresh", {"Authorization": f"Bearer {tokens['access_token']}"})
    assert (answer.status, answer.json()) == (422, {"msg": "Only refresh tokens are allowed"})


def test_a_revoked_token_is_a_401(client: Client, tokens: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = client.request("DELETE", "/auth/token", headers)
    assert (answer.status, answer.body) == (204, b"")
    answer = client.request("GET", "/auth/whoami", headers)
    assert (answer.status, answer.json()) == (401, {"msg": "Token has been revoked"})


def basic(client: Client, credentials: str) -> Answer:
    value = base64.b64encode(credentials.encode()).decode()
    return client.request("GET", "/payroll", {"Authorization": f"Basic {value}"})


def test_basic_credentials_open_the_payroll(client: Client) -> None:
    answer = basic(client, "demo@example.com:demo")
    assert answer.status == 200
    payroll = answer.json()
    cents = sum(round(float(amount) * 100) for amount in payroll["departments"].values())
    assert payroll["total"] == f"{cents / 100:.2f}"
    assert payroll["currency"] == "EUR"
    assert payroll["as_of"].endswith(" 00:00:00 GMT")


@pytest.mark.parametrize("credentials", ["demo@example.com:guess", "staff@example.com:staff", "nobody", ":", "ü:ü"])
def test_other_credentials_are_challenged(client: Client, credentials: str) -> None:
    answer = basic(client, credentials)
    assert answer.status == 401
    assert answer.header("www-authenticate") == 'Basic realm="payroll", charset="UTF-8"'
    assert answer.body == b"Please log in.\n"


@pytest.mark.parametrize("value", ["Basic !!!", "Basic", "Bearer abc", ""])
def test_a_malformed_authorization_is_challenged(client: Client, value: str) -> None:
    answer = client.request("GET", "/payroll", {"Authorization": value} if value else {})
    assert answer.status == 401
    assert answer.header("www-authenticate") is not None
