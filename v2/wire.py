"""Flask's wire format: what clients of the legacy application have come to rely on.

JSON with sorted keys, non-ASCII escaped and one newline at the end; times as HTTP dates; Decimal as text; query
parameters where the first of several counts and an integer that is none counts as absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, PlainSerializer
from starlette.requests import HTTPConnection


class JSON(JSONResponse):
    """A JSON answer as Flask writes it."""

    def render(self, content: Any) -> bytes:
        return (json.dumps(content, sort_keys=True, separators=(",", ":")) + "\n").encode("ascii")


class Model(BaseModel):
    """A JSON object with these members, of these types, and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def http_date(moment: datetime) -> str:
    """`Sun, 06 Nov 1994 08:49:37 GMT`. A time without a zone is in UTC; parts of a second are lost."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return format_datetime(moment, usegmt=True)


def _midnight(day: date) -> str:
    return http_date(datetime.combine(day, time()))


HttpDate = Annotated[datetime, PlainSerializer(http_date, return_type=str)]
HttpDay = Annotated[date, PlainSerializer(_midnight, return_type=str)]


def path_segment(text: str) -> str:
    """Text as `url_for` writes it into a path."""
    return quote(text, safe="!$&'()*+,/:;=@")


def url_with(path: str, arguments: Mapping[str, str | int]) -> str:
    """A relative URL as `url_for` writes it."""
    query = urlencode(arguments, safe="!$'()*,/:;?@")
    return f"{path}?{query}"


def header(connection: HTTPConnection, name: str) -> str:
    """A header as WSGI shows it: repeated lines joined, empty when it is absent."""
    return ",".join(connection.headers.getlist(name))


class Arguments:
    """The query parameters, read as `flask.request.args`."""

    def __init__(self, query: bytes) -> None:
        pairs = parse_qsl(query.decode(), keep_blank_values=True, errors="surrogateescape")
        self._first: dict[str, str] = {}
        for name, value in pairs:
            self._first.setdefault(_requoted(name), _requoted(value))

    def text(self, name: str) -> str | None:
        """The first value of that name."""
        return self._first.get(name)

    def integer(self, name: str, default: int) -> int:
        """The first value, if it is an integer; else the default."""
        try:
            return int(self._first[name])
        except (KeyError, ValueError):
            return default

    def number(self, name: str, default: float) -> float:
        """The first value, if it is a number; else the default."""
        try:
            return float(self._first[name])
        except (KeyError, ValueError):
            return default

    def as_dict(self) -> dict[str, str]:
        """The first value of each name, in the order of the query."""
        return dict(self._first)


def _requoted(text: str) -> str:
    """Bytes that are no UTF-8 stay percent-encoded."""
    return re.sub("[\udc80-\udcff]", lambda found: f"%{ord(found[0]) - 0xDC00:02X}", text)


async def _arguments(connection: HTTPConnection) -> Arguments:  # a plain function would be run in a thread
    return Arguments(connection.scope["query_string"])


Args = Annotated[Arguments, Depends(_arguments)]
