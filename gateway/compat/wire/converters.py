"""Path parameters as Werkzeug's converters take them: int, float, uuid, path. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.convertors import Convertor, PathConvertor
from werkzeug.routing import FloatConverter, IntegerConverter, PathConverter, UUIDConverter

from gateway.compat.wire.declared import Declared

_PATTERNS: dict[Any, re.Pattern[str]] = {
    int: re.compile(IntegerConverter.regex),
    float: re.compile(FloatConverter.regex),
    UUID: re.compile(UUIDConverter.regex),
}
_NUMBERS = frozenset({_PATTERNS[int], _PATTERNS[float]})
_PATH = re.compile(PathConverter.regex)


def patterns_of(
    declared: Mapping[str, Declared], convertors: Mapping[str, Convertor[Any]]
) -> dict[str, re.Pattern[str]]:
    """What a path parameter must look like, by its name: of those that Flask would declare with a converter."""
    found: dict[str, re.Pattern[str]] = {}
    for name, convertor in convertors.items():
        kind = declared[name].kind if name in declared else None
        if kind in _PATTERNS:
            found[name] = _PATTERNS[kind]
        elif isinstance(convertor, PathConvertor):
            found[name] = _PATH
    return found


def converted(patterns: Mapping[str, re.Pattern[str]], values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values for FastAPI, with digits of any script as ASCII's; None where the path is none of legacy's.

    What Starlette has converted itself (`{x:int}`) fits.
    """
    found = dict(values)
    for name, pattern in patterns.items():
        value = found.get(name)
        if not isinstance(value, str):
            continue
        if pattern.fullmatch(value) is None:
            return None
        if not value.isascii() and pattern in _NUMBERS:
            found[name] = "".join(str(unicodedata.decimal(one)) if one != "." else one for one in value)
    return found
