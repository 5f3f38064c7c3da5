"""An address that nothing lives at: a page for people, JSON for programs, and nothing for strangers."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from gateway.console.pages.unknown import SENTENCE
from tests.support.console import CHANGING, READING, Operated, client
from tests.support.views import SaidReader

pytestmark = pytest.mark.anyio

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def console(tmp_path: Path, *, loopback: bool = True) -> httpx.AsyncClient:
    return client(Operated(), reader=SaidReader(), map_path=tmp_path / "migration_map.yaml", loopback=loopback)


async def test_a_person_gets_a_page_that_leads_on(tmp_path: Path) -> None:
    async with console(tmp_path) as http:
        answer = await http.get("/nonsense/%3Cscript%3E", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert SENTENCE in answer.text
    assert 'href="/routes"' in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("path", ["/nonsense", "/api/v1/nonsense", "/static/abc/none.css"])
async def test_a_program_gets_json_everywhere(tmp_path: Path, path: str) -> None:
    async with console(tmp_path) as http:
        answer = await http.get(path)
        browsed = await http.get(path, headers=BROWSER)
    assert answer.status_code == browsed.status_code == 404
    assert "html" not in answer.headers["content-type"]
    assert ("html" in browsed.headers["content-type"]) == (path == "/nonsense")


async def test_no_address_begins_to_exist_for_other_methods(tmp_path: Path) -> None:
    async with console(tmp_path) as http:
        answer = await http.post("/nonsense", headers={**CHANGING, **BROWSER}, json={})
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


async def test_a_stranger_learns_nothing_of_what_is_there(tmp_path: Path) -> None:
    async with console(tmp_path, loopback=False) as http:
        strange = await http.get("/nonsense?a=b", headers=BROWSER)
        known = await http.get("/nonsense", headers={**BROWSER, **READING})
    assert (strange.status_code, strange.headers["location"]) == (303, "/signin?next=%2Fnonsense%3Fa%3Db")
    assert known.status_code == 404
