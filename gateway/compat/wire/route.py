"""FastAPI's route, on Flask's wire: the class that a router is given."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.convertors import PathConvertor
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send
from werkzeug.exceptions import NotFound
from werkzeug.routing import RequestRedirect

from gateway.asgi import HOSTING
from gateway.compat.answer import LegacyAnswer
from gateway.compat.passage import passage_of, without_body
from gateway.compat.wire import converters
from gateway.compat.wire.choice import choice_of
from gateway.compat.wire.declared import declarations_of
from gateway.compat.wire.detour import KEY, Detour, Way
from gateway.compat.wire.endpoint import answering, original, yields
from gateway.compat.wire.environs import public_url
from gateway.compat.wire.error_page import page_of
from gateway.compat.wire.errors import METHOD_NOT_ALLOWED, is_answered, page_for, use_in
from gateway.compat.wire.handling import handling
from gateway.compat.wire.hooked import run_chosen_hooks
from gateway.compat.wire.methods import allowed
from gateway.compat.wire.near_miss import near_miss
from gateway.compat.wire.refusals import Refused
from gateway.compat.wire.returned import RETURNED, Returned
from gateway.compat.wire.shapes import page_type
from gateway.compat.wire.switches import SWITCHES, chosen


class FlaskRoute(APIRoute):
    """A route with the switches of its class, and what its endpoint keeps and drops of them (`kept`, `dropped`).

    `APIRouter(route_class=flask_route("json", "errors.pages"))`.
    """

    switches: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        endpoint = original(endpoint)
        self.chosen = choice_of(endpoint, self.switches)
        returned = Returned(self.chosen) if _concerns(self.chosen, endpoint) else None
        super().__init__(path, endpoint if returned is None else answering(endpoint, returned.answer), **options)
        if returned is not None:
            returned.belongs_to(self)
        self._patterns = converters.patterns_of(declarations_of(self).path, self.param_convertors)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, with the switches around it."""
        return handling(super().get_route_handler(), declarations_of(self), self.chosen)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the request is this route's. A partial match also says what Flask does with a path like it."""
        match, child = self._as_get(scope) if self._answers_head(scope) else super().matches(scope)
        if match is Match.NONE:
            return near_miss(self, scope) if scope["type"] == "http" else (match, child)
        if "params.path_converters" in self.chosen:
            values = converters.converted(self._patterns, child["path_params"])
            if values is None:
                return Match.PARTIAL, {**child, KEY: Detour(Way.NOT_FOUND, "params.path_converters")}
            child = {**child, "path_params": values}
        if match is Match.PARTIAL and scope["method"] == "OPTIONS" and "routing.options" in self.chosen:
            return match, {**child, KEY: Detour(Way.OPTIONS, "routing.options")}
        return match, child

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or go the way that its match has found."""
        started, detour = False, scope.pop(KEY, None)
        if detour is not None and detour.way is Way.HEAD and passage_of(scope) is None:
            send = without_body(send)  # of an error's page, too

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        use_in(scope, self.chosen)
        try:
            await self._go(detour, scope, receive, sending)
        except LegacyAnswer:  # of a hook: the application's handler sends it
            raise
        except HTTPException as error:  # of the routing itself: FastAPI answers those of the endpoint
            if started or is_answered(error, scope):
                raise
            page = await page_for(error, Request(scope), self.chosen)
            if page is None:
                raise
            await page(scope, receive, send)
        except Exception as error:
            if not started and "errors.pages" in self.chosen:
                SWITCHES["errors.pages"].applied()
                await (await page_of(error, scope))(scope, receive, send)
            raise  # the server logs it, as it does for FastAPI's own 500

    async def _go(self, detour: Detour | None, scope: Scope, receive: Receive, send: Send) -> None:
        if detour is None:
            await super().handle(scope, receive, send)
            return
        SWITCHES[detour.switch].applied()
        match _settled(detour, scope):
            case Way.ON:
                await super().handle(scope, receive, send)
            case Way.HEAD:
                scope["method"] = "GET"
                await super().handle(scope, receive, send)
            case Way.REDIRECT:
                raise Refused(RequestRedirect(public_url(scope, detour.path)))
            case Way.OPTIONS:
                await run_chosen_hooks(self, scope)
                await _methods(allowed(scope["app"].routes, scope))(scope, receive, send)
            case Way.NOT_FOUND:
                others = allowed(scope["app"].routes, scope)  # of other routes that have this path
                if others and scope["method"] == "OPTIONS" and "routing.options" in self.chosen:
                    SWITCHES["routing.options"].applied()
                    await _methods(others)(scope, receive, send)
                    return
                raise HTTPException(METHOD_NOT_ALLOWED) if others else Refused(NotFound())

    def _answers_head(self, scope: Scope) -> bool:
        if "routing.head" not in self.chosen or scope["type"] != "http" or scope["method"] != "HEAD":
            return False
        methods = self.methods or set()
        return "GET" in methods and "HEAD" not in methods

    def _as_get(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches({**scope, "method": "GET"})
        return match, {**child, KEY: Detour(Way.HEAD, "routing.head")} if match is Match.FULL else child

    def plainly(self, scope: Scope) -> tuple[Match, Scope]:
        """FastAPI's match, without any switch."""
        return super().matches(scope)

    @property
    def ends_with_slash(self) -> bool:
        """Whether the route's paths do."""
        return self.path_format.endswith("/")

    @property
    def takes_rest(self) -> bool:
        """Whether a parameter takes the rest of a path."""
        return any(isinstance(one, PathConvertor) for one in self.param_convertors.values())


def flask_route(*names: str) -> type[FlaskRoute]:
    """The route class with these switches.

    An area such as `json` stands for its switches, `all` for every one, without the deliberate ones. Raises ValueError
    for a name that is none.
    """
    return type("FlaskRoute", (FlaskRoute,), {"switches": chosen(names)})


def _settled(detour: Detour, scope: Scope) -> Way:
    """The way, where the path that it names has the method by another route: GET here and POST there are one rule."""
    other = detour.path and scope["method"] in allowed(scope["app"].routes, {**scope, "path": detour.path})
    return Way.REDIRECT if other else detour.way


def _methods(allow: list[str]) -> Response:
    """Flask's answer to OPTIONS."""
    kind = page_type(HOSTING.get().legacy)
    return Response(headers={"allow": ", ".join(allow), **({} if kind is None else {"content-type": kind})})


def _concerns(switches: frozenset[str], endpoint: Callable[..., Any]) -> bool:
    """Whether what the endpoint returns is looked at. What a generator yields is FastAPI's, unless it is streamed."""
    return "responses.streams" in switches if yields(endpoint) else bool(switches & RETURNED)
