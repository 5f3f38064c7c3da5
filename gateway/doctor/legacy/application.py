"""What the application says about itself once it is imported: wrappers, configuration, routes."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gateway.doctor.finding import Finding, error, note, warning
from gateway.wrappers import layers

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

FORWARDED = ("x_for", "x_proto", "x_host", "x_port", "x_prefix")


def check_application(application: object, flask: Flask, *, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Everything that can be told from the objects. `environment` is the process's own."""
    chain = list(layers(application))
    yield from _proxy_fix(chain)
    yield from _debugger(chain, flask)
    yield from _configuration(flask, environment)
    yield from _routing(flask)
    yield from _websockets(flask)
    yield from _extensions(flask)
    yield from _monkey_patches()


def count_routes(flask: Flask) -> dict[str, Any]:
    """How many routes there are: `total`, and by method and by blueprint (`""`: the application itself)."""
    rules = [rule for rule in flask.url_map.iter_rules() if not rule.build_only]
    methods = Counter(method for rule in rules for method in rule.methods or ())
    blueprints = Counter(rule.endpoint.rpartition(".")[0] for rule in rules)
    return {
        "total": len(rules),
        "methods": dict(sorted(methods.items())),
        "blueprints": dict(sorted(blueprints.items())),
    }


def _proxy_fix(chain: list[object]) -> Iterator[Finding]:
    """ProxyFix believes whoever connects; the gateway believes whom it is told to."""
    from werkzeug.middleware.proxy_fix import ProxyFix  # noqa: PLC0415  the command line starts without werkzeug

    found = [layer for layer in chain if isinstance(layer, ProxyFix)]
    if not found:
        yield note(
            "proxy.none",
            "there is no ProxyFix: request.remote_addr is whoever connects to the gateway",
            "behind a load balancer, set GATEWAY_TRUSTED_PROXIES to its addresses",
        )
    for fix in found:
        counts = {name: getattr(fix, name, 0) for name in FORWARDED}
        trusts = ", ".join(f"{name}={count}" for name, count in counts.items() if count)
        yield note(
            "proxy.proxyfix",
            f"ProxyFix({trusts}) reads X-Forwarded-* and keeps working: the gateway runs in the application's process "
            "and adds no hop",
            "keep its numbers, and set GATEWAY_TRUSTED_PROXIES to the load balancer's addresses, so that v2 and the "
            "access log see the same client",
        )
        if counts["x_prefix"]:
            yield warning(
                "proxy.prefix",
                "ProxyFix takes a prefix from X-Forwarded-Prefix; v2 does not see it",
                "give v2 the same root_path before a route with absolute links is flipped",
            )
    if len(found) > 1:
        yield warning(
            "proxy.twice", "ProxyFix is applied more than once: it takes addresses off twice", "apply it once"
        )


def _debugger(chain: list[object], flask: Flask) -> Iterator[Finding]:
    """The debugger runs code for whoever asks; debug mode hands exceptions to the server."""
    if any(type(layer).__name__ == "DebuggedApplication" for layer in chain):
        yield error(
            "debug.debugger",
            "Werkzeug's debugger wraps the application: it runs code for whoever sees an error page",
            "remove DebuggedApplication in production",
        )
    if flask.debug:
        yield warning("debug.on", "debug mode is on", "unset FLASK_DEBUG and config DEBUG in production")
    propagates = flask.config.get("PROPAGATE_EXCEPTIONS")
    if flask.testing or propagates or (propagates is None and flask.debug):
        yield warning(
            "debug.propagates",
            "exceptions are passed on to the server instead of becoming the application's own 500 page "
            "(TESTING, DEBUG or PROPAGATE_EXCEPTIONS)",
            "unset them, so that clients get the page that they got before",
        )


def _configuration(flask: Flask, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Settings that name hosts, prefixes and sizes."""
    if name := flask.config.get("SERVER_NAME"):
        yield warning(
            "config.server-name",
            f'SERVER_NAME is "{name}": absolute links, and with subdomains the matching, depend on the Host header',
            "let the load balancer pass Host on unchanged, as before",
        )
    root = flask.config.get("APPLICATION_ROOT") or "/"
    if root != "/":
        yield warning(
            "config.application-root",
            f'APPLICATION_ROOT is "{root}", but the gateway serves applications at "/" (SCRIPT_NAME is always empty)',
            "if the old server mounted the application below a prefix, keep the prefix in DispatcherMiddleware",
        )
    if prefix := environment.get("SCRIPT_NAME"):
        yield warning(
            "config.script-name",
            f'the variable SCRIPT_NAME is "{prefix}"; servers such as gunicorn obey it, the gateway never does',
            f'mount the application itself: DispatcherMiddleware(not_found, {{"{prefix}": app}})',
        )
    if limit := flask.config.get("MAX_CONTENT_LENGTH"):
        yield note(
            "config.max-content-length",
            f"MAX_CONTENT_LENGTH is {limit:,} bytes: a larger body gets Flask's own 413, as before",
            "GATEWAY_MAX_BODY (1 GiB) must not be smaller",
        )


def _routing(flask: Flask) -> Iterator[Finding]:
    """The map knows paths, not hosts."""
    if flask.url_map.host_matching:
        yield error(
            "routing.host-matching",
            "the application routes by host (host_matching=True); the map knows paths only, so a flip moves a path on "
            "every host",
            "leave routes that several hosts share in legacy, or run one gateway for each host",
        )
    elif subdomains := sorted({rule.subdomain for rule in flask.url_map.iter_rules() if rule.subdomain}):
        yield error(
            "routing.subdomain",
            f"the application routes by subdomain ({', '.join(subdomains)}); the map knows paths only, so a flip moves "
            "a path on every subdomain",
            "leave routes that several subdomains share in legacy, or run one gateway for each subdomain",
        )
    from werkzeug.routing import Map  # noqa: PLC0415  the command line starts without werkzeug

    known = Map.default_converters
    custom = {name: kind for name, kind in flask.url_map.converters.items() if name not in known}
    if custom:
        names = ", ".join(f"{name} ({kind.__module__}.{kind.__qualname__})" for name, kind in sorted(custom.items()))
        yield note("routing.converters", f"custom URL converters work in the map as they do in Flask: {names}")


def _websockets(flask: Flask) -> Iterator[Finding]:
    """The bridge speaks WSGI, which has no WebSockets."""
    for rule in websocket_rules(flask):
        yield error(
            "websocket.route",
            f'"{rule.rule}" ({rule.endpoint}) is a WebSocket; the bridge cannot serve it',
            "write it for v2 first, or run legacy under a server of its own and name it as backends.legacy.url",
        )
    if "socketio" in flask.extensions:
        yield error(
            "websocket.socketio",
            "Flask-SocketIO needs a server of its own: its WebSockets do not pass the bridge, and its long polling "
            "keeps state in one process",
            "run it under a server of its own and name it as backends.legacy.url, or keep its path off the gateway",
        )


def websocket_rules(flask: Flask) -> list[Rule]:
    """The rules that only WebSocket requests match (flask-sock marks them)."""
    return [rule for rule in flask.url_map.iter_rules() if rule.websocket]


def _extensions(flask: Flask) -> Iterator[Finding]:
    """Sessions that v2 has to read and write the same way."""
    kind = type(flask.session_interface)
    if kind.__module__ != "flask.sessions":
        yield note(
            "session.custom",
            f"sessions are kept by {kind.__module__}.{kind.__qualname__}, which keeps working",
            "v2 has to use the same store before a route that reads or writes the session is flipped",
        )


def _monkey_patches() -> Iterator[Finding]:
    """Green threads replace the locks and sockets that the gateway's event loops and threads are built on."""
    gevent = sys.modules.get("gevent.monkey")
    eventlet = sys.modules.get("eventlet.patcher")
    if gevent is not None and gevent.saved:
        yield _patched("gevent")
    if eventlet is not None and eventlet.already_patched:
        yield _patched("eventlet")


def _patched(name: str) -> Finding:
    return error(
        "monkey.patched",
        f"importing the application monkey-patches the standard library with {name}; the gateway's event loops and "
        "threads do not survive that",
        "do not patch when the gateway imports the application (it brings its own threads), or run legacy under its "
        "own server and name it as backends.legacy.url",
    )
