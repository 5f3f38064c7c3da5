"""Writing the map of an application, and bringing a map up to date with it without touching what people wrote.

New routes go behind the last one of their blueprint. A route whose rules are gone keeps its lines and gets a comment
above them (`GONE`); should the application have it again, the comment goes. A route in mode v2 needs no rule: its
legacy code may be deleted. A route that people wrote for a whole part of the application (`/articles/<path:rest>`)
stands for all rules under it.
"""

from __future__ import annotations

import codecs
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gateway.errors import MapInvalid, Problem
from gateway.mapfile import yaml
from gateway.mapfile.inventory import Entry, unanswered
from gateway.mapfile.load import parse_map, parse_nodes
from gateway.mapfile.scalars import disagreement, plain_value
from gateway.mapfile.splice import Splice, apply, new_line
from gateway.mapfile.templates import TemplateIndex, shape
from gateway.routing.mode import Mode
from gateway.routing.route import Route

MODELINE = "# yaml-language-server: $schema=gateway/mapfile/migration_map.schema.json"
GONE = "# gone: the application has no rule for this any more"

_HEADER = """\
{modeline}
#
# Which application answers which path. `gateway init` wrote it; it is yours to edit. `gateway check` finds mistakes,
# `gateway flip ID MODE` changes a mode here, and `gateway init` again adds what is new in the application.
version: 1
backends:
  legacy: {legacy}
  v2: {v2}
defaults: # for every route, and for paths that no route names
  mode: legacy
"""


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a map, and the ids that are new in it, that the application has no longer, and that stay."""

    text: str
    added: tuple[str, ...]
    gone: tuple[str, ...]
    kept: tuple[str, ...]


def write_map(
    entries: Sequence[Entry], *, legacy: str = "", v2: str = "", existing: bytes | None = None, path: Path | None = None
) -> Written:
    """The map for some entries. `legacy` and `v2` are `module:attribute` or `http://host:port`.

    With `existing`, that map brought up to date: its backends and everything else in it stay, byte for byte. Raises
    MapInvalid for an existing map that does not load; `path` is for its messages.
    """
    if existing is not None:
        return _Update(existing, path or Path("migration_map.yaml"), entries).run()
    blocks = [_HEADER.format(modeline=MODELINE, legacy=_backend("wsgi", legacy), v2=_backend("asgi", v2))]
    blocks.append("routes:\n" if entries else "routes: []\n")
    blocks += [_headed(group, 2, "\n") for group in _grouped(entries)]
    return Written("".join(blocks), tuple(entry.id for entry in entries), (), ())


def _backend(kind: str, written: str) -> str:
    is_url = written.startswith(("http://", "https://"))
    return f"{{{'url' if is_url else kind}: {json.dumps(written, ensure_ascii=False)}}}"


def _heading(group: str) -> str:
    return f"blueprint {group}" if group else "application"


def _grouped(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Entries by blueprint, blueprints and entries in the order of their first registration."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.group].append(entry)
    return list(groups.values())


def _block(entry: Entry, indent: int, ending: str) -> str:
    """An entry as lines of a block; every route has its mode, so that a flip changes a line."""
    lines = [f"- id: {quoted(entry.id)}", f"  path: {quoted(entry.path)}"]
    if entry.methods is not None:
        lines.append(f"  methods: [{', '.join(quoted(method) for method in entry.methods)}]")
    lines.append("  mode: legacy")
    return "".join(f"{' ' * indent}{line}{ending}" for line in lines)


def _headed(group: Sequence[Entry], indent: int, ending: str) -> str:
    """The entries of a blueprint under its heading."""
    heading = f"{ending}{' ' * indent}# {_heading(group[0].group)}{ending}"
    return heading + "".join(_block(entry, indent, ending) for entry in group)


def _inline(entry: Entry) -> str:
    """An entry inside `[...]`."""
    methods = f", methods: {json.dumps(entry.methods)}" if entry.methods is not None else ""
    return f"{{id: {json.dumps(entry.id)}, path: {json.dumps(entry.path)}{methods}, mode: legacy}}"


def quoted(text: str) -> str:
    """Text as a value of a block, without quotes where every reader agrees on it."""
    scalar = yaml.Scalar(0, len(text), text, "")
    safe = text[:1].isalnum() or text[:1] == "/"
    tricky = ": " in text or " #" in text or text != text.strip() or text.endswith(":") or not text.isprintable()
    if safe and not tricky and plain_value(scalar) == text and disagreement(scalar) is None:
        return text
    return json.dumps(text, ensure_ascii=not text.isprintable())


class _Update:
    """An existing map and the entries of the application."""

    def __init__(self, data: bytes, path: Path, entries: Sequence[Entry]) -> None:
        parsed = parse_nodes(data, path)
        self._loaded = parsed.loaded
        self._source = parsed.source
        self._routes = _routes(parsed.root)
        self._mark = "\ufeff" if data.startswith(codecs.BOM_UTF8) else ""
        self._path = path
        self._entries = entries
        self._ending = "\r\n" if "\r\n" in self._loaded.text else "\n"
        self._splices: list[Splice] = []

    def run(self) -> Written:
        routes = self._loaded.routes
        index = TemplateIndex((route.path, route) for route in routes)
        covering = [(entry, index.covering(entry.path)) for entry in self._entries]
        ruled = {shape(entry.path) for entry in self._entries}
        behind = {route.id for _, found in covering for route in found}
        gone = [route for route in routes if route.id not in behind and route.mode is not Mode.V2]
        missing = [entry for entry in (_missing(entry, found, ruled) for entry, found in covering) if entry is not None]
        added = _renamed(missing, {route.id for route in routes})
        self._mark_gone({route.id for route in gone})
        self._insert(added)
        text = apply(self._loaded.text, self._splices)
        after = parse_map((self._mark + text).encode(), self._path)
        if [route for route in after.routes if route.id in {kept.id for kept in routes}] != list(routes):
            problem = Problem(
                1, 1, "the map is written in a way that cannot be brought up to date", "add the routes by hand"
            )
            raise MapInvalid(str(self._path), (problem,))
        kept = tuple(route.id for route in routes if route not in gone)
        return Written(self._mark + text, tuple(entry.id for entry in added), tuple(route.id for route in gone), kept)

    def _mark_gone(self, gone: set[str]) -> None:
        node = self._routes
        if node is None or node.flow:
            return
        for route, item in zip(self._loaded.routes, node.items, strict=True):
            line, _ = self._source.position(item.start)
            start = self._source.start_of(line)
            marked = line > 1 and self._source.line(line - 1).strip() == GONE
            if route.id in gone and not marked:
                self._splices.append(Splice(start, start, f"{' ' * self._indent(node)}{GONE}{self._ending}"))
            elif marked and route.id not in gone:
                self._splices.append(Splice(self._source.start_of(line - 1), start, ""))

    def _indent(self, node: yaml.Sequence) -> int:
        """Where the dashes of a list are: a block begins with its first."""
        return self._source.position(node.start)[1] - 1

    def _insert(self, added: Sequence[Entry]) -> None:
        if not added:
            return
        node = self._routes
        if node is None:
            lines = "".join(_headed(group, 2, self._ending) for group in _grouped(added))
            self._splices.append(
                new_line(
                    self._loaded.text,
                    len(self._loaded.text),
                    f"routes:{self._ending}{lines}".removesuffix(self._ending),
                )
            )
        elif not node.items:
            lines = "".join(_headed(group, 2, self._ending) for group in _grouped(added))
            self._splices.append(Splice(node.start, node.end, f"{self._ending}{lines}".removesuffix(self._ending)))
        elif node.flow:
            end = node.items[-1].end
            self._splices.append(Splice(end, end, "".join(f", {_inline(entry)}" for entry in added)))
        else:
            self._insert_lines(node, added)

    def _insert_lines(self, node: yaml.Sequence, added: Sequence[Entry]) -> None:
        indent = self._indent(node)
        last_of = self._last_of_groups(node)
        # New blueprints come last: they go behind the last route, where its own blueprint may grow as well.
        for group in sorted(_grouped(added), key=lambda group: group[0].group not in last_of):
            last = last_of.get(group[0].group)
            if last is None:
                lines = _headed(group, indent, self._ending)
            else:
                lines = "".join(_block(entry, indent, self._ending) for entry in group)
            index = self._behind(last if last is not None else node.items[-1], indent)
            self._splices.append(new_line(self._loaded.text, index, lines.removesuffix(self._ending)))

    def _last_of_groups(self, node: yaml.Sequence) -> dict[str, yaml.Node]:
        groups = {shape(entry.path): entry.group for entry in self._entries}
        return {
            groups[shape(route.path)]: item
            for route, item in zip(self._loaded.routes, node.items, strict=True)
            if shape(route.path) in groups
        }

    def _behind(self, item: yaml.Node, indent: int) -> int:
        """The end of an item, with the comments below it that are indented as its keys are."""
        line, _ = self._source.position(max(item.start, item.end - 1))
        while True:
            following = self._source.line(line + 1)
            if not following.lstrip().startswith("#") or len(following) - len(following.lstrip()) <= indent:
                return self._source.start_of(line) + len(self._source.line(line))
            line += 1


def _routes(root: yaml.Mapping) -> yaml.Sequence | None:
    found = root.items.get("routes")
    return found[1] if found is not None and isinstance(found[1], yaml.Sequence) else None


def _missing(entry: Entry, covering: Sequence[Route], ruled: set[str]) -> Entry | None:
    """The entry, with the methods that the map lacks; None when the map has it all.

    `covering` are the routes that cover it. One that is no rule's own was written for a part of the application.
    """
    own = [route.methods for route in covering if shape(route.path) == shape(entry.path)]
    methods = unanswered(entry.methods, own)
    if methods == () or any(shape(route.path) not in ruled for route in covering):
        return None
    return replace(entry, methods=methods)


def _renamed(entries: Iterable[Entry], used: set[str]) -> list[Entry]:
    """The entries, with ids that the map has not given to another route."""
    renamed = []
    for entry in entries:
        tail = "-".join(entry.methods or ()).lower()
        names = [entry.id, f"{entry.id}-{tail}" if tail else f"{entry.id}-new"]
        names += [f"{entry.id}-{number}" for number in range(2, len(used) + 3)]
        free = next(name for name in names if name not in used)
        used = used | {free}
        renamed.append(replace(entry, id=free))
    return renamed
