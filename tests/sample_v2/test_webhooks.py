"""`/webhooks/strapi`: signed, and the same keys are forgotten."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.sample_v2.conftest import StartPair
from tests.sample_v2.pair import Pair

SECRET = b"sample-v2-webhook-secret"
HOOK = "/webhooks/strapi"


def signature(body: bytes) -> dict[str, str]:
    return {"X-Strapi-Signature": "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()}


def event(**entry: Any) -> bytes:
    return json.dumps({"event": "entry.update", "createdAt": "2025-01-01", "model": "article", "entry": entry}).encode()


BODIES = {
    "empty": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1",
    "no entry": b'{"event": "x", "model": "article"}',
    "entry is null": b'{"event": "x", "model": "article", "entry": null}',
    "no event": b'{"model": "article", "entry": {}}',
    "event is null": b'{"event": null, "model": "article", "entry": {"slug": "x"}}',
    "no model": b'{"event": "x", "entry": {"slug": "x"}}',
    "other model": b'{"event": "x", "model": "page", "entry": {"slug": "x"}}',
    "model is a list": b'{"event": "x", "model": ["article"], "entry": {"slug": "x"}}',
    "twice the same key": b'{"event": "x", "model": "page", "model": "article", "entry": {}}',
    "not a number": b'{"event": NaN, "model": "article", "entry": {"slug": NaN}}',
    "slug is a number": event(slug=5, category=7),
    "slug is a list": event(slug=["a"], category={"b": 1}),
    "pattern": event(slug="*", category="[a-z]*"),
    "latin-1": '{"event": "é"}'.encode("latin-1"),
    "utf-16": json.dumps({"event": "x", "entry": {}}).encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
}
LISTS = ("/articles", "/articles?category=events", "/articles?category=people", "/articles?category=people&limit=3")


def filled(pair: Pair) -> list[str]:
    """Put lists and two items into both caches; gives the items' slugs, of `events` and of `people`."""
    for target in LISTS:
        assert pair.differences("GET", target) == []
    slugs = [pair.v2.request("GET", target).json()["items"][0]["slug"] for target in LISTS[1:3]]
    for slug in slugs:
        assert pair.differences("GET", f"/articles/{slug}") == []
    return slugs


@pytest.mark.parametrize("name", BODIES)
def test_both_say_the_same_of_a_body(pair: Pair, name: str) -> None:
    filled(pair)
    assert pair.differences("POST", HOOK, signature(BODIES[name]), BODIES[name]) == []


def test_both_forget_the_same_keys(pair: Pair) -> None:
    for entry in ({"category": "people"}, {"category": "events"}, {"category": ""}, {}, {"category": "nothing"}):
        for number in (0, 1):
            slugs = filled(pair)
            body = event(slug=slugs[number], **entry)
            legacy, v2 = pair.ask("POST", HOOK, signature(body), body)
            assert legacy.json() == v2.json()
            assert f"articles:item:{slugs[number]}" in v2.json()["invalidated"]
            assert f"articles:item:{slugs[1 - number]}" not in v2.json()["invalidated"]
            assert v2.status == 200
    # Both are asked, so that both caches stay alike for the next test.
    assert [answer.header("x-cache") for answer in pair.ask("GET", "/articles")] == ["miss", "miss"]


def test_an_unsigned_event_forgets_nothing(pair: Pair) -> None:
    slug = filled(pair)[0]
    body = event(slug=slug)
    for headers in ({}, {"X-Strapi-Signature": ""}, {"X-Strapi-Signature": "é"}, signature(body + b" ")):
        assert pair.differences("POST", HOOK, headers, body) == []
        assert pair.v2.request("POST", HOOK, headers, body).status == 401
    assert pair.v2.request("GET", f"/articles/{slug}").header("x-cache") == "hit"


def test_a_body_above_8_mib_is_413(pair: Pair) -> None:
    body = b" " * (8 * 1024 * 1024 + 1)
    legacy, v2 = pair.ask("POST", HOOK, signature(body), body)
    assert (legacy.status, v2.status) == (413, 413)
    assert legacy.body == v2.body


def test_a_body_of_unknown_length_is_signed_too(pair: Pair) -> None:
    body = event(slug="x" * 70_000)
    chunks = [body[:10], body[10:40_000], body[40_000:]]
    answers = [side.upload("POST", HOOK, signature(body), chunks) for side in (pair.legacy, pair.v2)]
    assert [answer.status for answer in answers] == [200, 200]


def test_with_one_redis_an_event_to_v2_is_heard_by_legacy(start_pair: StartPair, redis_url: str) -> None:
    pair = start_pair(REDIS_URL=redis_url)
    slug = pair.legacy.request("GET", "/articles?limit=1").json()["items"][0]["slug"]
    target = f"/articles/{slug}"
    pair.legacy.request("GET", target)
    assert pair.legacy.request("GET", target).header("x-cache") == "hit"
    body = event(slug=slug)
    answer = pair.v2.request("POST", HOOK, signature(body), body)
    assert answer.json() == {"invalidated": [f"articles:item:{slug}", "articles:list::1:0"]}
    assert pair.legacy.request("GET", target).header("x-cache") == "miss"
