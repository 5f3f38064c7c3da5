"""Whether the evidence lets a route up: asked for every flip to `canary` or `v2`, and for a larger canary.

Going down is never asked for, and a shadow needs no evidence: it is where evidence comes from.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.errors import EvidenceError
from gateway.mapfile.flip import Edit
from gateway.mapfile.loaded import LoadedMap
from gateway.parity.gate import GateState
from gateway.routing.mode import Mode
from gateway.routing.route import Route

UNAVAILABLE = "unavailable"
"""The state without evidence to read."""

_HEIGHT = {mode: height for height, mode in enumerate(Mode)}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says. `state` is one of `GateState`, or `unavailable`."""

    state: str
    reasons: tuple[str, ...]

    @property
    def refuses(self) -> bool:
        """Whether the flip is refused, unless it is forced."""
        return self.state != GateState.READY


def asks_gate(edit: Edit) -> bool:
    """Whether more clients get v2's answers after this flip than before."""
    if edit.new_mode in {Mode.LEGACY, Mode.SHADOW}:
        return False
    if edit.new_mode is Mode.CANARY and edit.old_mode is Mode.CANARY:
        return (edit.new_percent or 0.0) > (edit.old_percent or 0.0)
    return _HEIGHT[edit.new_mode] > _HEIGHT[edit.old_mode]


def decide(loaded: LoadedMap, routes: tuple[str, ...], evidence: str | None) -> Decision:
    """The gate's word about routes of a map: the worst of them, with every reason of those that are not ready."""
    if evidence is None:
        return Decision(UNAVAILABLE, ("no evidence is kept: GATEWAY_EVIDENCE is off",))
    from gateway.evidence.opening import read_store  # noqa: PLC0415  SQLAlchemy takes a third of a second
    from gateway.judged import read_all  # noqa: PLC0415  the same

    try:
        store = read_store(evidence)
        try:
            judged = read_all(loaded, store)
        finally:
            store.close()
    except EvidenceError as error:
        return Decision(UNAVAILABLE, (str(error),))
    found = [judged[route] for route in routes]
    return _worst(
        [(one.route.id, one.assessment.state, one.assessment.reasons + _uncompared(one.route)) for one in found]
    )


def _uncompared(route: Route) -> tuple[str, ...]:
    """What to do about a route of which no evidence will ever come."""
    if route.shadows:
        return ()
    if route.mode is Mode.LEGACY:
        return ("in mode legacy nothing is compared: flip it to shadow, and let it gather evidence",)
    return (f"in mode {route.mode} it is compared only with a sample: flip it to {route.mode} with one (--sample N)",)


def _worst(words: list[tuple[str, GateState, tuple[str, ...]]]) -> Decision:
    order = (GateState.NOT_READY, GateState.INCONCLUSIVE, GateState.READY)
    state = min((word[1] for word in words), key=order.index)
    if len(words) == 1:
        return Decision(state.value, words[0][2])
    decisive = (f"{route}: {reasons[0]}" for route, found, reasons in words if found is not GateState.READY)
    return Decision(state.value, tuple(decisive) or ("every route that changes is ready",))
