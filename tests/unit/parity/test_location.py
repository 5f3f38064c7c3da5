"""Where a redirect goes."""

from __future__ import annotations

import pytest

from gateway.parity.location import resolved
from tests.unit.parity.answers import a_request


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/x?a=1#b", "/x?a=1#b"),
        ("x", "/a/x"),
        ("?page=2", "/a/b?page=2"),
        ("http://shop.test", "/"),
        ("http://shop.test/x", "/x"),
        ("https://SHOP.test:443/x", "/x"),
        ("//shop.test/x", "/x"),
        ("http://shop.test:8080/x", "http://shop.test:8080/x"),
        ("http://other.test/x", "http://other.test/x"),
        ("mailto:a@b", "mailto:a@b"),
        ("http://[", "http://["),
        ("", "/a/b"),
    ],
)
def test_a_location_is_resolved(value: str, expected: str) -> None:
    found = resolved(value, a_request(path="/a/b"))
    assert found == expected or (value.startswith("mailto") and found.startswith("mailto:"))


def test_without_a_host_relative_ones_still_resolve() -> None:
    request = a_request(path="/a", host="")
    assert resolved("b", request) == "/b"
