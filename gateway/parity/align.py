"""Which elements of two arrays belong together, so that one inserted element is one difference and not a hundred.

Order counts: elements are paired only in order, unless a rule of the map says that order means nothing. Everything
here is linear, or n log n, in the size of the arrays.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Pair = tuple[int | None, int | None]
"""Legacy's index and v2's; None where the other side has no such element."""

_CANDIDATES = 8
"""Members that are tried as the identity of an array's objects."""

_DEPTH = 60
_BUDGET = 50_000


class TooMuch(Exception):
    """The arrays are too large to be looked at twice."""


class Fingerprints:
    """Hashes of values, each computed once, of at most `_BUDGET` values in all; then TooMuch.

    Members of an object have no order; numbers are their text. What lies deeper than `_DEPTH` does not count: then
    unequal values may be paired, and the walk finds them unequal.
    """

    def __init__(self) -> None:
        self._known: dict[int, int] = {}
        self._left = _BUDGET

    def __call__(self, value: Any, depth: int = _DEPTH) -> int:
        """Equal for equal values. The value must live as long as this."""
        self._left -= 1
        if self._left < 0:
            raise TooMuch
        if not isinstance(value, dict | list):
            return hash((type(value), value))
        if depth == 0:
            return len(value)
        known = self._known.get(id(value))
        if known is None:
            if isinstance(value, dict):
                known = hash(frozenset([(name, self(member, depth - 1)) for name, member in value.items()]))
            else:
                known = hash(tuple([self(element, depth - 1) for element in value]))
            self._known[id(value)] = known
        return known


@dataclass(frozen=True, slots=True)
class Alignment:
    """The pairs of two arrays, without those that are known to be equal.

    `reordered`: both have the same elements, in another order.
    """

    pairs: Iterable[Pair]
    reordered: bool = False


def aligned(legacy: list[Any], v2: list[Any], fingerprint: Fingerprints, *, peek: bool) -> Alignment:
    """How two arrays whose order counts belong together. `peek`: equal ends may be found by looking at all of them."""
    start, end = _equal_ends(legacy, v2) if peek else (0, 0)
    ours, theirs = range(start, len(legacy) - end), range(start, len(v2) - end)
    if len(ours) <= 1 and len(theirs) <= 1:
        return Alignment(_gap(ours, theirs))
    mine, other = legacy[ours.start : ours.stop], v2[theirs.start : theirs.stop]
    try:
        labels = _identities(mine, other) or ([*map(fingerprint, mine)], [*map(fingerprint, other)])
    except TooMuch:
        return Alignment(_gap(ours, theirs))
    if labels[0] == labels[1]:
        return Alignment(zip(ours, theirs, strict=True))
    reordered = len(mine) == len(other) and Counter(labels[0]) == Counter(labels[1])
    pairs = _by_label(*labels)[0] if reordered else _in_order(*labels)
    return Alignment(((_moved(one, start), _moved(two, start)) for one, two in pairs), reordered)


def _moved(index: int | None, by: int) -> int | None:
    return None if index is None else index + by


def _equal_ends(legacy: Sequence[Any], v2: Sequence[Any]) -> tuple[int, int]:
    """How many elements are equal at the start, and how many of the others at the end."""
    try:
        return _ends(legacy, v2)
    except RecursionError:
        return 0, 0


def _ends(legacy: Sequence[Any], v2: Sequence[Any]) -> tuple[int, int]:
    start = same_start(legacy, v2, min(len(legacy), len(v2)))
    return start, same_start(legacy[::-1], v2[::-1], min(len(legacy), len(v2)) - start)


def same_start(legacy: Sequence[Any], v2: Sequence[Any], high: int) -> int:
    """How many of the first `high` elements are equal, by halving: slices compare faster than what is in them."""
    low = 0
    while low < high:
        middle = (low + high + 1) // 2
        if legacy[low:middle] == v2[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def matched(legacy: list[Any], v2: list[Any], fingerprint: Fingerprints, by: str | None) -> list[Pair]:
    """The pairs of two arrays whose order means nothing: elements with the same `by`, or equal ones.

    What equals nothing is paired in order where there is no `by`. Arrays that are too large are paired in order.
    """

    def label(element: Any) -> Hashable:
        if by is not None and isinstance(element, dict) and by in element:
            return fingerprint(element[by])
        return fingerprint(element)

    try:
        pairs, alone, left = _by_label([*map(label, legacy)], [*map(label, v2)])
    except TooMuch:
        return [*_gap(range(len(legacy)), range(len(v2)))]
    if by is None:
        return [*pairs, *_gap(alone, left)]
    return [*pairs, *((index, None) for index in alone), *((None, index) for index in left)]


def _by_label(legacy: Sequence[Hashable], v2: Sequence[Hashable]) -> tuple[list[Pair], list[int], list[int]]:
    """Elements with the same label, and those that are alone, of legacy's and of v2's."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for index, label in enumerate(v2):
        waiting[label].append(index)
    pairs: list[Pair] = []
    alone: list[int] = []
    for index, label in enumerate(legacy):
        found = waiting.get(label)
        if found:
            pairs.append((index, found.popleft()))
        else:
            alone.append(index)
    return pairs, alone, sorted(index for indexes in waiting.values() for index in indexes)


def _identities(legacy: list[Any], v2: list[Any]) -> tuple[list[Hashable], list[Hashable]] | None:
    """The values of a member that tells the objects of both arrays apart and is mostly shared, such as `id`."""
    if not legacy or not v2 or not all(isinstance(element, dict) for element in (*legacy, *v2)):
        return None
    best: tuple[list[Hashable], list[Hashable]] | None = None
    shared = min(len(legacy), len(v2)) // 2
    for name in sorted(legacy[0], key=lambda name: name not in {"id", "uuid", "key"})[:_CANDIDATES]:
        ours, theirs = _scalars(legacy, name), _scalars(v2, name)
        if not ours or not theirs:
            continue
        if ours == theirs:
            return ours, theirs
        common = len(set(ours) & set(theirs))
        if common > shared:
            best, shared = (ours, theirs), common
    return best


def _scalars(elements: list[Any], name: str) -> list[Hashable] | None:
    """The values of `name`, when each element has one, no two the same."""
    values: list[Hashable] = []
    for element in elements:
        value = element.get(name)
        if not isinstance(value, str | bytes):
            return None
        values.append((type(value), value))
    return values if len(set(values)) == len(values) else None


def _in_order(legacy: Sequence[Hashable], v2: Sequence[Hashable]) -> list[Pair]:
    """By what occurs once on both sides, and in the gaps by position; or all by position, if less differs then."""
    start, end = _equal_ends(legacy, v2)
    ends = (len(legacy) - end, len(v2) - end)
    anchored: list[Pair] = []
    mine, theirs = start, start
    for anchor in (*_anchors(legacy, v2, (start, *ends)), ends):
        anchored += _gap(range(mine, anchor[0]), range(theirs, anchor[1]))
        if anchor != ends:
            anchored.append(anchor)
        mine, theirs = anchor[0] + 1, anchor[1] + 1
    by_position = [*_gap(range(start, ends[0]), range(start, ends[1]))]

    def differing(pairs: list[Pair]) -> int:
        return sum(1 for one, two in pairs if one is None or two is None or legacy[one] != v2[two])

    middle = by_position if differing(by_position) <= differing(anchored) else anchored
    same_end = zip(range(ends[0], len(legacy)), range(ends[1], len(v2)), strict=True)
    return [*((index, index) for index in range(start)), *middle, *same_end]


def _anchors(legacy: Sequence[Hashable], v2: Sequence[Hashable], window: tuple[int, int, int]) -> list[tuple[int, int]]:
    """The longest rising chain of labels that occur once on each side, as patience sorting finds it."""
    start, legacy_end, v2_end = window
    ours, theirs = _once(legacy, start, legacy_end), _once(v2, start, v2_end)
    common = [(index, theirs[label]) for label, index in ours.items() if label in theirs]
    tops: list[int] = []
    chain: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(common):
        pile = bisect_left(tops, place)
        before.append(chain[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(place)
            chain.append(number)
        else:
            tops[pile] = place
            chain[pile] = number
    found: list[tuple[int, int]] = []
    number = chain[-1] if chain else -1
    while number >= 0:
        found.append(common[number])
        number = before[number]
    return found[::-1]


def _once(labels: Sequence[Hashable], start: int, end: int) -> dict[Hashable, int]:
    """The index of each label that occurs once in the window, in order."""
    first: dict[Hashable, int] = {}
    again: set[Hashable] = set()
    for index in range(start, end):
        label = labels[index]
        if label in first:
            again.add(label)
        first[label] = index
    return {label: index for label, index in first.items() if label not in again}


def _gap(mine: Sequence[int], theirs: Sequence[int]) -> Iterator[Pair]:
    """Position by position; what one side has more of stands alone."""
    shared = min(len(mine), len(theirs))
    yield from zip(mine[:shared], theirs[:shared], strict=True)
    yield from ((index, None) for index in mine[shared:])
    yield from ((None, index) for index in theirs[shared:])
