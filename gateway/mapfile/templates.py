"""Path templates, as far as they can be judged without the legacy application. werkzeug's own parser decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.routing.map import Map as WerkzeugMap

from gateway.mapfile.units import BadValue, shown

_PART = re.compile(r"<(?:(?P<converter>[a-zA-Z_]\w*)(?:\((?P<arguments>.*?)\))?:)?[a-zA-Z_]\w*>")


class TemplateParser:
    """Parses templates; a converter that werkzeug lacks is taken for one of the application's."""

    def __init__(self) -> None:
        self._map = Map(merge_slashes=False)
        self._converters = _Converters(self._map.converters)
        self._map.converters = self._converters

    def parse(self, template: str) -> frozenset[str]:
        """The names of its converters that werkzeug lacks. Raises BadValue for a template that werkzeug refuses."""
        self._converters.unknown.clear()
        try:
            _Parsed(template).bind(self._map)
        except (ValueError, LookupError, TypeError, AttributeError, re.error) as error:
            # Converters take their arguments from the template: a wrong one raises what calling a function raises.
            hint = "write <name> or <converter:name>, with the converter's own arguments"
            raise BadValue(f"{shown(template)} is not a template: {error}", hint) from None
        return frozenset(self._converters.unknown)


class _Parsed(Rule):
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: ARG002 -- werkzeug's
        """Nothing: URLs are never built here, and compiling their builders takes four fifths of the time."""
        return lambda *_: ("", "")


class _Converters(dict[str, type[BaseConverter]]):
    """werkzeug's converters; every other name is noted and stands for a path segment."""

    def __init__(self, known: dict[str, type[BaseConverter]]) -> None:
        super().__init__(known)
        self.unknown: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> type[BaseConverter]:
        self.unknown.add(name)
        return _Unknown


class _Unknown(BaseConverter):
    def __init__(self, url_map: WerkzeugMap, *_args: Any, **_kwargs: Any) -> None:
        super().__init__(url_map)


def shape(template: str) -> str:
    """What a template matches, apart from the names of its variables: equal shapes match equal paths."""

    def anonymous(part: re.Match[str]) -> str:
        converter = part["converter"] or "default"
        arguments = "".join((part["arguments"] or "").split())
        return f"<{'string' if converter == 'default' else converter}({arguments})>"

    return _PART.sub(anonymous, template)


def unreachable(template: str) -> str:
    """Why no canonical path can match a template; empty when one can."""
    literal = _PART.sub("x", template)
    if "//" in literal:
        return "it has two slashes in a row"
    if {".", ".."} & set(literal.split("/")):
        return "it has a `.` or `..` segment"
    return ""
