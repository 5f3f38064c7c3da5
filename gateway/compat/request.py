"""The request as the legacy application would see it: what every other part of compat's state works on.

    legacy: Legacy                      as an argument of an endpoint, or of a dependency
    await legacy.run(function)          legacy's code, in its request context, on a thread

One for each request, made when the first dependency asks. It is pushed in a context of its own, so v2's code sees
nothing of it unless it asks (`legacy_context`), and Flask's `teardown_request` functions do not run: what of legacy's
hooks shall run around v2's routes is chosen (`hooks`). `teardown_appcontext` functions do: they let connections go.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

from anyio import to_thread
from fastapi import Depends, Request
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from gateway.asgi import IS_SHADOW
from gateway.compat import session_store
from gateway.compat.answer import LegacyAnswer, answer_to
from gateway.compat.around import Around
from gateway.compat.body import hand_over, withhold
from gateway.compat.legacy import legacy_app
from gateway.compat.passage import Leaving, passage_of
from gateway.errors import CompatMisused, GatewayError, RequestRefused

if TYPE_CHECKING:
    from flask import Flask
    from flask import Request as FlaskRequest
    from flask.sessions import SessionMixin
    from werkzeug.wrappers import Response as WerkzeugResponse

T = TypeVar("T")


class LegacyRequest:
    """One request of v2, as a request of `app`. A `Companion` of its passage.

    `writes` says whether this route may change the session; parts that must, such as a login, set it.
    """

    def __init__(self, app: Flask, environ: dict[str, Any]) -> None:
        withhold(environ)
        self.app = app
        self.writes = False
        self.around = Around(app)
        self.app_context = app.app_context()
        self.context = app.request_context(environ)
        self._own: Context = copy_context()
        self._one_at_a_time = asyncio.Lock()

    @property
    def request(self) -> FlaskRequest:
        """Flask's request object."""
        return self.context.request

    @property
    def session(self) -> SessionMixin:
        """The session; asking for it counts as looking at it, as Flask counts."""
        session = session_store.session_of(self.context)
        session.accessed = True
        return session

    @property
    def wants_body(self) -> bool:
        """Whether a chosen hook looks at the answer's body."""
        return self.around.wants_body

    async def open(self) -> None:
        """Push the contexts: Flask opens the session then, and matches the path."""
        if session_store.keeps_all_in_the_cookie(self.app.session_interface):
            self._own.run(self._push)
        else:
            await to_thread.run_sync(self._own.run, self._push)

    async def run(self, function: Callable[[], T]) -> T:
        """Call legacy's `function` in its request context, on a thread; its result.

        An exception that legacy has an answer to (`abort`, an error handler) becomes LegacyAnswer; another is raised
        as it is.
        """
        async with self._one_at_a_time:
            return await to_thread.run_sync(self._own.run, self._guarded, function)

    def here(self, function: Callable[[], T]) -> T:
        """Call `function` in legacy's request context, here and now: for what neither waits nor blocks."""
        return self._own.copy().run(function)

    @contextmanager
    def pushed(self) -> Iterator[None]:
        """Let the caller's own context know `current_app`, `g`, `request` and `session` of legacy."""
        self._push()
        try:
            yield
        finally:
            # Never the first push, so this one's end is not the request's: no teardown function runs.
            self.context.pop(None)
            self.app_context.pop(None)

    async def hand_over_body(self, request: Request) -> None:
        """Let legacy's code read the body: before this, reading it is an error.

        Raises legacy's answer to a body that is longer than its `MAX_CONTENT_LENGTH`, before any of it is read.
        """
        limit, length = self.app.config.get("MAX_CONTENT_LENGTH"), self.request.content_length
        if limit is not None and length is not None and length > limit:
            from werkzeug.exceptions import RequestEntityTooLarge  # noqa: PLC0415 - with Flask only

            await self.fail(RequestEntityTooLarge())
        await hand_over(request, self.request)

    async def fail(self, error: Exception) -> NoReturn:
        """Raise what legacy answers to `error`; the error itself where it has no answer."""

        def raise_it() -> NoReturn:
            raise error

        await self.run(raise_it)
        raise error  # not reached

    def refuse(self, response: WerkzeugResponse) -> LegacyAnswer:
        """What to raise so that the client gets `response`."""
        return LegacyAnswer(response, self.request.environ)

    async def refuse_host(self) -> None:
        """Raise what legacy answers to a host that is none of its `TRUSTED_HOSTS`, or that is none at all.

        That the path is another than any of legacy's is no reason: it is v2's.
        """
        from werkzeug.exceptions import BadRequest  # noqa: PLC0415 - with Flask only

        failure = self.request.routing_exception
        if isinstance(failure, BadRequest):
            await self.fail(failure)

    async def leave(self, answer: Leaving) -> Leaving:
        """Run the hooks that were chosen, then save the session, as Flask does at the end of a request."""
        stores = session_store.keeps_all_in_the_cookie(self.app.session_interface)
        async with self._one_at_a_time:
            if stores and not self.around.may_block:
                return self._own.run(self._leave, answer)
            return await to_thread.run_sync(self._own.run, self._leave, answer)

    async def close(self, error: BaseException | None) -> None:
        """Let go of what legacy's code holds."""
        holds_nothing = not self.app.teardown_appcontext_funcs and not self.around.teardown
        async with self._one_at_a_time:
            if holds_nothing:
                self._own.run(self._close, error)
            else:
                await to_thread.run_sync(self._own.run, self._close, error)

    # In legacy's context

    def _push(self) -> None:
        self.app_context.push()
        self.context.push()

    def _guarded(self, function: Callable[[], T]) -> T:
        try:
            return function()
        except (LegacyAnswer, GatewayError):
            raise
        except Exception as error:
            self.writes = (
                True  # the page may change the session: it takes messages, and Flask-Login marks a login stale
            )
            raise self.refuse(answer_to(self.app, error)) from error

    def _leave(self, answer: Leaving) -> Leaving:
        session = session_store.session_of(self.context)
        if not self.writes and session_store.was_changed(session):
            raise CompatMisused(
                f"{self.request.method} {self.request.path} changed the session and only reads it, so the change would "
                "be lost; let the route write it: `session: WritableSession`"
            )
        return self.around.leave(
            answer,
            self.context,
            lambda response: session_store.save(
                self.app, session, response, writes=self.writes, shadow=IS_SHADOW.get()
            ),
        )

    def _close(self, error: BaseException | None) -> None:
        try:
            self.around.tear_down(self.request, error)
        finally:
            self.request.close()
            self.app.do_teardown_appcontext(error)


async def legacy_request(connection: HTTPConnection) -> LegacyRequest:
    """FastAPI's dependency: the request as legacy would see it, the same one for all who ask.

    A WebSocket is to legacy the GET that it began with: who it is, and what the session holds, can be known, and what
    is changed is not saved.

    Raises LegacyMissing where there is no legacy application, CompatMisused where `bind` was not called, LegacyAnswer
    for a host that is none of its `TRUSTED_HOSTS`.
    """
    passage = passage_of(connection.scope)
    if passage is None:
        raise CompatMisused("call bind(app) where v2's application is made: its routes use legacy's sessions or hooks")
    if isinstance(passage.companion, LegacyRequest):
        return passage.companion
    try:
        environ = passage.environ({"method": "GET", **connection.scope})
    except RequestRefused as refused:
        raise HTTPException(refused.status) from refused
    made = LegacyRequest(legacy_app(), environ)
    await made.open()
    passage.companion = made
    await made.refuse_host()
    return made


Legacy = Annotated[LegacyRequest, Depends(legacy_request)]
"""An argument of this type is the request as legacy would see it."""
