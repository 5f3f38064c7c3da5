"""The request of a mismatch as a curl command. Pure.

What was redacted stays redacted, so a request that needs a login has to be given one by hand: `missing` says where.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from urllib.parse import quote

from gateway.evidence.sample import SampledRequest

REDACTED = "«redacted:"

# curl's own, or the connection's: what was sent then says nothing now.
_LEFT_OUT = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "x-shadow", "expect"}
)
_PATH_SAFE = "/!$&'()*+,:;=@~"
_PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b"\\'")
_QUERY_SAFE = _PATH_SAFE + "?%"


@dataclass(frozen=True, slots=True)
class Curl:
    """The command, and the places where it does not say what the client said."""

    command: str
    missing: tuple[str, ...]


def curl_for(request: SampledRequest, address: str) -> Curl:
    """The command that asks `address` (`http://host:port`) the same."""
    target = quote(request.path, safe=_PATH_SAFE)
    if request.query:
        target += "?" + quote(request.query, safe=_QUERY_SAFE)
    missing = [place for place, text in (("the path", request.path), ("the query", request.query)) if REDACTED in text]
    words = ["curl", "-i", "--path-as-is", *_method(request.method), f"{address}{target}"]
    headers = [(name, value) for name, value in request.headers if name.lower() not in _LEFT_OUT]
    if any(name.lower() == "accept-encoding" for name, _ in request.headers):
        words.append("--compressed")
    for name, value in headers:
        words += ["-H", f"{name}: {value}" if value else f"{name};"]
        if REDACTED in value:
            missing.append(f"header {name}")
    body, lack = _body(request)
    if body and not any(name.lower() == "content-type" for name, _ in headers):
        words += ["-H", "Content-Type:"]  # curl would make it a form
    return Curl(" ".join(_quoted(word) for word in [*words, *body]), (*missing, *lack))


def reachable(host: str) -> str:
    """The authority by which this machine reaches what listens on `host`, without the port."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  they are recognised, not bound
    return f"[{host}]" if ":" in host else host


def _method(method: str) -> list[str]:
    match method:
        case "GET":
            return []
        case "HEAD":
            return ["--head"]
        case _:
            return ["-X", method]


def _body(request: SampledRequest) -> tuple[list[str], list[str]]:
    """The words for the body, and what is wrong with it."""
    body = request.body
    if body.length == 0 or (not body.content and not body.withheld):
        return [], []
    if body.content is None:
        return [], ["the body was not kept"]
    text = body.content.decode("utf-8", "replace")
    lack = ["the body is cut"] if body.truncated else []
    return ["--data-raw", text], [*lack, "the body"] if REDACTED in text else lack


def _quoted(word: str) -> str:
    """A word for the shell; control characters as escapes, since the terminal would obey them."""
    if all(letter.isprintable() or letter in "\n\t" for letter in word):
        return shlex.quote(word)
    escaped = "".join(chr(byte) if byte in _PLAIN else f"\\x{byte:02x}" for byte in word.encode())
    return f"$'{escaped}'"
