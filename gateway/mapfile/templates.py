"""Path templates, as far as they can be judged without the legacy application. werkzeug's own parser decides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

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


_T = TypeVar("_T")


class TemplateIndex(Generic[_T]):
    """Which templates cover another one: every path of it is a path of theirs, as far as the templates tell.

    `<path:x>` at the end covers the rest, `<x>` covers one segment, and everything covers its own shape.
    """

    def __init__(self, items: Iterable[tuple[str, _T]] = ()) -> None:
        """`items` are templates and what stands for them."""
        self._root: _Branch[_T] = _Branch()
        for template, item in items:
            branch = self._root
            for segment in _segments(template):
                branch = branch.children.setdefault(segment, _Branch())
            branch.items.append(item)

    def covering(self, template: str) -> list[_T]:
        """What stands for the templates that cover one, in no particular order."""
        return list(self._covering(self._root, _segments(template)))

    def _covering(self, branch: _Branch[_T], segments: list[str]) -> Iterator[_T]:
        if not segments:
            yield from branch.items
            return
        first, rest = segments[0], segments[1:]
        steps = {first} if not first or "<path(" in first else {first, "<string()>"}
        for step in steps & branch.children.keys():
            yield from self._covering(branch.children[step], rest)
        if first and "<path()>" in branch.children and (rest or first != "<path()>"):
            yield from branch.children["<path()>"].items


@dataclass(slots=True)
class _Branch(Generic[_T]):
    children: dict[str, _Branch[_T]] = field(default_factory=dict)
    items: list[_T] = field(default_factory=list)


def _segments(template: str) -> list[str]:
    """The segments of a template's shape; a slash inside `<...>` divides nothing."""
    variables: list[str] = []

    def held(part: re.Match[str]) -> str:
        variables.append(part[0])
        return "\0"

    held_template = re.sub(r"<[^<>]*\([^\0]*?\)>", held, shape(template))
    remaining = iter(variables)
    return [
        "".join(next(remaining) if char == "\0" else char for char in part) for part in held_template.split("/")[1:]
    ]


_SAMPLES = {
    "string": "x",
    "default": "x",
    "int": "1",
    "float": "1.5",
    "path": "x/y",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def sample(template: str) -> str | None:
    """A path that a template matches; None where a converter's arguments or name leave that open."""
    unknown = False

    def value(part: re.Match[str]) -> str:
        nonlocal unknown
        converter, arguments = part["converter"] or "default", part["arguments"]
        if converter == "any" and arguments:
            return arguments.split(",")[0].strip().strip("\"'")
        unknown = unknown or bool(arguments) or converter not in _SAMPLES
        return _SAMPLES.get(converter, "")

    path = _PART.sub(value, template)
    return None if unknown else path
