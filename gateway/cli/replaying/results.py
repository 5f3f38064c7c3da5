"""What a replay found, by route and signature. Bounded: of each signature a few examples are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from gateway.cli.evidence.causes import Causes
from gateway.cli.replaying.player import Played
from gateway.evidence.record import LOCATIONS
from gateway.parity.difference import Comparison, Difference, Verdict

EXAMPLES = 3
_COMPARED = (Verdict.MATCH, Verdict.EQUIVALENT, Verdict.EXCUSED, Verdict.MISMATCH)


@dataclass(frozen=True, slots=True)
class Example:
    """One request of a group, and what differed."""

    where: str
    method: str
    target: str
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class Group:
    """The mismatches of one signature of a route."""

    route: str
    signature: str
    causes: tuple[str, ...]
    locations: tuple[str, ...]
    count: int = 0
    examples: list[Example] = field(default_factory=list)


class Results:
    """Adds up what was played."""

    def __init__(self, left_out: Mapping[str, int]) -> None:
        self.requests = 0
        self.verdicts: Counter[Verdict] = Counter()
        self.skipped: Counter[str] = Counter(left_out)
        self.errors: list[str] = []
        """Of comparisons that failed themselves."""
        self._groups: dict[tuple[str, str], Group] = {}

    def add(self, played: Played) -> None:
        """One request."""
        self.requests += 1
        comparison = played.comparison
        if comparison is None or comparison.verdict is Verdict.SKIPPED:
            self.skipped[played.skipped if comparison is None else comparison.reason] += 1
            return
        self.verdicts[comparison.verdict] += 1
        if comparison.verdict is Verdict.ERROR:
            self.errors.append(f"{played.recorded.where}: {comparison.reason}")
        if comparison.verdict is Verdict.MISMATCH:
            self._group(played, comparison)

    @property
    def groups(self) -> list[Group]:
        """The most frequent first."""
        return sorted(self._groups.values(), key=lambda group: (-group.count, group.route, group.signature))

    @property
    def compared(self) -> int:
        """Requests that say something about parity."""
        return sum(self.verdicts[verdict] for verdict in _COMPARED)

    @property
    def passed(self) -> bool:
        """Whether something was compared and nothing differs: a replay of nothing proves nothing."""
        return bool(self.compared) and not self._groups and not self.errors

    def document(self) -> dict[str, Any]:
        """For machines."""
        causes = Causes()
        return {
            "requests": self.requests,
            "passed": self.passed,
            "verdicts": {verdict.value: self.verdicts[verdict] for verdict in Verdict if self.verdicts[verdict]},
            "skipped": dict(sorted(self.skipped.items())),
            "errors": self.errors,
            "groups": [
                {
                    "route": group.route,
                    "signature": group.signature,
                    "count": group.count,
                    "causes": causes.documents(group.causes),
                    "locations": list(group.locations),
                    "examples": [asdict(example) for example in group.examples],
                }
                for group in self.groups
            ],
        }

    def _group(self, played: Played, comparison: Comparison) -> None:
        unexcused = comparison.unexcused
        signature = comparison.signature(played.route_id)
        group = self._groups.setdefault(
            (played.route_id, signature),
            Group(
                played.route_id,
                signature,
                causes=tuple(sorted({one.cause for one in unexcused})),
                locations=tuple(sorted({f"{one.part} {one.wildcard}".strip() for one in unexcused}))[:LOCATIONS],
            ),
        )
        group.count += 1
        if len(group.examples) < EXAMPLES:
            recorded = played.recorded
            group.examples.append(Example(recorded.where, recorded.method, recorded.target, unexcused))
