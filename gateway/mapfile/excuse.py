"""What an excuse changes in the text of the map. Pure: bytes in, bytes out.

find the place for it -> splice -> does the result load, and is the excuse the only thing that is new?
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from jsonpath_rfc9535 import JSONPathError
from jsonpath_rfc9535 import compile as compile_path

from gateway.errors import ExcuseRefused, MapInvalid
from gateway.mapfile.diff import changed_lines
from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import ParsedMap, parse_map, parse_nodes
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.lookup import block_of, require_route
from gateway.mapfile.splice import NotSpliceable, Splice, apply, new_line, set_value
from gateway.mapfile.values import TOKEN
from gateway.mapfile.yaml import Mapping, Node, Scalar, Sequence
from gateway.parity.rules import Excuse
from gateway.routing.route import DEFAULT_ROUTE_ID

_BEFORE_COMPARE = ("id", "path", "methods", "mode", "timeout", "canary", "shadow", "fallback", "headers")
_AFTER_DEFAULTS = ("version", "backends")
_STEP = 2
"""Spaces that a block is indented by, where the map shows no habit of its own."""
# What a map may hold as it is (gateway.mapfile.source); everything else is written as an escape.
_ESCAPED = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ExcuseEdit:
    """What an excuse did to the map. `renewed` is the excuse of the same place that it took the place of."""

    path: Path
    route: str
    excuse: Excuse
    renewed: Excuse | None
    old_revision: str
    new_revision: str
    diff: tuple[str, ...]
    """The lines that changed, each with `- ` or `+ ` before it; empty when the map said so already."""

    @property
    def changed(self) -> bool:
        """Whether the file was written at all."""
        return self.old_revision != self.new_revision


def plan_excuse(data: bytes, path: Path, route_id: str, wanted: Excuse, *, today: date) -> tuple[ExcuseEdit, bytes]:
    """What an excuse would do to a map, and the map's bytes after it. Nothing is written.

    An excuse for the same place is replaced. Raises RouteUnknown; ExcuseRefused for a place that cannot be followed and
    an excuse that is over; MapInvalid for a map that does not load.
    """
    excuse = _checked(wanted, today)
    parsed = parse_nodes(data, path, today=today)
    before = parsed.loaded
    require_route(before, route_id)
    try:
        renewed, splice = _splice(parsed, route_id, excuse)
    except NotSpliceable as error:
        raise ExcuseRefused(f"{path}: {error}; write it by hand under {route_id}: {_item(excuse)}") from None
    if renewed == excuse:
        return ExcuseEdit(path, route_id, excuse, renewed, before.revision, before.revision, ()), data
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    changed = mark + apply(before.text, [splice]).encode()
    after = _verified(before, changed, route_id, excuse, renewed)
    edit = ExcuseEdit(
        path=path,
        route=route_id,
        excuse=excuse,
        renewed=renewed,
        old_revision=before.revision,
        new_revision=after.revision,
        diff=changed_lines(before.text, after.text),
    )
    return edit, changed


def _checked(wanted: Excuse, today: date) -> Excuse:
    """The excuse as the map holds it: a header's name in lower case, the reason without spaces around it."""
    if (wanted.at is None) == (wanted.header is None):
        raise ExcuseRefused("an excuse has one place: give a JSON path, or a header")
    reason = wanted.reason.strip()
    if not reason:
        raise ExcuseRefused("the reason is empty; say why this difference is right")
    try:
        "".join((reason, wanted.at or "")).encode()
    except UnicodeEncodeError:
        raise ExcuseRefused("the path or the reason is not UTF-8; type it again") from None
    if wanted.expires is not None and wanted.expires <= today:
        raise ExcuseRefused(f"{wanted.expires} is over: it would excuse nothing; give a later date")
    if wanted.header is not None and not re.fullmatch(TOKEN, wanted.header):
        raise ExcuseRefused(f"{wanted.header!r} is not a header's name; write the name alone, such as Last-Modified")
    if wanted.at is not None:
        _check_path(wanted.at)
    return replace(wanted, reason=reason, header=None if wanted.header is None else wanted.header.lower())


def _check_path(at: str) -> None:
    if at.startswith("/"):
        raise ExcuseRefused(f"{at!r} is a pointer, not a JSON path; write {path_of(at)!r}")
    if not at.startswith("$"):
        raise ExcuseRefused(f"{at!r} is not a JSON path; begin it with $, as in '$.meta.generated_at'")
    try:
        compile_path(at)
    except (JSONPathError, RecursionError) as error:
        raise ExcuseRefused(f"{at!r} is not a JSON path: {error}; write one of RFC 9535") from None


def path_of(pointer: str) -> str:
    """A JSON path for a pointer of RFC 6901 in which `*` is every index: `/items/*/a b` -> `$.items[*]['a b']`."""
    steps = ["$"]
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if name == "*" or name.isdecimal():
            steps.append(f"[{name}]")
        elif re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            steps.append(f".{name}")
        else:
            escaped = name.replace("\\", "\\\\").replace("'", "\\'")
            steps.append(f"['{escaped}']")
    return "".join(steps)


def _splice(parsed: ParsedMap, route_id: str, excuse: Excuse) -> tuple[Excuse | None, Splice]:
    """The excuse that is renewed, if any, and the edit."""
    source, item = parsed.source, _item(excuse)
    block = block_of(parsed, route_id)
    if block is None:
        value = f"{{compare: {{excuse: [{item}]}}}}"
        return None, set_value(source, parsed.root, "defaults", value, _AFTER_DEFAULTS)
    compare = _node(block, "compare")
    if compare is None:
        return None, _first(parsed, block, ("compare", "excuse"), item)
    if not isinstance(compare, Mapping):
        raise NotSpliceable("`compare` is not a block of keys")
    listed = _node(compare, "excuse")
    if listed is None:
        return None, _first(parsed, compare, ("excuse",), item)
    if not isinstance(listed, Sequence):
        raise NotSpliceable("`excuse` is not a list")
    same = next((node for node in listed.items if _is_for(node, excuse)), None)
    if same is not None:
        return _read(same), _renewal(same, item)
    return None, _next(parsed, listed, item)


def _node(block: Mapping, key: str) -> Node | None:
    found = block.items.get(key)
    return found[1] if found is not None else None


def _first(parsed: ParsedMap, block: Mapping, keys: tuple[str, ...], item: str) -> Splice:
    """The first excuse: lines of their own in a block, a list in braces within braces."""
    if block.flow or not block.items:
        value = f"[{item}]"
        for key in keys[:0:-1]:
            value = f"{{{key}: {value}}}"
        return set_value(parsed.source, block, keys[0], value, _BEFORE_COMPARE)
    _, column = parsed.source.position(next(iter(block.items.values()))[0].start)
    indents = [" " * (column - 1 + _STEP * depth) for depth in range(len(keys) + 1)]
    lines = [f"{indent}{key}:" for indent, key in zip(indents, keys, strict=False)] + [f"{indents[-1]}- {item}"]
    behind = [name for name in block.items if name in _BEFORE_COMPARE] or list(block.items)
    ending = next((ending for ending in ("\r\n", "\n", "\r") if ending in parsed.source.text), "\n")
    return new_line(parsed.source.text, block.items[behind[-1]][1].end, ending.join(lines))


def _next(parsed: ParsedMap, listed: Sequence, item: str) -> Splice:
    """One more excuse, behind the last."""
    if not listed.items:
        return Splice(listed.start, listed.end, f"[{item}]")
    last = listed.items[-1]
    if listed.flow:
        return Splice(last.end, last.end, f", {item}")
    _, column = parsed.source.position(listed.start)
    return new_line(parsed.source.text, last.end, f"{' ' * (column - 1)}- {item}")


def _renewal(node: Node, item: str) -> Splice:
    if not isinstance(node, Mapping) or not node.flow:
        raise NotSpliceable("this place is excused already, on several lines")
    return Splice(node.start, node.end, item)


def _read(node: Node) -> Excuse:
    """An excuse of the map, whose values are known to be right."""
    items = node.items if isinstance(node, Mapping) else {}
    values = {key: value.text for key, (_, value) in items.items() if isinstance(value, Scalar)}
    header, expires = values.get("header"), values.get("expires")
    return Excuse(
        reason=values.get("reason", ""),
        at=values.get("at"),
        header=None if header is None else header.lower(),
        expires=None if expires is None else date.fromisoformat(expires),
    )


def _is_for(node: Node, excuse: Excuse) -> bool:
    written = _read(node)
    return (written.at, written.header) == (excuse.at, excuse.header)


def _item(excuse: Excuse) -> str:
    """The excuse as the map has it, on one line."""
    place = f"at: {_quoted(excuse.at)}" if excuse.at is not None else f"header: {excuse.header}"
    until = f", expires: {excuse.expires}" if excuse.expires is not None else ""
    return f"{{{place}, reason: {_quoted(excuse.reason)}{until}}}"


def _quoted(text: str) -> str:
    """A double-quoted scalar of YAML. Its escapes are JSON's, but for what does not fit into 16 bits."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(text, ensure_ascii=False))


def _verified(before: LoadedMap, data: bytes, route_id: str, excuse: Excuse, renewed: Excuse | None) -> LoadedMap:
    """The map after the edit, once it is sure that the edit did what was asked and nothing else."""
    by_hand = f"{before.path}: {route_id} cannot be edited as it is written; write it by hand: {_item(excuse)}"
    try:
        after = parse_map(data, before.path)
    except MapInvalid:
        raise ExcuseRefused(by_hand) from None
    old, new = judging_of(before), judging_of(after)
    was, now = Counter(old.pop(route_id).rules.excuses), Counter(new.pop(route_id).rules.excuses)
    is_right = now - was == Counter([excuse]) and was - now == Counter([] if renewed is None else [renewed])
    others_stay = old == new or route_id == DEFAULT_ROUTE_ID
    if not is_right or not others_stay or before.routes != after.routes or before.default != after.default:
        raise ExcuseRefused(by_hand)
    return after
