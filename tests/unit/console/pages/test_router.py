"""The pages over HTTP: who may read them, what they ask the reader for, and what comes when something is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.audit.log import AuditLog
from gateway.console.pages.assets import KEPT, read_assets
from gateway.console.views.mismatches import MismatchesQuery
from gateway.console.views.routes import RoutesQuery
from gateway.errors import EvidenceUnavailable, GatewayError, RouteUnknown
from gateway.routing.mode import Mode
from tests.support.audit import a_flip
from tests.support.console import AUTHORIZED, READ_TOKEN, READING, Operated, client
from tests.support.views import SaidReader

pytestmark = pytest.mark.anyio

PAGES = ["/", "/routes", "/routes/a", "/mismatches", "/mismatches/a", "/map", "/audit"]
HTML = "text/html; charset=utf-8"


@pytest.fixture
def reader() -> SaidReader:
    return SaidReader()


def console(reader: SaidReader, tmp_path: Path, **options: Any) -> httpx.AsyncClient:
    return client(Operated(), reader=reader, map_path=tmp_path / "migration_map.yaml", **options)


async def test_a_page_is_html_that_nobody_keeps(reader: SaidReader, tmp_path: Path) -> None:
    async with console(reader, tmp_path) as http:
        for path in PAGES:
            answer = await http.get(path)
            assert answer.status_code == 200, path
            assert answer.headers["content-type"] == HTML
            assert answer.headers["cache-control"] == "no-store"


async def test_beyond_loopback_a_stranger_is_sent_to_sign_in_and_back(reader: SaidReader, tmp_path: Path) -> None:
    """Case 160: nothing of the gateway is on the way."""
    async with console(reader, tmp_path, loopback=False) as http:
        for path in PAGES:
            answer = await http.get(path + "?q=a%26b")
            assert answer.status_code == 303
            following = await http.get(answer.headers["location"])
            assert following.status_code == 200
            assert f'data-next="{path}?q=a%26b"' in following.text
            assert "employees" not in following.text
            assert 'data-revision=""' in following.text
        assert reader.asked == []
        for headers in (READING, AUTHORIZED):
            assert (await http.get("/routes", headers=headers)).status_code == 200


async def test_a_session_opens_the_pages(reader: SaidReader, tmp_path: Path) -> None:
    async with console(reader, tmp_path, loopback=False) as http:
        signed = await http.post("/session", json={"token": READ_TOKEN})
        assert signed.json() == {"role": "reader"}
        assert (await http.get("/routes")).status_code == 200


async def test_a_console_without_any_token_beyond_loopback_says_so(reader: SaidReader, tmp_path: Path) -> None:
    async with console(reader, tmp_path, loopback=False, token="", read_token="") as http:
        answer = await http.get("/")
    assert answer.status_code == 403
    assert "GATEWAY_TOKEN" in answer.text
    assert answer.headers["content-type"] == HTML


async def test_signing_in_leads_nowhere_else(reader: SaidReader, tmp_path: Path) -> None:
    async with console(reader, tmp_path) as http:
        for elsewhere in (
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "",
            "\n//e",
        ):
            answer = await http.get("/signin", params={"next": elsewhere})
            assert 'data-next="/"' in answer.text, elsewhere


async def test_what_an_address_says_is_what_the_reader_is_asked_for(reader: SaidReader, tmp_path: Path) -> None:
    async with console(reader, tmp_path) as http:
        await http.get("/routes?q=staff&mode=canary&limit=abc&sort=nonsense")
        await http.get("/mismatches?route=a&field=/items")
        await http.get("/routes/__default__?hours=168")
        await http.get("/?hours=1")
    assert reader.asked == [
        RoutesQuery(q="staff", mode=Mode.CANARY),
        MismatchesQuery(route="a", field="/items"),
        ("__default__", 168.0),
        1.0,
    ]


@pytest.mark.parametrize(
    ("path", "words"), [("/routes/unknown", "No such route"), ("/mismatches/unknown", "No such mismatch")]
)
async def test_what_is_not_there_is_a_page_that_says_so(
    reader: SaidReader, tmp_path: Path, path: str, words: str
) -> None:
    async with console(reader, tmp_path) as http:
        answer = await http.get(path)
    assert answer.status_code == 404
    assert words in answer.text
    assert "unknown" in answer.text
    assert answer.headers["content-type"] == HTML


@pytest.mark.parametrize(
    ("failure", "status", "words"),
    [
        (EvidenceUnavailable("the disk is full"), 503, "The evidence cannot be read"),
        (RouteUnknown("there is no route x"), 404, "No such route"),
        (GatewayError("no picture yet"), 503, "Not at the moment"),
    ],
)
async def test_what_cannot_be_shown_is_a_page_that_says_why(
    reader: SaidReader, tmp_path: Path, failure: Exception, status: int, words: str
) -> None:
    reader.failure = failure
    async with console(reader, tmp_path) as http:
        answer = await http.get("/")
    assert answer.status_code == status
    assert words in answer.text
    assert str(failure) in answer.text


async def test_pages_change_nothing(reader: SaidReader, tmp_path: Path) -> None:
    """Case 163."""
    async with console(reader, tmp_path) as http:
        for path in PAGES:
            assert (await http.post(path, headers=AUTHORIZED)).status_code == 405


async def test_no_page_offers_a_change_where_no_token_is_configured(reader: SaidReader, tmp_path: Path) -> None:
    async with console(reader, tmp_path, token="", read_token="") as http:
        for path in PAGES:
            text = (await http.get(path)).text
            assert "data-action" not in text, path
    assert "data-action" in (await _first(reader, tmp_path)).text


async def _first(reader: SaidReader, tmp_path: Path) -> httpx.Response:
    async with console(reader, tmp_path) as http:
        return await http.get("/routes/a")


async def test_no_page_holds_a_token(reader: SaidReader, tmp_path: Path) -> None:
    """Case 177."""
    async with console(reader, tmp_path, loopback=False) as http:
        for path in (*PAGES, "/signin"):
            text = (await http.get(path, headers=AUTHORIZED)).text
            assert AUTHORIZED["authorization"].removeprefix("Bearer ") not in text
            assert READ_TOKEN not in text


async def test_files_are_open_and_kept_under_their_hash_alone(reader: SaidReader, tmp_path: Path) -> None:
    prefix = read_assets().prefix
    async with console(reader, tmp_path, loopback=False) as http:
        kept = await http.get(f"{prefix}/base.css")
        assert (kept.status_code, kept.headers["cache-control"]) == (200, KEPT)
        assert kept.headers["content-type"].startswith("text/css")
        for path in (
            "/static/0123/base.css",
            f"{prefix}/../templates/base.html",
            f"{prefix}/%2e%2e/app.py",
            "/static/",
        ):
            missing = await http.get(path)
            assert missing.status_code == 404, path
            assert missing.headers["cache-control"] == "no-store"


async def test_every_file_that_a_page_asks_for_is_there(reader: SaidReader, tmp_path: Path) -> None:
    async with console(reader, tmp_path) as http:
        text = (await http.get("/")).text
        asked = [part.split('"')[0] for part in text.split('="') if part.startswith("/static/")]
        assert len(asked) > 8
        for path in asked:
            assert (await http.get(path)).status_code == 200, path


async def test_the_log_is_shown_a_page_at_a_time(reader: SaidReader, tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "migration_map.yaml")
    for number in range(3):
        log.append(a_flip(reason=f"reason {number}"))
    async with console(reader, tmp_path) as http:
        latest = (await http.get("/audit")).text
        earlier = (await http.get("/audit?before=2")).text
    assert "the chain holds" in latest
    assert latest.index("reason 2") < latest.index("reason 0")
    assert "reason 0" in earlier
    assert "reason 1" not in earlier
