"""What a well-formed map must also be: ids and templates that differ, templates that parse, canaries with a percent.

Problems refuse the map; warnings are for what is allowed but probably not meant; notes are for whoever asks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from gateway.errors import Problem
from gateway.mapfile.blame import Location, locate
from gateway.mapfile.expiry import written_rules
from gateway.mapfile.salvage import WellFormed
from gateway.mapfile.schema import RouteEntry
from gateway.mapfile.source import Source
from gateway.mapfile.templates import TemplateParser, shape, unreachable
from gateway.mapfile.units import BadValue, shown
from gateway.mapfile.yaml import Node
from gateway.routing.mode import Mode
from gateway.routing.route import DEFAULT_ROUTE_ID


@dataclass(slots=True)
class Findings:
    """What `examine` found."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    converters: dict[str, tuple[str, ...]] = field(default_factory=dict)


def examine(written: WellFormed, root: Node, source: Source, today: date) -> Findings:
    """Everything that is wrong or odd with what is well formed, in no particular order."""
    return _Examination(written, root, source, today).run()


class _Examination:
    def __init__(self, written: WellFormed, root: Node, source: Source, today: date) -> None:
        self._defaults = written.defaults
        self._entries = written.entries
        self._root = root
        self._source = source
        self._today = today
        self._found = Findings()

    def run(self) -> Findings:
        self._ids()
        self._templates()
        self._clashes()
        self._canaries()
        self._rules()
        return self._found

    def _line(self, location: Location) -> int:
        return self._source.position(locate(self._root, location))[0]

    def _at(self, location: Location, what: str, hint: str, route: str | None) -> Problem:
        return self._source.problem(locate(self._root, location), what, hint, route=route)

    def _ids(self) -> None:
        first: dict[str, int] = {}
        for index, entry in self._entries.items():
            if entry.id in first:
                hint = f"choose another id; the first is on line {self._line(('routes', first[entry.id], 'id'))}"
                what = f"the id {shown(entry.id)} is given twice"
                self._found.problems.append(self._at(("routes", index, "id"), what, hint, entry.id))
            first.setdefault(entry.id, index)

    def _templates(self) -> None:
        parser = TemplateParser()
        users: dict[str, list[str]] = defaultdict(list)
        for index, entry in self._entries.items():
            location = ("routes", index, "path")
            try:
                unknown = parser.parse(entry.path)
            except BadValue as bad:
                self._found.problems.append(self._at(location, bad.what, bad.hint, entry.id))
                continue
            for name in sorted(unknown):
                users[name].append(entry.id)
            why = unreachable(entry.path)
            if why:
                hint = "correct the path; a request for it is answered as its canonical form, without that"
                warning = self._at(location, f"no request can match {shown(entry.path)}: {why}", hint, entry.id)
                self._found.warnings.append(warning)
        self._found.converters = {name: tuple(ids) for name, ids in sorted(users.items())}

    def _clashes(self) -> None:
        """Two routes may share a template when no method belongs to both."""
        owners: dict[str, list[int]] = defaultdict(list)
        for index, entry in self._entries.items():
            same = owners[shape(entry.path)]
            for other in same:
                shared = _shared_methods(entry, self._entries[other])
                if shared:
                    first = self._entries[other]
                    what = f"{shown(entry.path)} is already the path of {shown(first.id)}, for {shared}"
                    line = self._line(("routes", other, "path"))
                    hint = f"delete one, or give them methods that differ; the first is on line {line}"
                    self._found.problems.append(self._at(("routes", index, "path"), what, hint, entry.id))
                    break
            same.append(index)

    def _canaries(self) -> None:
        defaults = self._defaults
        shared = defaults.canary is not None and defaults.canary.percent is not None
        hint = "add `canary: {percent: 5}`, here or in the defaults"
        if defaults.mode is Mode.CANARY and not shared:
            location = ("defaults", "mode")
            self._found.problems.append(self._at(location, "mode canary has no percent", hint, None))
        for index, entry in self._entries.items():
            own = entry.canary is not None and entry.canary.percent is not None
            if entry.mode is Mode.CANARY and not own and not shared:
                place = ("routes", index, "mode")
                self._found.problems.append(self._at(place, "mode canary has no percent", hint, entry.id))

    def _rules(self) -> None:
        for rule in written_rules(self._defaults, self._entries):
            noun = _RULE_NOUNS[rule.kind]
            route = None if rule.route == DEFAULT_ROUTE_ID else rule.route
            if rule.expires is None and rule.kind == "excuse":
                warning = self._at(rule.place, "this excuse never expires", "add `expires:` with a date", route)
                self._found.warnings.append(warning)
            elif rule.is_over(self._today):
                hint = f"{_NO_LONGER[rule.kind == 'excuse']}: delete it, or set a later date"
                what = f"{noun} expired on {rule.expires}"
                self._found.warnings.append(self._at((*rule.place, "expires"), what, hint, route))
            elif rule.is_soon(self._today):
                hint = "correct v2 before that day, or set a later date if the reason still holds"
                what = f"{noun} expires on {rule.expires}"
                self._found.notes.append(self._at((*rule.place, "expires"), what, hint, route))
            if rule.reason is None:
                hint = "write it as a block with `reason:` and `expires:`, for whoever reads the map after you"
                self._found.notes.append(self._at(rule.place, f"{noun} has no reason", hint, route))


_RULE_NOUNS = {
    "excuse": "this excuse",
    "unordered": "this rule of order",
    "tolerance": "this tolerance",
    "headers": "this rule of a header",
    "html": "this rule of HTML",
}
_NO_LONGER = {True: "what it excused is a mismatch again", False: "it does not apply any more"}


def _shared_methods(one: RouteEntry, other: RouteEntry) -> str:
    """The methods that belong to both, in words; empty for none."""
    if one.methods is None or other.methods is None:
        some = one.methods or other.methods
        return ", ".join(some) if some is not None else "every method"
    return ", ".join(sorted(_answered(one.methods) & _answered(other.methods)))


def _answered(methods: tuple[str, ...]) -> frozenset[str]:
    """HEAD comes with GET."""
    return frozenset(methods) | ({"HEAD"} if "GET" in methods else frozenset())
