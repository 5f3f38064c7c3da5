"""The parts of a route's page, each out of what it is made of. Pure."""

from __future__ import annotations

from datetime import date

from gateway.console.views.route import (
    GateView,
    NoisePlaceView,
    NoiseView,
    PolicyView,
    RuleState,
    RuleView,
    Step,
    StratumView,
    VerdictCount,
)
from gateway.console.views.row import RouteRow
from gateway.evidence.store import StratumTally
from gateway.judged import Judged
from gateway.mapfile.excuse import path_of
from gateway.mapfile.expiry import SOON
from gateway.parity.difference import Part, Verdict
from gateway.parity.gate import GateState, lower_bound
from gateway.parity.noise import NoiseBook, proposals
from gateway.parity.rules import Excuse, HeaderRule, HtmlRule, Rule, Rules, Tolerance, Unordered
from gateway.routing.mode import LADDER, Mode, skipped_rungs
from gateway.routing.route import Route, StickyKind

_HEIGHT = {mode: height for height, mode in enumerate(Mode)}
_MEANS = {
    Mode.LEGACY: "legacy answers every request, and nothing is compared",
    Mode.SHADOW: "legacy answers every request; v2 is asked behind it and compared",
    Mode.CANARY: "v2 answers some of the clients",
    Mode.V2: "v2 answers every request",
}


def gate_view(judged: Judged) -> GateView:
    """What the gate says of a route."""
    assessment, policy, latency = judged.assessment, judged.policy, judged.latency
    return GateView(
        state=assessment.state,
        reasons=assessment.reasons,
        parity=judged.whole.parity,
        lower_bound=assessment.lower_bound,
        wanted_parity=policy.parity,
        confidence=policy.confidence,
        latency_allowed=policy.latency,
        latency_ratio=latency.v2 / latency.legacy if latency is not None and latency.legacy else None,
    )


def stratum_view(stratum: StratumTally, confidence: float) -> StratumView:
    """One stratum of the current epoch."""
    tally = stratum.tally
    return StratumView(
        stratum=stratum.stratum,
        verdicts=tuple(VerdictCount(verdict.value, tally.of(verdict)) for verdict in Verdict if tally.of(verdict)),
        compared=tally.compared,
        shapes=tally.shapes,
        differing=tally.differing,
        unrecorded=stratum.unrecorded,
        parity=tally.parity,
        lower_bound=lower_bound(tally, confidence),
        first=stratum.first,
        last=stratum.last,
    )


def noise_view(book: NoiseBook) -> NoiseView:
    """What was learned of legacy's noise."""
    places = tuple(
        NoisePlaceView(
            place=f"{place.part} {place.wildcard}",
            rate=book.rate(place),
            times=place.times,
            rule=rule,
            at=path_of(place.wildcard) if place.part is Part.BODY else None,
            header=place.wildcard if place.part is Part.HEADER else None,
        )
        for place, rule in zip(book.noisy, proposals(book), strict=True)
    )
    return NoiseView(book.samples, places)


def policy_view(route: Route) -> PolicyView:
    """How a route is answered and asked."""
    sticky = None
    if route.canary is not None:
        key = route.canary.sticky
        sticky = key.kind.value if key.kind is StickyKind.CLIENT else f"{key.kind.value}:{key.name}"
    return PolicyView(
        timeout=route.timeout,
        sticky=sticky,
        shadows=route.shadows,
        sample=route.shadow.sample,
        shadow_methods=tuple(sorted(route.shadow.methods)),
        shadow_timeout=route.shadow.timeout,
        max_body=route.shadow.max_body,
        fallback=tuple(sorted(trigger.value for trigger in route.fallback)),
    )


def rule_views(rules: Rules, defaults: Rules, today: date) -> tuple[RuleView, ...]:
    """The rules of a route; `defaults` are those of the map's defaults, which are among them, before its own."""
    found: list[RuleView] = []
    for name in ("excuses", "unordered", "tolerances", "headers", "html"):
        inherited = len(getattr(defaults, name))
        every: tuple[Rule, ...] = getattr(rules, name)
        found += [_rule(one, today, from_defaults=number < inherited) for number, one in enumerate(every)]
    return tuple(found)


def steps_of(row: RouteRow, judged: Judged, evidence: str) -> tuple[Step, ...]:
    """Every flip that may be tried, in the order of the ladder. More of an open canary is one, too."""
    return tuple(
        _step(mode, row.mode, judged, evidence) for mode in Mode if mode is not row.mode or mode is Mode.CANARY
    )


def _step(mode: Mode, now: Mode, judged: Judged, evidence: str) -> Step:
    is_up = _HEIGHT[mode] > _HEIGHT[now] or mode is now
    asked = is_up and mode in {Mode.CANARY, Mode.V2}
    refused = asked and (evidence != "ok" or judged.assessment.state is not GateState.READY)
    skipped = skipped_rungs(now, mode)
    sentence = _MEANS[mode] if mode is not now else "v2 answers more of the clients, or fewer, which is never refused"
    if skipped:
        sentence += f"; {' and '.join(skipped)} would be left out"
    gate = _gate_word(judged, evidence) if asked else ""
    return Step(mode, is_up, mode is now or mode in LADDER[now], refused, sentence, gate)


def _gate_word(judged: Judged, evidence: str) -> str:
    if evidence != "ok":
        return f"the gate cannot be asked: {evidence}"
    return f"the gate says {judged.assessment.state.replace('_', ' ')}: {judged.assessment.reasons[0]}"


def _rule(rule: Rule, today: date, *, from_defaults: bool) -> RuleView:
    kind, place, detail = _said(rule)
    days = None if rule.expires is None else (rule.expires - today).days
    state = RuleState.IN_FORCE
    if days is not None and days <= SOON.days:
        state = RuleState.EXPIRED if days <= 0 else RuleState.EXPIRES_SOON
    expires = None if rule.expires is None else rule.expires.isoformat()
    return RuleView(kind, place, detail, rule.reason, expires, days, state, from_defaults)


def _said(rule: Rule) -> tuple[str, str, str]:
    """Its kind, as the map calls it, its place, and what else it says."""
    match rule:
        case Excuse():
            return "excuse", rule.at or rule.header or "", ""
        case Unordered():
            return "unordered", rule.at, f"by {rule.by}" if rule.by is not None else ""
        case Tolerance():
            return "tolerance", rule.at, f"within {rule.within:g}"
        case HeaderRule():
            return "headers", rule.name, rule.how.value
        case HtmlRule():
            return "html", rule.without, ""
