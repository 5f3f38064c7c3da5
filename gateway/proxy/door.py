"""The front door. Read this first: it is the life of a request.

1 intake     the headers, put in order once                                  intake.py
2 resolve    the target: a route, a redirect or a refusal                    routing/table.py, one snapshot a request
3 plan       who answers, and whether the other side is asked behind it      routing/plan.py
4 serve      the side's answer goes to the client as it is, in time; or
             legacy answers in v2's place, before the first byte, and
             without asking v2 while that keeps failing                      serve.py, breaker.py
  -- the client has its answer; nothing below can delay or fail it --
5 record     metrics and log                                                 record.py
6 shadow     the other side is asked with the same bytes                     shadow.py
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from gateway.asgi import RawHeaders, Receive, Scope, Send
from gateway.errors import ClientDisconnected
from gateway.proxy.body import read_body
from gateway.proxy.breakers import Breakers, serving_breakers
from gateway.proxy.call import Call
from gateway.proxy.capture import Capture
from gateway.proxy.decide import decide
from gateway.proxy.intake import REQUEST_ID, Intake, name_request, take_in
from gateway.proxy.record import Recorder, Served
from gateway.proxy.refusal import redirect, refuse
from gateway.proxy.relay import Relay
from gateway.proxy.serve import serve
from gateway.proxy.shadow import ShadowLane
from gateway.proxy.sides import Sides
from gateway.proxy.sticky import client_address
from gateway.proxy.websocket import answer_websocket
from gateway.routing.table import Redirected, Rejected, Resolution, Routed, RouteTable

REJECTED_ROUTE_ID = "__rejected__"
"""The route label of requests that no route was found for, because their target was refused or redirected."""


class Door:
    """The application on the traffic port.

    `table` is the map in force: assigning another one is the flip. A request reads it once and keeps what it read.
    """

    def __init__(
        self,
        table: RouteTable,
        sides: Sides,
        lane: ShadowLane,
        recorder: Recorder,
        *,
        new_id: Callable[[], str],
        breakers: Breakers | None = None,
    ) -> None:
        self.table = table
        self._sides = sides
        self._lane = lane
        self._recorder = recorder
        self._new_id = new_id
        self._breakers = breakers or serving_breakers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = perf_counter()
        table = self.table
        if scope["type"] == "websocket":
            intake = take_in(scope["headers"], new_id=self._new_id(), keep_upgrade=True)
            resolution = table.resolve("GET", scope["raw_path"])
            await self._answer_websocket(scope, receive, send, intake, resolution)
            return
        intake = take_in(scope["headers"], new_id=self._new_id())
        for reason in intake.dropped:
            self._recorder.dropped_header(reason)
        resolution = table.resolve(scope["method"], scope["raw_path"])
        if not scope["query_string"].isascii():
            resolution = Rejected(400, "query_bytes")
        if isinstance(resolution, Routed):
            decided = decide(scope, intake, resolution, method=scope["method"])
            call = Call(scope, receive, Relay(send), intake, resolution, decided, began)
            if table.adds_headers:
                name_request(intake)
                call.relay.extra = lambda: _headers_of(call)
            await self._answer(call)
        else:
            await self._turn_away(scope, send, intake, resolution, began)

    async def _answer_websocket(
        self, scope: Scope, receive: Receive, send: Send, intake: Intake, resolution: Resolution
    ) -> None:
        served = await answer_websocket(scope, receive, send, intake=intake, resolution=resolution, sides=self._sides)
        if served is not None:
            self._recorder.served(served)
        elif not isinstance(resolution, Routed):
            self._recorder.rejected(resolution.reason)

    async def _answer(self, call: Call) -> None:
        shadow = call.plan.shadow
        if shadow is not None:
            call.relay.capture = Capture(call.route.shadow.max_body)
        try:
            if call.intake.has_body and (shadow is not None or call.route.fallback):
                call.body = await read_body(call.receive, call.route.shadow.max_body)
            await serve(call, self._sides, self._recorder, self._breakers)
        except ClientDisconnected:
            pass  # nobody is left to be answered; the record says that the request was aborted
        finally:
            self._recorder.served(_record_of(call))
        if shadow is not None:
            self._lane.offer(call)

    async def _turn_away(
        self, scope: Scope, send: Send, intake: Intake, resolution: Redirected | Rejected, began: float
    ) -> None:
        self._recorder.rejected(resolution.reason)
        if isinstance(resolution, Redirected):
            status = 308
            await redirect(send, resolution.raw_path, scope["query_string"])
        else:
            status = resolution.status
            await refuse(send, status)
        self._recorder.served(
            Served(
                request_id=intake.request_id,
                method=scope["method"],
                path=scope["path"],
                route_id=REJECTED_ROUTE_ID,
                mode="",
                side="",
                status=status,
                duration=perf_counter() - began,
                backend=0.0,
                client=client_address(scope),
                fallback="",
                aborted=False,
            )
        )


def _headers_of(call: Call) -> RawHeaders:
    headers = [(REQUEST_ID, call.intake.request_id.encode())]
    if call.served_by is not None:
        headers.append((b"x-served-by", call.served_by.value.encode()))
    return headers


def _record_of(call: Call) -> Served:
    return Served(
        request_id=call.intake.request_id,
        method=call.method,
        path=call.routed.path,
        route_id=call.route.id,
        mode=call.route.mode.value,
        side="" if call.served_by is None else call.served_by.value,
        status=call.relay.status,
        duration=perf_counter() - call.began,
        backend=call.waited,
        client=client_address(call.scope),
        fallback=call.fallback,
        aborted=not call.relay.completed,
    )
