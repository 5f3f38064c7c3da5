"""What keeps a client on one side of a canary."""

from __future__ import annotations

import pytest

from gateway.proxy.sticky import client_address, sticky_key
from gateway.routing.route import Sticky, StickyKind

SCOPE = {"client": ("192.0.2.7", 51000)}
COOKIE = Sticky(StickyKind.COOKIE, "session")


@pytest.mark.parametrize(
    ("sticky", "headers", "key"),
    [
        (COOKIE, [(b"cookie", b"a=1; session=abc; b=2")], "abc"),
        (COOKIE, [(b"cookie", b"session=abc; session=def")], "abc"),
        (COOKIE, [(b"cookie", b"xsession=abc")], "192.0.2.7"),
        (COOKIE, [], "192.0.2.7"),
        (Sticky(StickyKind.HEADER, "x-user"), [(b"x-user", b"7")], "7"),
        (Sticky(StickyKind.HEADER, "x-user"), [], "192.0.2.7"),
        (Sticky(StickyKind.CLIENT), [(b"cookie", b"session=abc")], "192.0.2.7"),
        (COOKIE, [(b"cookie", b"session=\xff\xfe")], "ÿþ"),
    ],
)
def test_key_is_the_named_value_or_the_clients_address(sticky: Sticky, headers: list, key: str) -> None:
    assert sticky_key(sticky, SCOPE, headers) == key


def test_a_unix_socket_has_no_address() -> None:
    assert client_address({"client": None}) == ""
