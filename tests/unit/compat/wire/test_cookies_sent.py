"""The Cookie header, compared with Flask itself."""

import pytest
from flask import Flask, request

from gateway.compat.wire.cookies_sent import cookies_of


@pytest.mark.parametrize(
    "line", ["x=1; x=2", 'x={"a": 1}; y=2', "k", "k; y=2", 'x="a\\054b"', "x=", "=x", "", 'x="\\303\\274"', "x=a=b"]
)
def test_cookies_are_read_as_flask_reads_them(line: str) -> None:
    with Flask("legacy").test_request_context("/", headers={"Cookie": line}):
        assert cookies_of([(b"cookie", line.encode())]) == request.cookies.to_dict()


def test_lines_are_one_header() -> None:
    assert cookies_of([(b"cookie", b"x=1"), (b"host", b"a"), (b"cookie", b"y=2; x=3")]) == {"x": "1", "y": "2"}
