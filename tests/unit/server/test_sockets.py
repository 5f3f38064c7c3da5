"""Addresses that cannot be bound are explained."""

from __future__ import annotations

import os
import socket

import pytest

from gateway.errors import CannotListen
from gateway.server.sockets import known_again, listen, url_of


def test_port_in_use_names_the_option_to_change() -> None:
    with listen("127.0.0.1", 0, option="--port") as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"127\.0\.0\.1:{port}: another process listens there.*--console-port"):
            listen("127.0.0.1", port, option="--console-port")


def test_foreign_address_is_explained() -> None:
    with pytest.raises(CannotListen, match="this machine does not have that address"):
        listen("192.0.2.1", 0, option="--port")


def test_unknown_name_is_explained() -> None:
    with pytest.raises(CannotListen, match=r"cannot listen on no\.such\.invalid:0: "):
        listen("no.such.invalid", 0, option="--port")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may bind any port")
def test_privileged_port_is_explained() -> None:
    with pytest.raises(CannotListen, match="need a privilege"):
        listen("127.0.0.1", 80, option="--port")


def test_url_shows_the_real_port() -> None:
    with listen("127.0.0.1", 0, option="--port") as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_url_of_an_ipv6_address_has_brackets() -> None:
    try:
        listener = listen("::1", 0, option="--port")
    except CannotListen:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert url_of(listener).startswith("http://[::1]:")


def test_more_descriptors_do_not_make_a_listener_block_for_the_workers_that_share_it() -> None:
    """Case 186: the worker that takes the place of a killed one must not stop the others in `accept`."""
    with listen("127.0.0.1", 0, option="--port") as shared, socket.socket(fileno=os.dup(shared.fileno())) as given:
        assert given.gettimeout() is None  # as Python takes it
        more = known_again(given, 3)
        assert [os.get_blocking(one.fileno()) for one in (shared, given, *more)] == [False] * 5
        for one in more:
            one.close()
