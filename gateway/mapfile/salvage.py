"""What is well formed in a map that is not: so that its duplicates are reported together with its typing errors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from gateway.mapfile.blame import Location
from gateway.mapfile.schema import Defaults, Document, RouteEntry

_HARMLESS_CANARY = {"percent": 0}


@dataclass(frozen=True, slots=True)
class WellFormed:
    """The defaults and, by their place in the file, the entries."""

    defaults: Defaults
    entries: Mapping[int, RouteEntry]


def all_of(document: Document) -> WellFormed:
    """A valid document is well formed throughout."""
    return WellFormed(document.defaults, dict(enumerate(document.routes)))


def salvage(written: Any, refused: Iterable[Location]) -> WellFormed:
    """The parts of a map that the schema did not refuse. Entries without a usable id and path are left out."""
    defaults = written.get("defaults") if isinstance(written, dict) else None
    routes = written.get("routes") if isinstance(written, dict) else None
    bad_defaults: set[str] = set()
    bad_entries: dict[int, set[str]] = defaultdict(set)
    for location in refused:
        match location:
            case ("defaults", str(key), *_):
                bad_defaults.add(key)
            case ("routes", int(index), str(key), *_):
                bad_entries[index].add(key)
            case _:
                pass
    entries: dict[int, RouteEntry] = {}
    for index, entry in enumerate(routes if isinstance(routes, list) else []):
        try:
            entries[index] = RouteEntry.model_validate(_without(entry, bad_entries[index]))
        except ValidationError:
            continue
    try:
        return WellFormed(Defaults.model_validate(_without(defaults, bad_defaults)), entries)
    except ValidationError:
        return WellFormed(Defaults(), entries)


def _without(block: Any, keys: set[str]) -> Any:
    """The block without some keys. A refused canary stays as a harmless one: it was meant to have a percent."""
    if not isinstance(block, dict):
        return {}
    kept = {name: value for name, value in block.items() if name not in keys}
    return {**kept, "canary": _HARMLESS_CANARY} if "canary" in keys else kept
