"""What is around a WSGI application, and what the proxies that it believes tell it of a client."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, current_app, jsonify, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import EnvironBuilder

from gateway.wrappers import MAX_WRAPPERS, as_forwarded, layers, proxies_of

FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.test",
    "X-Forwarded-Prefix": "/shop",
}


def inside(app: Any) -> Any:
    def application(environ: Any, start_response: Any) -> Any:
        assert request is not current_app  # Flask's proxies, which are no wrappers
        return app(environ, start_response)

    return application


def a_flask() -> Flask:
    app = Flask("behind")
    app.add_url_rule(
        "/who", view_func=lambda: jsonify(request.remote_addr, request.url, request.is_secure, request.script_root)
    )
    return app


def test_layers_come_from_the_outside_in_each_once() -> None:
    app = a_flask()
    inner = ProxyFix(app.wsgi_app)
    app.wsgi_app = inner  # type: ignore[method-assign]  # Flask's own way
    outer = ProxyFix(inside(app))
    found = list(layers(outer))
    assert found[0] is outer
    assert [layer for layer in found if isinstance(layer, Flask | ProxyFix)] == [outer, app, inner]
    assert proxies_of(outer) == (outer, inner)
    assert len(found) < 12
    assert proxies_of(a_flask()) == ()


def test_an_endless_chain_of_wrappers_comes_to_an_end() -> None:
    class Endless:
        def __call__(self) -> None: ...

        def __init__(self) -> None:
            self.numbers = iter(range(10**9))

        @property
        def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
            return {"inner": Endless()}

    assert len(list(layers(Endless()))) == MAX_WRAPPERS


PROXIES: dict[str, list[dict[str, int]]] = {
    "none": [],
    "one": [{"x_for": 1, "x_proto": 1, "x_host": 1, "x_prefix": 1}],
    "address-of-two-hops": [{"x_for": 2}],
    "twice": [{"x_for": 1}, {"x_proto": 1, "x_host": 1}],
}


@pytest.mark.parametrize("options", PROXIES.values(), ids=PROXIES)
def test_an_environ_becomes_what_the_application_behind_them_sees(options: list[dict[str, int]]) -> None:
    app = a_flask()
    for some in options:
        app.wsgi_app = ProxyFix(app.wsgi_app, **some)  # type: ignore[method-assign]  # Flask's own way
    expected = app.test_client().get("/who", headers=FORWARDED, environ_base={"REMOTE_ADDR": "192.0.2.1"}).get_json()
    environ = EnvironBuilder("/who", headers=FORWARDED, environ_base={"REMOTE_ADDR": "192.0.2.1"}).get_environ()
    with app.request_context(as_forwarded(environ, proxies_of(app))):
        assert [request.remote_addr, request.url, request.is_secure, request.script_root] == expected


def test_the_proxies_themselves_stay_as_they_are() -> None:
    app = a_flask()
    proxy = ProxyFix(app.wsgi_app)
    before = dict(vars(proxy))
    as_forwarded(EnvironBuilder("/who", headers=FORWARDED).get_environ(), [proxy])
    assert vars(proxy) == before
