"""v2 answers byte for byte what legacy answers; `tests/sample/test_v2_stories.py` tells whole stories."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NoReturn

import psycopg
import pytest

from tests.sample_v2.conftest import StartPair
from tests.sample_v2.pair import Pair
from tests.sample_v2.requests import AREAS, Request, generated

POSTGRESQL = "postgresql+psycopg://postgres@127.0.0.1:5432/test"


def all_differences(pair: Pair, requests: list[Request]) -> list[str]:
    found = []
    for method, target, headers in requests:
        different = pair.differences(method, target, headers)
        if different:
            found.append("\n  ".join([f"{method} {target} {headers or ''}", *different]))
    return found


@pytest.mark.parametrize("area", AREAS)
def test_every_answer_is_the_same(pair: Pair, area: str) -> None:
    requests = generated(area)
    found = all_differences(pair, requests)
    assert not found, f"{len(found)} of {len(requests)}:\n" + "\n".join(found[:5])


def test_every_item_of_a_list_has_the_same_page_of_its_own(pair: Pair) -> None:
    legacy, _ = pair.ask("GET", "/employees?per_page=15&page=4")
    slugs = [item["slug"] for item in legacy.json()["items"]]
    articles, _ = pair.ask("GET", "/articles?limit=15&start=20")
    requests: list[Request] = [("GET", f"/employee/{slug}", {}) for slug in slugs]
    requests += [("GET", item["url"], {}) for item in articles.json()["items"]] * 2  # the second time from the cache
    assert len(requests) == 45
    assert all_differences(pair, requests) == []


def test_the_links_lead_through_all_pages_of_both(pair: Pair) -> None:
    target, seen = "/employees?department=design&sort=-salary&per_page=7", 0
    while target:
        assert pair.differences("GET", target) == []
        page = pair.v2.request("GET", target).json()
        seen += len(page["items"])
        target = page["next"]
    assert seen == page["total"] > 7


def test_maintenance_closes_both_in_the_same_words(start_pair: StartPair) -> None:
    pair = start_pair(MAINTENANCE="1")
    for method, target in (
        ("GET", "/employees"),
        ("HEAD", "/employee/1"),
        ("OPTIONS", "/articles"),
        ("GET", "/health"),
    ):
        assert pair.differences(method, target) == [], target
    assert pair.v2.request("GET", "/employees").status == 503
    assert pair.v2.request("GET", "/health").status == 200


def test_several_origins_vary_the_answer(start_pair: StartPair) -> None:
    pair = start_pair(CORS_ORIGINS="https://b.example, https://a.example")
    for headers in ({}, {"Origin": "https://a.example"}, {"Origin": "https://c.example"}):
        assert pair.differences("GET", "/employee/1", headers) == [], headers
        assert pair.differences("OPTIONS", "/employee/1", headers) == [], headers
    assert pair.v2.request("GET", "/employee/1").header("access-control-allow-origin") == "https://a.example"


def test_a_new_employee_is_seen_by_both_at_once(pair: Pair) -> None:
    employee = {
        "first_name": "Ümit",
        "last_name": 'O"Neill',
        "email": "umit@example.com",
        "title": "Buyer",
        "department": "operations",
        "salary": "1234567.80",
        "hired_on": "2024-02-29",
        "last_review_at": "2024-12-31T23:59:59.999999",
        "skills": ["日本語", "</script>"],
        "rating": 3,
    }
    headers = {"X-Api-Key": "sample-v2-api-key", "Content-Type": "application/json"}
    created = pair.legacy.request("POST", "/employees", headers, json.dumps(employee).encode())
    assert created.status == 201, created.body
    location = created.header("location")
    assert location is not None
    try:
        assert pair.differences("GET", location) == []
        assert pair.v2.request("GET", location).json()["salary"] == "1234567.80"
    finally:
        assert pair.legacy.request("DELETE", location, headers).status == 204
    assert pair.differences("GET", location) == []


def test_postgresql_gives_the_same_answers(start_pair: StartPair, missing: Callable[[str], NoReturn]) -> None:
    try:
        psycopg.connect(POSTGRESQL.replace("+psycopg", ""), connect_timeout=2).close()
    except psycopg.OperationalError:
        missing(f"PostgreSQL at {POSTGRESQL}")
    pair = start_pair(server=POSTGRESQL)
    # A text with a NUL is refused by PostgreSQL; page numbers beyond its integers too, with a 500 on both sides.
    for area in AREAS:
        found = all_differences(pair, generated(area)[::3])
        assert not found, "\n".join(found[:5])
