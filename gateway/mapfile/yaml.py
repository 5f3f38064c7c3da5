"""YAML, bounded before anything is built: no input makes this slow, deep or surprising.

ruamel's pure scanner and parser give events; a tree of three plain node types is made from them without recursion.
Nothing is constructed, so there are no tags to obey, no aliases to expand and no merge keys to multiply.

    refused at once     more than 1 MiB, not UTF-8, control characters, depth over 16, over 50,000 nodes, bad syntax
    refused, all listed anchors, aliases, tags, merge keys, directives, a second document, duplicate keys, values that
                        two YAML readers would read differently (`no`, `010`, `1_000`, `12:30:45`, `.inf`, `~`)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.scanner import Scanner

from gateway.errors import Problem
from gateway.mapfile.source import Source
from gateway.mapfile.units import shown

MAX_DEPTH = 16
MAX_NODES = 50_000


@dataclass(slots=True)
class Scalar:
    """One value. `style` is empty for a plain one, else its quote or `|` or `>`; the span includes the quotes."""

    start: int
    end: int
    text: str
    style: str


@dataclass(slots=True)
class Mapping:
    """Keys and values in the order of the file. `flow` is `{...}`."""

    start: int
    end: int
    flow: bool
    items: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)


@dataclass(slots=True)
class Sequence:
    """Values in the order of the file. `flow` is `[...]`."""

    start: int
    end: int
    flow: bool
    items: list[Node] = field(default_factory=list)


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Tree:
    """What was read: `root` is None when the text could not be followed at all."""

    root: Node | None
    problems: list[Problem]


def read_tree(source: Source) -> Tree:
    """The nodes of the text and every problem with its YAML. Never raises, whatever the text is."""
    builder = _Builder(source)
    try:
        for event in _events(source.text):
            builder.take(event)
    except _Refused as refused:
        builder.refuse(refused.index, refused.what, refused.hint)
        return Tree(None, builder.problems)
    return Tree(builder.root, builder.problems)


class _Refused(Exception):
    def __init__(self, index: int, what: str, hint: str) -> None:
        super().__init__(what)
        self.index = index
        self.what = what
        self.hint = hint


class _BoundedScanner(Scanner):
    """Stops at the depth limit, before the bookkeeping for what is deeper begins."""

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:  # noqa: N803 -- ruamel's own name
        self._check()
        super().fetch_flow_collection_start(TokenClass, to_push)

    def add_indent(self, column: int) -> bool:
        self._check()
        return super().add_indent(column)

    def fetch_flow_scalar(self, style: str) -> None:
        try:
            super().fetch_flow_scalar(style)
        except (ValueError, OverflowError):
            # chr() of an escape such as "\\UFFFFFFFF"
            what = "this escape is no character of Unicode"
            raise _Refused(self.reader.index, what, "correct it, or quote the text with ' instead") from None

    def _check(self) -> None:
        if self.flow_level + len(self.indents) >= MAX_DEPTH:
            raise _Refused(
                self.reader.index, f"the map is nested deeper than {MAX_DEPTH} levels", "close some brackets"
            )


def _events(text: str) -> Iterator[Any]:
    yaml = YAML(typ="safe", pure=True)
    yaml.Scanner = _BoundedScanner
    try:
        yield from yaml.parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"this is not YAML: {error.problem or error.context}"
        raise _Refused(mark.index if mark else 0, what, "check the indentation, colons and quotes here") from None
    except YAMLError as error:
        raise _Refused(0, f"this is not YAML: {error}", "check the indentation, colons and quotes") from None


class _Builder:
    """Events in, nodes out; an explicit stack instead of recursion."""

    def __init__(self, source: Source) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._source = source
        self._stack: list[Mapping | Sequence] = []
        self._keys: list[Scalar | None] = []
        self._nodes = 0
        self._documents = 0

    def refuse(self, index: int, what: str, hint: str) -> None:
        self.problems.append(self._source.problem(index, what, hint))

    def take(self, event: Any) -> None:
        start = event.start_mark.index
        match event:
            case NodeEvent():
                self._count(start)
                self._check_properties(event, start)
                self._place(_node(event, start))
            case CollectionEndEvent():
                self._close(event.end_mark.index)
            case DocumentStartEvent():
                self._open_document(event, start)
            case _:
                pass

    def _count(self, start: int) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _Refused(start, f"the map has more than {MAX_NODES:,} values", "split the application, or the routes")

    def _open_document(self, event: Any, start: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _Refused(start, "a map is one YAML document, and a second one begins here", "delete it")
        if event.version or event.tags:
            self.refuse(0, "YAML directives (`%...`) are not used in a map", "delete them")

    def _check_properties(self, event: Any, start: int) -> None:
        if isinstance(event, AliasEvent):
            self.refuse(start, f"`*{event.anchor}` repeats another value", "write the value itself")
        elif event.anchor:
            self.refuse(start, f"`&{event.anchor}` names a value", "delete the anchor; `defaults:` is for all routes")
        elif event.ctag is not None:
            self.refuse(start, "a tag (`!...`) gives a value a type", "delete the tag; the key says what type it has")

    def _place(self, node: Node) -> None:
        if not self._stack:
            self.root = node
        else:
            parent = self._stack[-1]
            if isinstance(parent, Sequence):
                parent.items.append(node)
            elif self._keys[-1] is None:
                self._keys[-1] = self._key(node)
                return
            else:
                key, self._keys[-1] = self._keys[-1], None
                self._add(parent, key, node)
        if not isinstance(node, Scalar):
            self._stack.append(node)
            self._keys.append(None)

    def _key(self, node: Node) -> Scalar:
        if not isinstance(node, Scalar):
            raise _Refused(node.start, "a key is a word", "write `key: value`; quote text that begins with [ or {")
        return node

    def _add(self, parent: Mapping, key: Scalar, value: Node) -> None:
        if key.text == "<<" and not key.style:
            self.refuse(key.start, "`<<` merges another value", "write its keys here; `defaults:` is for all routes")
        elif key.text in parent.items:
            line, _ = self._source.position(parent.items[key.text][0].start)
            self.refuse(key.start, f"{shown(key.text)} is given twice", f"delete one; the first is on line {line}")
        else:
            parent.items[key.text] = (key, value)

    def _close(self, end: int) -> None:
        node = self._stack.pop()
        self._keys.pop()
        if node.flow:
            node.end = end
            return
        # A block ends where its last value ends; the parser only notices at the next token, comments further down.
        last = _last(node)
        node.end = last.end if last else node.start


def _node(event: Any, start: int) -> Node:
    end = event.end_mark.index
    match event:
        case ScalarEvent():
            return Scalar(start, end, event.value, event.style or "")
        case SequenceStartEvent():
            return Sequence(start, end, flow=bool(event.flow_style))
        case MappingStartEvent():
            return Mapping(start, end, flow=bool(event.flow_style))
        case _:
            return Scalar(start, end, "", "*")


def _last(node: Mapping | Sequence) -> Node | None:
    if isinstance(node, Sequence):
        return node.items[-1] if node.items else None
    return next(reversed(node.items.values()))[1] if node.items else None
