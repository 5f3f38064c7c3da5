"""Texts of unknown kind, and texts within texts."""

from __future__ import annotations

import base64
import gzip
import json
import time
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.evidence.names import SensitiveNames
from gateway.evidence.text import TextRedactor

HIDE = TextRedactor(SensitiveNames(), lambda secret: "#" if secret else secret)
INSIDE = json.dumps({"password": "CANARY", "a": 1})


@pytest.mark.parametrize(
    "text",
    [
        INSIDE,
        f"  \ufeff{INSIDE}",
        json.dumps({"payload": INSIDE}),
        json.dumps({"payload": json.dumps({"deeper": INSIDE})}),
        json.dumps(INSIDE),
        f"payload={quote(INSIDE)}",
        f"see /login?next={quote('/cb?token=CANARY', safe='')} now",
        f"see /login?next={quote(quote('/cb?token=CANARY', safe=''), safe='')} now",
        base64.b64encode(INSIDE.encode()).decode(),
        base64.urlsafe_b64encode(INSIDE.encode()).decode().rstrip("="),
        f"state {base64.b64encode(gzip.compress(INSIDE.encode(), mtime=0)).decode()} end",
        f"<p>{INSIDE}</p>",
        f"<script>window.state = {INSIDE};</script>",
        '<a href="/cb?token=CANARY&x=1">x</a>',
        f"<data><![CDATA[{INSIDE}]]></data>",
        "[2026] password: CANARY",
        "a=1&token=CANARY",
    ],
)
def test_a_secret_is_found_wherever_it_is(text: str) -> None:
    """Case 145."""
    hidden = HIDE(text)
    for form in ("CANARY", base64.b64encode(INSIDE.encode()).decode()[:20]):
        assert form not in hidden
    assert "#" in hidden


@pytest.mark.parametrize(
    "text",
    ["", "x", "hello world", "/api/v1/employees/12", "a=1&b=2", "2026-11-20T10:00:00Z", "line 3: …abc",
     "«redacted:00000000»",
     "0123456789abcdef0123456789abcdef", 'W/"5d41402abc4b2a76b9719d911017c592"', "text/html; charset=utf-8", "50%"],
)  # fmt: skip
def test_what_is_no_secret_stays(text: str) -> None:
    assert HIDE(text) == text


@given(st.text())
def test_it_is_total(text: str) -> None:
    HIDE(text)


@pytest.mark.parametrize(
    "piece", ["<", '<a "', "<!--", '"', "'", "[", '{"a":', "1 ", "4-",
     "a@", "eyJ", "pass", "%41", "password=", "=", "A", "a=b&", "-----BEGIN "]
)  # fmt: skip
def test_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    """64 KiB take milliseconds; what is quadratic takes minutes."""
    began = time.monotonic()
    HIDE(piece * (64 * 1024 // len(piece)))
    assert time.monotonic() - began < 5
