"""When evidence begins anew, and when two requests are one.

A route is judged on what was seen since the last flip or change of a rule. The epoch is a hash of just that, so a
comment in the map, or a larger canary, leaves the evidence in force; going back to an earlier state brings its back.
Correcting v2 changes nothing of the map: `compare.since` is what an operator edits then.
"""

from __future__ import annotations

from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode

from gateway.exchange import Request
from gateway.parity.rules import Rules
from gateway.routing.route import Route


def epoch_of(route: Route, rules: Rules) -> str:
    """16 hex digits for a route's mode, its requests and its rules."""
    methods = None if route.methods is None else sorted(route.methods)
    headers = sorted(rules.headers.items())
    parts = (route.mode.value, route.path, methods, rules.excuses, rules.unordered, rules.tolerances, headers)
    return blake2b(repr((*parts, sorted(rules.html), rules.since)).encode(), digest_size=8).hexdigest()


def shape_of(request: Request, route_id: str) -> str:
    """16 hex digits for what is asked: route, method, path, query without its order, body."""
    pairs = sorted(parse_qsl(request.query.decode("latin-1"), keep_blank_values=True))
    asked = f"{route_id} {request.method} {request.path}?{urlencode(pairs)}".encode("utf-8", "surrogateescape")
    return blake2b(asked + b"\n" + (request.body or b""), digest_size=8).hexdigest()
