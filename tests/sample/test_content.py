"""Articles from the CMS through the cache, the CMS's webhook, the partner; and what happens without them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from legacy.seed import ARTICLES
from tests.sample.client import Answer, Client, SocketClient
from tests.sample.conftest import SECRETS, Sample

Get = Callable[..., Answer]
LIST_FIELDS = {"author", "category", "id", "published_at", "slug", "summary", "title", "updated_at", "url"}


def sign(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRETS["STRAPI_WEBHOOK_SECRET"].encode(), body, hashlib.sha256).hexdigest()


def tell(client: Client, event: object) -> Answer:
    body = json.dumps(event).encode()
    headers = {"Content-Type": "application/json", "X-Strapi-Signature": sign(body)}
    return client.request("POST", "/webhooks/strapi", headers, body)


def changed(slug: str, category: str, **extra: object) -> dict:
    entry = {"id": 1, "slug": slug, "category": category}
    return {"event": "entry.update", "model": "article", "entry": entry, **extra}


class TestAlone:
    """Without CMS and partner."""

    def test_articles_come_from_the_database(self, get: Get) -> None:
        answer = get("/articles?limit=5").json()
        assert (answer["total"], answer["limit"], answer["start"]) == (ARTICLES, 5, 0)
        assert [item["id"] for item in answer["items"]] == [240, 239, 238, 237, 236]
        assert set(answer["items"][0]) == LIST_FIELDS
        assert answer["items"][0]["published_at"].endswith(" GMT")

    def test_an_article_has_its_body(self, get: Get) -> None:
        item = get("/articles?limit=1").json()["items"][0]
        article = get(item["url"]).json()
        assert article.pop("body").count("\n\n") > 0
        assert article == item

    def test_some_articles_have_no_author_or_summary(self, get: Get) -> None:
        items = get("/articles?limit=100").json()["items"]
        assert None in [item["author"] for item in items]
        assert None in [item["summary"] for item in items]

    def test_a_category(self, get: Get) -> None:
        answer = get("/articles?category=events&limit=100").json()
        assert answer["total"] == ARTICLES // 5
        assert {item["category"] for item in answer["items"]} == {"events"}

    def test_the_second_time_it_comes_from_memory(self, get: Get) -> None:
        target = "/articles?limit=7&start=3"
        first, second = get(target), get(target)
        assert (first.header("x-cache"), second.header("x-cache")) == ("miss", "hit")
        assert first.body == second.body

    @pytest.mark.parametrize("query", ["limit=0", "limit=-3", "limit=abc", "start=-1", "start=999999999999999999999"])
    def test_numbers_out_of_range_are_brought_into_it(self, get: Get, query: str) -> None:
        answer = get(f"/articles?{query}")
        assert answer.status == 200
        assert 1 <= answer.json()["limit"] <= 100
        assert 0 <= answer.json()["start"] <= 1_000_000

    def test_an_unknown_article_is_a_404(self, get: Get) -> None:
        assert get("/articles/nothing").json()["error"]["message"] == "There is no article 'nothing'."

    def test_without_a_partner_the_aggregate_is_a_503(self, get: Get) -> None:
        answer = get("/aggregate")
        assert (answer.status, answer.header("retry-after")) == (503, "300")
        assert "PARTNER_URL" in answer.json()["error"]["message"]


@pytest.fixture
def cms(others: dict[str, str]) -> Iterator[httpx.Client]:
    """The CMS's own interface; it works again after the test."""
    headers = {"Authorization": f"Bearer {SECRETS['STRAPI_TOKEN']}"}
    with httpx.Client(base_url=others["strapi"], headers=headers) as client:
        yield client
        client.post("/test/switch", json={"broken": False, "webhook": ""})


class TestConnected:
    """With a partner, a CMS and, where there is one, Redis."""

    @pytest.fixture
    def client(self, connected: Sample) -> Client:
        return connected.client

    @pytest.fixture
    def fresh(self, client: Client) -> None:
        """Nothing is cached."""
        tell(client, {"event": "entry.update", "model": "article", "entry": {}})

    def test_health_names_the_cache(self, get: Get, redis_url: str | None) -> None:
        assert get("/health").json()["checks"]["cache"] == ("redis" if redis_url else "memory")

    def test_articles_come_from_the_cms_in_the_same_shape(self, get: Get) -> None:
        answer = get("/articles?limit=4&start=1").json()
        assert (answer["total"], answer["limit"], answer["start"]) == (40, 4, 1)
        assert [item["slug"] for item in answer["items"]] == ["story-39", "story-38", "story-37", "story-36"]
        assert answer["items"][3] == {
            "id": 36,
            "slug": "story-36",
            "title": "Story no. 36: über uns",
            "summary": "What story 36 is about.",
            "category": "engineering",
            "author": {"name": "Renée Dubois", "slug": "renee-dubois"},
            "published_at": "Mon, 22 Sep 2025 08:36:00 GMT",
            "updated_at": "Mon, 22 Sep 2025 08:36:00 GMT",
            "url": "/articles/story-36",
        }

    def test_an_article_comes_with_its_body(self, get: Get) -> None:
        assert get("/articles/story-7").json()["body"].startswith("Once upon a time, 7 times.")
        assert get("/articles/story-7").json()["summary"] is None
        assert get("/articles/story-4711").status == 404

    def test_the_pages_show_the_cms(self, get: Get) -> None:
        assert "Story no. 40: über uns" in get("/").text
        assert "<h1>Story no. 3: über uns</h1>" in get("/news/story-3").text

    def test_the_cms_is_asked_once(self, get: Get, cms: httpx.Client, fresh: None) -> None:
        before = cms.get("/test/switch").json()["calls"]
        answers = [get("/articles?category=people") for _ in range(3)]
        assert [answer.header("x-cache") for answer in answers] == ["miss", "hit", "hit"]
        assert cms.get("/test/switch").json()["calls"] == before + 1

    def test_an_edit_is_seen_after_the_webhook(self, client: Client, get: Get, cms: httpx.Client, fresh: None) -> None:
        get("/articles/story-8")
        cms.put("/api/articles/8", json={"data": {"title": "A new title"}}).raise_for_status()
        assert get("/articles/story-8").json()["title"] == "Story no. 8: über uns"
        assert tell(client, changed("story-8", "people")).json() == {"invalidated": ["articles:item:story-8"]}
        assert get("/articles/story-8").json()["title"] == "A new title"
        cms.put("/api/articles/8", json={"data": {"title": "Story no. 8: über uns"}}).raise_for_status()
        tell(client, changed("story-8", "people"))

    def test_the_webhook_deletes_the_right_keys_and_no_others(self, client: Client, get: Get, fresh: None) -> None:
        for target in ("?limit=2", "?category=people&limit=2", "?category=events&limit=2", "/story-1", "/story-2"):
            get(f"/articles{target}")
        assert tell(client, changed("story-1", "people")).json() == {
            "invalidated": ["articles:item:story-1", "articles:list::2:0", "articles:list:people:2:0"]
        }
        assert get("/articles?category=events&limit=2").header("x-cache") == "hit"
        assert get("/articles/story-2").header("x-cache") == "hit"
        assert get("/articles?limit=2").header("x-cache") == "miss"

    def test_an_event_without_category_deletes_every_list(self, client: Client, get: Get, fresh: None) -> None:
        get("/articles?category=people&limit=3")
        get("/articles?category=events&limit=3")
        event = {"event": "entry.delete", "model": "article", "entry": {"id": 9}}
        assert len(tell(client, event).json()["invalidated"]) == 2

    def test_other_models_delete_nothing(self, client: Client, get: Get) -> None:
        get("/articles/story-5")
        event = {**changed("story-5", "company"), "model": "author"}
        assert tell(client, event).json() == {"invalidated": []}
        assert get("/articles/story-5").header("x-cache") == "hit"

    def test_a_broken_cms_is_a_502_but_what_is_cached_is_served(self, get: Get, cms: httpx.Client, fresh: None) -> None:
        get("/articles/story-11")
        cms.post("/test/switch", json={"broken": True})
        assert get("/articles/story-11").status == 200
        answer = get("/articles/story-12")
        assert answer.status == 502
        assert answer.json()["error"]["message"] == "The CMS does not answer properly."
        assert get("/news/story-12").status == 502

    def test_the_aggregate_is_three_calls_one_after_the_other(
        self, connected: Sample, get: Get, others: dict[str, str]
    ) -> None:
        calls = httpx.get(f"{others['partner']}/calls").json()
        started = time.monotonic()
        answer = get("/aggregate?city=Krak%C3%B3w").json()
        assert time.monotonic() - started >= (0.05 if connected.way == "v2" else 0.15)  # v2 calls all at once
        assert httpx.get(f"{others['partner']}/calls").json() == {name: n + 1 for name, n in calls.items()}
        assert set(answer) == {"city", "holidays", "rates", "weather"}
        assert answer["city"] == answer["weather"]["city"] == "Kraków"
        assert answer["rates"]["PLN"] == 4.2475
        assert "2025-11-11" in answer["holidays"]

    @pytest.mark.parametrize(("city", "status"), [("Errorville", 502), ("Garbletown", 502), ("Slowtown", 504)])
    def test_a_partner_that_fails_is_a_502_or_504(self, get: Get, city: str, status: int) -> None:
        answer = get(f"/aggregate?city={city}")
        assert answer.status == status
        assert answer.json()["error"]["message"].startswith("The partner does not answer")


@pytest.mark.parametrize("way", ["gunicorn", "gateway", "v2"])
def test_an_editor_saves_and_the_readers_see_it(
    way: str, start: Callable[..., Sample], connections: dict[str, str], cms: httpx.Client
) -> None:
    """The CMS itself calls the webhook."""
    client = start(way, **connections).client
    assert isinstance(client, SocketClient)
    cms.post("/test/switch", json={"webhook": f"http://{client.host}:{client.port}/webhooks/strapi"})
    for title in ("Another title", "Story no. 15: über uns"):
        client.request("GET", "/articles/story-15")
        assert client.request("GET", "/articles/story-15").header("x-cache") == "hit"
        cms.put("/api/articles/15", json={"data": {"title": title}}).raise_for_status()
        assert client.request("GET", "/articles/story-15").json()["title"] == title


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=" + "0" * 64, "ü"])
def test_a_webhook_with_another_signature_is_a_401(client: Client, signature: str) -> None:
    body = json.dumps(changed("x", "people")).encode()
    headers = {"Content-Type": "application/json", "X-Strapi-Signature": signature}
    assert client.request("POST", "/webhooks/strapi", headers, body).status == 401


def test_the_signature_is_of_the_bytes(client: Client) -> None:
    body = json.dumps(changed("x", "people")).encode()
    headers = {"Content-Type": "application/json", "X-Strapi-Signature": sign(body)}
    assert client.request("POST", "/webhooks/strapi", headers, body).status == 200
    assert client.request("POST", "/webhooks/strapi", headers, body + b" ").status == 401


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"entry": {}}', b'{"event": "x", "entry": []}'])
def test_a_signed_body_that_is_no_event_is_a_400(client: Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "X-Strapi-Signature": sign(body)}
    assert client.request("POST", "/webhooks/strapi", headers, body).status == 400
