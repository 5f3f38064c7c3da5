"""Set-Cookie, compared by structure: which cookies are set, their attributes, and the values that mean the same.

The value of a session, CSRF or remember-me cookie differs with every signature; of a session both sides can be read,
without its key, and what it holds is compared instead.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from gateway.parity.difference import Kind, Part
from gateway.parity.findings import Findings
from gateway.parity.shown import cut
from gateway.parity.strict import NotJson, parse

JITTER = 2
"""Seconds by which Expires and Max-Age may differ."""

_SECRET = re.compile(r"session|csrf|xsrf|remember|^sid$", re.IGNORECASE)
_HEADER = "set-cookie"
_PAYLOAD_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Cookie:
    """One Set-Cookie line. Names of attributes are in lower case; a flag has the value `""`."""

    name: str
    value: str
    attributes: dict[str, str] = field(default_factory=dict)


def parse_cookie(line: bytes) -> Cookie:
    """Total: a line without `=` is a cookie without a name, as browsers see it."""
    pair, *rest = line.decode("latin-1").split(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", pair
    attributes: dict[str, str] = {}
    for part in rest:
        key, _, said = part.partition("=")
        attributes[key.strip().lower()] = said.strip()
    attributes.pop("", None)
    return Cookie(name.strip(), value.strip(), attributes)


def compare_cookies(legacy: tuple[bytes, ...], v2: tuple[bytes, ...], findings: Findings) -> None:
    """Add the differences of the cookies that are set; of one name set twice, the last counts, as in a browser."""
    ours = {cookie.name: cookie for cookie in map(parse_cookie, legacy)}
    theirs = {cookie.name: cookie for cookie in map(parse_cookie, v2)}
    for name, cookie in ours.items():
        other = theirs.get(name)
        if other is None:
            findings.head(Part.HEADER, _HEADER, Kind.REMOVED, cut(name), None)
        else:
            _value(cookie, other, findings)
            _attributes(cookie, other, findings)
    for name in theirs.keys() - ours.keys():
        findings.head(Part.HEADER, _HEADER, Kind.ADDED, None, cut(name))


def _value(legacy: Cookie, v2: Cookie, findings: Findings) -> None:
    if legacy.value == v2.value:
        return
    if legacy.attributes.get("max-age") == v2.attributes.get("max-age") == "0":  # both delete it
        findings.equivalent("cookie-value")
        return
    if not _SECRET.search(legacy.name):
        findings.head(Part.HEADER, _HEADER, Kind.CHANGED, cut(_pair(legacy)), cut(_pair(v2)))
        return
    ours, theirs = _payload(legacy.value), _payload(v2.value)
    if ours is None or theirs is None or ours == theirs:
        findings.equivalent("cookie-value")
        return
    names = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    text = f"{legacy.name}: its payload differs in {', '.join(names)}"
    findings.head(Part.HEADER, _HEADER, Kind.CHANGED, cut(text), cut(text))


def _pair(cookie: Cookie) -> str:
    return f"{cookie.name}={cookie.value}"


def _attributes(legacy: Cookie, v2: Cookie, findings: Findings) -> None:
    for name in sorted(legacy.attributes.keys() | v2.attributes.keys()):
        ours, theirs = legacy.attributes.get(name), v2.attributes.get(name)
        if ours == theirs:
            continue
        if ours is not None and theirs is not None:
            if _folded(name, ours) == _folded(name, theirs):
                continue
            if _is_jitter(name, ours, theirs):
                findings.equivalent("cookie-expiry-jitter")
                continue
        kind = Kind.ADDED if ours is None else Kind.REMOVED if theirs is None else Kind.CHANGED
        findings.head(
            Part.HEADER, _HEADER, kind, _attribute(legacy.name, name, ours), _attribute(v2.name, name, theirs)
        )


def _attribute(cookie: str, name: str, value: str | None) -> str | None:
    if value is None:
        return None
    return cut(f"{cookie}; {name}={value}" if value else f"{cookie}; {name}")


def _folded(name: str, value: str) -> str:
    if name == "domain":
        return value.lower().removeprefix(".")
    return value.lower() if name == "samesite" else value


def _is_jitter(name: str, legacy: str, v2: str) -> bool:
    try:
        if name == "max-age":
            return abs(int(legacy[:20]) - int(v2[:20])) <= JITTER
        if name == "expires":
            apart = parsedate_to_datetime(legacy) - parsedate_to_datetime(v2)
            return abs(apart.total_seconds()) <= JITTER
    except (ValueError, TypeError, OverflowError):
        # Not a number or a date, or one with and one without a time zone.
        return False
    return False


def _payload(value: str) -> dict[str, object] | None:
    """What a signed cookie of Flask or Starlette holds, read without its key; None when it is something else."""
    text = value.strip('"')
    packed = text.startswith(".")
    part = text.removeprefix(".").split(".", 1)[0]
    try:
        raw = base64.urlsafe_b64decode(part.replace("+", "-").replace("/", "_") + "=" * (-len(part) % 4))
        if packed:
            raw = zlib.decompressobj().decompress(raw, _PAYLOAD_LIMIT)
        held = parse(raw).value
    except (binascii.Error, ValueError, zlib.error, NotJson):
        return None
    if not isinstance(held, dict):
        return None
    return {name: member for name, member in held.items() if not _SECRET.search(name)}
