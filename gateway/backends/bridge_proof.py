"""The proof that the bridge changes nothing: the same requests, natively and through the bridge, byte for byte.

"Natively" is a plain call by PEP 3333 with an environ made here, by other code than the bridge's, in the way of a
native server. Each request is made natively, through the bridge, and natively again: what the two native answers do
not agree on is unstable and says nothing about the bridge.

Left out of the comparison: hop-by-hop headers, `Date` and `Server`, which belong to whoever serves, the Content-Length
of a 304, which the bridge removes (see head.py), and the body of a stream that does not end.
"""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from wsgiref.types import WSGIApplication

from gateway.backends.bridge import Bridge, BridgeLimits
from gateway.backends.bridge_calls import BridgedCall, NativeCall, ProbeRequest

__all__ = ["BridgeDifference", "ProbeRequest", "probes", "prove"]

if TYPE_CHECKING:
    from werkzeug.routing import Map, Rule

_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class BridgeDifference:
    """Where the bridge's answer differs: `location` is `status`, `header:<name>`, `body` or `exception`.

    `unstable` says that the application does not agree with itself there: no fault of the bridge.
    """

    request: ProbeRequest
    location: str
    native: str
    bridged: str
    unstable: bool = False


def prove(app: WSGIApplication, requests: Iterable[ProbeRequest]) -> tuple[BridgeDifference, ...]:
    """Ask `app` each request natively and through a bridge; what differs, in the order of the requests.

    Every request is made three times: give it only what may be repeated. Must not be called on a running event loop.
    """
    return asyncio.run(_prove(app, tuple(requests)))


def probes(url_map: Map, *, bodies: bool = False) -> tuple[ProbeRequest, ...]:
    """A safe set of requests from the rules of a Flask application.

    GET, HEAD and OPTIONS of every rule without parameters that allows GET, a method that the rule lacks, the slash
    variants; then unknown paths with odd escapes, and bodies, plain and chunked, to an unknown path. With `bodies`,
    an empty chunked POST also goes to every rule that allows POST: that runs the application's own code.
    """
    adapter = url_map.bind("localhost")
    found: list[ProbeRequest] = []
    for rule in url_map.iter_rules():
        if rule.arguments or rule.websocket or rule.subdomain or rule.host:
            continue
        methods = rule.methods or set(_SAFE)
        if "GET" in methods:
            found += _of_rule(rule, adapter.allowed_methods(rule.rule))
        if bodies and "POST" in methods:
            found.append(ProbeRequest("POST", rule.rule, chunked=True))
    unknown = "/no-such-path-in-this-application"
    odd = ("", "/", "/%20", "/caf%C3%A9", "/%2e%2e/x", "/a%2Fb", "/%ff", "//x", "/;a=b", "/a+b", "/?q=%FF&q=", "/*")
    found += [ProbeRequest("GET", unknown + tail) for tail in odd]
    found += [
        ProbeRequest("POST", unknown, (("Content-Type", kind),), b"a=1&b=2", chunked)
        for kind in ("application/x-www-form-urlencoded", "application/json")
        for chunked in (False, True)
    ]
    found += [ProbeRequest("DELETE", unknown), ProbeRequest("GET", unknown, (("Cookie", "a=1; b=2"), ("X-A", "\xe9")))]
    # Where a catch-all rule takes the unknown path too, writing to it is no probe but a request.
    harmless = (
        probe
        for probe in found
        if bodies or probe.method in _SAFE or not adapter.test(probe.target.partition("?")[0], probe.method)
    )
    return tuple(dict.fromkeys(harmless))


def _of_rule(rule: Rule, allowed: Iterable[str]) -> list[ProbeRequest]:
    path = rule.rule
    other_slash = path.rstrip("/") if path.endswith("/") else path + "/"
    lacking = next((method for method in ("PATCH", "PUT", "DELETE", "POST") if method not in allowed), None)
    requests = [ProbeRequest(method, path) for method in _SAFE]
    requests += [ProbeRequest("GET", path + "?a=1&a=%20&b"), ProbeRequest("GET", other_slash or "/")]
    if lacking:
        requests.append(ProbeRequest(lacking, path))
    return requests


async def _prove(app: WSGIApplication, requests: Sequence[ProbeRequest]) -> tuple[BridgeDifference, ...]:
    bridge = Bridge(app, limits=BridgeLimits(threads=4), errors=io.StringIO())
    differences: list[BridgeDifference] = []
    try:
        for request in requests:
            first = await asyncio.to_thread(NativeCall(app, request).answer)
            bridged = await BridgedCall(request).answer(bridge)
            again = await asyncio.to_thread(NativeCall(app, request).answer)
            differences += _compared(request, first.parts(), bridged.parts(), again.parts())
    finally:
        await bridge.shutdown(1.0)
    return tuple(differences)


def _compared(
    request: ProbeRequest, first: dict[str, str], bridged: dict[str, str], again: dict[str, str]
) -> Iterable[BridgeDifference]:
    for location in dict.fromkeys(itertools.chain(first, bridged, again)):
        native, through, repeated = (seen.get(location, "absent") for seen in (first, bridged, again))
        if native != repeated:
            yield BridgeDifference(request, location, native, through, unstable=True)
        elif native != through:
            yield BridgeDifference(request, location, native, through)
