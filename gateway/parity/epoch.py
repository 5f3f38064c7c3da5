"""When evidence begins anew, and when two requests are one.

A route is judged on what was seen since the last flip or change of a rule. The epoch is a hash of just that, so a
comment in the map, another reason for a rule, or a larger canary, leaves the evidence in force; going back to an
earlier state brings its back. A rule that expires does what deleting it would do: what was equal by it has to be seen
again.
Correcting v2 changes nothing of the map: `compare.since` is what an operator edits then.
"""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from urllib.parse import parse_qsl, urlencode

from gateway.exchange import Request
from gateway.parity.rules import Rules, holds
from gateway.routing.route import Route


def epoch_of(route: Route, rules: Rules, today: date) -> str:
    """16 hex digits for a route's mode, its requests, and what its rules do on that day."""
    methods = None if route.methods is None else sorted(route.methods)
    # A rule counts by what it does. Of several for one place the first counts, so their order is part of it.
    excuses = tuple(dict.fromkeys((one.at, one.header) for one in rules.excuses if holds(one, today)))
    unordered = tuple(dict.fromkeys((one.at, one.by) for one in rules.unordered if holds(one, today)))
    tolerances = tuple(dict.fromkeys((one.at, one.within) for one in rules.tolerances if holds(one, today)))
    headers, html = sorted(rules.ways(today).items()), sorted(rules.left_out(today))
    parts = (route.mode.value, route.path, methods, excuses, unordered, tolerances, headers, html, rules.since)
    return blake2b(repr(parts).encode(), digest_size=8).hexdigest()


def shape_of(request: Request, route_id: str) -> str:
    """16 hex digits for what is asked: route, method, path, query without its order, body."""
    pairs = sorted(parse_qsl(request.query.decode("latin-1"), keep_blank_values=True))
    asked = f"{route_id} {request.method} {request.path}?{urlencode(pairs)}".encode("utf-8", "surrogateescape")
    return blake2b(asked + b"\n" + (request.body or b""), digest_size=8).hexdigest()
