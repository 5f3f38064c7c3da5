r"""The path of a request, decided once from the bytes on the wire, before anything is matched.

Two frameworks that read one target differently are a hole: the gateway would judge one path and the application would
run another. So a target is either canonical, and then both sides see exactly the path that was matched, or it is not,
and then every path that some reader could take it for is listed, for the route table to refuse what is ambiguous.

    canonical       /admin/users   /%61dmin/users (unreserved escapes decode, RFC 3986 6.2.2.2)   /caf%C3%A9   /a%20b
    repairable      //admin        /admin//users                                    one reading, and a place to redirect
    ambiguous       /a/../b  /%2e%2e/b  /..;x/b  /a%2fb  /a\b  /%252f  /%zz  /%ff  /%00  U+200B  U+202E

Escapes decode once. A path that is still percent-encoded after that is ambiguous, since somebody may decode it again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

MAX_PATH = 8 * 1024
"""Bytes of a path; a longer one is refused with 414. gunicorn's own limit for the whole request line is 4,094."""
MAX_SEGMENTS = 256

# Only characters that mean themselves, no empty segment and none that begins with a dot: nearly every request.
_PLAIN = re.compile(rb"(?:/(?![./])[A-Za-z0-9_~!$&'()*+,:=@-][A-Za-z0-9._~!$&'()*+,:=@-]*)*/?\Z|/\Z")
_MALFORMED_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_SLASHES = re.compile(r"/{2,}")
_DOT_SEGMENT = re.compile(r"(?:^|/)\.{1,2}(?:;[^/]*)?(?=/|$)")
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
# What a path segment may hold as it is (RFC 3986 pchar); everything else is written as an upper-case escape.
_PATH_SAFE = "/!$&'()*+,:;=@~"


@dataclass(frozen=True, slots=True)
class Canonical:
    """A path with one reading. `raw` is its one spelling on the wire."""

    path: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Repairable:
    """A path with duplicate slashes and nothing else against it. `canonical` is what it collapses to."""

    canonical: Canonical
    reason: str = "duplicate_slash"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A path that two readers may understand differently.

    `literal` is what a WSGI server puts into PATH_INFO; `readings` are the other paths it may be taken for.
    `reason` is a metric label.
    """

    reason: str
    literal: str
    readings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TooLong:
    """A path over the limits: nothing that is matched should take time in its length."""

    reason: str = "path_too_long"


Target = Canonical | Repairable | Ambiguous | TooLong


def canonicalise(raw_path: bytes) -> Target:
    """Read the path of a request target. Total: every input gives one of the four results, nothing is raised.

    `raw_path` is the percent-encoded path without the query, as in ASGI's `raw_path`.
    """
    if len(raw_path) > MAX_PATH or raw_path.count(b"/") > MAX_SEGMENTS:
        return TooLong()
    if raw_path and _PLAIN.match(raw_path):
        return Canonical(raw_path.decode("ascii"), raw_path)
    literal = _literal(raw_path)
    reason = _ambiguity(raw_path, literal)
    if reason is not None:
        return Ambiguous(reason, literal, _readings(literal))
    path = literal
    collapsed = _SLASHES.sub("/", path)
    if collapsed != path:
        return Repairable(Canonical(collapsed, _spell(collapsed)))
    return Canonical(path, _spell(path))


def _literal(raw_path: bytes) -> str:
    return unquote_to_bytes(raw_path).decode("utf-8", "replace")


def _spell(path: str) -> bytes:
    return quote(path, safe=_PATH_SAFE).encode("ascii")


def _ambiguity(raw_path: bytes, literal: str) -> str | None:
    """Why the path has more than one reading, most telling reason first; None when it has one."""
    return next((reason for reason, holds in _AMBIGUITIES if holds(raw_path, literal)), None)


def _is_invalid_utf8(raw_path: bytes) -> bool:
    try:
        unquote_to_bytes(raw_path).decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _has_invisible(literal: str) -> bool:
    return any(unicodedata.category(character) in _INVISIBLE for character in literal)


_AMBIGUITIES: tuple[tuple[str, Callable[[bytes, str], bool]], ...] = (
    ("not_origin_form", lambda raw, _: not raw.startswith(b"/")),
    ("non_ascii", lambda raw, _: not raw.isascii()),
    ("malformed_escape", lambda raw, _: _MALFORMED_ESCAPE.search(raw) is not None),
    ("encoded_slash", lambda raw, _: b"%2f" in raw.lower()),
    ("backslash", lambda raw, _: b"\\" in raw or b"%5c" in raw.lower()),
    ("invalid_utf8", lambda raw, _: _is_invalid_utf8(raw)),
    ("dot_segment", lambda _, literal: _DOT_SEGMENT.search(literal) is not None),
    ("double_encoding", lambda _, literal: _ESCAPE.search(literal) is not None),
    ("invisible_character", lambda _, literal: _has_invisible(literal)),
    ("malformed_target", lambda raw, _: any(character in raw for character in b" #?")),
)


def _readings(literal: str) -> tuple[str, ...]:
    """The paths that proxies, frameworks and file systems are known to make of one target."""
    decoded = literal
    for _ in range(3):
        once_more = unquote_to_bytes(decoded.encode("utf-8", "replace")).decode("utf-8", "replace")
        if once_more == decoded:
            break
        decoded = once_more
    visible = "".join(character for character in decoded if unicodedata.category(character) not in _INVISIBLE)
    found = {_SLASHES.sub("/", literal)}
    for text in (decoded, visible):
        slashed = "/" + text.replace("\\", "/").lstrip("/")
        without_parameters = re.sub(r";[^/]*", "", slashed)
        truncated = re.split(r"[\x00#?]", slashed, maxsplit=1)[0]
        for candidate in (slashed, without_parameters, truncated):
            found.add(_resolve(candidate))
            found.add(_SLASHES.sub("/", candidate))
    return tuple(sorted(found))


def _resolve(path: str) -> str:
    """RFC 3986 5.2.4, remove_dot_segments, with duplicate slashes collapsed."""
    kept: list[str] = []
    parts = [part for part in path.split("/") if part]
    for part in parts:
        if part == "..":
            if kept:
                kept.pop()
        elif part != ".":
            kept.append(part)
    trailing = path.endswith(("/", "/.", "/.."))
    return "/" + "/".join(kept) + ("/" if trailing and kept else "")
