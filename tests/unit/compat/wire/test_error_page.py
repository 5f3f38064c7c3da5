"""The page for an error: legacy's own handlers where it is bound, Werkzeug's page where it is not."""

import sys
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from flask import (
    Blueprint,
    Flask,
    abort,
    flash,
    get_flashed_messages,
    jsonify,
    render_template_string,
    request,
    session,
)
from flask.sessions import SecureCookieSessionInterface
from flask_restx import Api, Resource
from werkzeug.exceptions import Forbidden, NotFound

from gateway.asgi import HOSTING, Hosting
from gateway.compat.legacy import bind
from gateway.compat.passage import PASSAGE, Passage
from gateway.compat.wire.error_page import page_of
from gateway.compat.wire.install import install
from gateway.environ import EnvironBuilder
from tests.support.asgi import a_scope
from tests.unit.compat.wire.asking import ask_v2

pytestmark = pytest.mark.anyio


class OutOfStock(Exception):
    pass


async def nowhere(message: Any) -> None: ...


def a_shop() -> Flask:
    app = Flask("legacy")
    app.secret_key = "for tests"
    shop = Blueprint("shop", __name__, url_prefix="/shop")

    @app.errorhandler(404)
    def lost(error: NotFound) -> Any:
        return jsonify(lost=request.path, why=error.description, who=session.get("who")), 404, {"X-Lost": "1"}

    @app.errorhandler(OutOfStock)
    def none_left(error: OutOfStock) -> Any:
        return f"none left of {error}", 409

    @app.errorhandler(500)
    def broken(error: Any) -> Any:
        return render_template_string("broken by {{ error }}", error=type(error.original_exception).__name__), 500

    @app.errorhandler(403)
    def failing(error: Forbidden) -> Any:
        raise RuntimeError("the handler has a mistake too")

    @shop.errorhandler(404)
    def no_product(error: NotFound) -> Any:
        return "no such product", 404

    @shop.get("/<int:number>")
    def product(number: int) -> Any:
        abort(404)

    app.register_blueprint(shop)
    return app


async def page(
    error: Exception, target: str = "/r", legacy: Flask | None = None, *, bound: bool = False, **more: Any
) -> Any:
    scope = {**a_scope(target=target), **more}
    if bound:
        scope[PASSAGE] = Passage(nowhere, EnvironBuilder(multiprocess=True, errors=sys.stderr).build)
    token = HOSTING.set(Hosting(legacy))
    try:
        return await page_of(error, scope)
    finally:
        HOSTING.reset(token)


async def test_without_legacy_it_is_werkzeugs_page() -> None:
    answer = await page(NotFound("<gone>"))
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert b"<p>&lt;gone&gt;</p>" in answer.body


async def test_an_unhandled_error_is_the_page_of_500_and_says_nothing_of_it() -> None:
    answer = await page(ValueError("a secret"))
    assert (answer.status_code, b"secret" in answer.body) == (500, False)


async def test_its_handler_sees_the_request() -> None:
    answer = await page(NotFound("gone"), "/a%20b", a_shop())
    assert answer.body == b'{"lost":"/a b","who":null,"why":"gone"}\n'
    assert (answer.status_code, answer.headers["x-lost"]) == (404, "1")


async def test_a_blueprints_handler_answers_for_its_paths() -> None:
    assert (await page(NotFound(), "/shop/5", a_shop())).body == b"no such product"


async def test_an_exception_of_the_applications_own_has_its_handler() -> None:
    answer = await page(OutOfStock("shoes"), "/r", a_shop())
    assert (answer.status_code, answer.body) == (409, b"none left of shoes")


async def test_any_other_exception_is_its_500() -> None:
    assert (await page(ValueError(), "/r", a_shop())).body == b"broken by ValueError"


async def test_a_handler_that_fails_is_logged_and_its_500_answers(caplog: pytest.LogCaptureFixture) -> None:
    answer = await page(Forbidden(), "/r", a_shop())
    assert (answer.status_code, answer.body) == (500, b"broken by RuntimeError")
    assert "legacy's error handler failed" in caplog.text


async def test_where_its_own_code_fails_too_the_client_gets_a_page(caplog: pytest.LogCaptureFixture) -> None:
    class Away(SecureCookieSessionInterface):
        def open_session(self, app: Flask, request: Any) -> Any:
            raise ConnectionError("the store of sessions is away")

    shop = a_shop()
    shop.session_interface = Away()
    for bound in (False, True):
        answer = await page(NotFound(), "/r", shop, bound=bound)
        assert (answer.status_code, b"<h1>Internal Server Error</h1>" in answer.body) == (500, True)
    assert caplog.text.count("legacy has no page for /r: its own code fails") == 2


async def test_a_request_that_wsgi_has_no_words_for_gets_a_page_too() -> None:
    answer = await page(NotFound(), headers=[(b"host", b"a"), (b"host", b"b")])
    assert answer.status_code == 404


async def test_a_page_that_takes_a_flashed_message_takes_it_out_of_the_session() -> None:
    legacy = Flask("legacy")
    legacy.secret_key = "for tests"
    legacy.register_error_handler(404, lambda error: (", ".join(get_flashed_messages()), 404))
    legacy.add_url_rule("/flash", "flash", lambda: flash("saved") or "")
    client = legacy.test_client()
    client.get("/flash")
    cookie = client.get_cookie("session")
    assert cookie is not None
    app = FastAPI()
    install(app, "errors.pages")
    bind(app, legacy)
    asked = await ask_v2(app, "/nowhere", headers={"cookie": f"session={cookie.value}"})
    theirs = client.get("/nowhere")
    assert asked.text == theirs.text == "saved"
    assert asked.header("vary") == theirs.headers["vary"] == "Cookie"
    assert (asked.header("set-cookie") or "").split(";")[0] == theirs.headers["set-cookie"].split(";")[0]
    assert set(asked.used) == {"errors.pages", "session.write", "session.vary"}


async def test_errors_of_flask_restx_are_its_own_json():
    """It puts itself in front of the function that Flask hands every error to."""
    app = Flask("restx")
    api = Api(app)

    @api.route("/words/<int:number>")
    class Words(Resource):
        def get(self, number: int) -> Any:
            return {}

    v2 = FastAPI()
    bind(v2, app)
    install(v2, "errors")

    @v2.get("/words/{number}")
    async def words(number: int) -> None:
        raise HTTPException(404, "There is no such word.")

    answer = await ask_v2(v2, "/words/7")
    assert (answer.status, answer.header("content-type")) == (404, "application/json")
    assert answer.text.startswith('{"message": "There is no such word.')
