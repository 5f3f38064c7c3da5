"""Secrets in running text."""

from __future__ import annotations

import pytest

from gateway.evidence.names import SensitiveNames
from gateway.evidence.plain import PlainText, luhn

HIDE = PlainText(SensitiveNames(), lambda secret: "¤" if secret else secret)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("password: hunter2, then", "password: ¤, then"),
        ("password='correct horse, battery'", "password='¤'"),
        ("KeyError: api_key=abc&x=1", "KeyError: api_key=¤&x=1"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ¤"),
        ("got Bearer abc123def456", "got Bearer ¤"),
        ("basic information", "basic information"),
        ("mail bob.smith+x@mail.example.com now", "mail ¤ now"),
        ("logo@2x.png", "logo@2x.png"),
        ("see eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2ln here", "see ¤ here"),
        ("cut eyJhbGciOiJIUzI1N", "cut ¤"),
        ("redis://user:pass@host/0", "redis://user:¤@host/0"),
        ("sk_live_abcdefgh1234 AKIAABCDEFGHIJKLMNOP", "¤ ¤"),
        ("ssn 078-05-1120", "ssn ¤"),
        ("2026-11-20 and 12-34", "2026-11-20 and 12-34"),
        ("card 4111 1111 1111 1111.", "card ¤."),
        ("2 4111-1111-1111-1111 2026", "2 ¤ 2026"),
        ("4111 1111 1111 1111 123", "¤ 123"),
        ("378282246310005 and 5500005555555559", "¤ and ¤"),
        ("at 1700000000000 or 4111111111111112", "at 1700000000000 or 4111111111111112"),
        ("0.4111111111111111", "0.4111111111111111"),
        ("4111 1111 11…", "¤"),
        ('{"password": null}', '{"password": null}'),
    ],
)
def test_what_is_hidden_and_what_is_shown(text: str, shown: str) -> None:
    """Case 145."""
    assert HIDE(text) == shown


def test_the_check_digit() -> None:
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
