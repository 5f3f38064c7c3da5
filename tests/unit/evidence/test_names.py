"""Names that announce a secret."""

from __future__ import annotations

import pytest

from gateway.evidence.names import SensitiveNames


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "passwd",
        "new_password",
        "userPassword",
        "PASSWORD",
        "client_secret",
        "token",
        "access_token",
        "refreshToken",
        "ssn",
        "userSSN",
        "social_security_number",
        "card",
        "cardNumber",
        "credit_card",
        "email",
        "e-mail",
        "X-Api-Key",
        "apiKey",
        "authorization",
        "cookie",
        "csrf_token",
        "session_id",
        "sessionid",
        "pin",
        "cvv",
        "cvc2",
        "otp",
        "iban",
        "private_key",
        "user[password]",
        "pwd",
        "credentials",
        "auth",
        "x-auth-token",
    ],
)
def test_a_telling_name(name: str) -> None:
    """Case 145."""
    assert name in SensitiveNames()


@pytest.mark.parametrize(
    "name", ["name", "id", "className", "shipping", "opinion", "discard", "wildcard", "author", "company", "created"]
)
def test_a_harmless_name(name: str) -> None:
    assert name not in SensitiveNames()


def test_names_of_ones_own() -> None:
    names = SensitiveNames([" Salary ", "", "a.b"])
    assert "base_salary" in names
    assert "A.B" in names
    assert "axb" not in names
    assert "salary" not in SensitiveNames()


def test_what_is_no_text_is_no_name() -> None:
    assert 3 not in SensitiveNames()
