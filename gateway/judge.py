"""The judge of a process: compares exchanges by the map's rules, learns what legacy is noisy about, keeps evidence.

It is the examiner of the shadow lane. What the map says is replaced whole when a map comes into force, so that a
comparison sees one version of it; every method may run on any thread.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from gateway.evidence.record import Record, causes_of, locations_of
from gateway.evidence.sample import Sample
from gateway.evidence.store import SAMPLES
from gateway.exchange import Exchange, Failure, FailureKind, Observation, Response, Side
from gateway.mapfile.judging import Judging
from gateway.parity.compare import compare
from gateway.parity.difference import Comparison, Verdict
from gateway.parity.epoch import epoch_of, shape_of
from gateway.parity.noise import NoiseBook, downgrade, learn
from gateway.parity.rules import Rules
from gateway.routing.route import Route

CERTAIN = 20
"""So many mismatches of one signature are looked at twice; after that only every tenth is."""
SIGNATURES = 10_000
"""Signatures that are remembered at once; then counting begins anew, and some are looked at twice again."""

TakeSample = Callable[[Exchange, Comparison, str], Sample | None]
"""Makes the redacted sample of an exchange; the last argument is its epoch."""
_NOT_ASKED = Failure(FailureKind.ABORTED, "this side was not asked")
_NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class _Code:
    """What holds while one map is in force: how each route is judged, and since when (its epoch)."""

    rules: Mapping[str, Rules]
    routes: Mapping[str, Route]
    _epochs: dict[tuple[date, str], str] = field(default_factory=dict)

    def epoch(self, route_id: str, today: date) -> str:
        """The epoch of a route on a day: a rule that expires ends one."""
        found = self._epochs.get((today, route_id))
        if found is None and route_id in self.routes:
            if len(self._epochs) > 2 * len(self.routes):  # those of yesterday and the days before
                self._epochs.clear()
            found = epoch_of(self.routes[route_id], self.rules.get(route_id, _NO_RULES), today)
            self._epochs[today, route_id] = found
        return found or ""


class Judge:
    """Implements `gateway.proxy.examiner.Examiner`.

    `offer` takes a record of evidence, `take_sample` makes the part of it that people read; without `offer` nothing is
    kept. `today` decides which rules have expired.
    """

    def __init__(
        self,
        *,
        offer: Callable[[Record], object] | None = None,
        take_sample: TakeSample | None = None,
        on_noise: Callable[[str, NoiseBook], object] | None = None,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        self._offer = offer
        self._take_sample = take_sample
        self._on_noise = on_noise
        self._today = today
        self._books: dict[str, NoiseBook] = {}
        self._code = _Code({}, {})
        self._seen: Counter[str] = Counter()
        self._sampled: Counter[str] = Counter()
        self._lock = threading.Lock()

    def use(self, routes: Iterable[Route], judging: Mapping[str, Judging]) -> None:
        """A map came into force."""
        rules = {route_id: one.rules for route_id, one in judging.items()}
        self._code = _Code(rules, {route.id: route for route in routes})

    def knows(self, route_id: str, book: NoiseBook) -> None:
        """What was learned of a route before this process began; what it has learned itself wins."""
        with self._lock:
            self._books.setdefault(route_id, book)

    def compare(self, route: Route, exchange: Exchange, /) -> Comparison:
        """Compare both observations by the route's rules, and excuse what legacy is known to be noisy about."""
        code, today = self._code, self._today()
        found = replace(_compare(route, exchange, code, today), epoch=code.epoch(route.id, today))
        book = self._books.get(route.id)
        return found if book is None or found.verdict is not Verdict.MISMATCH else downgrade(found, book)

    def doubts(self, route: Route, comparison: Comparison, /) -> bool:
        """Whether legacy may have changed in between: always at first, seldom once the signature is well known."""
        signature = comparison.signature(route.id)
        with self._lock:
            if len(self._seen) > SIGNATURES:
                self._seen.clear()
            self._seen[signature] += 1
            return self._seen[signature] <= CERTAIN or self._seen[signature] % 10 == 0

    def keep(self, route: Route, exchange: Exchange, comparison: Comparison, /) -> None:
        """Count the exchange; of the first mismatches of a signature, keep what people can read."""
        if self._offer is None:
            return
        is_mismatch = comparison.verdict is Verdict.MISMATCH
        signature = comparison.signature(route.id) if is_mismatch else ""
        sample = None
        if is_mismatch and self._take_sample is not None and self._wants_sample(signature):
            sample = self._take_sample(exchange, comparison, comparison.epoch)
        record = Record(
            time=time.time(),
            route=route.id,
            epoch=comparison.epoch,
            stratum=comparison.stratum,
            verdict=comparison.verdict,
            shape=shape_of(exchange.request, route.id),
            legacy_elapsed=_elapsed(exchange.by_side(Side.LEGACY)),
            v2_elapsed=_elapsed(exchange.by_side(Side.V2)),
            signature=signature,
            causes=causes_of(comparison) if is_mismatch else (),
            locations=locations_of(comparison) if is_mismatch else (),
            sample=sample,
            rest_agrees=comparison.rest_agrees,
        )
        self._offer(record)

    def learn(self, route: Route, itself: Exchange, /) -> None:
        """Take note of how legacy differs from itself."""
        found = _compare(route, itself, self._code, self._today())
        with self._lock:
            book = self._books[route.id] = learn(self._books.get(route.id, NoiseBook()), found)
        if self._on_noise is not None:
            self._on_noise(route.id, book)

    def _wants_sample(self, signature: str) -> bool:
        with self._lock:
            if len(self._sampled) > SIGNATURES:
                self._sampled.clear()
            self._sampled[signature] += 1
            return self._sampled[signature] <= SAMPLES


def _compare(route: Route, exchange: Exchange, code: _Code, today: date) -> Comparison:
    legacy, v2 = (exchange.by_side(side) for side in (Side.LEGACY, Side.V2))
    return compare(
        _NOT_ASKED if legacy is None else legacy.outcome,
        _NOT_ASKED if v2 is None else v2.outcome,
        code.rules.get(route.id, _NO_RULES),
        request=exchange.request,
        today=today,
    )


def _elapsed(observation: Observation | None) -> float | None:
    answered = observation is not None and isinstance(observation.outcome, Response)
    return observation.elapsed if observation is not None and answered else None
