"""R: what is answered by which route, and what is answered when there is none."""

from __future__ import annotations

import re

from gateway.parity.cause import Cause
from gateway.parity.clues import Clues
from gateway.parity.difference import Difference, Part

_LAX_INTEGER = re.compile(r"\s*[+-]?\d+(_\d+)*(\.0+)?\s*")
_STRICT_INTEGER = re.compile(r"\d+")
_STRICT_FLOAT = re.compile(r"\d+\.\d+")
_LAX_FLOAT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)", re.IGNORECASE)
_LAX_UUID = re.compile(r"(urn:uuid:)?(\{[0-9a-f-]{32,36}\}|[0-9a-f]{32})", re.IGNORECASE)
_OWN_PAGES = frozenset({"/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"})


def causes() -> tuple[Cause, ...]:
    """The group, the more specific first."""
    return (
        Cause(
            "R1",
            "routing.slash-redirect",
            "legacy adds the missing slash with a 308 and a page, v2 with a 307 and nothing",
            "declare the path with its slash and redirect with 308, or include the compat switch",
            "routing.slash_redirect",
            recognise=_slash_added,
        ),
        Cause(
            "R2",
            "routing.slash-removed",
            "legacy answers 404 for a slash too many, v2 redirects with 307",
            "FastAPI(redirect_slashes=False)",
            "routing.strict_slashes",
            recognise=_slash_removed,
        ),
        Cause(
            "R3",
            "method.head-not-allowed",
            "legacy answers HEAD wherever it answers GET, v2 405",
            'declare methods=["GET", "HEAD"]',
            "routing.head",
            recognise=lambda _, clues: clues.request.method == "HEAD" and clues.v2.status == 405 != clues.legacy.status,
        ),
        Cause(
            "R4",
            "method.options-not-automatic",
            "legacy answers OPTIONS with 200 and Allow, v2 405",
            "add an OPTIONS handler that lists the path's methods",
            "routing.options",
            recognise=lambda _, clues: (
                clues.request.method == "OPTIONS" and clues.v2.status == 405 != clues.legacy.status
            ),
        ),
        Cause(
            "R5",
            "method.not-allowed-answer",
            "both answer 405; legacy with a page, and HEAD and OPTIONS in Allow, v2 with JSON",
            "register legacy's error handler for 405",
            "errors.pages",
            recognise=lambda found, clues: clues.statuses == (405, 405) and _is_at(found, "allow", "content-type"),
        ),
        Cause(
            "R6",
            "routing.declaration-order",
            "legacy takes the most specific route, v2 the first that was declared",
            "declare the fixed path before the one with the parameter",
            recognise=lambda _, clues: clues.legacy.ok and clues.v2.complains("path"),
        ),
        Cause(
            "R7c",
            "path.uuid-converter",
            "legacy takes UUIDs in one form only and answers 404 to others, v2 takes 32 digits, braces and urn:uuid:",
            "match the segment against legacy's pattern and raise 404",
            "params.path_converters",
            recognise=lambda _, clues: _converter(clues, "uuid", _is_lax_uuid),
        ),
        Cause(
            "R7b",
            "path.float-converter",
            "legacy takes digits, a point and digits and answers 404 to the rest, v2 whatever Python reads as a float",
            "match the segment against legacy's pattern and raise 404",
            "params.path_converters",
            recognise=lambda _, clues: _converter(clues, "float", _is_lax_float, crash=True),
        ),
        Cause(
            "R7",
            "path.int-converter",
            "legacy takes digits and answers 404 to the rest, v2 reads more as an integer and answers 422 to the rest",
            "match the segment against legacy's pattern and raise 404",
            "params.path_converters",
            recognise=lambda _, clues: _converter(clues, "int", _is_lax_integer),
        ),
        Cause(
            "R7e",
            "path.double-slash",
            "legacy takes several slashes at the start for one, v2 answers 404",
            "collapse them before routing; behind the gateway this is done for both",
            "routing.merge_slashes",
            recognise=lambda _, clues: (
                clues.request.path.startswith("//") and clues.v2.status == 404 != clues.legacy.status
            ),
        ),
        Cause(
            "R7d",
            "path.empty-rest",
            "legacy's <path:rest> needs something and answers 404 without, v2 takes the empty string",
            "raise 404 when the parameter is empty",
            "params.path_converters",
            recognise=lambda _, clues: clues.legacy.status == 404 and clues.v2.ok and clues.segments[-1:] == [""],
        ),
        Cause(
            "R10",
            "routing.framework-pages",
            "v2 answers the path with a page of FastAPI's own",
            "FastAPI(docs_url=None, redoc_url=None, openapi_url=None), or give them other paths",
            recognise=_framework_page,
        ),
        Cause(
            "R8",
            "routing.defaults-redirect",
            "legacy redirects what a rule's defaults= make redundant to the short path, v2 answers it",
            "redirect with 308 when the parameter has its default",
            "routing.defaults_redirect",
            recognise=lambda _, clues: (
                clues.legacy.status == 308
                and clues.v2.status != 308
                and bool(clues.legacy.location)
                and clues.request.path.startswith(clues.legacy.location)
                and len(clues.legacy.location) < len(clues.request.path)
            ),
        ),
        Cause(
            "R9",
            "location.mount-prefix",
            "legacy is mounted below a prefix and puts it into its links, v2 does not",
            "give v2 the same root_path, or build the link with url_for",
            recognise=_mount_prefix,
        ),
        Cause(
            "R11",
            "routing.mount-catches-all",
            "a Flask app mounted at / answers what v2 has no route or method for; both answers are legacy's",
            "nothing: the map decides by method, and the gateway mounts nothing",
        ),
        Cause(
            "R12",
            "routing.no-fallthrough",
            "a request that v2 refuses does not fall through to legacy; it is seen as query.* or body.*",
            "see the cause of the refusal, such as Q1",
        ),
    )


def _is_at(found: Difference, *headers: str) -> bool:
    return found.part is Part.BODY or (found.part is Part.HEADER and found.location in headers)


def _slash_added(_: Difference, clues: Clues) -> bool:
    wanted = clues.request.path + "/"
    return clues.statuses == (308, 307) and clues.legacy.location.endswith(wanted)


def _slash_removed(_: Difference, clues: Clues) -> bool:
    path = clues.request.path
    return clues.statuses == (404, 307) and path.endswith("/") and clues.v2.location == path.rstrip("/")


def _converter(clues: Clues, kind: str, is_lax: object, *, crash: bool = False) -> bool:
    """A 404 of legacy's where v2 answers, complains of that type, or (`nan`) cannot write its answer."""
    if clues.legacy.status != 404:
        return False
    if clues.v2.complains("path", f"^{kind}_"):
        return True
    answers = clues.v2.ok or (crash and clues.v2.status == 500)
    return answers and callable(is_lax) and any(map(is_lax, clues.segments))


def _is_lax_integer(segment: str) -> bool:
    return bool(_LAX_INTEGER.fullmatch(segment) and not _STRICT_INTEGER.fullmatch(segment))


def _is_lax_float(segment: str) -> bool:
    """What is a float to Python, and neither to Flask, nor an integer to either of them."""
    return bool(
        _LAX_FLOAT.fullmatch(segment) and not _STRICT_FLOAT.fullmatch(segment) and not _LAX_INTEGER.fullmatch(segment)
    )


def _is_lax_uuid(segment: str) -> bool:
    return _LAX_UUID.fullmatch(segment) is not None


def _framework_page(_: Difference, clues: Clues) -> bool:
    if clues.request.path not in _OWN_PAGES or not clues.v2.ok:
        return False
    page = clues.v2.json
    return (isinstance(page, dict) and "openapi" in page) or "swagger" in clues.v2.text or "redoc" in clues.v2.text


def _mount_prefix(found: Difference, clues: Clues) -> bool:
    if found.location != "location":
        return False
    ours, theirs = clues.legacy.location, clues.v2.location
    return (
        ours.endswith(theirs)
        and theirs.startswith("/")
        and re.fullmatch(r"/[^/]+", ours.removesuffix(theirs)) is not None
    )
