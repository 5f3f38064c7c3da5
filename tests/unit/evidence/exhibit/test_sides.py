"""Two answers, line beside line."""

from __future__ import annotations

from dataclasses import replace

from gateway.evidence.exhibit.sides import MOST_LINES, Line, LinePart, body_lines, lines_of
from gateway.evidence.sample import Body, Sample, SampledFailure, SampledRequest, SampledResponse
from gateway.parity.difference import Difference, Kind, Part

NOTHING = Body(b"", 0)
JSON = ("content-type", "application/json")


def a_sample(legacy: bytes, v2: bytes, *differences: Difference) -> Sample:
    request = SampledRequest("GET", "/", "", (), NOTHING)
    answers = [SampledResponse(200, (JSON,), Body(content, len(content), "abc")) for content in (legacy, v2)]
    return Sample("id", 0.0, "r", "e", "2xx", "s", (), differences, request, *answers)


def differing(sample: Sample) -> list[tuple[str | None, str | None]]:
    return [(line.legacy, line.v2) for line in lines_of(sample) if line.differs]


def test_the_order_of_members_and_white_space_are_no_difference():
    assert differing(a_sample(b'{"b": 1, "a": [1, 2]}', b'{"a":[1,2],"b":1}')) == []


def test_a_changed_an_added_and_a_removed_member_stand_alone():
    sample = a_sample(b'{"a": 1, "b": 2, "c": 3}', b'{"a": 1, "b": 9, "d": 4}')
    lines = differing(sample)
    assert ('  "b": 2,', '  "b": 9,') in lines
    assert {line for pair in lines for line in pair if line} == {'  "b": 2,', '  "b": 9,', '  "c": 3', '  "d": 4'}


def test_only_headers_that_count_are_marked():
    sample = a_sample(b"{}", b"{}", Difference(Part.HEADER, "x-a", Kind.CHANGED, "1", "2"))
    legacy = replace(sample.legacy, headers=(JSON, ("x-a", "1"), ("date", "Monday"), ("x-old", "1")))
    v2 = replace(sample.v2, headers=(("x-a", "2"), JSON, ("date", "Tuesday"), ("x-new", "1")))
    sample = replace(sample, legacy=legacy, v2=v2)
    assert differing(sample) == [("x-a: 1", "x-a: 2")]
    assert Line("x-old: 1", None, part=LinePart.HEADER) in lines_of(sample)
    assert Line(None, "x-new: 1", part=LinePart.HEADER) in lines_of(sample)


def test_repeated_headers_stand_below_each_other():
    sample = a_sample(b"{}", b"{}", Difference(Part.HEADER, "set-cookie", Kind.REMOVED, "b", None))
    legacy = replace(sample.legacy, headers=(("set-cookie", "a"), ("set-cookie", "b")))
    sample = replace(sample, legacy=legacy, v2=replace(sample.v2, headers=(("set-cookie", "a"),)))
    assert differing(sample) == [("set-cookie: b", None)]


def test_a_failure_has_neither_headers_nor_body():
    sample = replace(a_sample(b"{}", b"{}"), v2=SampledFailure("timeout", "after 5 s"))
    assert lines_of(sample)[0] == Line("HTTP 200", "no answer: timeout: after 5 s", differs=True, part=LinePart.STATUS)
    assert all(line.v2 in {None, ""} for line in lines_of(sample)[1:])


def test_a_body_that_was_not_kept_says_why_and_is_told_apart():
    one, other = Body(None, 5, "aa", withheld="binary"), Body(None, 5, "bb", withheld="binary")
    assert body_lines(one) == ["(binary, 5 bytes, hash aa)"]
    assert body_lines(Body(None, withheld="too_large")) == ["(too_large)"]
    sample = a_sample(b"", b"")
    sample = replace(sample, legacy=replace(sample.legacy, body=one), v2=replace(sample.v2, body=other))
    assert differing(sample) == [("(binary, 5 bytes, hash aa)", "(binary, 5 bytes, hash bb)")]


def test_what_is_no_json_is_shown_as_it_is_and_cannot_move_the_cursor():
    assert body_lines(Body(b'{"a": \x1b[2J', 9), "application/json") == ['{"a": \\x1b[2J']
    assert body_lines(Body(b"[" * 100_000, 9))[0].startswith("[[")
    assert body_lines(Body(b'{"a": 1', 99, truncated=True))[-1] == "(cut; 99 bytes as it was sent)"


def test_long_bodies_are_cut():
    assert len(body_lines(Body(b"x\n" * 100_000, 200_000))) == MOST_LINES
