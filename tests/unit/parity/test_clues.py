"""What recognisers read."""

from __future__ import annotations

import gzip

from hypothesis import given
from hypothesis import strategies as st

from gateway.exchange import Failure, FailureKind, Headers, Request, Response
from gateway.parity.clues import Answer, Clues, repeated
from gateway.parity.forms import urlencoded
from tests.unit.parity.answers import a_json, a_request, an_answer


def test_complaints_of_fastapi_are_read() -> None:
    detail = [
        {"type": "int_parsing", "loc": ["query", "n"], "input": "abc"},
        {"type": "missing", "loc": ["body", 0, "x"]},
        {"loc": "odd"},
        "odd",
    ]
    answer = Answer(a_json({"detail": detail}, 422))
    assert answer.complaints == [("int_parsing", ("query", "n"), "abc"), ("missing", ("body", "0", "x"), None)]
    assert answer.complains("query", "^int_")
    assert not answer.complains("query", "^missing$")
    assert not answer.complains("path")
    assert Answer(a_json({"detail": detail}, 400)).complaints == []
    assert Answer(a_json({"detail": "text"}, 422)).complaints == []


def test_a_compressed_body_is_read() -> None:
    assert Answer(a_json(gzip.compress(b'{"a": "x"}'), content_encoding="gzip")).json == {"a": "x"}


def test_what_is_not_there_is_empty() -> None:
    nothing = Answer(Failure(FailureKind.TIMEOUT, "late"))
    assert (nothing.status, nothing.ok, nothing.body, nothing.text, nothing.json) == (0, False, b"", "", ...)
    assert (nothing.location, nothing.header("x")) == ("", "")
    assert Answer(an_answer(None)).body == b""
    assert Answer(an_answer(location="http://[")).location == ""


def test_a_request_is_read() -> None:
    request = a_request("POST", "/a%20b/c", b"x=1&x=2", b"a=1&a=", content_type="application/x-www-form-urlencoded")
    clues = Clues(request, an_answer(), an_answer())
    assert clues.segments == ["", "a b", "c"]
    assert [field.value for field in clues.form] == [b"1", b""]
    assert clues.both_ok
    assert clues.json is ...


def test_repeated_means_values_that_differ() -> None:
    assert repeated(urlencoded(b"a=1&a=2"))
    assert not repeated(urlencoded(b"a=1&a=1&b=2"))


LINES = st.lists(
    st.tuples(st.sampled_from([b"content-type", b"content-encoding", b"location", b"cookie"]), st.binary(max_size=30)),
    max_size=4,
).map(lambda lines: Headers(tuple(lines)))


@given(st.binary(max_size=60), LINES, st.text(max_size=10), st.sampled_from([200, 422]))
def test_anything_can_be_read(body: bytes, headers: Headers, path: str, status: int) -> None:
    response = Response(status, headers, body)
    clues = Clues(Request("id", "POST", path, body, headers, body), response, response)
    for answer in (clues.legacy, clues.v2):
        assert (answer.json, answer.complaints, answer.text, answer.location) is not None
    assert (clues.form, clues.query, clues.json, clues.segments, clues.media) is not None
