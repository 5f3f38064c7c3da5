"""What a Flask application answers, as routes of the map: its `url_map`, rule by rule. Pure.

Templates are taken as they are written. Methods are those that the application names: HEAD comes with GET, and
Flask's automatic OPTIONS with everything. Ids are the endpoints; where one endpoint has several rules, the shortest has
the endpoint's name and the others add their path, so that an id does not change when a rule is added.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from werkzeug.routing import Map, Rule

from gateway.mapfile.templates import shape

_LONGEST_ID = 128


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule of the application. `methods` None means every method; `group` is its blueprint, empty for none."""

    id: str
    path: str
    methods: tuple[str, ...] | None
    group: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """The routes of an application, in the order it registered them, and sentences about what has no place in a map."""

    entries: tuple[Entry, ...]
    notes: tuple[str, ...]


def inventory(url_map: Map) -> Inventory:
    """The routes of a Flask application, from `app.url_map`."""
    notes: list[str] = []
    reached: list[tuple[Rule, tuple[str, ...] | None]] = []
    earlier: dict[str, list[tuple[str, ...] | None]] = defaultdict(list)
    for rule in url_map.iter_rules():
        if rule.build_only:
            continue
        if rule.websocket:
            notes.append(f"{rule.endpoint}: {rule.rule} is a WebSocket, which WSGI cannot carry")
            continue
        if rule.subdomain or rule.host:
            notes.append(f"{rule.endpoint}: {rule.rule} is for {rule.host or rule.subdomain}; a map knows no hosts")
        same = earlier[shape(rule.rule)]
        methods = unanswered(methods_of(rule), same)
        if methods == ():
            notes.append(f"{rule.endpoint}: {rule.rule} is never reached, because an earlier rule has the same path")
            continue
        same.append(methods)
        reached.append((rule, methods))
    ids = _ids([rule for rule, _ in reached])
    entries = tuple(
        Entry(ids[id(rule)], rule.rule, methods, str(rule.endpoint).rpartition(".")[0], str(rule.endpoint))
        for rule, methods in reached
    )
    return Inventory(entries, tuple(notes))


def methods_of(rule: Rule) -> tuple[str, ...] | None:
    """The methods that the application names for a rule, sorted; None for every method."""
    if rule.methods is None:
        return None
    automatic = {"HEAD"} if "GET" in rule.methods else set()
    if getattr(rule, "provide_automatic_options", False):
        automatic.add("OPTIONS")
    return tuple(sorted(set(rule.methods) - automatic))


def unanswered(methods: tuple[str, ...] | None, answered: Iterable[Collection[str] | None]) -> tuple[str, ...] | None:
    """The methods of a rule that nothing else of its template answers; None for all methods, empty for none.

    `answered` are the methods of the others, None for all. HEAD comes with GET.
    """
    for known in answered:
        if known is None or methods is None:
            return ()
        also = {"HEAD"} if "GET" in known else set()
        methods = tuple(method for method in methods if method not in known and method not in also)
    return methods


def _ids(rules: list[Rule]) -> dict[int, str]:
    """An id for each rule, by the identity of the rule; the same whatever order they were registered in."""
    ids: dict[int, str] = {}
    used: set[str] = set()
    ordered = sorted(rules, key=lambda rule: (len(rule.rule), rule.rule, sorted(rule.methods or ())))
    for rule in ordered:
        for candidate in _candidates(rule):
            if candidate not in used:
                used.add(candidate)
                ids[id(rule)] = candidate
                break
    return ids


def _candidates(rule: Rule) -> Iterable[str]:
    name = _word(str(rule.endpoint)).lstrip("_.") or "route"
    path = _word(re.sub(r"<(?:[^<>:]*:)?(\w+)>", r"\1", rule.rule)).strip("-")
    methods = "-".join(sorted(methods_of(rule) or ())).lower()
    exact = blake2b(f"{rule.rule} {methods} {rule.host} {rule.subdomain}".encode(), digest_size=4).hexdigest()
    yield name[:_LONGEST_ID]
    yield f"{name}-{path}"[:_LONGEST_ID]
    yield f"{name}-{path}-{_word(methods)}"[:_LONGEST_ID]
    number = 0
    while True:
        tail = f"-{exact}{number or ''}"
        yield f"{name}-{path}"[: _LONGEST_ID - len(tail)] + tail
        number += 1


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.]+", "-", text)
