"""Setting one value in the text of a map and leaving every other byte alone. Pure.

A value that is there is replaced inside its own quotes. One that is missing gets a line of its own in a block, or a
place at the end of a `{...}`. The caller loads the result before it trusts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.mapfile.source import Source
from gateway.mapfile.yaml import Mapping, Node, Scalar

_LINE_ENDS = ("\r\n", "\n", "\r")


class NotSpliceable(ValueError):
    """The value is written in a way that is not edited by machine; the text says in which."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Characters `start` to `end` become `text`."""

    start: int
    end: int
    text: str


def apply(text: str, splices: Sequence[Splice]) -> str:
    """The text with all splices made; they must not overlap. Insertions at one place keep their order."""
    in_place = sorted(enumerate(splices), key=lambda item: (item[1].start, item[0]), reverse=True)
    for _, splice in in_place:
        text = text[: splice.start] + splice.text + text[splice.end :]
    return text


def set_values(source: Source, block: Mapping, key: str, values: dict[str, str], after: Sequence[str]) -> list[Splice]:
    """`key: {name: value, ...}` in a block: the names that are given are set, the others stay."""
    found = block.items.get(key)
    if found is None:
        inside = ", ".join(f"{name}: {value}" for name, value in values.items())
        return [_insert(source, block, key, f"{{{inside}}}", after)]
    node = found[1]
    if not isinstance(node, Mapping):
        raise NotSpliceable(f"`{key}` is not a block of keys")
    if not node.items:
        inside = ", ".join(f"{name}: {value}" for name, value in values.items())
        return [Splice(node.start, node.end, f"{{{inside}}}")]
    return [set_value(source, node, name, value, tuple(node.items)) for name, value in values.items()]


def set_value(source: Source, block: Mapping, key: str, value: str, after: Sequence[str]) -> Splice:
    """`key: value` in a block. A new line goes behind the last of the keys `after` that the block has."""
    found = block.items.get(key)
    if found is None:
        return _insert(source, block, key, value, after)
    return _replace(key, found[1], value)


def _replace(key: str, node: Node, value: str) -> Splice:
    if not isinstance(node, Scalar) or node.style in {"|", ">"}:
        raise NotSpliceable(f"`{key}` is not on one line")
    bare = value.strip("\"'")
    return Splice(node.start, node.end, f"{node.style}{bare}{node.style}" if node.style else value)


def _insert(source: Source, block: Mapping, key: str, value: str, after: Sequence[str]) -> Splice:
    if not block.items:
        return Splice(block.start, block.end, f"{{{key}: {value}}}")
    names = [name for name in block.items if name in after] or list(block.items)
    if block.flow:
        end = block.items[list(block.items)[-1]][1].end
        return Splice(end, end, f", {key}: {value}")
    first_key = next(iter(block.items.values()))[0]
    _, column = source.position(first_key.start)
    return new_line(source.text, block.items[names[-1]][1].end, " " * (column - 1) + f"{key}: {value}")


def new_line(text: str, index: int, line: str) -> Splice:
    """A line (or lines) behind the one that `index` is in, with the file's own line ending."""
    ending = next((ending for ending in _LINE_ENDS if ending in text), "\n")
    here = text.find(ending, index)
    if text[:index].endswith(ending):  # a block scalar ends at the start of the next line
        return Splice(index, index, f"{line}{ending}")
    if here == -1:
        return Splice(len(text), len(text), f"{ending}{line}")
    return Splice(here + len(ending), here + len(ending), f"{line}{ending}")
