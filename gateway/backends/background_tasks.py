"""Background tasks of an ASGI application: in a shadow they are left out, since a mail must not be sent twice.

Frameworks run them after the last byte, in the same call as the end of dependencies with `yield`, which must run: a
session that is cancelled there rolls back. Nothing in ASGI tells the two apart, so the frameworks' own classes are told
(docs/decisions/0014-background-tasks-of-shadows.md). Outside of a shadow they behave as they were written.

    Starlette, FastAPI    BackgroundTask, BackgroundTasks, and whatever else is a response's `background`
    Litestar              BackgroundTask, BackgroundTasks
    Quart                 add_background_task
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from gateway.asgi import IS_SHADOW

_TASKS = (
    ("starlette.background", "BackgroundTask"),
    ("litestar.background_tasks", "BackgroundTask"),
    ("litestar.background_tasks", "BackgroundTasks"),
)
_RESPONSES = (("starlette.responses", "Response"),)
_APPLICATIONS = (("quart.app", "Quart"),)
_CHANGED = "__gateway_leaves_out_background_tasks__"


def leave_out_background_tasks() -> None:
    """Make the classes of the frameworks that are imported leave out background tasks in shadows.

    Once a class; call it when the application has been imported.
    """
    for task in _families(_TASKS):
        _change(task, "__call__", _task)
    for response in _families(_RESPONSES):
        _change(response, "__call__", _response)
    for application in _families(_APPLICATIONS):
        _change(application, "add_background_task", _spawn)


def _families(names: tuple[tuple[str, str], ...]) -> Iterator[type]:
    """Each class that is imported, and its subclasses: one that has a method of its own is asked by it."""
    found = [getattr(sys.modules[module], name, None) for module, name in names if module in sys.modules]
    waiting = [one for one in found if isinstance(one, type)]
    seen: set[type] = set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting.extend(one.__subclasses__())
            yield one


def _change(cls: type, method: str, around: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    original = vars(cls).get(method)
    if callable(original) and not hasattr(original, _CHANGED):
        changed = wraps(original)(around(original))
        setattr(changed, _CHANGED, True)
        setattr(cls, method, changed)


def _task(original: Callable[..., Any]) -> Callable[..., Any]:
    async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return None if IS_SHADOW.get() else await original(self, *args, **kwargs)

    return call


def _response(original: Callable[..., Any]) -> Callable[..., Any]:
    async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if IS_SHADOW.get() and getattr(self, "background", None) is not None:
            self.background = None
        return await original(self, *args, **kwargs)

    return call


def _spawn(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return None if IS_SHADOW.get() else original(self, *args, **kwargs)

    return call
