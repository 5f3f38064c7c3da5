"""Context variables: an application runs in an empty context, so that it sees nobody's and nobody sees its own."""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Mapping
from contextvars import Context, ContextVar
from typing import Any

Variables = Mapping[ContextVar[Any], Any]
"""What a call shall see nevertheless, for instance that it is a shadow."""


def fresh_context(variables: Variables) -> Context:
    """A context that holds `variables` and nothing else."""
    context = Context()
    for variable, value in variables.items():
        context.run(variable.set, value)
    return context


class InContext:
    """Awaits a coroutine in a context of its own, within the task that awaits.

    A task would do the same and cost several microseconds; here each step of the coroutine is entered by
    `Context.run`, and whatever it waits for is handed up to the task.
    """

    __slots__ = ("_context", "_coroutine")

    def __init__(self, coroutine: Coroutine[Any, Any, None], context: Context) -> None:
        self._coroutine = coroutine
        self._context = context

    def __await__(self) -> Generator[Any, Any, None]:
        """Run it."""
        run, coroutine = self._context.run, self._coroutine
        resume, value = coroutine.send, None
        while True:
            try:
                waits_for = run(resume, value)
            except StopIteration:
                return
            try:
                resume, value = coroutine.send, (yield waits_for)
            except BaseException as error:  # noqa: BLE001 - a cancellation too belongs to the coroutine
                resume, value = coroutine.throw, error
