"""Articles from Strapi, and one Redis cache that both applications read and write."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.sample import processes
from tests.sample_v2.conftest import StartPair
from tests.sample_v2.pair import Pair

TARGETS = (
    "/articles",
    "/articles?limit=100",
    "/articles?category=events&limit=3&start=2",
    "/articles?category=none",
    "/articles/story-1",
    "/articles/story-7",
    "/articles/nothing",
)


@pytest.fixture(scope="module")
def strapi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("strapi") / "strapi.log"
    with processes.local_server("strapi", log, "--token", "sample-v2-token") as address:
        yield address


@pytest.fixture(scope="module")
def cms(start_pair: StartPair, strapi: str) -> Pair:
    return start_pair(STRAPI_URL=f"{strapi}/", STRAPI_TOKEN="sample-v2-token", CACHE_TTL="1")


def test_strapis_articles_are_the_same(cms: Pair) -> None:
    for target in (*TARGETS, *TARGETS):
        assert cms.differences("GET", target) == [], target
    assert cms.v2.request("GET", "/articles?limit=2").json()["total"] == 40


def test_a_cms_that_fails_is_502(cms: Pair, strapi: str) -> None:
    httpx.post(f"{strapi}/test/switch", json={"broken": True}).raise_for_status()
    try:
        assert cms.differences("GET", "/articles?start=30") == []
        assert cms.differences("GET", "/articles/story-30") == []
        assert cms.v2.request("GET", "/articles?start=30").status == 502
    finally:
        httpx.post(f"{strapi}/test/switch", json={"broken": False}).raise_for_status()


def test_a_wrong_token_is_502(start_pair: StartPair, strapi: str) -> None:
    pair = start_pair(STRAPI_URL=strapi, STRAPI_TOKEN="wrong")
    assert pair.differences("GET", "/articles") == []
    assert pair.v2.request("GET", "/articles").status == 502


def test_what_one_side_caches_is_a_hit_on_the_other(start_pair: StartPair, strapi: str, redis_url: str) -> None:
    for extra in ({}, {"STRAPI_URL": strapi, "STRAPI_TOKEN": "sample-v2-token"}):
        pair = start_pair(REDIS_URL=redis_url, **extra)
        first, _ = pair.ask("GET", "/articles?limit=1")
        item = first.json()["items"][0]["url"]
        for target, asked_first, asked_then in (
            ("/articles?limit=5&category=events", pair.legacy, pair.v2),
            ("/articles?limit=6&category=events", pair.v2, pair.legacy),
            (f"{item}?from=legacy", pair.legacy, pair.v2),
        ):
            miss, hit = asked_first.request("GET", target), asked_then.request("GET", target)
            assert (miss.header("x-cache"), hit.header("x-cache")) == ("miss", "hit"), target
            assert miss.body == hit.body
        assert pair.v2.request("GET", "/health").json()["checks"]["cache"] == "redis"
        assert pair.differences("GET", "/health") == []


def test_without_its_redis_every_request_asks_the_cms(start_pair: StartPair) -> None:
    pair = start_pair(REDIS_URL="redis://127.0.0.1:9/0")
    for _ in range(2):
        assert pair.differences("GET", "/articles?limit=1") == []
        assert pair.v2.request("GET", "/articles?limit=1").header("x-cache") == "miss"
