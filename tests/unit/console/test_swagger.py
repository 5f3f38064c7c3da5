"""The API to read and to try, without anything from elsewhere."""

from __future__ import annotations

import re

import pytest

from gateway.console.pages.assets import read_assets
from gateway.console.swagger import page
from tests.support.console import AUTHORIZED, Operated, client

pytestmark = pytest.mark.anyio


async def test_everything_that_the_page_loads_is_the_packages_own_and_there() -> None:
    async with client(Operated()) as http:
        text = (await http.get("/api/v1/docs")).text
        loaded = re.findall(r'(?:src|href)="([^"]+)"', text)
        assert len(loaded) == 5
        for address in loaded:
            found = await http.get(address if address.startswith("/") else f"/api/v1/{address}")
            assert found.status_code == 200, address
            assert found.content


def test_nothing_is_inline_and_nothing_is_elsewhere() -> None:
    text = page(read_assets().prefix)
    assert "://" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|javascript:", text)


def test_the_description_is_sent_to_nobody() -> None:
    script = read_assets().get(read_assets().prefix.rsplit("/", 1)[1], "swagger.js")
    assert script is not None
    assert b"validatorUrl: null" in script.content


async def test_it_is_for_those_who_may_read() -> None:
    async with client(Operated(), loopback=False) as http:
        assert (await http.get("/api/v1/docs")).status_code in {303, 401}
        assert (await http.get("/api/v1/docs", headers=AUTHORIZED)).status_code == 200
