"""Content codings, within bounds."""

from __future__ import annotations

import gzip
import zlib

import pytest

from gateway.parity.coding import LIMIT, DecodesTooLarge, Undecodable, UnknownCoding, codings, decoded
from gateway.parity.difference import Verdict
from tests.unit.parity.answers import a_json, an_answer, compared

RAW = zlib.compressobj(wbits=-15)
DEFLATED = RAW.compress(b"hello") + RAW.flush()


@pytest.mark.parametrize(
    ("body", "applied"),
    [
        (gzip.compress(b"hello"), ("gzip",)),
        (gzip.compress(b"hel") + gzip.compress(b"lo"), ("gzip",)),
        (zlib.compress(b"hello"), ("deflate",)),
        (DEFLATED, ("deflate",)),
        (gzip.compress(zlib.compress(b"hello")), ("deflate", "gzip")),
        (b"hello", ()),
    ],
)
def test_codings_are_undone_from_the_last_to_the_first(body: bytes, applied: tuple[str, ...]) -> None:
    assert decoded(body, applied) == b"hello"


def test_a_bomb_is_not_decoded() -> None:
    """Case 98: half a gigabyte in 500 kB."""
    bomb = gzip.compress(bytes(16 * LIMIT))
    with pytest.raises(DecodesTooLarge):
        decoded(bomb, ("gzip",))
    answer = an_answer(bomb, content_encoding="gzip")
    found = compared(answer, an_answer(b"x"), request=None)
    assert (found.verdict, found.reason) == (Verdict.SKIPPED, "body_too_large")


@pytest.mark.parametrize("body", [b"hello", b"", gzip.compress(b"hello")[:-9]])
def test_what_is_not_compressed_is_said_so(body: bytes) -> None:
    with pytest.raises(Undecodable):
        decoded(body, ("gzip",))


def test_an_unknown_coding_is_named() -> None:
    with pytest.raises(UnknownCoding, match="br"):
        decoded(b"x", ("br",))


def test_a_header_is_read() -> None:
    assert codings((b"GZIP, identity", b"x-gzip,,br")) == ("gzip", "gzip", "br")


def test_compressed_json_is_compared_as_json() -> None:
    """Case 98: gzip bodies."""
    legacy = a_json(gzip.compress(b'{"a": 1, "b": 2}'), content_encoding="gzip")
    found = compared(legacy, a_json({"b": 2, "a": 1}))
    assert (found.verdict, found.equivalences) == (Verdict.EQUIVALENT, ("content-encoding",))
    assert [one.location for one in compared(legacy, a_json({"b": 2, "a": 3})).differences] == ["/a"]


def test_two_levels_of_compression_are_equal() -> None:
    body = b'{"a": "' + b"x" * 3000 + b'"}'
    one, other = (a_json(gzip.compress(body, level), content_encoding="gzip") for level in (1, 9))
    assert one.body != other.body
    assert compared(one, other).verdict is Verdict.MATCH


def test_a_false_content_encoding_is_a_mismatch() -> None:
    body = b'{"a": 1}'
    legacy = a_json(gzip.compress(body), content_encoding="gzip")
    (difference,) = compared(legacy, a_json(body, content_encoding="gzip")).differences
    assert difference.v2 is not None
    assert "it is not gzip" in difference.v2


def test_what_is_not_decoded_is_compared_by_its_bytes() -> None:
    one, other = (an_answer(body, content_encoding="br", content_type="text/html") for body in (b"a", b"b"))
    (difference,) = compared(one, other).differences
    assert difference.legacy is not None
    assert difference.legacy.endswith("br is not decoded here")
    assert compared(one, one).verdict is Verdict.MATCH
