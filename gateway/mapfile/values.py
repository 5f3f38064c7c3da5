"""The values of the map: one type each, with an error that says what to write, and its pattern for editors."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Annotated, Literal
from urllib.parse import urlsplit

import jsonpath_rfc9535
from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

from gateway.mapfile.units import DURATION, PERCENT, SIZE, BadValue, day, seconds, share, shown, size
from gateway.routing.mode import Mode
from gateway.routing.route import FallbackTrigger, Sticky, StickyKind

IMPORT_STRING = r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_][\w.]*(\(\))?$"
ROUTE_ID = r"^(?!__|\.{1,2}$)[A-Za-z0-9_.-]{1,128}$"  # `/routes/..` would be another address
STICKY = r"^(client|(cookie|header):[!#$%&'*+.^_`|~0-9A-Za-z-]+)$"
METHOD = r"^[A-Z][A-Z0-9!#$%&'*+.^_`|~-]*$"
TOKEN = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"  # noqa: S105 -- RFC 9110's word for a header's name


def sticky_of(written: str) -> Sticky:
    """`cookie:session` -> Sticky(COOKIE, "session"). Header names are in lower case. Expects a checked value."""
    kind, _, name = written.partition(":")
    return Sticky(StickyKind(kind), name.lower() if kind == StickyKind.HEADER else name)


def _matching(pattern: str, noun: str, hint: str, written: object) -> str:
    if not isinstance(written, str):
        raise BadValue(f"{shown(written)} is not text", f'put it in quotes: "{shown(written).strip("`")}"')
    if not re.fullmatch(pattern, written):
        raise BadValue(f"{shown(written)} is not {noun}", hint)
    return written


def _text(pattern: str, noun: str, hint: str) -> BeforeValidator:
    return BeforeValidator(partial(_matching, pattern, noun, hint))


def _string(pattern: str, **more: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, **more})


def _method(written: object) -> str:
    if isinstance(written, str) and written != written.upper():
        raise BadValue(f"{shown(written)} is not a method: methods are in capitals", f"write {written.upper()}")
    return _matching(METHOD, "a method", "write GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS", written)


def _url(written: object) -> str:
    hint = 'write scheme, host and port only, such as "http://10.0.0.5:5000"'
    text = _matching(r"^https?://[^\s/?#@]+/?$", "the address of a server", hint, written)
    try:
        port = urlsplit(text).port
    except ValueError:
        port = 0
    if port == 0 or not urlsplit(text).hostname:
        raise BadValue(f"{shown(written)} has no usable host and port", hint)
    return text.rstrip("/")


def _json_path(written: object) -> str:
    text = _matching(r"^\$[\s\S]*$", "a JSON path", "begin it with $, as in $.meta.generated_at", written)
    try:
        jsonpath_rfc9535.compile(text)
    except (jsonpath_rfc9535.JSONPathError, RecursionError) as error:
        raise BadValue(f"{shown(written)} is not a JSON path: {error}", "write one of RFC 9535") from None
    return text


def _timeout(written: object) -> float:
    value = seconds(written)
    if not 0 < value <= LONGEST_TIMEOUT:
        raise BadValue(f"{shown(written)} is no time to wait", "write a duration from 1ms to 1h")
    return value


LONGEST_TIMEOUT = 3600.0

Duration = Annotated[float, BeforeValidator(_timeout), _string(DURATION)]
Percent = Annotated[float, BeforeValidator(share), _string(PERCENT)]
Size = Annotated[int, BeforeValidator(size), _string(SIZE)]
Day = Annotated[date, BeforeValidator(day), _string(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", format="date")]
Url = Annotated[str, BeforeValidator(_url), _string("^https?://")]
JsonPath = Annotated[str, BeforeValidator(_json_path), _string(r"^\$")]
ImportString = Annotated[
    str,
    _text(IMPORT_STRING, "an application", 'write "module:attribute" or "module:factory()"'),
    _string(IMPORT_STRING),
]
RouteId = Annotated[
    str,
    _text(
        ROUTE_ID, "an id", "write letters, digits, . _ and -, at most 128, not beginning with __, and not . or .. alone"
    ),
    _string(ROUTE_ID),
]
HeaderName = Annotated[
    str,
    _text(TOKEN, "a header's name", "write the name alone, such as Last-Modified"),
    _string(TOKEN),
]
StickyKey = Annotated[
    str,
    _text(STICKY, "a sticky key", "write client, cookie:NAME or header:NAME"),
    _string(STICKY),
]
Template = Annotated[str, _text(r"/[\s\S]*", "a path template", "begin it with /"), _string("^/")]
Reason = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Ratio = Annotated[float, Field(gt=0, le=1000)]
Method = Annotated[str, BeforeValidator(_method), _string(METHOD)]
Methods = Annotated[tuple[Method, ...], Field(strict=False, min_length=1)]
AnyMode = Annotated[Mode, Field(strict=False)]
Trigger = Annotated[FallbackTrigger, Field(strict=False)]
HeaderComparison = Literal["exact", "tokens", "presence"]
HtmlNormaliser = Literal["whitespace", "csrf", "nonce"]

Loose = Field(strict=False)
"""On a tuple: the file has a list there."""
