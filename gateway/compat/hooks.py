"""Legacy's `before_request` and `after_request` functions around v2's routes: those that are chosen, by name.

    APIRouter(dependencies=[Depends(hooks("refuse_during_maintenance", "remember_request_id", "add_headers"))])

A name is the function's (`add_headers`), with its module where that is not enough (`legacy.hooks.add_headers`): v2 does
not import them. `gateway doctor` lists what a route skips. In a shadow the functions run, since they shape the answer,
except those that are chosen with `in_shadow=False`; `teardown_request` functions do not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request

from gateway.compat.around import Hook, in_flasks_order
from gateway.compat.context import is_shadow
from gateway.compat.request import Legacy, LegacyRequest
from gateway.compat.switch import Switch
from gateway.errors import CompatMisused

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as WerkzeugResponse

BEFORE = Switch("hooks.before", "legacy's chosen before_request functions run, and may answer")
AFTER = Switch("hooks.after", "legacy's chosen after_request functions run on v2's answers")
TEARDOWN = Switch("hooks.teardown", "legacy's chosen teardown_request functions run at the end")

KINDS = ("before_request", "after_request", "teardown_request")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a dependency made by `hooks` runs; found on it as `chosen`."""

    names: tuple[str, ...]


def hooks(
    *names: str, reads_body: bool = False, reads_answer: bool = False, in_shadow: bool = True
) -> Callable[..., Awaitable[None]]:
    """A dependency that runs legacy's functions of these names around the route, in Flask's order.

    A `before_request` function that returns something answers in v2's place. `reads_body`: they look at the request's
    body, which is read first. `reads_answer`: `after_request` functions look at the answer's body, which is held back
    until it is complete; without it they get the status and the headers. `in_shadow=False`: they do something that must
    not be done twice (count, send, write), and are left out of a shadow; what they do to its answer is missing then.

    Raises CompatMisused for a name that the legacy application has not registered, with those that it has.
    """

    async def around(legacy: Legacy, request: Request) -> None:
        chosen = functions_named(legacy.app, names)
        if is_shadow() and not in_shadow:
            return
        legacy.writes = True  # as it was on legacy
        legacy.around.choose(chosen)
        if reads_answer:
            legacy.around.wants_body = True
            _send_files_as_bytes(request)
        if reads_body:
            await legacy.hand_over_body(request)
        _count_those_to_come(legacy, chosen)
        before = in_flasks_order(legacy.app.before_request_funcs, legacy.request, chosen)
        if before:
            BEFORE.applied()
            answer = await legacy.run(lambda: _answer_of(legacy.app, before))
            if answer is not None:
                raise legacy.refuse(answer)

    around.chosen = Chosen(names)  # type: ignore[attr-defined]  # how the doctor knows
    return around


def _count_those_to_come(legacy: LegacyRequest, chosen: list[Hook]) -> None:
    registered = {AFTER: legacy.app.after_request_funcs, TEARDOWN: legacy.app.teardown_request_funcs}
    for switch, functions in registered.items():
        if in_flasks_order(functions, legacy.request, chosen):
            switch.applied()


def _answer_of(app: Flask, functions: list[Hook]) -> WerkzeugResponse | None:
    """What the first that answers says; those after it do not run."""
    for function in functions:
        answer = app.ensure_sync(function)()
        if answer is not None:
            return app.make_response(answer)
    return None


def _send_files_as_bytes(request: Request) -> None:
    """A server that can send a file by its path would do so past whoever wants to look at the answer."""
    offered = request.scope.get("extensions") or {}
    request.scope["extensions"] = {name: value for name, value in offered.items() if name != "http.response.pathsend"}


def functions_named(app: Flask, names: tuple[str, ...]) -> list[Hook]:
    """The functions that `app` has registered under these names, of whatever kind.

    Raises CompatMisused.
    """
    registered = list(registered_functions(app))
    unknown = [name for name in names if not any(is_named(function, name) for function in registered)]
    if unknown:
        known = ", ".join(sorted({name_of(function) for function in registered})) or "none"
        raise CompatMisused(f"hooks(): {app.name!r} has no such function: {', '.join(unknown)}; it has {known}")
    return [function for function in registered if any(is_named(function, name) for name in names)]


def registered_functions(app: Flask) -> Iterator[Hook]:
    """Every before, after and teardown function of the application and its blueprints, each once."""
    seen: list[Hook] = []
    for kind in KINDS:
        for functions in getattr(app, f"{kind}_funcs").values():
            for function in functions:
                if function not in seen:
                    seen.append(function)
                    yield function


def name_of(function: Hook) -> str:
    """`module.qualified_name`, without the `<locals>` of a function inside of a function."""
    qualified = str(getattr(function, "__qualname__", type(function).__qualname__)).replace("<locals>.", "")
    return f"{getattr(function, '__module__', '')}.{qualified}"


def is_named(function: Hook, name: str) -> bool:
    """Whether `name` is the function's name, or ends it after a dot."""
    whole = name_of(function)
    return whole == name or whole.endswith(f".{name}")
