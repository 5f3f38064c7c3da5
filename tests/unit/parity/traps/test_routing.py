"""R: what each of the recognisers must not take for its own."""

from __future__ import annotations

import pytest

from gateway.exchange import Outcome
from gateway.parity.difference import UNEXPLAINED
from tests.unit.parity.answers import a_json, a_request, an_answer, compared

GONE = an_answer(b"gone", 404, content_type="text/html")
FOUND = a_json({"a": 1})


def causes(legacy: Outcome, v2: Outcome, path: str, method: str = "GET") -> set[str]:
    return {one.cause for one in compared(legacy, v2, request=a_request(method, path)).differences}


@pytest.mark.parametrize("segment", ["7", "1234", "1.5", "abc", "12345678-1234-1234-1234-123456789abc"])
def test_a_segment_that_flask_takes_as_well_says_nothing_of_converters(segment: str) -> None:
    assert causes(GONE, FOUND, f"/x/{segment}") == {UNEXPLAINED}


@pytest.mark.parametrize(
    ("segment", "name"),
    [
        ("-5", "int"),
        ("+5", "int"),
        ("1.0", "int"),
        ("1e3", "float"),
        ("-inf", "float"),
        (".5", "float"),
        ("a" * 32, "uuid"),
    ],
)
def test_a_segment_that_only_v2_takes_names_its_converter(segment: str, name: str) -> None:
    assert causes(GONE, FOUND, f"/x/{segment}/y") == {f"path.{name}-converter"}


def test_a_redirect_elsewhere_is_not_about_a_slash() -> None:
    legacy, v2 = an_answer(status=308, location="/y/"), an_answer(status=307, location="/y/")
    assert causes(legacy, v2, "/x") == {"redirect.status"}
    assert causes(GONE, an_answer(status=307, location="/login"), "/x/") == {UNEXPLAINED}


def test_a_405_of_both_sides_to_head_is_no_difference_of_head() -> None:
    assert "method.head-not-allowed" not in causes(
        an_answer(status=405), an_answer(status=405, allow="GET"), "/x", "HEAD"
    )


def test_legacy_s_own_docs_are_not_fastapi_s() -> None:
    assert causes(FOUND, a_json({"a": 2}), "/docs") == {UNEXPLAINED}
