"""What needs a person, out of a picture. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote, urlencode

from gateway.console.views.attention import Attention, Concern, Urgency
from gateway.console.views.next_steps import next_steps
from gateway.console.views.picture import Picture
from gateway.mapfile.expiry import WrittenRule, rules_of
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode

MOST = 20
"""Concerns of one kind that are listed one by one; the rest is one sentence."""
_CHECKED_ELSEWHERE = frozenset({"force", "map", "workers", "draining"})
_NOW, _SOON = Urgency.NOW, Urgency.SOON


def concerns(picture: Picture, today: date) -> tuple[Attention, ...]:
    """Everything that needs a person, the most urgent first, otherwise in the order of `Concern`."""
    kinds, urgencies = list(Concern), list(Urgency)
    found = [
        *_process(picture),
        *_some(list(_breakers(picture)), "/routes"),
        *_some(list(_spikes(picture)), "/routes?sort=mismatches"),
        *_some(list(_regressed(picture)), "/routes?state=not_ready"),
        *_some(list(_clients_differ(picture)), "/routes?sort=mismatches"),
        *_some(list(_rules(picture, today)), "/map"),
        *_evidence(picture),
        *_map(picture),
        *next_steps(picture),
    ]
    return tuple(sorted(found, key=lambda one: (urgencies.index(one.urgency), kinds.index(one.concern))))


def route_link(route_id: str) -> str:
    """The page of a route."""
    return f"/routes/{quote(route_id, safe='')}"


def _process(picture: Picture) -> Iterator[Attention]:
    checks = picture.checks
    if picture.force is not None:
        forced = checks.get("force", "ok")
        sentence = forced if forced != "ok" else f"everything is sent to {picture.force}, whatever the map says"
        yield Attention(Concern.FORCED, _NOW, f"The kill switch is on: {sentence}.", "/map")
    if checks.get("workers", "ok") != "ok":
        yield Attention(Concern.WORKERS_MISSING, _NOW, f"Workers are missing: {checks['workers']}.", "/map")
    if not picture.converged:
        text = "The workers do not serve the same map. They should within a second; look at the log of those that lag."
        yield Attention(Concern.NOT_CONVERGED, _SOON, text, "/map")
    for name, text in checks.items():
        if text != "ok" and name in {"legacy", "v2"}:
            yield Attention(Concern.SIDE_DOWN, _NOW, f"{name} cannot be asked: {text}.", "/")
        elif text != "ok" and name not in _CHECKED_ELSEWHERE:
            yield Attention(Concern.NOT_READY, _NOW, f"{name}: {text}.", "/")
    if checks.get("draining", "ok") != "ok":
        yield Attention(Concern.NOT_READY, _NOW, "The gateway is shutting down.", "/")


def _breakers(picture: Picture) -> Iterator[Attention]:
    for route_id in picture.breakers:
        text = f"{route_id}: v2 failed too often, so the breaker keeps requests from it for now."
        yield Attention(Concern.BREAKER_OPEN, _NOW, text, route_link(route_id), route_id)


def _spikes(picture: Picture) -> Iterator[Attention]:
    for one in sorted(picture.spikes, key=lambda spike: -spike.mismatches):
        text = (
            f"{one.route}: {one.mismatches:,} of {one.compared:,} compared in the last {one.minutes} minutes differ "
            f"({one.share:.1%}); before it was {one.usual:.2%}."
        )
        yield Attention(Concern.MISMATCH_SPIKE, _NOW, text, route_link(one.route), one.route)


def _regressed(picture: Picture) -> Iterator[Attention]:
    for row in picture.rows:
        if row.mode in {Mode.CANARY, Mode.V2} and row.gate is GateState.NOT_READY:
            text = f"{row.id} is in {row.mode} and the gate would not let it there now: {row.reason}."
            yield Attention(Concern.REGRESSED, _NOW, text, route_link(row.id), row.id)


def _clients_differ(picture: Picture) -> Iterator[Attention]:
    for row in picture.rows:
        if row.mode in {Mode.CANARY, Mode.V2} and row.gate is not GateState.NOT_READY and row.mismatches:
            text = (
                f"{row.id} is in {row.mode}, so clients see where v2 differs: {row.mismatches:,} of {row.compared:,} "
                "compared answers."
            )
            yield Attention(Concern.CLIENTS_DIFFER, _SOON, text, f"/mismatches?{urlencode({'route': row.id})}", row.id)


def _rules(picture: Picture, today: date) -> Iterator[Attention]:
    for rule in rules_of(picture.loaded.document):
        if rule.is_over(today):
            text = (
                f"{_named(rule)} expired on {rule.expires} and does nothing any more; mend v2, renew it or delete it."
            )
            yield Attention(Concern.RULE_EXPIRED, _SOON, text, route_link(rule.route), rule.route)
        elif rule.is_soon(today) and rule.expires is not None:
            days = (rule.expires - today).days
            text = f"{_named(rule)} expires on {rule.expires}, in {days} {'day' if days == 1 else 'days'}."
            yield Attention(Concern.RULE_EXPIRES, _SOON, text, route_link(rule.route), rule.route)


def _named(rule: WrittenRule) -> str:
    reason = f" ({rule.reason})" if rule.reason else ""
    return f"{rule.route}: a rule under `{rule.kind}`{reason}"


def _evidence(picture: Picture) -> Iterator[Attention]:
    found = dict.fromkeys((picture.evidence, *(worker.evidence for worker in picture.workers)))
    for trouble in found:
        # A worker says the same and how much waits to be written: then that is enough.
        if trouble != "ok" and not any(other != trouble and other.startswith(trouble) for other in found):
            stop = "" if trouble[-1] in ".!?" else "."
            text = f"Evidence: {trouble}{stop} Until then the gate's numbers may be too old."
            yield Attention(Concern.EVIDENCE_TROUBLE, _NOW, text, "/mismatches")
    dropped = sum(picture.traffic.dropped.values())
    if dropped:
        routes = sorted(picture.traffic.dropped, key=lambda route_id: -picture.traffic.dropped[route_id])
        most = ", ".join(routes[:3])
        text = (
            f"{dropped:,.0f} shadow requests were dropped in the last {picture.traffic.seconds:.0f} s, most of {most}: "
            "less is compared than the map asks for."
        )
        yield Attention(Concern.SHADOW_DROPPED, _SOON, text, route_link(routes[0]), routes[0])


def _map(picture: Picture) -> Iterator[Attention]:
    if picture.refused is not None:
        more = f" ({picture.refused.problems} problems)" if picture.refused.problems > 1 else ""
        text = f"The map on disk is refused, the one before stays in force: {picture.refused.sentence}{more}."
        yield Attention(Concern.MAP_REFUSED, _NOW, text, "/map")
    warnings = picture.loaded.warnings
    if warnings:
        more = f", and {len(warnings) - 1} more" if len(warnings) > 1 else ""
        text = f"The map probably does not say what is meant: line {warnings[0].line}: {warnings[0].what}{more}."
        yield Attention(Concern.MAP_WARNING, _SOON, text, "/map")


def _some(found: list[Attention], link: str) -> list[Attention]:
    """The first of them; what is left over is counted."""
    if len(found) <= MOST:
        return found
    first = found[0]
    text = f"{len(found) - MOST} more routes or rules with the same concern as these: {found[MOST].sentence}"
    return [*found[:MOST], Attention(first.concern, first.urgency, text, link)]
