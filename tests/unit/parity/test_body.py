"""Bodies, as what they say they are."""

from __future__ import annotations

import pytest

from gateway.parity.difference import Kind, Part, Verdict
from tests.unit.parity.answers import a_json, an_answer, compared


def test_text_is_exact() -> None:
    text = {"content_type": "text/plain; charset=utf-8"}
    (difference,) = compared(an_answer(b"a\nb", **text), an_answer(b"a\nb ", **text)).differences
    assert (difference.part, difference.location, difference.kind) == (Part.BODY, "", Kind.CHANGED)
    assert (difference.legacy, difference.v2) == (r"line 2: a\nb", r"line 2: a\nb ")


def test_what_is_no_text_is_compared_by_length_and_hash() -> None:
    image = {"content_type": "image/png"}
    (difference,) = compared(an_answer(b"\x89PNG1", **image), an_answer(b"\x89PNG22", **image)).differences
    assert difference.legacy is not None
    assert difference.legacy.startswith("5 bytes, sha256 ")


def test_text_that_is_no_utf_8_is_compared_as_bytes() -> None:
    """Case 98: invalid UTF-8."""
    text = {"content_type": "text/plain"}
    (difference,) = compared(an_answer(b"\xff", **text), an_answer(b"\xfe", **text)).differences
    assert difference.legacy is not None
    assert difference.legacy.startswith("1 bytes, sha256 ")


def test_equal_text_in_other_bytes_is_equivalent() -> None:
    text = {"content_type": "text/plain; charset=utf-16"}
    found = compared(an_answer("ü".encode("utf-16"), **text), an_answer(b"\xfe\xff\x00\xfc", **text))
    assert (found.verdict, found.equivalences) == (Verdict.EQUIVALENT, ("charset",))


def test_json_of_one_side_that_is_no_json() -> None:
    """Case 98: wrong content-type."""
    (difference,) = compared(a_json({"a": 1}), a_json(b"<p>")).differences
    assert (difference.kind, difference.legacy) == (Kind.TYPE, "it is JSON")
    assert difference.v2 is not None
    assert difference.v2.startswith("it is not JSON")


def test_what_neither_side_can_read_as_json_is_compared_as_text() -> None:
    assert compared(a_json(b"{a: 1}"), a_json(b"{a: 1}")).verdict is Verdict.MATCH
    (difference,) = compared(a_json(b"{a: 1}"), a_json(b"{a: 2}")).differences
    assert difference.legacy == "line 1: {a: 1}"


@pytest.mark.parametrize(
    ("legacy", "v2", "content_type", "name"),
    [
        (b"a=%41&b=+", b"a=A&b=%20", "application/x-www-form-urlencoded", "form-escapes"),
    ],
)
def test_equivalences_have_names(legacy: bytes, v2: bytes, content_type: str, name: str) -> None:
    found = compared(an_answer(legacy, content_type=content_type), an_answer(v2, content_type=content_type))
    assert (found.verdict, found.equivalences) == (Verdict.EQUIVALENT, (name,))


def test_the_boundary_of_multipart_is_random() -> None:
    one, other = (
        an_answer(b"--%s\r\nx\r\n--%s--" % (name, name), content_type=f"multipart/byteranges; boundary={name.decode()}")
        for name in (b"b1", b"c22")
    )
    found = compared(one, other)
    assert found.verdict is Verdict.EQUIVALENT
    assert "multipart-boundary" in found.equivalences


def test_a_body_that_is_gone_is_removed() -> None:
    text = {"content_type": "text/plain"}
    kinds = {one.kind for one in compared(an_answer(b"x", **text), an_answer(b"")).differences}
    assert kinds == {Kind.REMOVED}
