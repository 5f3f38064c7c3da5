"""Many requests at once: none sees another's context, none waits for another's legacy code, nothing stays behind."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import pytest
from anyio import to_thread
from fastapi import Depends, FastAPI, HTTPException
from flask import Flask, g, has_app_context, has_request_context, session
from flask.sessions import SecureCookieSessionInterface
from flask_jwt_extended import JWTManager, create_access_token
from flask_login import LoginManager, UserMixin

from gateway.compat.context import LegacyContext, legacy_context
from gateway.compat.hooks import hooks
from gateway.compat.jwt import AccessToken
from gateway.compat.legacy import bind
from gateway.compat.login import CurrentUser
from gateway.compat.request import Legacy, LegacyRequest
from gateway.compat.session import WritableSession
from tests.support.asgi import ask
from tests.support.stateful.visitor import HOST, Visitor
from tests.unit.compat.test_journeys import token_of

pytestmark = pytest.mark.anyio

Inside = Annotated[LegacyContext, Depends(legacy_context(writes=True))]


# Nothing leaks


def a_busy_v2(legacy: Flask) -> FastAPI:
    app = FastAPI()
    bind(app, legacy)

    @app.get("/async/{name}")
    async def on_the_loop(name: str, legacy: Inside) -> Any:
        g.name = session["name"] = name
        await asyncio.sleep(0)
        return [g.name, await legacy.run(lambda: session["name"])]

    @app.get("/sync/{name}")
    def on_a_thread(name: str, legacy: Inside) -> Any:
        g.name = session["name"] = name
        return [g.name, session["name"]]

    @app.get("/fails/{name}")
    async def fails(name: str, legacy: Inside) -> None:
        g.name = name
        await legacy.run(lambda: {}[name])

    @app.get("/refused/{name}")
    def refused(name: str, legacy: Inside) -> None:
        g.name = name
        raise HTTPException(403)

    @app.get("/waits/{name}")
    async def waits(name: str, legacy: Inside) -> None:
        g.name = name
        await asyncio.Event().wait()

    return app


def sees_legacy() -> tuple[bool, bool]:
    return has_app_context(), has_request_context()


async def test_no_context_is_left_to_the_loop_nor_to_a_thread_however_requests_end() -> None:
    """Trap H6, with failures, refusals and clients that leave among the answers."""
    legacy = Flask("busy")
    legacy.secret_key = "a key"
    v2 = a_busy_v2(legacy)
    kinds = ("async", "sync", "fails", "refused", "waits")
    paths = [f"/{kind}/{number}" for number in range(20) for kind in kinds]
    tasks = {path: asyncio.create_task(ask(v2, target=path, headers=[HOST])) for path in paths}
    await asyncio.wait([task for path, task in tasks.items() if "waits" not in path])
    for path, task in tasks.items():
        if "waits" in path:
            task.cancel()
    ended = dict(zip(tasks, await asyncio.gather(*tasks.values(), return_exceptions=True), strict=True))
    for path, answer in ended.items():
        _, kind, name = path.split("/")
        match kind:
            case "async" | "sync":
                assert not isinstance(answer, BaseException)
                assert json.loads(answer.body) == [name, name]
            case "refused":
                assert not isinstance(answer, BaseException)
                assert answer.status == 403
            case "fails":
                assert isinstance(answer, KeyError)
            case _:
                assert isinstance(answer, asyncio.CancelledError)
    assert sees_legacy() == (False, False)
    assert set(await asyncio.gather(*(to_thread.run_sync(sees_legacy) for _ in range(40)))) == {(False, False)}
    del answer, ended, tasks, task
    gc.collect()
    assert [one for one in gc.get_objects() if type(one) is LegacyRequest and one.app is legacy] == []


# Nobody waits


@dataclass
class Slow:
    """Legacy's code that waits: `begun` is set when it runs, and it goes on when `may_end` is."""

    begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    went_on: list[bool] = field(default_factory=list)

    def __call__(self, *_: Any, **__: Any) -> None:
        if not self.begun.is_set():
            self.begun.set()
            self.went_on.append(self.may_end.wait(20))


class User(UserMixin):
    id = "7"


def slow_store(method: str) -> Callable[[Flask, Slow], None]:
    def place(app: Flask, slow: Slow) -> None:
        class Store(SecureCookieSessionInterface):
            pass

        def waiting(self: Any, *values: Any) -> Any:
            slow()
            return getattr(SecureCookieSessionInterface, method)(self, *values)

        setattr(Store, method, waiting)
        app.session_interface = Store()

    return place


def slow_handler(app: Flask, slow: Slow) -> None:
    app.register_error_handler(ZeroDivisionError, lambda error: slow() or ("zero", 400))


def slow_blocklist(app: Flask, slow: Slow) -> None:
    app.extensions["flask-jwt-extended"].token_in_blocklist_loader(lambda header, claims: bool(slow()))


def slow_user(app: Flask, slow: Slow) -> None:
    app.login_manager.request_loader(lambda request: slow() or User())  # type: ignore[attr-defined]  # Flask-Login's own


def named(kind: str) -> Callable[[Flask, Slow], None]:
    def place(app: Flask, slow: Slow) -> None:
        def waits(response: Any = None) -> Any:
            slow()
            return response if kind == "after_request" else None

        getattr(app, kind)(waits)

    return place


PLACES: dict[str, tuple[str, Callable[[Flask, Slow], None]]] = {
    "opening the session": ("/session", slow_store("open_session")),
    "saving the session": ("/session", slow_store("save_session")),
    "loading the user": ("/user", slow_user),
    "looking a token up": ("/token", slow_blocklist),
    "before a request": ("/hooks", named("before_request")),
    "after a request": ("/hooks", named("after_request")),
    "tearing a request down": ("/hooks", named("teardown_request")),
    "letting go": ("/session", named("teardown_appcontext")),
    "answering an error": ("/error", slow_handler),
    "legacy's own code": ("/code", lambda app, slow: app.extensions.update(slow=slow)),
}


def a_v2_that_asks(legacy: Flask) -> FastAPI:
    app = FastAPI()
    bind(app, legacy)
    app.add_api_route("/plain", lambda: "plain")

    @app.get("/session")
    async def session(session: WritableSession) -> None:
        session["a"] = 1

    @app.get("/user")
    async def user(user: CurrentUser) -> Any:
        return user.id

    @app.get("/token")
    async def token(token: AccessToken) -> Any:
        return token.identity

    @app.get("/hooks", dependencies=[Depends(hooks("waits"))])
    async def hooked() -> None: ...

    @app.get("/error")
    async def error(legacy: Legacy) -> None:
        await legacy.run(lambda: 1 // 0)  # type: ignore[arg-type, return-value]  # it never returns

    @app.get("/code")
    async def code(legacy: Legacy) -> None:
        await legacy.run(legacy.app.extensions["slow"])

    return app


@pytest.mark.parametrize("place", PLACES)
async def test_while_legacys_code_waits_v2_answers_others(place: str) -> None:
    legacy, slow = Flask("slow"), Slow()
    legacy.config.update(SECRET_KEY="a key", JWT_SECRET_KEY="a key that is long enough to sign a token with")
    LoginManager(legacy)
    JWTManager(legacy)
    with legacy.app_context():
        bearer = (b"authorization", f"Bearer {create_access_token('7')}".encode())
    path, put = PLACES[place]
    put(legacy, slow)
    v2 = a_v2_that_asks(legacy)
    waiting = asyncio.create_task(ask(v2, target=path, headers=[HOST, bearer]))
    await to_thread.run_sync(slow.begun.wait, 20)
    assert (await ask(v2, target="/plain", headers=[HOST])).body == b'"plain"'
    slow.may_end.set()
    assert (await waiting).status == (400 if place == "answering an error" else 200)
    assert slow.went_on == [True]


# One visitor, on both sides at once


async def test_a_session_that_both_sides_write_at_once_is_one_of_the_two_and_whole(
    visitor: Visitor, store: str
) -> None:
    """As two requests at once on legacy: nobody is logged out, and neither change is half there."""
    visitor.headers["x-csrftoken"] = token_of(await visitor.ask("legacy", "GET", "/login"))
    await visitor.ask("legacy", "PUT", "/cart/apple")
    for round_ in range(5):
        before = json.loads((await visitor.ask("v2", "GET", "/cart")).body)["cart"]
        others = {side: Visitor(visitor.sides, dict(visitor.cookies), visitor.headers) for side in visitor.sides}
        await asyncio.gather(*(one.ask(side, "PUT", f"/cart/{side}-{round_}") for side, one in others.items()))
        found = [json.loads((await one.ask("legacy", "GET", "/cart")).body)["cart"] for one in others.values()]
        if store == "cookie":  # each answer has a cookie of its own, and the browser keeps the last
            assert found == [[*before, f"{side}-{round_}"] for side in others]
        else:
            assert found[0] == found[1]
            assert found[0][: len(before)] == before
            assert len(found[0]) in {len(before) + 1, len(before) + 2}
        visitor.cookies = next(iter(others.values())).cookies
