"""History in memory: periods by key and start, minutes and hours apart. Not locked: its owner is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.evidence.history import HOUR, MINUTE, Period, coarsened, fold_before, room_in

_Key = tuple[int, str]


class MemoryHistory:
    """What `evidence_history` is in a database."""

    def __init__(self) -> None:
        self._periods: dict[int, dict[_Key, Period]] = {MINUTE: {}, HOUR: {}}

    def add(self, periods: Iterable[Period]) -> None:
        """Add to what is known of these periods."""
        for one in periods:
            if not one.is_empty:
                known = self._periods[one.step]
                before = known.get((one.start, one.key))
                known[(one.start, one.key)] = one if before is None else before.plus(one)

    def read(self, keys: Sequence[str], since: float, step: int) -> list[Period]:
        """What `keys` did, in periods of `step` seconds."""
        wanted = frozenset(keys)
        found = (
            one
            for known in self._periods.values()
            for (start, key), one in known.items()
            if key in wanted and start >= int(since)
        )
        return coarsened(found, step)

    def hours_until(self) -> float | None:
        """When the newest hour ends."""
        return max((float(start + HOUR) for start, _ in self._periods[HOUR]), default=None)

    def prune(self, now: float, max_age: float, max_bytes: int) -> None:
        """Make hours of old minutes, and let go of old hours."""
        room = room_in(max_bytes)
        minutes = self._periods[MINUTE]
        cutoff = fold_before(now, _beyond(minutes, room.minutes))
        old = [one for (start, _), one in minutes.items() if start < cutoff]
        self._periods[MINUTE] = {key: one for key, one in minutes.items() if key[0] >= cutoff}
        self.add(coarsened(old, HOUR))
        hours = self._periods[HOUR]
        beyond = _beyond(hours, room.hours)
        last = max(now - max_age - HOUR, -1 if beyond is None else beyond)
        self._periods[HOUR] = {key: one for key, one in hours.items() if key[0] > last}


def _beyond(known: dict[_Key, Period], room: int) -> int | None:
    """The start of the newest period that there is no room for."""
    starts = sorted((start for start, _ in known), reverse=True)
    return starts[room] if len(starts) > room else None
