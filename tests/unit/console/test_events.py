"""Who listens is told that something changed, and no more than that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, cast

import pytest

from gateway.console.events import CLIENTS, Streams, tick
from gateway.console.refusals import Refused
from gateway.console.views.picture import Picture
from gateway.console.views.reader import Reader
from tests.support.console import AUTHORIZED, Operated, client
from tests.support.picture import a_picture

pytestmark = pytest.mark.anyio
PICTURE = replace(a_picture(), version=3)


class Looked:
    """A reader that has a picture."""

    def __init__(self, picture: Picture | None) -> None:
        self.latest = picture
        self.looks = 0

    def look(self) -> None:
        self.looks += 1


def streams(reader: Looked, **pace: float) -> Streams:
    return Streams(cast("Reader", reader), **{"pace": 0.001, **pace})


def ticks(found: Streams) -> AsyncIterator[Any]:
    return cast("AsyncIterator[Any]", found.open().body_iterator)


async def test_a_tick_comes_at_once_and_again_when_something_changed() -> None:
    reader = Looked(PICTURE)
    async with aclosing(ticks(streams(reader))) as found:  # type: ignore[type-var] # it is a generator
        assert (await anext(found)).startswith("retry: ")
        assert await anext(found) == tick(PICTURE)
        reader.latest = replace(PICTURE, version=4, force="legacy")
        told = await anext(found)
    assert json.loads(told.partition("data: ")[2]) == {"revision": PICTURE.revision, "force": "legacy", "version": 4}
    assert told.endswith("\n\n"), "an event ends with an empty line"


async def test_whoever_listens_looks_on_so_that_pictures_stay_new() -> None:
    reader = Looked(PICTURE)
    async with aclosing(ticks(streams(reader))) as found:  # type: ignore[type-var] # it is a generator
        await anext(found)
        await anext(found)
    assert reader.looks


async def test_while_nothing_changes_a_comment_keeps_the_connection() -> None:
    async with aclosing(ticks(streams(Looked(PICTURE), heartbeat=0.003))) as found:  # type: ignore[type-var]
        assert [await anext(found) for _ in range(3)][2] == ": still here\n\n"


async def test_before_there_is_a_picture_nothing_is_told() -> None:
    async with aclosing(ticks(streams(Looked(None), heartbeat=0.003))) as found:  # type: ignore[type-var]
        assert "tick" not in "".join([await anext(found) for _ in range(3)])


async def test_the_stream_ends_when_the_gateway_drains() -> None:
    draining = replace(PICTURE, checks={"draining": "the process is shutting down"})
    async with asyncio.timeout(30):
        assert len([told async for told in ticks(streams(Looked(draining)))]) == 2


async def test_one_more_than_there_is_room_for_is_refused_until_one_leaves() -> None:
    found = streams(Looked(PICTURE))
    opened = [ticks(found) for _ in range(CLIENTS)]
    for one in opened:
        await anext(one)
    with pytest.raises(Refused) as caught:
        found.open()
    assert (caught.value.denied.status, caught.value.denied.error) == (503, "too_many_streams")
    for one in opened:
        await cast("Any", one).aclose()
    found.open()


async def test_a_stranger_is_told_nothing() -> None:
    async with client(Operated(), loopback=False) as http:
        assert (await http.get("/events")).status_code == 401
        assert (await http.post("/events", headers=AUTHORIZED)).status_code == 405
