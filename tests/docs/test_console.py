"""docs/console.md lists what the console's API has, and no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gateway.console.events import FULL
from gateway.console.failing import FAILURES
from tests.support.console import AUTHORIZED, Operated, client

OPERATION = re.compile(r"`(GET|POST|DELETE) (/[^`]*)`")
NOT_OF_AN_OPERATION = {(405, "method_not_allowed"), (503, FULL.error)}
"""What only a wrong method is answered, and what only the stream of events says, which OpenAPI cannot describe."""


@pytest.fixture
async def described() -> dict[str, Any]:
    async with client(Operated()) as http:
        document: dict[str, Any] = (await http.get("/api/v1/openapi.json", headers=AUTHORIZED)).json()
    return document


@pytest.fixture
def api(root: Path) -> str:
    text = (root / "docs" / "console.md").read_text(encoding="utf-8")
    return text[text.index("## The API") : text.index("## The kill switch")]


def rows(api: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in api.splitlines() if line.startswith("| ")]


@pytest.mark.anyio
async def test_every_operation_is_listed_and_nothing_else(described: dict[str, Any], api: str) -> None:
    listed = {found for cells in rows(api) for found in OPERATION.findall(cells[0])} - {("GET", "/events")}
    has = {
        (method.upper(), re.sub(r"\{\w+\}", "{id}", path))
        for path, methods in described["paths"].items()
        for method in methods
    }
    assert listed == has


@pytest.mark.anyio
async def test_every_parameter_of_a_query_is_listed_with_its_path(described: dict[str, Any], api: str) -> None:
    beside = {path: cells[1] for cells in rows(api) for method, path in OPERATION.findall(cells[0]) if method == "GET"}
    for path, methods in described["paths"].items():
        names = [one["name"] for one in methods.get("get", {}).get("parameters", []) if one["in"] == "query"]
        told = set(re.findall(r"`(\w+)`", beside.get(re.sub(r"\{\w+\}", "{id}", path), "")))
        assert set(names) <= told, path


def test_every_error_is_listed_with_its_status(api: str) -> None:
    listed = {
        (int(status), word)
        for cells in rows(api)
        for status in re.findall(r"\b[45]\d\d\b", cells[0])
        for word in re.findall(r"`(\w+)`", cells[1])
    }
    known = {(status, word) for status, failure in FAILURES.items() for word in failure.words} | NOT_OF_AN_OPERATION
    shared_row = {(408, "body_too_large"), (413, "body_too_slow")}
    assert listed - shared_row == known
