"""What FastAPI's errors are in Werkzeug's words: which exception legacy would have raised. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from werkzeug import exceptions

_PARSING_FAILED = "There was an error parsing the body"
_OWN = frozenset({"content-type", "content-length", "allow"})


class Refused(HTTPException):
    """An answer of Werkzeug's that a switch raises: an error, or a redirect.

    Routes of `FlaskRoute` send legacy's page for it, other routes what FastAPI has for its status.
    """

    def __init__(self, error: exceptions.HTTPException) -> None:
        self.error = error
        super().__init__(error.code or HTTPStatus.INTERNAL_SERVER_ERROR, headers=_headers(error))


def of_http_exception(error: HTTPException, allow: Iterable[str] = ()) -> exceptions.HTTPException | None:
    """Legacy's exception for one of FastAPI's; None where legacy has nothing like it, such as a `detail` with members.

    `allow` are the methods that a 405 names.
    """
    if isinstance(error, Refused):
        return error.error
    if error.status_code < HTTPStatus.BAD_REQUEST or not isinstance(error.detail, str):
        return None
    description = None if error.detail in {_phrase(error.status_code), _PARSING_FAILED} else error.detail
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return exceptions.MethodNotAllowed(list(allow), description)
    known = exceptions.default_exceptions.get(error.status_code)
    if known is not None:
        return known(description)
    made = exceptions.HTTPException(description or "")
    made.code = error.status_code
    return made


def extra_headers(error: HTTPException) -> dict[str, str]:
    """The headers of an error that its page does not have by itself."""
    given: Mapping[str, str] = error.headers or {}
    return {name: value for name, value in given.items() if name.lower() not in _OWN}


def with_headers(error: exceptions.HTTPException, extra: Mapping[str, str]) -> exceptions.HTTPException:
    """The same exception, whose own page has these headers too: a handler that writes another page decides itself."""
    if extra:
        names, own = {name.lower() for name in extra}, error.get_headers

        def get_headers(*asked: Any, **how: Any) -> list[tuple[str, str]]:
            return [*(line for line in own(*asked, **how) if line[0].lower() not in names), *extra.items()]

        error.get_headers = get_headers  # type: ignore[method-assign]  # one exception, not its class
    return error


def of_complaints(complaints: Iterable[Mapping[str, Any]]) -> exceptions.HTTPException | None:
    """Legacy's 400 for what FastAPI answers with 422. None for a path that does not fit: that is no 400 in Flask."""
    places = [(tuple(one["loc"]), one["type"]) for one in complaints]
    if any(place[:1] == ("path",) for place, _ in places):
        return None
    for place, kind in places:
        if kind == "missing" and len(place) > 1:
            return exceptions.BadRequestKeyError(str(place[-1]))
    return exceptions.BadRequest()


def is_json(content_type: str) -> bool:
    """Whether Flask reads the body as JSON: `application/json` and what ends in `+json`."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == "application/json" or (media_type.startswith("application/") and media_type.endswith("+json"))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _headers(error: exceptions.HTTPException) -> dict[str, str]:
    url = getattr(error, "new_url", None)
    return {"location": url} if isinstance(url, str) else {}
