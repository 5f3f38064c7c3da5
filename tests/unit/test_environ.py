"""An environ without a bridge around it; what the bridge tells Flask is in backends/bridge/test_request.py."""

from __future__ import annotations

import io

import pytest

from gateway.environ import REQUEST_ID, EnvironBuilder
from gateway.errors import RequestRefused
from tests.support.asgi import a_scope


def a_builder() -> EnvironBuilder:
    return EnvironBuilder(multiprocess=False, errors=io.StringIO())


def test_an_environ_says_what_the_scope_says() -> None:
    scope = a_scope("POST", "/caf%C3%A9?a=1", [(b"host", b"staff.test"), (b"x-shade", b"a"), (b"x-shade", b"b")])
    scope["state"]["request_id"] = "r-1"
    environ = a_builder().build(scope)
    assert environ["PATH_INFO"] == "/caf\xc3\xa9"
    assert (environ["QUERY_STRING"], environ["REQUEST_METHOD"]) == ("a=1", "POST")
    assert (environ["HTTP_HOST"], environ["HTTP_X_SHADE"]) == ("staff.test", "a,b")
    assert (environ["REMOTE_ADDR"], environ[REQUEST_ID]) == ("192.0.2.7", "r-1")


def test_cookie_lines_are_joined_as_cookies() -> None:
    environ = a_builder().build(a_scope(headers=[(b"cookie", b"a=1"), (b"cookie", b"b=2")]))
    assert environ["HTTP_COOKIE"] == "a=1; b=2"


def test_a_file_wrapper_is_there_only_if_a_server_has_one() -> None:
    assert "wsgi.file_wrapper" not in a_builder().build(a_scope())
    with_one = EnvironBuilder(multiprocess=False, errors=io.StringIO(), file_wrapper=list)
    assert with_one.build(a_scope())["wsgi.file_wrapper"] is list


def test_two_hosts_are_refused() -> None:
    with pytest.raises(RequestRefused):
        a_builder().build(a_scope(headers=[(b"host", b"a"), (b"host", b"b")]))
