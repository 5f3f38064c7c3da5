"""Set-Cookie as Werkzeug writes it, where Starlette wrote it with its own defaults."""

from __future__ import annotations

from http.cookies import CookieError, Morsel, SimpleCookie

from werkzeug.http import dump_cookie

RawHeaders = list[tuple[bytes, bytes]]


def rewritten(headers: RawHeaders) -> RawHeaders | None:
    """The headers with Werkzeug's cookies; None where nothing changes.

    `SameSite=lax` in small letters is Starlette's default, and goes; what the legacy application or an author wrote
    (`SameSite=Lax`, `strict`, `none`) stays. What Werkzeug wrote comes out as it was.
    """
    made = [(name, _rewritten(value) if name == b"set-cookie" else value) for name, value in headers]
    return None if made == headers else made


def _rewritten(line: bytes) -> bytes:
    cookie: SimpleCookie = SimpleCookie()
    try:
        cookie.load(line.decode("latin-1"))
    except CookieError:
        return line
    if len(cookie) != 1:  # with an attribute that this Python does not know
        return line
    morsel = next(iter(cookie.values()))
    return dump_cookie(
        morsel.key,
        _text(morsel.value),
        max_age=int(morsel["max-age"]) if str(morsel["max-age"]).lstrip("-").isdecimal() else None,
        expires=_expires(morsel),
        path=morsel["path"] or None,
        domain=morsel["domain"] or None,
        secure=bool(morsel["secure"]),
        httponly=bool(morsel["httponly"]),
        samesite=None if morsel["samesite"] in {"", "lax"} else morsel["samesite"],
    ).encode("latin-1")


def _expires(morsel: Morsel[str]) -> str | int | None:
    """The date that it has; Werkzeug finds one for a Max-Age. A cookie is deleted by the year 1970."""
    if str(morsel["max-age"]) == "0":
        return 0
    return morsel["expires"] or None


def _text(value: str) -> str:
    """The value. Starlette escapes the Latin-1 of what is not ASCII, Werkzeug the UTF-8 of it."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
