"""Flask-Login through compat, beside what the journeys show: settings, loaders and callers that are not ordinary."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from fastapi import FastAPI
from flask import Flask, jsonify
from flask_login import LoginManager, UserMixin, user_logged_in

from gateway.compat.legacy import bind
from gateway.compat.login import CurrentUser, FreshlyLoggedIn, LoggedIn, Login
from tests.support.asgi import ask
from tests.support.stateful.visitor import Visitor, both, seen

pytestmark = pytest.mark.anyio


class User(UserMixin):
    def __init__(self, number: str) -> None:
        self.id = number

    @property
    def is_active(self) -> bool:
        return self.id != "inactive"

    @property
    def thread(self) -> str:
        return threading.current_thread().name


def a_flask(*, loader: bool = True, **config: object) -> Flask:
    app = Flask("logins")
    app.config.update({"SECRET_KEY": "a key", **config})
    manager = LoginManager(app)
    if loader:
        manager.user_loader(lambda number: None if number == "nobody" else User(number))
    else:
        manager.request_loader(lambda _: None)
    return app


def a_v2(legacy: Flask | None = None) -> FastAPI:
    app = FastAPI()
    bind(app, legacy)

    @app.get("/in/{number}")
    async def log_in(number: str, login: Login, *, remember: bool = False, force: bool = False) -> bool:
        return await login.log_in(number, remember=remember, force=force)

    @app.get("/in-as-object")
    async def log_in_object(login: Login) -> bool:
        return await login.log_in(User("object"))

    @app.get("/who")
    def who(user: CurrentUser) -> Any:
        return user.id if user is not None else None

    @app.get("/thread")
    async def thread(login: Login) -> str:
        return await login.read(lambda user: user.thread)

    @app.api_route("/guarded", methods=["GET", "OPTIONS"])
    async def guarded(user: LoggedIn) -> Any:
        return user.is_authenticated

    @app.get("/fresh")
    async def fresh(user: FreshlyLoggedIn, login: Login) -> bool:
        return await login.is_fresh()

    @app.get("/confirm")
    async def confirm(login: Login) -> None:
        await login.confirm()

    @app.get("/out")
    async def out(login: Login) -> None:
        await login.log_out()

    return app


@pytest.mark.parametrize(("number", "entered"), [("7", b"true"), ("nobody", b"false"), ("inactive", b"false")])
async def test_only_a_user_whom_legacy_knows_and_lets_in_is_logged_in(number: str, entered: bytes) -> None:
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        assert (await visitor.ask("v2", "GET", f"/in/{number}")).body == entered
        assert (await visitor.ask("v2", "GET", "/who")).body == (
            f'"{number}"'.encode() if entered == b"true" else b"null"
        )


async def test_an_inactive_user_can_be_forced_and_an_object_is_taken_as_it_is() -> None:
    async with both(a_flask(), a_v2()) as sides:
        assert (await Visitor(sides).ask("v2", "GET", "/in/inactive?force=1")).body == b"true"
        visitor = Visitor(sides)
        assert (await visitor.ask("v2", "GET", "/in-as-object")).body == b"true"
        assert (await visitor.ask("v2", "GET", "/who")).body == b'"object"'


async def test_who_is_remembered_is_not_fresh_until_confirmed() -> None:
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        await visitor.ask("v2", "GET", "/in/7?remember=1")
        del visitor.cookies["session"]
        assert (await visitor.ask("v2", "GET", "/fresh")).status == 401  # there is no login page to go to
        await visitor.ask("v2", "GET", "/confirm")
        assert (await visitor.ask("v2", "GET", "/fresh")).body == b"true"


async def test_a_stolen_session_is_not_known_elsewhere_with_strong_protection() -> None:
    """Trap A3: a session belongs to an address and a browser, so compat shows legacy both."""
    async with both(a_flask(SESSION_PROTECTION="strong"), a_v2()) as sides:
        owner = Visitor(sides, headers={"user-agent": "one"})
        await owner.ask("v2", "GET", "/in/7")
        assert (await owner.ask("v2", "GET", "/who")).body == b'"7"'
        thief = Visitor(sides, {**owner.cookies}, {"user-agent": "another"})
        assert (await thief.ask("v2", "GET", "/who")).body == b"null"
        assert (await thief.ask("v2", "GET", "/fresh")).status == 401


async def test_what_a_user_loads_lazily_is_loaded_on_a_thread() -> None:
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        await visitor.ask("v2", "GET", "/in/7")
        name = (await visitor.ask("v2", "GET", "/thread")).body.decode()
        assert threading.current_thread().name not in name


async def test_the_apps_own_words_for_somebody_who_is_not_logged_in() -> None:
    app = a_flask()
    app.login_manager.unauthorized_handler(lambda: (jsonify(error="who?"), 418, {"X-Why": "login"}))
    async with both(app, a_v2()) as sides:
        answer = await Visitor(sides).ask("v2", "GET", "/guarded")
        assert (answer.status, answer.body, answer.header(b"x-why")) == (418, b'{"error":"who?"}\n', b"login")


async def test_without_words_of_its_own_it_is_flasks_401() -> None:
    app = a_flask()
    app.add_url_rule("/guarded", view_func=app.login_manager.unauthorized)
    async with both(app, a_v2()) as sides:
        on_legacy, on_v2 = [await Visitor(sides).ask(side, "GET", "/guarded") for side in ("legacy", "v2")]
        assert seen(on_v2) == seen(on_legacy)
        assert on_v2.header(b"content-type") == b"text/html; charset=utf-8"


async def test_a_disabled_login_and_a_preflight_let_everybody_in() -> None:
    async with both(a_flask(LOGIN_DISABLED=True), a_v2()) as sides:
        assert (await Visitor(sides).ask("v2", "GET", "/guarded")).body == b"false"
    async with both(a_flask(), a_v2()) as sides:
        assert (await Visitor(sides).ask("v2", "OPTIONS", "/guarded")).status == 200


async def test_who_listens_on_legacy_hears_of_a_login_on_v2() -> None:
    heard: list[str] = []

    def listen(sender: Flask, user: Any, **_: object) -> None:
        heard.append(user.id)

    app = a_flask()
    with user_logged_in.connected_to(listen, app):
        async with both(app, a_v2()) as sides:
            await Visitor(sides).ask("v2", "GET", "/in/7")
    assert heard == ["7"]


async def test_an_app_without_flask_login_is_told_so() -> None:
    with pytest.raises(Exception, match="has no Flask-Login"):
        await ask(a_v2(Flask("plain")), target="/who", headers=[(b"host", b"h")])


async def test_an_app_without_a_user_loader_wants_a_user_object() -> None:
    with pytest.raises(Exception, match=r"no user_loader; give login\.log_in\(\) a user object"):
        await ask(a_v2(a_flask(loader=False)), target="/in/7", headers=[(b"host", b"h")])
