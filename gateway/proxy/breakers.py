"""The breakers of one purpose, by route. A route whose requests succeed has none, so it costs a look into a dict."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gateway.proxy.breaker import SERVING, SHADOWING, Admission, Breaker, BreakerPolicy, State
from gateway.routing.route import Route

BREAKER = "breaker"
"""The reason of a fallback, and of a shadow that is not asked, because the breaker is open."""
LATE = 1.0
"""A timeout that comes so many seconds after its time says that this process stood still, not that v2 did."""

VALUES = {State.CLOSED: 0.0, State.HALF_OPEN: 0.5, State.OPEN: 1.0}

Notice = Callable[[str, str], object]


class Breakers:
    """Breakers by route, on the door's loop. `on_event` is told the name of an event and a sentence.

    `use` is the label of `gateway_breaker_state`; `then` says what happens while a breaker is open.
    """

    def __init__(self, policy: BreakerPolicy, *, use: str, then: str, on_event: Notice) -> None:
        self._policy = policy
        self._use = use
        self._then = then
        self._on_event = on_event
        self._known: dict[str, tuple[Route, Breaker]] = {}

    def admit(self, route: Route, now: float) -> Admission:
        """Whether a request of the route may be asked."""
        known = self._known.get(route.id) if self._known else None
        return Admission.PASS if known is None else known[1].admit(now)

    def tell(self, route: Route, admission: Admission, now: float, *, failed: bool | None, patience: float) -> None:
        """What came of a request that was admitted; None: nothing can be said. `patience` is the time it had, in s."""
        known = self._known.get(route.id) if self._known else None
        if known is None:
            if not failed or admission is Admission.REFUSED:
                return
            known = self._known[route.id] = (route, Breaker(self._policy, patience + LATE))
        breaker = known[1]
        before = breaker.state
        breaker.tell(admission, now, failed=failed)
        if (before is State.CLOSED) is not (breaker.state is State.CLOSED):
            self._notice(route.id, breaker)
        if breaker.is_idle:
            del self._known[route.id]

    def keep(self, routes: Iterable[Route]) -> None:
        """A map came into force: a route that was changed begins anew, one that is gone is forgotten."""
        now = {route.id: route for route in routes}
        self._known = {id_: known for id_, known in self._known.items() if now.get(id_) == known[0]}

    def states(self) -> dict[tuple[str, ...], float]:
        """(route, use) -> 0 closed, 0.5 half-open, 1 open; only routes with a failure in sight. On any thread."""
        return {(route_id, self._use): VALUES[known[1].state] for route_id, known in list(self._known.items())}

    def _notice(self, route_id: str, breaker: Breaker) -> None:
        if breaker.state is State.CLOSED:
            self._on_event("breaker_closed", f"{route_id}: v2 answers again")
            return
        bad, outcomes = breaker.counts
        self._on_event("breaker_opened", f"{route_id}: {bad} of the last {outcomes} failed; {self._then}")


def _nobody(_event: str, _message: str) -> None:
    """Nobody listens."""


def serving_breakers(on_event: Notice = _nobody) -> Breakers:
    """For requests that legacy can answer in v2's place."""
    return Breakers(SERVING, use="serving", then="legacy answers, and one request a second tries v2", on_event=on_event)


def shadowing_breakers(on_event: Notice = _nobody) -> Breakers:
    """For shadows."""
    then = f"no shadow is asked for {SHADOWING.rest:g} s"
    return Breakers(SHADOWING, use="shadowing", then=then, on_event=on_event)
