"""S, D, N, M: what becomes of the value that a handler returns."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from gateway.parity.cause import Cause, Severity
from gateway.parity.clues import Clues
from gateway.parity.dates import HTTP_DATE, ISO_DATE, ISO_DATETIME, are_the_same
from gateway.parity.difference import Difference, Kind, Part

_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")
_DURATION = re.compile(r"-?P(\d+D)?(T(\d+H)?(\d+M)?([\d.]+S)?)?")
_CONSTANT = re.compile(rb"(?<![\w\"])-?(NaN|Infinity)(?![\w\"])")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_PAIRED = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?")


def places() -> tuple[Cause, ...]:
    """What a single value says: a date, a decimal."""
    return (*_dates(), *_decimals())


def whole() -> tuple[Cause, ...]:
    """What a whole answer says."""
    return (*_constants(), *_shapes(), *_models())


def _dates() -> tuple[Cause, ...]:
    return (
        Cause(
            "D4",
            "json.date-format",
            "legacy sends a date as an HTTP date at midnight, v2 as ISO 8601",
            "serialise dates with werkzeug.http.http_date",
            "json.http_dates",
            recognise=lambda found, _: _is_date(found, "date"),
        ),
        Cause(
            "D2",
            "json.datetime-utc-format",
            "legacy sends a UTC time as an HTTP date, v2 as ISO 8601 with Z or +00:00",
            "serialise datetimes with werkzeug.http.http_date",
            "json.http_dates",
            recognise=lambda found, _: _is_date(found, "utc"),
        ),
        Cause(
            "D3",
            "json.datetime-offset-format",
            "legacy sends a time with an offset as an HTTP date in GMT, v2 as ISO 8601 with the offset",
            "serialise datetimes with werkzeug.http.http_date",
            "json.http_dates",
            recognise=lambda found, _: _is_date(found, "offset"),
        ),
        Cause(
            "D1",
            "json.datetime-format",
            "legacy sends an HTTP date, v2 ISO 8601",
            "serialise datetimes with werkzeug.http.http_date",
            "json.http_dates",
            recognise=lambda found, _: _is_date(found, "naive"),
        ),
    )


def _decimals() -> tuple[Cause, ...]:
    return (
        Cause(
            "N1",
            "json.decimal-as-number",
            "legacy sends a Decimal as text, exactly; v2 as a number, which loses digits",
            "annotate the field as a model's Decimal, or serialise it with str",
            "json.decimal_as_text",
            recognise=_decimal,
        ),
    )


def _constants() -> tuple[Cause, ...]:
    return (
        Cause(
            "D5",
            "json.no-legacy-encoding",
            "legacy has no JSON for a time, a timedelta, an Enum, a set or bytes and answers 500, v2 has",
            "an improvement: excuse it; or raise the same error while clients rely on it",
            recognise=_legacy_cannot_write,
        ),
        Cause(
            "N2",
            "json.nan",
            "legacy writes NaN and Infinity, which is not JSON; v2 fails with 500, or writes null",
            "send null from both, or reproduce the constants",
            "json.nan",
            recognise=_constant,
        ),
        Cause(
            "N5",
            "json.lone-surrogate",
            "legacy escapes half of a surrogate pair, v2 fails with 500",
            "write JSON with ensure_ascii=True",
            "json.ascii",
            recognise=lambda _, clues: (
                clues.legacy.ok
                and clues.v2.status in {500, 0}
                and _SURROGATE.search(_PAIRED.sub(b"", clues.legacy.body)) is not None
            ),
        ),
        Cause(
            "N4",
            "json.mixed-keys",
            "legacy cannot sort keys of different types and answers 500, v2 writes them",
            "an improvement: excuse it, or make the keys text on both sides",
            recognise=lambda _, clues: clues.legacy.status == 500 and clues.v2.ok and _has_mixed_keys(clues.v2.json),
        ),
        Cause(
            "N3",
            "json.number-repr",
            "the same number written in another way, such as 1e-07 and 1e-7",
            "nothing: numbers are compared by value",
            severity=Severity.NONE,
        ),
    )


def _shapes() -> tuple[Cause, ...]:
    return (
        Cause(
            "S5",
            "response.empty-text-as-json",
            "legacy sends an empty page, v2 the JSON text of two quotation marks",
            "return Response() or response_class=HTMLResponse",
            "responses.text",
            recognise=lambda _, clues: clues.both_ok and not clues.legacy.body and clues.v2.json == "",
        ),
        Cause(
            "S2",
            "response.text-as-json",
            "legacy sends text as a page, v2 as a JSON string in quotation marks",
            "declare response_class=HTMLResponse or PlainTextResponse",
            "responses.text",
            recognise=lambda _, clues: (
                clues.both_ok
                and clues.legacy.media.is_text
                and isinstance(clues.v2.json, str)
                and clues.v2.json == clues.legacy.text
            ),
        ),
        Cause(
            "S3",
            "response.tuple-as-list",
            "legacy reads a tuple as body, status and headers, v2 sends it as a JSON array",
            "return JSONResponse(body, status_code=..., headers=...), or declare status_code=",
            "responses.tuples",
            recognise=_tuple,
        ),
        Cause(
            "S6",
            "response.generator-as-list",
            "legacy streams what a generator yields as text, v2 collects it into a JSON array",
            "return StreamingResponse(generator, media_type=...)",
            "responses.streams",
            recognise=lambda _, clues: (
                clues.both_ok
                and not clues.legacy.media.is_json
                and isinstance(clues.v2.json, list)
                and all(isinstance(piece, str) for piece in clues.v2.json)
                and "".join(clues.v2.json) == clues.legacy.text
            ),
        ),
        Cause(
            "S4",
            "response.scalar",
            "legacy cannot answer with None or a number and fails with 500, v2 sends it as JSON",
            "an improvement: excuse it",
            recognise=lambda _, clues: (
                clues.legacy.status == 500
                and clues.v2.ok
                and (clues.v2.json is None or isinstance(clues.v2.json, bytes | bool))
            ),
        ),
        Cause(
            "S1",
            "json.text-form",
            "legacy sorts keys, escapes what is not ASCII and ends with a line break, v2 does not",
            "nothing: JSON is compared by value; use the switch for clients that compare text or hashes",
            "json.text_form",
            severity=Severity.NONE,
        ),
    )


def _models() -> tuple[Cause, ...]:
    return (
        Cause(
            "M1",
            "model.members",
            "v2 drops members that its response model does not name, or adds defaults and nulls",
            "name every member in the model, and set response_model_exclude_unset=True",
            recognise=lambda found, clues: (
                clues.both_ok
                and found.part is Part.BODY
                and found.kind in {Kind.ADDED, Kind.REMOVED}
                and bool(found.location)
                and not found.location.rsplit("/", 1)[-1].isdigit()
            ),
        ),
    )


def _unquoted(shown: str | None) -> str | None:
    """The text of a shown JSON string, such as `"Sun, 05 Jan 2025 10:00:00 GMT"`."""
    if shown is None or len(shown) < 2 or shown[0] != '"' or shown[-1] != '"':
        return None
    return shown[1:-1]


def _is_date(found: Difference, form: str) -> bool:
    if found.part is not Part.BODY or found.kind is not Kind.CHANGED:
        return False
    ours, theirs = _unquoted(found.legacy), _unquoted(found.v2)
    if ours is None or theirs is None or not HTTP_DATE.fullmatch(ours) or not are_the_same(ours, theirs):
        return False
    return _form(theirs) == form


def _form(text: str) -> str:
    if ISO_DATE.fullmatch(text):
        return "date"
    if not ISO_DATETIME.fullmatch(text):
        return ""
    zone = re.search(r"(Z|[+-]\d\d:?\d\d)$", text[10:])
    if zone is None:
        return "naive"
    return "utc" if zone[0] in {"Z", "+00:00", "+0000"} else "offset"


def _legacy_cannot_write(_: Difference, clues: Clues) -> bool:
    """Only what is unmistakable: a time or a duration. A set cannot be told from a list."""
    if clues.legacy.status != 500 or not clues.v2.ok:
        return False
    return any(isinstance(one, str) and _is_time(one) for one in _members(clues.v2.json))


def _is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None or (len(text) > 2 and _DURATION.fullmatch(text) is not None)


def _decimal(found: Difference, _: Clues) -> bool:
    if found.part is not Part.BODY or found.kind is not Kind.TYPE:
        return False
    text, number = _unquoted(found.legacy), found.v2 or ""
    if text is None or not _NUMBER.fullmatch(text) or not _NUMBER.fullmatch(number):
        return False
    try:
        return Decimal(text) == Decimal(number) or float(text) == float(number)
    except (InvalidOperation, OverflowError):
        return False


def _constant(found: Difference, clues: Clues) -> bool:
    if found.part is Part.BODY and (found.legacy or "").lstrip("-") in {"NaN", "Infinity"}:
        return True
    crashed = clues.legacy.ok and clues.legacy.media.is_json and clues.v2.status in {500, 0}
    return crashed and _CONSTANT.search(clues.legacy.body) is not None


def _has_mixed_keys(value: object) -> bool:
    return any(0 < sum(map(_is_integer, one)) < len(one) for one in _members(value) if isinstance(one, dict))


def _is_integer(name: str) -> bool:
    return re.fullmatch(r"-?\d+", name) is not None


def _members(value: object) -> Iterator[object]:
    """The value and what is in it, a thousand at most: what a crash is about is seldom far down."""
    waiting = deque([value])
    for _ in range(1000):
        if not waiting:
            return
        one = waiting.popleft()
        yield one
        waiting.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())


def _tuple(found: Difference, clues: Clues) -> bool:
    if found.part is Part.BODY and found.location:  # no need to read a body again for each of its members
        return False
    sent = clues.v2.json
    if not isinstance(sent, list) or len(sent) not in {2, 3} or not clues.v2.ok:
        return False
    same_body = sent[0] == clues.legacy.json or (isinstance(sent[0], str) and sent[0] == clues.legacy.text)
    return same_body and (
        json.dumps(clues.legacy.status).encode() in sent[1:] or any(isinstance(one, dict) for one in sent[1:])
    )
