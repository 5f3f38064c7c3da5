"""Each planted mistake differs as `v2/PLANTED.md` says, and in nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.sample.client import Answer
from tests.sample_v2.pair import Pair, differences
from v2 import planted

DOCUMENT = Path(__file__).parents[2] / "v2" / "PLANTED.md"


def other_differences(legacy: Answer, v2: Answer) -> list[str]:
    """Beside the body and its length."""
    return [line for line in differences(legacy, v2) if not line.startswith(("body ", "content-length: "))]


def replaced(value: Any, change: Callable[[str, Any], Any]) -> Any:
    """A JSON value with every member of its objects changed by `change(name, value)`."""
    if isinstance(value, dict):
        return {name: change(name, replaced(member, change)) for name, member in value.items()}
    return [replaced(item, change) for item in value] if isinstance(value, list) else value


def test_n1_departments_have_their_payroll_as_a_number(planted_pair: Pair) -> None:
    legacy, v2 = planted_pair.ask("GET", "/departments")
    assert other_differences(legacy, v2) == []
    payrolls = [item["payroll"] for item in legacy.json()["items"]]
    assert all(re.fullmatch(r"\d+\.\d\d", payroll) for payroll in payrolls)
    assert v2.json() == replaced(legacy.json(), lambda name, value: float(value) if name == "payroll" else value)
    exact = json.loads(v2.body, parse_float=Decimal)
    assert [Decimal(payroll) for payroll in payrolls] == [item["payroll"] for item in exact["items"]]


def test_d1_and_d4_reports_have_their_dates_in_iso_8601(planted_pair: Pair) -> None:
    legacy, v2 = planted_pair.ask("GET", "/employee/1/reports")
    assert other_differences(legacy, v2) == []

    def as_flask(name: str, value: Any) -> Any:
        if value is None or name not in {"created_at", "updated_at", "last_review_at", "hired_on", "left_on"}:
            return value
        assert re.fullmatch(r"\d{4}-\d\d-\d\d" + ("" if name.endswith("_on") else r"T\d\d:\d\d:\d\d(\.\d+)?"), value)
        return datetime.fromisoformat(value).replace(microsecond=0)

    def as_iso(name: str, value: Any) -> Any:
        if isinstance(value, str) and value.endswith(" GMT"):
            return parsedate_to_datetime(value).replace(tzinfo=None)
        return value

    assert replaced(v2.json(), as_flask) == replaced(legacy.json(), as_iso)
    assert v2.json() != legacy.json()


def test_e1_reports_of_nobody_have_fastapis_error_body(planted_pair: Pair) -> None:
    for number in ("0", "321", "99999999999999999999"):
        legacy, v2 = planted_pair.ask("GET", f"/employee/{number}/reports")
        assert other_differences(legacy, v2) == []
        assert legacy.status == v2.status == 404
        assert v2.json() == {"detail": legacy.json()["error"]["message"]}


def test_search_is_the_same_for_parameters_that_are_right(planted_pair: Pair) -> None:
    for query in (
        "q=an",
        "q=an&limit=3",
        "q=software+berg",
        "q=",
        "q=%25&limit=50",
        "q=Zo%C3%AB",
        "q=_",
        "q=x&other=1",
    ):
        assert planted_pair.differences("GET", f"/employees/search?{query}") == [], query
        assert planted_pair.differences("HEAD", f"/employees/search?{query}") == [], query
    assert planted_pair.differences("OPTIONS", "/employees/search") == []
    assert planted_pair.differences("POST", "/employees/search") == []


@pytest.mark.parametrize(
    ("trap", "query", "effective"),
    [
        ("Q1", "q=an&limit=abc", "q=an"),
        ("Q1", "q=an&limit=0", "q=an&limit=1"),
        ("Q1", "q=an&limit=-7", "q=an&limit=1"),
        ("Q1", "q=an&limit=51", "q=an&limit=50"),
        ("Q2", "q=an&limit=", "q=an"),
    ],
)
def test_search_refuses_a_limit_that_legacy_puts_right(
    planted_pair: Pair, trap: str, query: str, effective: str
) -> None:
    legacy, v2 = planted_pair.ask("GET", f"/employees/search?{query}")
    assert legacy.body == planted_pair.legacy.request("GET", f"/employees/search?{effective}").body
    assert other_differences(legacy, v2) == ["status 200 / 422"]
    assert [error["loc"] for error in v2.json()["detail"]] == [["query", "limit"]]


@pytest.mark.parametrize(
    ("trap", "query", "legacy_effective", "v2_effective"),
    [
        ("Q3", "q=an&q=el", "q=an", "q=el"),
        ("Q3", "q=an&limit=1&limit=2", "q=an&limit=1", "q=an&limit=2"),
        ("Q5", "q=an&limit=3.0", "q=an&limit=10", "q=an&limit=3"),
    ],
)
def test_search_reads_the_parameters_otherwise(
    planted_pair: Pair, trap: str, query: str, legacy_effective: str, v2_effective: str
) -> None:
    legacy, v2 = planted_pair.ask("GET", f"/employees/search?{query}")
    assert other_differences(legacy, v2) == []
    assert legacy.body == planted_pair.legacy.request("GET", f"/employees/search?{legacy_effective}").body
    assert v2.body == planted_pair.legacy.request("GET", f"/employees/search?{v2_effective}").body
    assert legacy.body != v2.body


def test_q6_search_loses_bytes_that_are_no_utf_8(planted_pair: Pair) -> None:
    legacy, v2 = planted_pair.ask("GET", "/employees/search?q=a%FFb")
    assert other_differences(legacy, v2) == []
    assert v2.json() == {**legacy.json(), "query": "a�b"}
    assert legacy.json()["query"] == "a%FFb"


def test_q7_search_without_words_is_422(planted_pair: Pair) -> None:
    legacy, v2 = planted_pair.ask("GET", "/employees/search")
    assert other_differences(legacy, v2) == ["status 400 / 422"]
    assert [error["loc"] for error in v2.json()["detail"]] == [["query", "q"]]


def test_m1_the_rated_lose_the_minimum(planted_pair: Pair) -> None:
    for minimum in ("4.5", "0.0", "99.0"):
        legacy, v2 = planted_pair.ask("GET", f"/employees/rated/{minimum}")
        assert other_differences(legacy, v2) == []
        assert legacy.json() == {**v2.json(), "minimum": float(minimum)}
        assert "minimum" not in v2.json()


def test_x3_the_phone_book_has_no_etag(planted_pair: Pair) -> None:
    legacy, v2 = planted_pair.ask("GET", "/export/directory.json")
    etag = legacy.header("etag")
    assert differences(legacy, v2) == [f"etag: {etag} / -"]
    assert etag is not None
    again_legacy, again_v2 = planted_pair.ask("GET", "/export/directory.json", {"If-None-Match": etag})
    assert (again_legacy.status, again_v2.status) == (304, 200)
    assert again_v2.body == legacy.body


def test_l1_a_redirect_is_307_and_has_no_body(planted_pair: Pair) -> None:
    for target in ("/staff", "/staff/berlin/2018?x=1"):
        legacy, v2 = planted_pair.ask("GET", target)
        assert other_differences(legacy, v2) == ["status 301 / 307", "content-type: text/html; charset=utf-8 / -"]
        assert b"You should be redirected" in legacy.body
        assert v2.body == b""
        assert v2.header("location") == "/directory/"


@pytest.mark.parametrize(
    ("trap", "target", "statuses"),
    [
        ("R7", "/employee/abc/reports", (404, 422)),
        ("R7b", "/employees/rated/4", (404, 200)),
        ("R7b", "/employees/rated/high", (404, 422)),
        ("R7d", "/staff/", (404, 307)),
    ],
)
def test_what_the_front_door_hides(planted_pair: Pair, trap: str, target: str, statuses: tuple[int, int]) -> None:
    legacy, v2 = planted_pair.ask("GET", target)
    assert (legacy.status, v2.status) == statuses


def test_the_document_names_every_planted_route_and_every_tested_trap() -> None:
    document = DOCUMENT.read_text()
    documented = {re.sub(r"<[^>]*>", "{}", path) for path in re.findall(r"(/[\w./<>:-]+)`(?=[ ,|])", document)}
    routes = {re.sub(r"\{[^}]*\}", "{}", route.path) for route in planted.routes()}
    assert routes <= documented
    traps = set(re.findall(r"\| ([A-Z]\d\w?) \|", document))
    source = Path(planted.__file__).read_text()
    assert traps == set(re.findall(r"\b([DELMNQRX]\d[a-d]?)\b", source))
