"""Recorded requests: a HAR file, or one JSON object a line.

    {"method": "POST", "path": "/employee?dry=1", "headers": {"Content-Type": "application/json"}, "body": "{}"}

`path` is as on the request line, query included, and needed; `method` is GET when it is left out; `headers` is an
object, or a list of [name, value] when one repeats; `body` is text, or `body_base64` holds its bytes. Other members are
ignored. Of a HAR (http://www.softwareishard.com/blog/har-12-spec/) the requests to the first entry's host are taken.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from gateway.asgi import RawHeaders
from gateway.errors import RecordingInvalid

_TARGET_SAFE = "/!$&'()*+,:;=@~?%[]\\|^`{}\"<>"
_ANEW = frozenset({"content-length", "transfer-encoding"})
"""Headers that say how the body came; it comes another way now."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request. `where` says where it was read, such as `line 3`; paths and query are as on the wire."""

    where: str
    method: str
    raw_path: bytes
    query: bytes
    headers: RawHeaders
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query, as on the request line."""
        query = f"?{self.query.decode('latin-1')}" if self.query else ""
        return self.raw_path.decode("latin-1") + query


@dataclass(slots=True)
class Recording:
    """What a file holds. `left_out` counts what cannot be asked of these applications, by reason."""

    requests: list[Recorded] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_recording(path: Path) -> Recording:
    """The requests of a file; `.har` is a HAR, everything else one JSON object a line.

    Raises RecordingInvalid with the place of what is wrong, and OSError for a file that cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingInvalid(f"{path}: byte {error.start} is not UTF-8") from None
    if path.suffix.lower() == ".har":
        return _har(path, text)
    recording = Recording()
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            where = f"line {number}"
            with _located(path, where):
                recording.requests.append(_line(where, json.loads(line)))
    return recording


@contextmanager
def _located(path: Path, where: str) -> Iterator[None]:
    """Turns what is wrong with a request into a sentence with its place."""
    try:
        yield
    except json.JSONDecodeError as error:
        raise RecordingInvalid(f"{path}, {where}: this is not JSON: {error.msg}") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise RecordingInvalid(f"{path}, {where}: {error}") from None


def _line(where: str, data: Any) -> Recorded:
    if not isinstance(data, dict):
        raise TypeError("a request is a JSON object with `path`, and `method`, `headers`, `body` where they matter")
    path = data.get("path")
    if not isinstance(path, str) or not path.startswith("/"):
        raise ValueError("`path` is needed and begins with /, as on the request line")
    headers = data.get("headers", {})
    pairs = list(headers.items()) if isinstance(headers, dict) else headers
    return _recorded(where, data.get("method", "GET"), path, pairs, _body(data))


def _body(data: dict[str, Any]) -> bytes:
    text, encoded = data.get("body"), data.get("body_base64")
    if text is not None and encoded is not None:
        raise ValueError("a request has `body` or `body_base64`, not both")
    if encoded is not None:
        return _decoded(encoded)
    if text is None:
        return b""
    if not isinstance(text, str):
        raise TypeError("`body` is text; a JSON body is written as the text that was sent")
    return text.encode()


def _decoded(encoded: object) -> bytes:
    try:
        return base64.b64decode(str(encoded), validate=True)
    except binascii.Error as error:
        raise ValueError(f"the body is not base64: {error}") from None


def _har(path: Path, text: str) -> Recording:
    with _located(path, "the HAR"):
        entries = _entries(json.loads(text))
    recording = Recording()
    host: str | None = None
    for number, entry in enumerate(entries, 1):
        where = f"entry {number}"
        with _located(path, where):
            request = entry["request"] if isinstance(entry, dict) and isinstance(entry.get("request"), dict) else None
            if request is None or not isinstance(request.get("url"), str):
                raise ValueError("an entry has `request`, and that has `url`")
            url = urlsplit(request["url"])
            if url.scheme not in {"http", "https"}:
                recording.left_out["not_http"] += 1
                continue
            host = host or url.netloc
            if url.netloc != host:
                recording.left_out["other_host"] += 1
                continue
            recording.requests.append(_entry(where, request))
    return recording


def _entries(data: Any) -> Iterator[Any]:
    log = data.get("log") if isinstance(data, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        raise TypeError("a HAR has `log`, and that has a list of `entries`")
    return iter(entries)


def _entry(where: str, request: dict[str, Any]) -> Recorded:
    url = urlsplit(request["url"])
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    lines = request.get("headers") or []
    pairs = [(line.get("name"), line.get("value")) for line in lines if isinstance(line, dict)]
    if not any(str(name).lower() == "host" for name, _ in pairs):
        pairs.insert(0, ("Host", url.netloc))
    return _recorded(where, request.get("method", "GET"), target, pairs, _posted(request.get("postData")))


def _posted(data: Any) -> bytes:
    """The body of a HAR's request; a form may be there as its fields only."""
    if not isinstance(data, dict):
        return b""
    text = data.get("text")
    if isinstance(text, str) and text:
        return _decoded(text) if data.get("encoding") == "base64" else text.encode()
    fields = data.get("params") or []
    if fields and "urlencoded" not in str(data.get("mimeType")):
        raise ValueError("`postData` has no `text`: the body of this form was not recorded")
    return urlencode([(item.get("name", ""), item.get("value", "")) for item in fields]).encode()


def _recorded(where: str, method: object, target: str, pairs: object, body: bytes) -> Recorded:
    if not isinstance(method, str) or not method:
        raise ValueError("`method` is a word, such as GET")
    path, _, query = target.partition("?")
    headers = _headers(pairs)
    if body:
        headers.append((b"content-length", str(len(body)).encode()))
    return Recorded(where, method, _on_the_wire(path), _on_the_wire(query), headers, body)


def _headers(pairs: object) -> RawHeaders:
    if not isinstance(pairs, list):
        raise TypeError("`headers` is an object, or a list of [name, value]")
    headers: RawHeaders = []
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):  # noqa: PLR2004  a pair
            raise TypeError("`headers` is an object, or a list of [name, value], and values are text")
        name, value = pair[0].lower(), pair[1]
        if not name.startswith(":") and name not in _ANEW:  # HTTP/2 has `:authority`
            headers.append((_encoded(name), _encoded(value)))
    return headers if any(name == b"host" for name, _ in headers) else [(b"host", b"localhost"), *headers]


def _encoded(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()


def _on_the_wire(text: str) -> bytes:
    """As a client sends it: what is not ASCII, and spaces, as escapes."""
    return quote(text, safe=_TARGET_SAFE).encode("ascii")
