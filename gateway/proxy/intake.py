"""The headers of a request, put in order once, for both sides alike.

dropped         names with `_` or `.`: WSGI cannot tell X_User from X-User, so a client could forge what a proxy sets
                `Proxy`: becomes HTTP_PROXY in a WSGI environ (httpoxy)
                `X-Shadow`: only the gateway says that a request is a shadow
removed         the connection's own headers and those it nominates (RFC 9110 7.6.1), as every proxy must; but a
                client cannot nominate away what a proxy or the gateway relies on
joined          several `Cookie` lines, with "; " (RFC 9113 8.2.3): WSGI would join them with "," and corrupt them
kept            everything else, order and repeats included
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.asgi import RawHeaders

REQUEST_ID = b"x-request-id"
SHADOW = b"x-shadow"

_HOP_BY_HOP = frozenset({b"keep-alive", b"proxy-connection", b"te", b"trailer", b"upgrade"})
_UNREMARKABLE = frozenset({b"keep-alive", b"close"})
_NEVER_NOMINATED = frozenset(
    {
        b"authorization",
        b"connection",
        b"content-length",
        b"content-type",
        b"cookie",
        b"forwarded",
        b"host",
        b"transfer-encoding",
        b"x-real-ip",
        REQUEST_ID,
    },
)
_ORDINARY = frozenset(
    b"host user-agent accept accept-encoding accept-language authorization cache-control content-type "
    b"if-modified-since if-none-match origin referer range pragma dnt priority sec-ch-ua sec-ch-ua-mobile "
    b"sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user upgrade-insecure-requests "
    b"x-forwarded-for x-forwarded-host x-forwarded-port x-forwarded-proto x-real-ip x-requested-with".split(),
)
# RFC 9110 5.6.2 token, without the two characters that other software takes for "-".
_NAME = re.compile(rb"[A-Za-z0-9!#$%&'*+^`|~-]+\Z")
_REQUEST_ID_VALUE = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}\Z")


@dataclass(slots=True)
class Intake:
    """A request's headers, ready for a side. `dropped` holds one reason a dropped header."""

    headers: RawHeaders
    request_id: str
    has_body: bool
    dropped: tuple[str, ...] = ()


def take_in(raw: RawHeaders, *, new_id: str, keep_upgrade: bool = False) -> Intake:
    """Put a request's headers in order.

    The request's id is the client's `X-Request-ID` if that is a plain one, otherwise `new_id`; the header itself stays
    as it came. `keep_upgrade` leaves `Upgrade` in
    place, for a WebSocket handshake that a plain legacy route answers.
    """
    has_body = False
    request_id = b""
    cookies = 0
    plain = True
    for name, value in raw:
        if name in _ORDINARY:
            continue
        if name == b"cookie":
            cookies += 1
        elif name == b"content-length":
            has_body = has_body or value != b"0"
        elif name == b"transfer-encoding":
            has_body = True
        elif name == b"connection":
            plain = plain and value.lower() in _UNREMARKABLE
        elif name == REQUEST_ID:
            # Several are no id: a joined value would be one that nobody sent.
            request_id = value if not request_id else b" "
        else:
            plain = False
    found = request_id.decode() if _REQUEST_ID_VALUE.match(request_id) else new_id
    if plain and cookies < 2:  # noqa: PLR2004 - two lines are what must be joined
        return Intake(raw, found, has_body)
    headers, dropped = _sift(raw, keep_upgrade=keep_upgrade)
    return Intake(headers, found, has_body, dropped)


def name_request(intake: Intake) -> None:
    """Put the request's id into its headers, for sides that log it from there."""
    others = [line for line in intake.headers if line[0] != REQUEST_ID]
    if len(intake.headers) - len(others) != 1 or (REQUEST_ID, intake.request_id.encode()) not in intake.headers:
        intake.headers = [*others, (REQUEST_ID, intake.request_id.encode())]


def _sift(raw: RawHeaders, *, keep_upgrade: bool) -> tuple[RawHeaders, tuple[str, ...]]:
    nominated = _nominated(raw)
    kept: RawHeaders = []
    dropped: list[str] = []
    cookie_at: int | None = None
    for name, value in raw:
        reason = _drop_reason(name)
        if reason is not None:
            dropped.append(reason)
        elif name in nominated:
            continue
        elif name in _HOP_BY_HOP:
            if keep_upgrade and name == b"upgrade":
                kept.append((name, value))
        elif name == b"cookie" and cookie_at is not None:
            kept[cookie_at] = (name, kept[cookie_at][1] + b"; " + value)
        else:
            if name == b"cookie":
                cookie_at = len(kept)
            kept.append((name, value))
    return kept, tuple(dropped)


def _drop_reason(name: bytes) -> str | None:
    if name in _ORDINARY:
        return None
    if not _NAME.match(name):
        return "ambiguous_name"
    if name == b"proxy":
        return "httpoxy"
    if name == SHADOW:
        return "reserved"
    return None


def _nominated(raw: RawHeaders) -> frozenset[bytes]:
    names = {
        token.strip().lower() for name, value in raw if name == b"connection" for token in value.split(b",") if token
    }
    protected = {name for name in names if name.startswith(b"x-forwarded-")} | _NEVER_NOMINATED
    return frozenset(names - protected - _HOP_BY_HOP)
