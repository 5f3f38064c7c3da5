"""E, L, K, V, X: errors, redirects, cookies, Vary and files."""

from __future__ import annotations

from gateway.parity.cause import Cause, Severity
from gateway.parity.clues import Clues
from gateway.parity.difference import Difference, Kind, Part

_CLIENT_ERROR = range(400, 500)
_REDIRECT = range(300, 400)


def places() -> tuple[Cause, ...]:
    """What a single header says, and files."""
    return (*_cookies(), *_files())


def whole() -> tuple[Cause, ...]:
    """What a whole answer says: errors and redirects in general."""
    return (*_errors(), *_redirects())


def _cookies() -> tuple[Cause, ...]:
    return (
        Cause(
            "K1",
            "cookie.attributes",
            "v2 adds SameSite=lax, sends no Expires beside Max-Age, and escapes other values",
            'set_cookie(..., samesite=None, expires=...); FastAPI\'s default is "lax"',
            "cookies.attributes",
            Severity.WARN,
            _cookie_attribute,
        ),
        Cause(
            "V1",
            "vary.cookie",
            "legacy says Vary: Cookie when the session was read, v2 does not",
            "add Vary: Cookie wherever an answer depends on a cookie",
            "session.vary",
            Severity.WARN,
            lambda found, _: (
                found.part is Part.HEADER and found.location == "vary" and "cookie" in (found.legacy or "").lower()
            ),
        ),
    )


def _files() -> tuple[Cause, ...]:
    return (
        Cause(
            "X2",
            "file.ranges",
            "legacy answers 416 to several ranges or another unit, v2 206 or 400",
            "answer 416 yourself, or serve the file as Werkzeug does",
            "files.ranges",
            recognise=lambda _, clues: bool(clues.header("range")) and clues.statuses in {(416, 206), (416, 400)},
        ),
        Cause(
            "X3",
            "response.not-conditional",
            "legacy sends an ETag and answers 304 to it, v2 has neither",
            "set the ETag, and answer 304 when If-None-Match has it",
            "files.conditional",
            recognise=_not_conditional,
        ),
        Cause(
            "X1",
            "file.headers",
            "legacy sends a file with Cache-Control: no-cache and inline, and answers 304; FileResponse does not",
            "set Cache-Control and Content-Disposition, and answer If-None-Match",
            "files.send_file",
            recognise=_file,
        ),
    )


def _errors() -> tuple[Cause, ...]:
    return (
        Cause(
            "E3",
            "response.no-content-type",
            "a 204 has a Content-Type of its framework, although it has no content",
            "return Response(status_code=204)",
            "responses.no_content",
            Severity.WARN,
            lambda found, clues: clues.statuses == (204, 204) and found.location == "content-type",
        ),
        Cause(
            "E1",
            "error.body",
            'legacy sends its error page, v2 {"detail": ...}',
            "register legacy's error handlers",
            "errors.pages",
            recognise=_error_body,
        ),
        Cause(
            "E2",
            "error.unhandled",
            "both fail with 500; legacy with its page, v2 with plain text",
            "register an exception handler that sends legacy's page",
            "errors.pages",
            recognise=lambda found, clues: (
                clues.statuses == (500, 500)
                and clues.v2.media.type == "text/plain"
                and (found.part is Part.BODY or found.location == "content-type")
            ),
        ),
    )


def _redirects() -> tuple[Cause, ...]:
    return (
        Cause(
            "L1",
            "redirect.status",
            "legacy redirects with 302 and a page, v2 with 307 and nothing: a form is posted again",
            "RedirectResponse(url, status_code=302)",
            "responses.redirects",
            recognise=_redirect,
        ),
    )


def _cookie_attribute(found: Difference, _: Clues) -> bool:
    if found.part is not Part.HEADER or found.location != "set-cookie":
        return False
    given = (found.legacy or found.v2 or "").lower()
    if "; samesite" in given or "; expires" in given:
        return True
    # Werkzeug writes the UTF-8 of what is not ASCII in octal, Starlette the Latin-1 of it.
    return "\\3" in (found.legacy or "") and "\\3" in (found.v2 or "")


def _not_conditional(found: Difference, clues: Clues) -> bool:
    if not clues.legacy.header("etag") or clues.v2.header("etag"):
        return False
    asked = bool(clues.header("if-none-match") or clues.header("if-modified-since"))
    if clues.legacy.status == 304 and clues.v2.ok:
        return asked
    return found.location == "etag" and found.kind is Kind.REMOVED


def _file(found: Difference, clues: Clues) -> bool:
    if not clues.v2.header("etag") or not clues.legacy.header("etag"):
        return False
    if clues.legacy.status == 304 and clues.v2.ok:
        return True
    return found.location in {"cache-control", "content-disposition", "last-modified"}


def _error_body(found: Difference, clues: Clues) -> bool:
    status, other = clues.statuses
    if status != other or status not in _CLIENT_ERROR:
        return False
    sent = clues.v2.json
    if not isinstance(sent, dict) or set(sent) != {"detail"} or clues.legacy.json == sent:
        return False
    return found.part is Part.BODY or found.location == "content-type"


def _redirect(found: Difference, clues: Clues) -> bool:
    if clues.legacy.status not in _REDIRECT or clues.v2.status not in _REDIRECT:
        return False
    if not clues.legacy.location or not clues.v2.location:
        return False
    return found.part in {Part.STATUS, Part.BODY} or found.location == "content-type"
