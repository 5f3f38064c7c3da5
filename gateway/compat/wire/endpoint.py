"""An endpoint whose return value passes through a function of ours before FastAPI sees it.

FastAPI is given a coroutine function with the endpoint's own signature and one more dependency, which brings the
request and what the endpoint set on the `Response` that FastAPI injects.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import update_wrapper
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

_CALL = "flask_wire_call"
_ORIGINAL = "__flask_wire_original__"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the request, and the response that FastAPI injects, of which only headers and status are used."""

    request: Request
    injected: Response


Answer = Callable[[Any, Call], Any]
"""Makes a Response of what an endpoint returned, or returns it unchanged and so leaves it to FastAPI."""


def yields(endpoint: Callable[..., Any]) -> bool:
    """Whether the endpoint is a generator function, asynchronous or not."""
    return inspect.isgeneratorfunction(endpoint) or inspect.isasyncgenfunction(endpoint)


def original(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint that was written: older FastAPI makes the routes of an included router anew, of what they have."""
    found: Callable[..., Any] = getattr(endpoint, _ORIGINAL, endpoint)
    return found


def answering(endpoint: Callable[..., Any], answer: Answer) -> Callable[..., Any]:
    """The endpoint for FastAPI: `answer` makes of each returned value what is sent.

    A plain function runs in a thread as ever, and what it returns is answered there.
    """
    is_asynchronous = inspect.iscoroutinefunction(inspect.unwrap(endpoint))
    is_generator = yields(endpoint)

    async def answered(**values: Any) -> Any:
        call: Call = values.pop(_CALL)
        if is_asynchronous:
            return answer(await endpoint(**values), call)
        if is_generator:  # calling it runs none of it
            return answer(endpoint(**values), call)
        return await run_in_threadpool(lambda: answer(endpoint(**values), call))

    update_wrapper(answered, endpoint)
    if is_generator:  # FastAPI would look behind the wrapper, and stream what is yielded as JSON lines
        del answered.__wrapped__  # type: ignore[attr-defined] # update_wrapper has set it
    setattr(answered, _ORIGINAL, endpoint)
    answered.__signature__ = _with_call(endpoint)  # type: ignore[attr-defined] # what inspect.signature reads
    return answered


def _with_call(endpoint: Callable[..., Any]) -> inspect.Signature:
    try:
        signature = inspect.signature(endpoint, eval_str=True)
    except NameError:  # a name that exists only while types are checked: FastAPI copes with it, or says so
        signature = inspect.signature(endpoint)
    call = inspect.Parameter(_CALL, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[Call, Depends(_call)])
    parameters = list(signature.parameters.values())
    takes_any = bool(parameters) and parameters[-1].kind is inspect.Parameter.VAR_KEYWORD
    parameters.insert(len(parameters) - takes_any, call)
    if yields(endpoint):  # what it yields is no response model
        signature = signature.replace(return_annotation=inspect.Signature.empty)
    return signature.replace(parameters=parameters)


async def _call(request: Request, response: Response) -> Call:
    return Call(request, response)
