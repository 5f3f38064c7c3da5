"""Noise: places at which legacy, asked the same twice, disagrees with itself. Downgraded, not deleted.

At such a place v2 cannot be held to an equal value, only to an equal type and format. The difference stays in sight,
excused, with the rate at which legacy itself differs; a person may make a rule of the map out of it.

One disagreement may be somebody's edit between the two questions. So a place is noisy only when it was seen twice, and
in at least one sample of a hundred. A status, and a body as a whole, are never noise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from gateway.parity.difference import Comparison, Difference, Part, Rest, Verdict
from gateway.parity.formats import CONTAINERS, format_of_json, format_of_text

PLACES = 200
"""Places that a book holds; a route with more has no stable answer, and stays a mismatch."""

_FORMATS = 8
_TWICE = 2
_LEAST_RATE = 0.01
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COUNTED = frozenset({Verdict.MATCH, Verdict.EQUIVALENT, Verdict.EXCUSED, Verdict.MISMATCH})


@dataclass(frozen=True, slots=True)
class NoisePlace:
    """A place: a wildcard pointer into the body, or a header. `times` counts the samples that differed there.

    `formats` are those that legacy was seen with, at most eight.
    """

    part: Part
    wildcard: str
    times: int
    formats: frozenset[str]


@dataclass(frozen=True, slots=True)
class NoiseBook:
    """What was learned of a route: `samples` comparisons of legacy with itself, and where they differed."""

    samples: int = 0
    places: tuple[NoisePlace, ...] = ()

    @property
    def noisy(self) -> tuple[NoisePlace, ...]:
        """The places where type and format have to suffice, the most frequent first."""
        found = [place for place in self.places if place.times >= _TWICE and self.rate(place) >= _LEAST_RATE]
        return tuple(sorted(found, key=lambda place: (-place.times, place.part, place.wildcard)))

    def rate(self, place: NoisePlace) -> float:
        """The share of samples in which legacy differed from itself there, 0 to 1."""
        return place.times / self.samples if self.samples else 0.0

    def to_json(self) -> str:
        """The book as text, to be stored."""
        places = [[place.part, place.wildcard, place.times, sorted(place.formats)] for place in self.places]
        return json.dumps({"samples": self.samples, "places": places})

    @classmethod
    def from_json(cls, text: str) -> NoiseBook:
        """The book that `to_json` wrote; ValueError for any other text."""
        try:
            held = json.loads(text)
            places = tuple(
                NoisePlace(Part(part), str(wildcard), int(times), frozenset(map(str, formats)))
                for part, wildcard, times, formats in held["places"]
            )
            return cls(int(held["samples"]), places)
        except (KeyError, TypeError, RecursionError, ValueError) as error:
            raise ValueError(f"it is not a noise book: {error}") from None


def learn(book: NoiseBook, itself: Comparison) -> NoiseBook:
    """The book after one more comparison of legacy with itself. What was not compared teaches nothing."""
    if itself.verdict not in _COUNTED:
        return book
    places = {(place.part, place.wildcard): place for place in book.places}
    seen: set[tuple[Part, str]] = set()
    for difference in itself.differences:
        key = (difference.part, difference.wildcard)
        if not _can_be_noise(difference):
            continue
        place = places.get(key) or NoisePlace(*key, 0, frozenset())
        formats = sorted(place.formats | set(_formats(difference)))[:_FORMATS]
        places[key] = replace(place, times=place.times + (key not in seen), formats=frozenset(formats))
        seen.add(key)
    return NoiseBook(book.samples + 1, tuple(places.values())[:PLACES])


def downgrade(comparison: Comparison, book: NoiseBook) -> Comparison:
    """The comparison of legacy with v2, with what is noise excused; a change of type or format is not noise."""
    noisy = {(place.part, place.wildcard): place for place in book.noisy}
    if not noisy or comparison.verdict is not Verdict.MISMATCH:
        return comparison
    differences = tuple(_judged(one, noisy.get((one.part, one.wildcard)), book) for one in comparison.differences)
    downgraded = replace(comparison, differences=differences)
    if downgraded.unexcused or not all(_is_noise(one, noisy.get((Part.BODY, one.wildcard))) for one in comparison.rest):
        return downgraded
    return replace(downgraded, verdict=Verdict.EXCUSED, rest=())


def proposals(book: NoiseBook, expires: date | None = None) -> tuple[str, ...]:
    """One line of YAML for each noisy place, for `compare.excuse` in the map, if a person agrees."""
    return tuple(_proposal(place, book, expires) for place in book.noisy)


def _can_be_noise(difference: Difference) -> bool:
    return difference.part is Part.HEADER or (difference.part is Part.BODY and difference.location != "")


def _formats(difference: Difference) -> Iterable[str]:
    read = format_of_json if difference.part is Part.BODY else format_of_text
    return read(difference.legacy), read(difference.v2)


def _judged(difference: Difference, place: NoisePlace | None, book: NoiseBook) -> Difference:
    if place is None or difference.excused_by is not None or not _can_be_noise(difference):
        return difference
    if not _suffices(_formats(difference), place):
        return difference
    return difference.but(excused_by=f"noise: {_observed(place, book)}")


def _is_noise(rest: Rest, place: NoisePlace | None) -> bool:
    return place is not None and _suffices((rest.legacy, rest.v2), place)


def _suffices(formats: Iterable[str], place: NoisePlace) -> bool:
    return all(one in place.formats and one not in CONTAINERS for one in formats)


def _observed(place: NoisePlace, book: NoiseBook) -> str:
    return f"legacy differs from itself here in {place.times} of {book.samples} samples ({book.rate(place):.0%})"


def _proposal(place: NoisePlace, book: NoiseBook, expires: date | None) -> str:
    where = f"at: {json.dumps(_json_path(place.wildcard))}" if place.part is Part.BODY else f"header: {place.wildcard}"
    until = f", expires: {expires}" if expires is not None else ""
    return f"- {{{where}, reason: {json.dumps(_observed(place, book))}{until}}}"


def _json_path(wildcard: str) -> str:
    """`/items/*/created at` as `$.items[*]['created at']`."""
    path = "$"
    for escaped in wildcard.split("/")[1:]:
        name = escaped.replace("~1", "/").replace("~0", "~")
        if name == "*":
            path += "[*]"
        elif _IDENTIFIER.fullmatch(name):
            path += f".{name}"
        else:
            quoted = json.dumps(name)[1:-1].replace('\\"', '"').replace("'", "\\'")
            path += f"['{quoted}']"
    return path
