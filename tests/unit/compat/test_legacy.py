"""How v2 finds the legacy application: the gateway's own object, or what it was bound to."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI
from flask import Flask

from gateway.asgi import HOSTING, Hosting
from gateway.backends.local import LocalBackend
from gateway.compat.legacy import LegacySource, bind, legacy_app
from gateway.errors import ImportFailed, LegacyMissing
from tests.support.asgi import ask

pytestmark = pytest.mark.anyio


def a_v2(*binding: object, bound: bool = True) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.at_startup = legacy_app().name if bound and binding else None
        yield

    app = FastAPI(lifespan=lifespan)
    if bound:
        bind(app, *binding)  # type: ignore[arg-type]  # each kind is tried

    @app.get("/name")
    async def name() -> str:
        return legacy_app().name

    return app


async def test_the_gateways_own_object_is_found_even_where_another_was_bound() -> None:
    served, other = Flask("served"), Flask("other")
    for v2 in (a_v2(), a_v2(other), a_v2(bound=False)):
        backend = LocalBackend(v2, variables={HOSTING: Hosting(served)})
        await backend.start()
        await backend.settled()
        try:
            assert (await ask(backend, target="/name")).body == b'"served"'
        finally:
            await backend.stop(1)


@pytest.mark.parametrize("kind", ["object", "factory", "string"])
async def test_without_a_gateway_it_is_what_was_bound(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bound_flask.py").write_text("from flask import Flask\ndef create_app(name): return Flask(name)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "path", [*sys.path])
    app = Flask("bound")
    binding = {"object": app, "factory": lambda: app, "string": "bound_flask:create_app('bound')"}[kind]
    v2 = a_v2(binding)
    backend = LocalBackend(v2, isolation="inline")
    await backend.start()
    await backend.settled()
    assert (await ask(backend, target="/name")).body == b'"bound"'
    assert v2.state.at_startup == "bound"
    assert HOSTING.get().legacy is None
    await backend.stop(1)


def test_an_application_is_made_once() -> None:
    source = LegacySource(lambda: Flask("made"))
    assert source.get() is source.get()


async def test_without_any_the_error_says_what_to_write() -> None:
    with pytest.raises(LegacyMissing, match=r'bind\(app, "legacy\.app:create_app\(\)"\)'):
        await ask(a_v2(), target="/name")


@pytest.mark.parametrize(
    ("binding", "said"),
    [
        ("no_such_module_here:app", "no_such_module_here"),
        ("flask:Blueprint", "Blueprint"),
        (FastAPI, "makes FastAPI, not a Flask application"),
    ],
)
def test_what_is_no_flask_application_is_named(binding: str, said: str) -> None:
    with pytest.raises(ImportFailed, match=said):
        LegacySource(binding).get()
