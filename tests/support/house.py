"""A door with two sides and a recorder: real ASGI applications, no socket."""

from __future__ import annotations

import asyncio
from itertools import count

from gateway.proxy.door import Door
from gateway.proxy.shadow import ShadowLane
from gateway.proxy.sides import Sides
from gateway.routing.mode import Mode
from gateway.routing.route import DEFAULT_ROUTE_ID, Route
from gateway.routing.table import RouteTable
from tests.support.recording import BodyExaminer, Recording

DEFAULT = Route(DEFAULT_ROUTE_ID, "/<path:rest>", Mode.LEGACY)


class Side:
    """A backend that says its name, and remembers what it was asked."""

    def __init__(self, name: str, status: int = 200) -> None:
        self.name = name
        self.status = status
        self.scopes: list[dict] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope, receive, send) -> None:
        self.scopes.append(scope)
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        headers = [(b"x-side", self.name.encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.name.encode()})


def raising(error: BaseException, *, after: int = 0):
    """A backend that sends `after` messages and then raises."""

    async def backend(scope, receive, send) -> None:
        messages = [
            {"type": "http.response.start", "status": 500, "headers": []},
            {"type": "http.response.body", "body": b"crashed", "more_body": after == 2},
        ]
        for message in messages[:after]:
            await send(message)
        raise error

    return backend


class House:
    """A door with two sides and a recorder."""

    def __init__(self, *routes: Route, legacy=None, v2=None, default: Route = DEFAULT) -> None:
        self.legacy = legacy or Side("legacy")
        self.v2 = v2 or Side("v2")
        self.legacy_shadow = Side("legacy-shadow")
        self.record = Recording()
        self.examiner = BodyExaminer()
        sides = Sides(self.legacy, self.v2, self.legacy_shadow, self.v2)
        self.lane = ShadowLane(sides, self.record, self.examiner)
        numbers = count(1)
        self.door = Door(
            RouteTable(routes, default, revision="r1"),
            sides,
            self.lane,
            self.record,
            new_id=lambda: f"id-{next(numbers)}",
        )

    async def settle(self) -> None:
        """Wait until no shadow waits or runs."""
        while self.lane.depth:  # noqa: ASYNC110 - the lane has no event for tests alone
            await asyncio.sleep(0)


def a_route(mode: Mode = Mode.V2, **fields) -> Route:
    return Route("r", "/r", mode, **fields)
