"""What v2 uses of compat is counted, on whatever thread it runs, and by nobody where there is no gateway."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from fastapi import FastAPI

from gateway.asgi import HOSTING, Hosting
from gateway.backends.local import LocalBackend
from gateway.compat.context import is_shadow
from gateway.compat.switch import Switch
from tests.support.asgi import ask

pytestmark = pytest.mark.anyio

KEPT = Switch("tests.kept", "nothing but this test")


def an_app() -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        Switch("tests.lifespan", "").applied()
        yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/async")
    async def on_the_loop() -> bool:
        KEPT.applied()
        return is_shadow()

    @app.get("/sync")
    def on_a_thread() -> bool:
        KEPT.applied()
        return is_shadow()

    return app


@pytest.mark.parametrize("isolation", ["thread", "inline"])
async def test_the_host_is_told_of_each_use(isolation: Literal["thread", "inline"]) -> None:
    seen: Counter[str] = Counter()
    hosting = Hosting(applied=lambda name: seen.update([name]))
    backend = LocalBackend(an_app(), isolation=isolation, variables={HOSTING: hosting})
    await backend.start()
    await backend.settled()
    shadow = backend.shadow()
    try:
        for path in ("/async", "/sync"):
            assert (await ask(backend, target=path)).body == b"false"
            assert (await ask(shadow, target=path)).body == b"true"
    finally:
        await backend.stop(1)
    assert seen == {"tests.kept": 4, "tests.lifespan": 1}
    assert HOSTING.get() is not hosting


async def test_v2_alone_counts_nothing_and_works() -> None:
    answers = await asyncio.gather(*(ask(an_app(), target=path) for path in ("/async", "/sync")))
    assert [answer.body for answer in answers] == [b"false", b"false"]
