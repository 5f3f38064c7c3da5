"""Secrets in queries and forms."""

from __future__ import annotations

import pytest

from gateway.evidence.form import redact_multipart, redact_pairs
from gateway.evidence.mark import Marker
from gateway.evidence.names import SensitiveNames

NAMES = SensitiveNames()
MARK = Marker(b"k")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a=1&password=x%20y&b=%C3%A9", "a=1&password=#&b=%C3%A9"),
        ("p%61ssword=x;a=1", "p%61ssword=#;a=1"),
        ("user[token]=x&token=", "user[token]=#&token="),
        ("a&&=&b=1=2", "a&&=&b=1=2"),
        ("a=1+2", "a=1+2"),
    ],
)
def test_pairs(text: str, shown: str) -> None:
    """Case 145."""
    assert redact_pairs(text, NAMES, lambda secret: "#" if secret else secret, lambda value: value) == shown


def multipart(body: bytes, content_type: str = "multipart/form-data; boundary=XX") -> str | None:
    def readable(content: bytes, kind: str) -> str | None:
        return content.decode() if kind.startswith("text/") else None

    return redact_multipart(body, content_type, NAMES, MARK, readable=readable, inner=lambda text: text)


def test_multipart_is_redacted_part_by_part() -> None:
    """Case 145."""
    body = (
        b'--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\nshown\r\n'
        b'--XX\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n'
        b'--XX\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Type: image/png\r\n\r\n\x00\xff\r\n'
        b"--XX--\r\n"
    )
    shown = multipart(body)
    assert shown is not None
    assert "shown" in shown
    assert "hunter2" not in shown
    assert MARK("hunter2") in shown
    assert f"«2 bytes:{MARK.digest(bytes([0, 255]))}»" in shown
    assert shown.endswith("--XX--\r\n")


@pytest.mark.parametrize("body", [b"", b"password=x", b"--XX\r\nno end of head", b"secret--XX\r\na: b\r\n\r\nx"])
def test_what_is_not_multipart_is_not_kept(body: bytes) -> None:
    assert multipart(body) is None
    assert multipart(body, "multipart/form-data") is None
