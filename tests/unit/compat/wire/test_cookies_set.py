"""Set-Cookie: what Starlette writes becomes what Flask writes, and Flask's own stays as it is."""

from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.responses import Response
from werkzeug.http import dump_cookie

from gateway.compat.wire.cookies_set import rewritten

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def lines(response: Response) -> list[str]:
    headers = rewritten(response.raw_headers) or response.raw_headers
    return [value.decode("latin-1") for name, value in headers if name == b"set-cookie"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"value": "1"},
        {"value": "ü"},
        {"value": "a b;c"},
        {"value": 'say "x"'},
        {"value": "1", "path": "/shop", "domain": "shop.test"},
        {"value": "1", "secure": True, "httponly": True},
        {"value": "1", "expires": LATER},
        {"value": "1", "samesite": "strict"},
        {"value": "1", "samesite": "none", "secure": True},
        {"value": "1", "path": None},
    ],
    ids=str,
)
def test_a_cookie_of_starlettes_becomes_flasks(options: dict[str, Any]) -> None:
    response = Response()
    response.set_cookie("a", **options)
    assert lines(response) == [dump_cookie("a", **{"value": "", "path": "/", **options})]


def test_an_age_gets_its_date() -> None:
    response = Response()
    response.set_cookie("a", "1", max_age=60)
    [line] = lines(response)
    assert "Max-Age=60" in line
    expires = datetime.strptime(line.split("Expires=")[1].split(";")[0], "%a, %d %b %Y %H:%M:%S GMT")  # noqa: DTZ007
    assert 55 <= (expires.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() <= 60


def test_a_deleted_cookie_ends_in_1970() -> None:
    response = Response()
    response.delete_cookie("a", path="/shop")
    assert lines(response) == ["a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/shop"]


@pytest.mark.parametrize(
    "options",
    [
        {"value": "1"},
        {"value": "ü€"},
        {"value": "1", "samesite": "Lax", "secure": True, "httponly": True, "max_age": 60, "domain": "shop.test"},
        {"value": "", "max_age": 0, "expires": 0},
        {"value": "1", "partitioned": True},
    ],
    ids=str,
)
def test_what_werkzeug_wrote_stays(options: dict[str, Any]) -> None:
    line = dump_cookie("session", **options)
    assert rewritten([(b"set-cookie", line.encode("latin-1"))]) is None


def test_what_is_no_cookie_and_other_headers_stay() -> None:
    assert rewritten([(b"set-cookie", b"=;;"), (b"set-cookie", b"a@b=1"), (b"x-a", b"a=1; SameSite=lax")]) is None
