"""Environs for Werkzeug and Flask."""

import pytest
from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.asgi import HOSTING, Hosting
from gateway.compat.wire.environs import environ_of, public_url
from gateway.wrappers import proxies_of
from tests.support.asgi import a_scope


def test_an_environ_has_the_mount_point_apart_and_no_body() -> None:
    environ = environ_of({**a_scope(target="/shop/a%20b?x=1"), "root_path": "/shop"})
    with Flask("legacy").request_context(environ):
        assert (request.root_path, request.path, request.args["x"], request.get_data()) == ("/shop", "/a b", "1", b"")


def test_what_wsgi_has_no_words_for_is_left_out() -> None:
    environ = environ_of(a_scope("HEAD", b"/a?\xff", headers=[(b"host", b"a"), (b"host", b"b")]))
    assert (environ["REQUEST_METHOD"], environ["PATH_INFO"], environ["QUERY_STRING"]) == ("HEAD", "/a", "")
    assert "HTTP_HOST" not in environ


FORWARDED = [
    (b"host", b"inner.test"),
    (b"x-forwarded-host", b"shop.test"),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-prefix", b"/shop"),
]


@pytest.mark.parametrize("believes", [True, False])
def test_a_redirect_leads_where_legacys_would(believes: bool) -> None:
    """Legacy's ProxyFix says under which name, scheme and prefix the world knows the application."""
    app = Flask("legacy")
    app.add_url_rule("/list/", view_func=lambda: "list")
    if believes:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1, x_prefix=1)  # type: ignore[method-assign]  # Flask's
    scope, headers = a_scope(target="/list?a=%20b", headers=FORWARDED), [(n.decode(), v.decode()) for n, v in FORWARDED]
    token = HOSTING.set(Hosting(app, proxies=proxies_of(app)))
    try:
        found = public_url(scope, "/list/")
    finally:
        HOSTING.reset(token)
    assert found == app.test_client().get("/list?a=%20b", headers=headers).headers["Location"]
    assert found.startswith("https://shop.test/shop/" if believes else "http://inner.test/list/")
