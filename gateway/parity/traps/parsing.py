"""Q, J, F, C: what the two frameworks read out of one request."""

from __future__ import annotations

import re

from gateway.parity.cause import Cause
from gateway.parity.clues import Clues, repeated
from gateway.parity.difference import Difference, Part

_FALSE_WORDS = frozenset({b"false", b"0", b"no", b"off", b"f", b"n"})
_INTEGRAL = re.compile(rb"[+-]?\d+\.0*")
_LAX_TYPES = r"_type$|^int_|^float_|^bool_|^decimal_"
_CONSTANT = re.compile(rb"\b(NaN|Infinity)\b")
_PARSING_FAILED = "There was an error parsing the body"


def causes() -> tuple[Cause, ...]:
    """The groups, the more specific first."""
    return (*_bodies(), *_forms(), *_queries(), *_cookies())


def _bodies() -> tuple[Cause, ...]:
    return (
        Cause(
            "J5",
            "body.undecodable",
            "both answer 400 to a body that is not text; legacy with a page, v2 with JSON",
            "register legacy's error handler for 400",
            "errors.pages",
            recognise=lambda _, clues: clues.statuses == (400, 400) and _PARSING_FAILED in clues.v2.text,
        ),
        Cause(
            "J1",
            "body.malformed-json",
            "legacy answers 400 to a body that is not JSON, v2 422",
            "turn json_invalid and a missing body into 400",
            "errors.validation_as_400",
            recognise=lambda _, clues: (
                clues.legacy.status == 400 and clues.v2.complains("body", "^json_invalid$|^missing$") and not clues.form
            ),
        ),
        Cause(
            "J2",
            "body.media-type",
            "legacy answers 415 to JSON under another Content-Type, v2 422, or takes it",
            "check the Content-Type and raise 415",
            "errors.unsupported_media_type",
            recognise=lambda _, clues: clues.legacy.status == 415 and (clues.v2.status == 422 or clues.v2.ok),
        ),
        Cause(
            "J3",
            "body.missing-key",
            "legacy crashes with 500 when a key is missing, v2 answers 422",
            "an improvement: excuse it, or keep the 500 while clients rely on it",
            recognise=lambda _, clues: clues.legacy.status == 500 and clues.v2.complains("body", "^missing$"),
        ),
        Cause(
            "J6",
            "body.nan",
            "legacy reads and writes NaN, v2 fails with 500",
            "replace NaN by null before answering, as JSON has no such number",
            "json.nan",
            recognise=lambda _, clues: (
                clues.legacy.ok and clues.v2.status in {500, 0} and _CONSTANT.search(clues.body) is not None
            ),
        ),
        Cause(
            "J4",
            "body.lax-types",
            "legacy takes a value of another type as it is or converts it, v2 answers 422",
            "declare the type that legacy takes, such as `int | float | str | None`",
            "params.lax_types",
            recognise=lambda _, clues: clues.legacy.ok and not clues.form and clues.v2.complains("body", _LAX_TYPES),
        ),
    )


def _forms() -> tuple[Cause, ...]:
    return (
        Cause(
            "F5",
            "form.empty-file",
            "a file input left empty is a file without a name to legacy, and missing to v2",
            "declare the file as optional and treat None as the empty file",
            "params.empty_file",
            recognise=lambda _, clues: (
                clues.legacy.ok
                and any(field.filename == b"" for field in clues.form)
                and (clues.v2.complains("body") or clues.v2.ok)
            ),
        ),
        Cause(
            "F4",
            "form.too-many-parts",
            "legacy refuses more than 1000 parts with 413, and only of multipart; v2 with 400, whatever the form",
            "set max_fields and max_files of request.form()",
            "params.form_limits",
            recognise=lambda _, clues: (
                clues.v2.status == 400 and re.search("Too many (fields|files)", clues.v2.text) is not None
            ),
        ),
        Cause(
            "F3",
            "form.part-too-large",
            "legacy refuses a text part above 500 kB with 413; v2 takes it, or answers 400 above 1024 KB",
            "set max_part_size of request.form() and answer 413",
            "params.form_limits",
            recognise=lambda _, clues: (
                clues.media.type == "multipart/form-data"
                and clues.legacy.status == 413
                and (clues.v2.ok or clues.v2.status == 400)
            ),
        ),
        Cause(
            "F1",
            "form.empty-value",
            "an empty form value is the empty string to legacy, missing or null to v2",
            'give the parameter the default ""',
            "params.empty_values",
            recognise=_empty_form_value,
        ),
        Cause(
            "F2",
            "form.repeated-name",
            "of a form name given twice legacy takes the first value, v2 the last",
            "read the list and take its first element",
            "params.first_value",
            recognise=lambda found, clues: clues.both_ok and _is_body(found) and repeated(clues.form),
        ),
    )


def _queries() -> tuple[Cause, ...]:
    return (
        Cause(
            "Q2",
            "query.empty-value",
            "an empty parameter is none to legacy, and not a number to v2: 422",
            "turn the empty string into None before validation",
            "params.empty_values",
            recognise=lambda _, clues: _refused(clues, empty=True),
        ),
        Cause(
            "Q7",
            "query.missing",
            "legacy answers 400 when a parameter is missing, v2 422",
            "turn the complaint into 400",
            "errors.validation_as_400",
            recognise=lambda _, clues: clues.legacy.status == 400 and clues.v2.complains("query", "^missing$"),
        ),
        Cause(
            "Q1",
            "query.bad-value",
            "legacy takes the default for a parameter that it cannot read, v2 answers 422",
            "fall back to the default instead of refusing",
            "params.lax_query",
            recognise=lambda _, clues: _refused(clues, empty=False),
        ),
        Cause(
            "Q4",
            "query.boolean-words",
            "any text is true to legacy's type=bool, also false, 0 and no; v2 reads the words",
            "declare the parameter as str and test for the empty string",
            "params.bool_of_text",
            recognise=lambda found, clues: (
                clues.both_ok
                and (found.legacy, found.v2) == ("true", "false")
                and any(field.value.lower() in _FALSE_WORDS for field in clues.query)
            ),
        ),
        Cause(
            "Q6",
            "query.invalid-utf8",
            "legacy keeps an escape that is no UTF-8 as it was written, v2 replaces it by U+FFFD",
            "read the raw query and keep what does not decode",
            "params.invalid_utf8",
            recognise=lambda found, clues: (
                clues.both_ok and _is_body(found) and "\ufffd" in (found.v2 or "") and "%" in (found.legacy or "")
            ),
        ),
        Cause(
            "Q5",
            "query.integral-float",
            "1.0 is no integer to legacy, which takes the default, and 1 to v2",
            "accept digits only",
            "params.lax_query",
            recognise=lambda found, clues: (
                clues.both_ok
                and _is_body(found)
                and any(_INTEGRAL.fullmatch(field.value) is not None for field in clues.query)
            ),
        ),
        Cause(
            "Q3",
            "query.repeated-name",
            "of a parameter given twice legacy takes the first value, v2 the last",
            "read the list and take its first element",
            "params.first_value",
            recognise=lambda found, clues: clues.both_ok and _is_body(found) and repeated(clues.query),
        ),
    )


def _cookies() -> tuple[Cause, ...]:
    return (
        Cause(
            "C1",
            "cookie.parsing",
            "of a cookie given twice legacy takes the first, v2 the last; odd values and names are read differently",
            "parse the Cookie header as Werkzeug does",
            "params.cookies",
            recognise=lambda found, clues: clues.both_ok and _is_body(found) and _odd_cookies(clues.header("cookie")),
        ),
    )


def _is_body(found: Difference) -> bool:
    return found.part is Part.BODY


def _refused(clues: Clues, *, empty: bool) -> bool:
    return clues.legacy.ok and any(
        location[:1] == ("query",) and kind != "missing" and (given in {"", None}) is empty
        for kind, location, given in clues.v2.complaints
        if not isinstance(given, dict | list)
    )


def _empty_form_value(found: Difference, clues: Clues) -> bool:
    if not clues.legacy.ok or not any(field.value == b"" and field.filename is None for field in clues.form):
        return False
    return clues.v2.complains("body", "^missing$") or (found.legacy, found.v2) == ('""', "null")


def _odd_cookies(header: str) -> bool:
    names: set[str] = set()
    for part in filter(None, map(str.strip, header.split(";"))):
        name, equals, value = part.partition("=")
        if not equals or name in names or value.startswith(("{", "[", '"')) or "," in value:
            return True
        names.add(name)
    return False
