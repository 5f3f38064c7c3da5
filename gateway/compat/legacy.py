"""How v2 reaches the legacy application's own objects: its session interface, login manager, configuration.

    legacy_app()                                the Flask object, within a request
    bind(app)                                   once, where v2's FastAPI application is made
    bind(app, "legacy.app:create_app()")        the same, and what to import where no gateway hosts v2
    bind(app, known_to_legacy_as="v2")          the same, and legacy's templates may say url_for("v2.route_name")

In the gateway's process the Flask object is the very one that the bridge serves. Elsewhere (v2 alone under uvicorn,
tests, or a legacy that the map names by `url`) it is what `bind` was given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO, cast
from wsgiref.types import WSGIEnvironment

from anyio import to_thread
from fastapi import FastAPI
from starlette.routing import Router

from gateway.asgi import HOSTING, Receive, Scope, Send
from gateway.compat.answer import LegacyAnswer, send_legacy_answer
from gateway.compat.passage import PASSAGE, Passage
from gateway.compat.v2_urls import teach
from gateway.environ import EnvironBuilder
from gateway.errors import ImportFailed, LegacyMissing
from gateway.legacy_errors import LegacyErrors
from gateway.wrappers import as_forwarded, proxies_of

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix


def legacy_app() -> Flask:
    """The legacy application's Flask object.

    Raises LegacyMissing outside of a request of v2, and where neither the gateway nor `bind` knows the application.
    """
    legacy: Flask | None = HOSTING.get().legacy
    if legacy is None:
        raise LegacyMissing(
            "v2 uses the legacy application, and there is none in this process: the map names it by `url`, or v2 runs "
            'without the gateway. Say what to import where v2 is made: bind(app, "legacy.app:create_app()")'
        )
    return legacy


def bind(
    app: FastAPI, legacy: Flask | Callable[[], Flask] | str | None = None, *, known_to_legacy_as: str = ""
) -> None:
    """Let `app`'s routes use the legacy application's sessions, logins and hooks. Call it where `app` is made.

    `legacy` is used only where the gateway does not host the legacy application: the Flask object, a function that
    makes it, or an import string as `flask --app` takes it, which is imported when v2 starts. `known_to_legacy_as` is
    the prefix by which legacy's `url_for` finds v2's routes, from v2's startup on; empty for none.
    """
    app.add_exception_handler(LegacyAnswer, send_legacy_answer)  # type: ignore[arg-type]  # a Response, or None for a WebSocket
    known = (app.router, known_to_legacy_as) if known_to_legacy_as else None
    app.add_middleware(Binding, source=None if legacy is None else LegacySource(legacy), known=known)


class LegacySource:
    """Makes the Flask object once, whoever asks first."""

    def __init__(self, legacy: Flask | Callable[[], Flask] | str) -> None:
        self._legacy = legacy
        self._made: tuple[Flask, tuple[ProxyFix, ...]] | None = None
        self._lock = threading.Lock()

    def get(self) -> tuple[Flask, tuple[ProxyFix, ...]]:
        """The Flask object, and the proxies that it believes. Importing may take its time: not for an event loop.

        Raises ImportFailed.
        """
        with self._lock:
            if self._made is None:
                made = self._make()
                self._made = made, proxies_of(made)
            return self._made

    def _make(self) -> Flask:
        from flask import Flask  # noqa: PLC0415 - 100 ms, and in the gateway's process it is never needed here

        legacy = self._legacy
        if isinstance(legacy, str):
            return _imported(legacy)
        made = legacy if isinstance(legacy, Flask) else legacy()
        if not isinstance(made, Flask):
            raise ImportFailed(
                f"bind() was given {legacy!r}, which makes {type(made).__name__}, not a Flask application"
            )
        return made


class Binding:
    """The ASGI middleware that `bind` adds.

    Every call, and v2's lifespan, can find the legacy application; every request and WebSocket has its passage.
    """

    def __init__(self, app: Any, *, source: LegacySource | None, known: tuple[Router, str] | None) -> None:
        self._app = app
        self._source = source
        self._known = known
        self._pupil: Flask | None = None
        self._environs = EnvironBuilder(multiprocess=True, errors=cast("TextIO", LegacyErrors()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set what the context lacks, for the time of this call."""
        hosting = HOSTING.get()
        if hosting.legacy is not None or self._source is None:
            self._teach(hosting.legacy)
            await self._pass(scope, receive, send)
            return
        legacy, proxies = await to_thread.run_sync(self._source.get)
        hosting = replace(hosting, legacy=legacy, proxies=proxies)
        self._teach(hosting.legacy)
        token = HOSTING.set(hosting)
        try:
            await self._pass(scope, receive, send)
        finally:
            HOSTING.reset(token)

    def _teach(self, legacy: Flask | None) -> None:
        if self._known is not None and legacy is not None and legacy is not self._pupil:
            self._pupil = legacy
            teach(legacy, *self._known)

    def _environ(self, scope: Scope) -> WSGIEnvironment:
        return as_forwarded(self._environs.build(scope), HOSTING.get().proxies)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or PASSAGE in scope:
            await self._app(scope, receive, send)
            return
        passage = scope[PASSAGE] = Passage(send, self._environ, bodiless=scope.get("method") == "HEAD")
        error: BaseException | None = None
        try:
            await self._app(scope, receive, passage.send)
        except BaseException as raised:
            error = raised
            raise
        finally:
            await passage.close(error)


def _imported(text: str) -> Flask:
    from flask.cli import NoAppException, ScriptInfo  # noqa: PLC0415 - as above

    try:
        return ScriptInfo(app_import_path=text, set_debug_flag=False).load_app()
    except (NoAppException, ImportError) as error:
        raise ImportFailed(f'bind() could not import "{text}": {error}') from error
