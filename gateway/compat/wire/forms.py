"""Forms as Werkzeug reads them: the first of a name, empty values and files kept, its limits and its 413."""

from __future__ import annotations

import math
import re
from collections.abc import Awaitable, Callable, Collection, Generator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from flask import Flask
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from werkzeug.exceptions import RequestEntityTooLarge

from gateway.compat.wire.declared import Declared
from gateway.compat.wire.query import Reading
from gateway.compat.wire.refusals import Refused

SWITCHES = frozenset(
    {
        "params.first_value",
        "params.lax_query",
        "params.empty_values",
        "params.bool_of_text",
        "params.form_limits",
        "params.empty_file",
        "params.invalid_utf8",
    }
)
MEMORY = 500_000
PARTS = 1000
_OVER_A_LIMIT = re.compile("Too many|exceeded maximum size")

Pairs = list[tuple[str, Any]]


class FirstOfForm(FormData):
    """A form of which the first of a name counts; `getlist` and `multi_items` keep the order."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        super().__init__(list(pairs)[::-1])  # the base takes the last

    def getlist(self, key: Any) -> list[Any]:
        """Every value of a name, in the order of the request."""
        return super().getlist(key)[::-1]

    def multi_items(self) -> Pairs:
        """Every pair, in the order of the request."""
        return super().multi_items()[::-1]


class EmptyText(str):
    """The empty text that a form sent. FastAPI takes what equals "" for a field that is missing."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EmptyText)


def form_of(sent: FormData, declared: Mapping[str, Declared], switches: Collection[str]) -> tuple[FormData, set[str]]:
    """The form for FastAPI, and the switches that mattered."""
    reading = Reading(declared, switches)
    pairs: Pairs = reading.read(sent.multi_items())
    if "params.empty_values" in switches:
        pairs = [(name, _kept(value, declared.get(name), reading.used)) for name, value in pairs]
    if "params.empty_file" in switches:
        pairs = [(name, _file(value, reading.used)) for name, value in pairs]
    made = FirstOfForm(pairs) if "params.first_value" in switches else FormData(pairs)
    return made, reading.used


def limits_of(legacy: Flask | None, *, multipart: bool) -> tuple[int | float, int]:
    """How many parts a form may have, and how many bytes a text in it; for Starlette's parser."""
    if not multipart:
        return math.inf, 1 << 62
    config: Mapping[str, Any] = {} if legacy is None else legacy.config
    parts, memory = config.get("MAX_FORM_PARTS", PARTS), config.get("MAX_FORM_MEMORY_SIZE", MEMORY)
    return math.inf if parts is None else parts, 1 << 62 if memory is None else memory


def too_large() -> Refused:
    """Werkzeug's 413."""
    return Refused(RequestEntityTooLarge())


def is_over_a_limit(error: HTTPException | MultiPartException) -> bool:
    """Whether Starlette's parser refused a form for its size, not for being broken."""
    text = error.message if isinstance(error, MultiPartException) else str(error.detail)
    return _OVER_A_LIMIT.search(text) is not None


class FormReading(AbstractAsyncContextManager[FormData]):
    """What `request.form()` returns: to be awaited, or entered so that its files are closed."""

    def __init__(self, read: Callable[[], Awaitable[FormData]]) -> None:
        self._read = read
        self._form: FormData | None = None

    def __await__(self) -> Generator[Any, None, FormData]:
        return self._read().__await__()

    async def __aenter__(self) -> FormData:
        self._form = await self
        return self._form

    async def __aexit__(self, *_: object) -> None:
        if self._form is not None:
            await self._form.close()


def _kept(value: Any, declared: Declared | None, used: set[str]) -> Any:
    if value != "" or not isinstance(value, str) or declared is None or declared.kind not in {str, Any}:
        return value
    used.add("params.empty_values")
    return EmptyText()


def _file(value: Any, used: set[str]) -> Any:
    """FastAPI takes a file without name and content for one that is missing: its size is left unsaid."""
    if not isinstance(value, UploadFile) or value.filename != "" or value.size:
        return value
    used.add("params.empty_file")
    return UploadFile(value.file, filename="", headers=value.headers)
