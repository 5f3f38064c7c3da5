"""What a record says of a comparison."""

from __future__ import annotations

from gateway.evidence.record import LOCATIONS, causes_of, locations_of
from gateway.parity.difference import Comparison, Difference, Kind, Part, Verdict
from tests.support.records import a_record, a_sample


def difference(location: str, *, cause: str = "c", part: Part = Part.BODY, excused: str | None = None) -> Difference:
    return Difference(part, location, Kind.CHANGED, "1", "2", cause=cause, excused_by=excused)


def test_causes_and_places_are_distinct_sorted_and_of_what_is_not_excused() -> None:
    comparison = Comparison(
        Verdict.MISMATCH,
        (
            difference("/items/1/b", cause="z"),
            difference("/items/0/b", cause="z"),
            difference("etag", cause="a", part=Part.HEADER),
            difference("", cause="s", part=Part.STATUS),
            difference("/ts", cause="clock", excused="clock"),
        ),
    )
    assert causes_of(comparison) == ("a", "s", "z")
    assert locations_of(comparison) == ("body /items/*/b", "header etag", "status")


def test_a_place_that_is_data_is_redacted() -> None:
    """Case 145: members of an object may be named by what they belong to."""
    comparison = Comparison(Verdict.MISMATCH, (difference("/users/alice@example.com/age"),))
    assert locations_of(comparison) == ("body /users/«redacted»/age",)


def test_places_are_bounded_and_storable() -> None:
    many = tuple(difference(f"/{'x' * 400}{number}") for number in range(100))
    odd = (difference("/a\x00b\udc80"),)
    assert all(len(place) <= 310 for place in locations_of(Comparison(Verdict.MISMATCH, many)))
    assert (
        len(locations_of(Comparison(Verdict.MISMATCH, tuple(difference(f"/a{n}b") for n in range(100))))) == LOCATIONS
    )
    assert locations_of(Comparison(Verdict.MISMATCH, odd)) == ("body /a\\x00b\\udc80",)


def test_a_sample_counts_for_the_size() -> None:
    assert a_record(sample=a_sample(size=5000)).size > a_record().size + 5000
