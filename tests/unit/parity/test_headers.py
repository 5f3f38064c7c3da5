"""Headers, by what they mean."""

from __future__ import annotations

import pytest

from gateway.parity.difference import Kind, Verdict
from tests.unit.parity.answers import a_request, an_answer, compared


def found(legacy: dict[str, object], v2: dict[str, object], **request: str) -> list[tuple[str, Kind]]:
    differences = compared(an_answer(**legacy), an_answer(**v2), request=a_request(**request)).differences  # type: ignore[arg-type] # fields of any kind
    return [(one.location, one.kind) for one in differences]


@pytest.mark.parametrize(
    "name",
    [
        "date",
        "server",
        "content_length",
        "connection",
        "x_request_id",
        "request_id",
        "x_correlation_id",
        "traceparent",
        "x_amzn_trace_id",
        "x_served_by",
    ],
)
def test_what_differs_by_nature_is_not_compared(name: str) -> None:
    assert found({name: "a"}, {name: "b"}) == []
    assert found({name: "a"}, {}) == []


def test_what_else_legacy_sends_must_be_there() -> None:
    assert found({"x_page": "1"}, {"x_page": "2"}) == []
    assert found({"x_page": "1"}, {}) == [("x-page", Kind.REMOVED)]
    assert found({}, {"x_page": "1"}) == []


@pytest.mark.parametrize("name", ["cache_control", "vary", "allow", "access_control_allow_methods"])
def test_sets_of_words_have_no_order(name: str) -> None:
    assert found({name: "GET, HEAD,OPTIONS"}, {name: ["options", "head, get"]}) == []
    assert found({name: "GET, HEAD"}, {name: "GET"}) == [(name.replace("_", "-"), Kind.CHANGED)]
    assert found({name: "GET"}, {}) == [(name.replace("_", "-"), Kind.REMOVED)]
    assert found({}, {name: "GET"}) == [(name.replace("_", "-"), Kind.ADDED)]


def test_a_quoted_comma_parts_no_words() -> None:
    assert found({"cache_control": 'private="a, b"'}, {"cache_control": 'b", private="a'}) != []


@pytest.mark.parametrize("name", ["etag", "last_modified"])
def test_validators_are_compared_by_their_presence(name: str) -> None:
    assert found({name: "a"}, {name: "b"}) == []
    assert found({name: "a"}, {}) == [(name.replace("_", "-"), Kind.REMOVED)]
    assert found({}, {name: "a"}) == [(name.replace("_", "-"), Kind.ADDED)]


@pytest.mark.parametrize("name", ["content_disposition", "www_authenticate", "retry_after", "link"])
def test_some_are_exact(name: str) -> None:
    assert found({name: "a"}, {name: "A"}) == [(name.replace("_", "-"), Kind.CHANGED)]


def test_a_media_type_has_no_case() -> None:
    comparison = compared(
        an_answer(content_type="Text/HTML; Charset=UTF8"), an_answer(content_type='text/html;charset="utf-8"')
    )
    assert (comparison.verdict, comparison.equivalences) == (Verdict.EQUIVALENT, ("media-type-case",))


def test_a_charset_is_part_of_the_type_but_for_json() -> None:
    assert found({"content_type": "text/html; charset=utf-8"}, {"content_type": "text/html"}) != []
    assert found({"content_type": "text/html; charset=utf-8"}, {"content_type": "text/html; charset=latin-1"}) != []
    json = compared(
        an_answer(content_type="application/json; charset=utf-8"), an_answer(content_type="application/json")
    )
    assert json.equivalences == ("json-charset",)


def test_names_have_no_case_and_lines_may_be_split() -> None:
    assert found({"Vary": "a"}, {"vary": "A"}) == []


def test_another_content_coding_is_fine_when_the_client_takes_it() -> None:
    assert found({"content_encoding": "gzip"}, {}) == []
    assert found({}, {"content_encoding": "gzip"}, accept_encoding="br, gzip;q=0.5") == []
    assert found({}, {"content_encoding": "gzip"}, accept_encoding="gzip;q=0") == [("content-encoding", Kind.ADDED)]
    assert found({}, {"content_encoding": "gzip"}) == [("content-encoding", Kind.ADDED)]


def test_a_redirect_goes_where_it_goes_however_it_is_written() -> None:
    comparison = compared(an_answer(location="http://shop.test/x?a=1"), an_answer(location="/x?a=1"))
    assert (comparison.verdict, comparison.equivalences) == (Verdict.EQUIVALENT, ("location-absolute",))
    assert found({"location": "/x"}, {"location": "/y"}) == [("location", Kind.CHANGED)]
    assert found({"location": "/x"}, {"location": "http://other.test/x"}) == [("location", Kind.CHANGED)]


def test_a_name_that_is_no_text_is_shown_safely() -> None:
    (difference,) = compared(an_answer(**{"x_\x1b[31m": "a"}), an_answer()).differences
    assert difference.location == r"x-\x1b[31m"
