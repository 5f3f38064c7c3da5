"""What a Flask view may return beside a dict: tuples of body, status and headers, text, and iterators. Pure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.utils import get_content_type

if TYPE_CHECKING:
    from flask import Flask

PAGE = "text/html; charset=utf-8"
"""The Content-Type of whatever a view says nothing about."""

Lines = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A returned tuple, taken apart. `status` is None where the tuple says none; `headers` are as they were given."""

    body: Any
    status: int | None = None
    headers: Any = None

    def with_headers(self, lines: Lines) -> Lines:
        """The headers of an answer with those of the tuple.

        A page is made with them, all of them. Any other answer is there already: of a name that is in a list of pairs
        twice the last counts, and a mapping's list gives each of its values.
        """
        made = Headers(lines)
        if is_page(self.body) or is_stream(self.body):
            given = Headers(self.headers)
            made = Headers(line for line in lines if line[0].lower() not in given)
            made.extend(given)
        else:
            made.update(self.headers)
        return [(name, str(value)) for name, value in made]


def taken_apart(value: Any) -> Shape | None:
    """`(body, status)`, `(body, headers)` or `(body, status, headers)` as Flask reads them; None for anything else."""
    if not isinstance(value, tuple):
        return None
    status: Any = None
    headers: Any = None
    match value:
        case (body, status, headers):
            pass
        case (body, list() | tuple() | Mapping() | Headers() as headers):
            pass
        case (body, status):
            pass
        case _:
            return None
    if status is not None and (number := _status(status)) is None:
        return None
    return Shape(body, None if status is None else number, headers)


def page_type(legacy: Flask | None) -> str | None:
    """The Content-Type of whatever a view says nothing about: `PAGE`, or what the application's own responses have."""
    if legacy is None:
        return PAGE
    mimetype = legacy.response_class.default_mimetype
    return None if mimetype is None else get_content_type(mimetype, "utf-8")


def is_page(value: Any) -> bool:
    """Whether Flask sends the value as it is, as a page."""
    return isinstance(value, str | bytes | bytearray)


def is_stream(value: Any) -> bool:
    """Whether Flask streams the value: generators and other iterators; asynchronous ones too, which only v2 has."""
    return isinstance(value, Iterator | AsyncIterator)


def _status(given: Any) -> int | None:
    """201, HTTPStatus.CREATED, "201" or "201 CREATED"."""
    if isinstance(given, int) and not isinstance(given, bool):
        return int(given)
    number = given.split(" ", 1)[0] if isinstance(given, str) else ""
    return int(number) if number.isdecimal() and int(number) in range(HTTPStatus.CONTINUE, 1000) else None
