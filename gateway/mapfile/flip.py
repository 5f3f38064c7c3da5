"""What a flip changes in the text of the map. Pure: bytes in, bytes out.

is it the revision that was meant? -> splice -> does the result load, and does only that route differ?
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import FlipRefused, MapConflict
from gateway.mapfile.diff import changed_lines
from gateway.mapfile.load import ParsedMap, parse_map, parse_nodes
from gateway.mapfile.loaded import SHORT_REVISION, LoadedMap
from gateway.mapfile.lookup import block_of, require_route
from gateway.mapfile.source import Source
from gateway.mapfile.splice import NotSpliceable, Splice, apply, set_value, set_values
from gateway.mapfile.values import STICKY
from gateway.mapfile.yaml import Mapping
from gateway.routing.mode import Mode, skipped_rungs
from gateway.routing.route import DEFAULT_ROUTE_ID, Route


@dataclass(frozen=True, slots=True)
class Edit:
    """What a flip did. Percents are of the canary, 0 to 100, None where the map gives none."""

    path: Path
    route: str
    old_mode: Mode
    new_mode: Mode
    old_percent: float | None
    new_percent: float | None
    old_revision: str
    new_revision: str
    diff: tuple[str, ...]
    """The lines that changed, each with `- ` or `+ ` before it; empty when the map said so already."""
    skipped: tuple[Mode, ...] = ()
    """Rungs of the ladder that were left out."""
    also: tuple[str, ...] = ()
    """Routes that changed with it, because they follow the defaults."""
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the file was written at all."""
        return self.old_revision != self.new_revision


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a flip is to set; None leaves what is there. `percent` and `sample` are from 0 to 100."""

    mode: Mode
    percent: float | None = None
    sticky: str | None = None
    sample: float | None = None


def plan_flip(
    data: bytes, path: Path, route_id: str, wanted: Wanted, *, expected_revision: str | None = None
) -> tuple[Edit, bytes]:
    """What the flip would do to a map, and the map's bytes after it. Nothing is written.

    `expected_revision` (whole, or at least the 12 characters that are shown) makes it conditional. Raises RouteUnknown;
    FlipRefused for a canary without a percent and for options that do not fit the mode; MapConflict for another
    revision; MapInvalid for a map that does not load.
    """
    _check_options(wanted)
    parsed = parse_nodes(data, path)
    before = parsed.loaded
    if expected_revision is not None and not is_revision(before.revision, expected_revision):
        raise MapConflict(f"the map is at revision {before.short_revision}, not {expected_revision}; read it again")
    old = require_route(before, route_id)
    _check_canary(old, wanted)
    changed = _spliced(data, parsed, route_id, wanted)
    after = parse_map(changed, path)
    new = _checked(before, after, old, wanted)
    unchanged = {route.id: route for route in before.routes}
    edit = Edit(
        path=path,
        route=route_id,
        old_mode=old.mode,
        new_mode=new.mode,
        old_percent=_percent(old),
        new_percent=_percent(new),
        old_revision=before.revision,
        new_revision=after.revision,
        diff=changed_lines(before.text, after.text),
        skipped=skipped_rungs(old.mode, new.mode),
        also=tuple(route.id for route in after.routes if route.id != route_id and route != unchanged[route.id]),
    )
    return edit, changed


def _check_options(wanted: Wanted) -> None:
    canary_only = [("percent", wanted.percent), ("sticky", wanted.sticky)]
    for option, value in canary_only:
        if value is not None and wanted.mode is not Mode.CANARY:
            raise FlipRefused(f"{option} belongs to canary, not to {wanted.mode}; leave it out")
    if wanted.sample is not None and wanted.mode is Mode.LEGACY:
        raise FlipRefused("sample belongs to shadow, canary and v2: in legacy nothing is compared; leave it out")
    for option, number in (("percent", wanted.percent), ("sample", wanted.sample)):
        if number is not None and not 0 <= number <= 100:  # noqa: PLR2004 -- a hundred per cent
            raise FlipRefused(f"{option} is {number:g}; give a number from 0 to 100")
    if wanted.sticky is not None and not re.fullmatch(STICKY, wanted.sticky):
        raise FlipRefused(f"sticky is {wanted.sticky!r}; give client, cookie:NAME or header:NAME")


def _check_canary(route: Route, wanted: Wanted) -> None:
    if wanted.mode is Mode.CANARY and wanted.percent is None and route.canary is None:
        raise FlipRefused(f"the map gives {route.id} no percent for its canary; give one")


def is_revision(revision: str, expected: str) -> bool:
    """Whether `expected`, whole or at least the 12 characters that are shown, is this revision."""
    return len(expected) >= SHORT_REVISION and revision.startswith(expected.lower())


def _spliced(data: bytes, parsed: ParsedMap, route_id: str, wanted: Wanted) -> bytes:
    try:
        splices = _splices(parsed, route_id, wanted)
    except NotSpliceable as error:
        raise FlipRefused(f"{parsed.loaded.path}: {error}; edit {route_id} by hand") from None
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    return mark + apply(parsed.loaded.text, splices).encode()


def _splices(parsed: ParsedMap, route_id: str, wanted: Wanted) -> list[Splice]:
    block = block_of(parsed, route_id)
    if block is None:
        after = ("version", "backends")
        return set_values(parsed.source, parsed.root, "defaults", _values(wanted), after=after)
    return _in_block(parsed.source, block, wanted)


def _in_block(source: Source, block: Mapping, wanted: Wanted) -> list[Splice]:
    mode = set_value(source, block, "mode", wanted.mode.value, after=("id", "path", "methods"))
    splices = [mode]
    known = ("id", "path", "methods", "mode")
    canary = _canary_values(wanted)
    if canary:
        splices += set_values(source, block, "canary", canary, after=known)
    if wanted.sample is not None:
        splices += set_values(source, block, "shadow", {"sample": f"{wanted.sample:.6g}%"}, after=(*known, "canary"))
    return splices


def _canary_values(wanted: Wanted) -> dict[str, str]:
    values = {}
    if wanted.percent is not None:
        values["percent"] = f"{wanted.percent:.6g}"
    if wanted.sticky is not None:
        values["sticky"] = f'"{wanted.sticky}"'
    return values


def _values(wanted: Wanted) -> dict[str, str]:
    """The keys of a block that is not there yet."""
    values = {"mode": wanted.mode.value}
    canary = _canary_values(wanted)
    if canary:
        values["canary"] = "{" + ", ".join(f"{name}: {value}" for name, value in canary.items()) + "}"
    if wanted.sample is not None:
        values["shadow"] = f"{{sample: {wanted.sample:.6g}%}}"
    return values


def _checked(before: LoadedMap, after: LoadedMap, old: Route, wanted: Wanted) -> Route:
    """The route after the edit, once it is sure that the edit did what was asked and nothing else."""
    new = after.by_id(old.id)
    if new is None or new.mode is not wanted.mode or (wanted.percent is not None and _percent(new) != wanted.percent):
        raise FlipRefused(f"{before.path}: {old.id} is written in a way that cannot be edited here; edit it by hand")
    others = [route for route in before.routes if route.id != old.id]
    if old.id != DEFAULT_ROUTE_ID and others != [route for route in after.routes if route.id != old.id]:
        raise FlipRefused(f"{before.path}: the edit would change other routes than {old.id}; edit it by hand")
    return new


def _percent(route: Route) -> float | None:
    return round(route.canary.share * 100, 9) if route.canary is not None else None
