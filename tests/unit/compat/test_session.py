"""The Flask session in v2: what one side writes the other reads, and nothing is lost, leaked or written in a shadow."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import pytest
import redis
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import Response, StreamingResponse
from flask import Flask, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionInterface, SessionMixin
from markupsafe import Markup

from gateway.backends.local import LocalBackend
from gateway.compat.context import LegacyContext, legacy_context
from gateway.compat.legacy import bind
from gateway.compat.session import ReadableSession, SessionEditor, SessionView, WritableSession
from gateway.compat.session_store import keeps_all_in_the_cookie
from gateway.errors import CompatMisused
from tests.support.asgi import Answer, App, ask
from tests.support.stateful.visitor import Visitor, both, seen

pytestmark = pytest.mark.anyio

TAGGED = {
    "tuple": (1, (2, "x")),
    "bytes": b"\x00\xff",
    "moment": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "uuid": UUID(int=7),
    "markup": Markup("<b>bold</b>"),
    "text": "\u00e9 \U0001f600",
    "nested": {"list": [None, True, 1.5]},
}


def a_flask(**config: object) -> Flask:
    app = Flask("sessions")
    app.config.update({"SECRET_KEY": "a key", **config})

    @app.get("/tagged")
    def tagged() -> str:
        session.update(TAGGED)
        return "kept"

    @app.get("/same")
    def same() -> dict[str, Any]:
        return {name: type(session[name]).__name__ + repr(session[name]) for name in TAGGED}

    return app


def a_v2() -> FastAPI:
    app = FastAPI()
    bind(app)

    @app.get("/tagged")
    async def tagged(session: WritableSession) -> str:
        session.update(TAGGED)
        return "kept"

    @app.get("/same")
    async def same(session: ReadableSession) -> dict[str, Any]:
        return {name: type(session[name]).__name__ + repr(session[name]) for name in TAGGED}

    @app.get("/unread")
    async def unread(session: ReadableSession) -> str:
        return repr(session)

    @app.get("/length")
    async def length(session: ReadableSession) -> int:
        return len(session)

    @app.get("/inside")
    async def inside(session: WritableSession) -> str:
        session.setdefault("list", []).append(1)
        session.modified = True
        return "kept"

    @app.get("/own-response")
    async def own_response(session: WritableSession) -> Response:
        session["seen"] = True
        return Response("own", headers={"vary": "Accept"})

    @app.get("/stream")
    def stream(session: WritableSession) -> StreamingResponse:
        session["seen"] = True
        return StreamingResponse(iter([b"a", b"b"]))

    @app.get("/refused")
    async def refused(session: WritableSession) -> None:
        session["seen"] = True
        raise HTTPException(409)

    @app.get("/broken")
    async def broken(session: WritableSession) -> None:
        session["seen"] = True
        raise ZeroDivisionError

    @app.get("/sneaks")
    async def sneaks(legacy: Annotated[LegacyContext, Depends(legacy_context())]) -> None:
        from flask import session as of_legacy  # noqa: PLC0415 - inside of legacy's context

        of_legacy["lost"] = True

    return app


def cookies(answer: Answer) -> list[bytes]:
    return [value for name, value in answer.headers if name == b"set-cookie"]


@pytest.mark.parametrize(("writer", "reader"), [("legacy", "v2"), ("v2", "legacy"), ("v2", "v2")])
async def test_values_keep_their_types(writer: str, reader: str) -> None:
    """Trap A2: a tuple, a time, bytes, a UUID and Markup come back as what they were."""
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        await visitor.ask(writer, "GET", "/tagged")
        answer = await visitor.ask(reader, "GET", "/same")
        assert seen(answer)["body"] == {name: type(value).__name__ + repr(value) for name, value in TAGGED.items()}


async def test_a_cookie_signed_with_yesterdays_key_is_read_and_signed_anew() -> None:
    old, new = a_flask(SECRET_KEY="yesterday"), a_flask(SECRET_KEY="today", SECRET_KEY_FALLBACKS=["yesterday"])
    async with both(old, a_v2()) as before:
        visitor = Visitor(before)
        await visitor.ask("v2", "GET", "/tagged")
    async with both(new, a_v2()) as after:
        visitor.sides = after
        assert (await visitor.ask("v2", "GET", "/length")).body == str(len(TAGGED)).encode()
        await visitor.ask("v2", "GET", "/inside")
    async with both(a_flask(SECRET_KEY="today"), a_v2()) as rotated:
        visitor.sides = rotated
        assert (await visitor.ask("v2", "GET", "/length")).body == str(len(TAGGED) + 1).encode()


@pytest.mark.parametrize("cookie", ["garbage", "eyJhIjoxfQ.aaaa.bbbb", ""])
async def test_a_cookie_that_legacy_did_not_sign_is_an_empty_session_and_stays_where_it_is(cookie: str) -> None:
    """Trap A1: it is not overwritten either, which would log out whoever it belongs to."""
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides, {"session": cookie})
        answer = await visitor.ask("v2", "GET", "/length")
        assert (answer.body, cookies(answer)) == (b"0", [])


async def test_an_answer_varies_by_the_cookie_only_if_the_session_was_looked_at() -> None:
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        assert (await visitor.ask("v2", "GET", "/unread")).header(b"vary") is None
        assert (await visitor.ask("v2", "GET", "/length")).header(b"vary") == b"Cookie"
        assert (await visitor.ask("v2", "GET", "/own-response")).header(b"vary") == b"Accept, Cookie"


@pytest.mark.parametrize(("path", "status"), [("/own-response", 200), ("/stream", 200), ("/refused", 409)])
async def test_it_is_saved_however_the_endpoint_answers(path: str, status: int) -> None:
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        answer = await visitor.ask("v2", "GET", path)
        assert (answer.status, len(cookies(answer))) == (status, 1)
        assert (await visitor.ask("v2", "GET", "/length")).body == b"1"


async def test_an_endpoint_that_fails_saves_nothing() -> None:
    async with both(a_flask(), a_v2()) as sides:
        answer = await Visitor(sides).ask("v2", "GET", "/broken")
        assert (answer.status, cookies(answer)) == (500, [])


async def test_a_change_inside_of_a_value_is_saved_when_it_is_said() -> None:
    async with both(a_flask(), a_v2()) as sides:
        visitor = Visitor(sides)
        for _ in range(2):
            assert len(cookies(await visitor.ask("v2", "GET", "/inside"))) == 1


CHANGES: dict[str, Callable[[Any], object]] = {
    "clear": lambda session: session.clear(),
    "pop": lambda session: session.pop("a", None),
    "popitem": lambda session: session.popitem() if session else None,
    "setdefault": lambda session: session.setdefault("a", 1),
    "update": lambda session: session.update({}),
    "update-by-name": lambda session: session.update(a=1),
    "set": lambda session: session.__setitem__("a", 1),
    "look": lambda session: session.get("a"),
}


@pytest.mark.parametrize("before", ["empty", "a", "b"])
@pytest.mark.parametrize("change", CHANGES)
async def test_what_counts_as_a_change_is_what_flask_says(before: str, change: str) -> None:
    """Emptying an empty session sends a cookie that is gone; taking out what is not there sends none."""
    legacy, v2 = a_flask(), FastAPI()
    bind(v2)

    @legacy.get("/change")
    def on_legacy() -> str:
        CHANGES[change](session)
        return ""

    @v2.get("/change")
    async def on_v2(session: WritableSession) -> None:
        CHANGES[change](session)

    @legacy.get("/begin")
    def begin() -> str:
        session[before] = 1
        return ""

    async with both(legacy, v2) as sides:
        found = []
        for side in sides:
            visitor = Visitor(sides)
            if before != "empty":
                await visitor.ask("legacy", "GET", "/begin")
            shown = seen(await visitor.ask(side, "GET", "/change"))
            found.append((shown["cookies"], shown["vary"], set(visitor.cookies)))
    assert found[0] == found[1]


async def test_a_route_that_only_reads_cannot_change_the_session() -> None:
    """Neither by the view it is given nor behind its back: the change would be lost, so it is an error."""
    assert not hasattr(SessionView, "__setitem__")
    assert hasattr(SessionEditor, "__setitem__")
    async with both(a_flask(), a_v2()) as sides:
        answer = await Visitor(sides).ask("v2", "GET", "/sneaks")
        assert (answer.status, cookies(answer)) == (500, [])
    app = a_v2()
    app.user_middleware.clear()
    bind(app, a_flask())
    with pytest.raises(CompatMisused, match="GET /sneaks changed the session and only reads it"):
        await ask(app, target="/sneaks", headers=[(b"host", b"staff.test")])


async def test_a_session_shows_no_values_in_a_log() -> None:
    async with both(a_flask(), a_v2()) as sides:
        assert (await Visitor(sides).ask("v2", "GET", "/unread")).body == b'"<SessionView of sessions>"'


def in_a_shadow(sides: dict[str, App]) -> App:
    local = sides["v2"]
    assert isinstance(local, LocalBackend)
    return local.shadow()


@pytest.mark.parametrize("path", ["/note/once", "/login"])
async def test_a_shadow_has_the_headers_of_an_answer(visitor: Visitor, path: str) -> None:
    """Else each route that writes a session would be a mismatch."""
    expected = seen(await Visitor(visitor.sides).ask("legacy", "GET", path))
    visitor.sides = {"shadow": in_a_shadow(dict(visitor.sides))}
    got = seen(await visitor.ask("shadow", "GET", path))
    assert (got["status"], got["vary"], got["cookies"]) == (
        expected["status"],
        expected["vary"],
        expected["cookies"],
    )


@pytest.mark.parametrize("store", ["redis"], indirect=True)
async def test_a_shadow_writes_no_store(visitor: Visitor, flask_app: Flask, redis_url: str) -> None:
    """Case 89: what is shown once is taken once, by the answer that the client gets."""
    await visitor.ask("legacy", "GET", "/note/once")
    with redis.Redis.from_url(redis_url) as connection:
        (key,) = connection.scan_iter(f"{flask_app.config['SESSION_KEY_PREFIX']}*")
        before = connection.get(key)
        shadow = Visitor({"shadow": in_a_shadow(dict(visitor.sides))}, dict(visitor.cookies))
        assert b"A note: once" in (await shadow.ask("shadow", "GET", "/notes")).body
        await shadow.ask("shadow", "PUT", "/cart/pear")
        assert connection.get(key) == before
        assert len(list(connection.scan_iter(f"{flask_app.config['SESSION_KEY_PREFIX']}*"))) == 1
    assert b"A note: once" in (await visitor.ask("v2", "GET", "/notes")).body
    assert b"A note: once" not in (await visitor.ask("legacy", "GET", "/notes")).body


class Slow(SessionInterface):
    """A store of the application's own, that blocks, and whose sessions do not know whether they were changed."""

    class Session(dict[str, Any], SessionMixin):
        pass

    def __init__(self) -> None:
        self.threads: list[str] = []
        self.kept: dict[str, Any] = {}
        self.together = threading.Barrier(3)

    def open_session(self, app: Flask, request: Any) -> Any:
        self.threads.append(threading.current_thread().name)
        if request.path == "/inside":
            self.together.wait(10)  # broken, and an error, unless three requests wait here at once
        return self.Session(self.kept)

    def save_session(self, app: Flask, session: Any, response: Any) -> None:
        self.threads.append(threading.current_thread().name)
        self.kept = dict(session)
        response.set_cookie(self.get_cookie_name(app), "kept")


async def test_a_store_that_blocks_does_so_on_a_thread() -> None:
    flask_app = a_flask()
    flask_app.session_interface = slow = Slow()
    async with both(flask_app, a_v2()) as sides:
        answers = await asyncio.gather(*(Visitor(sides).ask("v2", "GET", "/inside") for _ in range(3)))
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert threading.current_thread().name not in slow.threads
    assert "list" in slow.kept


async def test_a_session_that_cannot_say_whether_it_changed_is_saved_by_routes_that_write() -> None:
    flask_app = a_flask()
    flask_app.session_interface = slow = Slow()
    async with both(flask_app, a_v2()) as sides:
        answer = await Visitor(sides).ask("v2", "GET", "/length")
        assert (answer.status, cookies(answer), answer.header(b"vary")) == (200, [], b"Cookie")
        assert len(slow.threads) == 1
        assert len(cookies(await Visitor(sides).ask("v2", "GET", "/own-response"))) == 1


def test_an_interface_of_its_own_is_not_taken_for_flasks() -> None:
    class Renamed(SecureCookieSessionInterface):
        salt = "another"

    class Audited(SecureCookieSessionInterface):
        def save_session(self, app: Flask, session: Any, response: Any) -> None:
            super().save_session(app, session, response)

    assert keeps_all_in_the_cookie(Renamed())
    assert not keeps_all_in_the_cookie(Audited())
    assert not keeps_all_in_the_cookie(Slow())


async def test_without_a_secret_key_a_session_is_readable_and_says_why_it_is_not_writable() -> None:
    keyless = a_flask(SECRET_KEY=None)
    async with both(keyless, a_v2()) as sides:
        assert (await Visitor(sides).ask("v2", "GET", "/length")).body == b"0"
        assert (await Visitor(sides).ask("v2", "GET", "/inside")).status == 500
    assert issubclass(keyless.session_interface.null_session_class, SecureCookieSession)
