"""The console's description of itself."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.console.failing import FAILURES
from gateway.console.openapi import without_keys
from tests.support.console import AUTHORIZED, Operated, client

pytestmark = pytest.mark.anyio

OPEN = {"/healthz", "/readyz", "/session"}


async def described(*, loopback: bool = False) -> dict[str, Any]:
    async with client(Operated(), loopback=loopback) as http:
        answer: dict[str, Any] = (await http.get("/api/v1/openapi.json", headers=AUTHORIZED)).json()
    return answer


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]


async def test_every_endpoint_is_described_and_no_page() -> None:
    paths = (await described())["paths"]
    assert {"/healthz", "/readyz", "/metrics", "/api/v1/map", "/api/v1/reload"} <= set(paths)
    assert "/" not in paths
    assert not [path for path in paths if "{digest}" in path]


async def test_each_token_opens_what_it_opens() -> None:
    document = await described()
    assert set(document["components"]["securitySchemes"]) == {"operator", "reader", "session"}
    for path, method, one in operations(document):
        keys = [next(iter(key)) for key in one.get("security", [])]
        if path in OPEN:
            assert keys == []
        elif method == "post":
            assert keys == ["operator"], path
        else:
            assert keys == ["operator", "reader", "session"], path


async def test_on_loopback_reading_needs_no_key_and_changing_does() -> None:
    for path, method, one in operations(await described(loopback=True)):
        if path not in OPEN:
            assert ({} in one["security"]) == (method == "get"), path


def test_a_key_is_never_taken_from_what_changes() -> None:
    changing = {"security": [{"operator": []}]}
    document = without_keys({"paths": {"/a": {"get": {"security": [{"reader": []}]}, "post": changing}}})
    assert document["paths"]["/a"] == {"get": {"security": [{}, {"reader": []}]}, "post": changing}


async def test_every_failure_has_its_words_and_its_sentence() -> None:
    for path, _, one in operations(await described()):
        failures = {int(status): answer for status, answer in one["responses"].items() if int(status) >= 400}
        assert {421, 500} <= set(failures), path
        for status, answer in failures.items():
            if path == "/readyz" and status == 503:  # the checks, rather than an error
                continue
            schema = answer["content"]["application/json"]["schema"]
            assert schema["required"] == ["error", "message"], path
            assert schema["properties"]["error"]["enum"] == list(FAILURES[status].words)


async def test_every_operation_has_a_name_and_says_what_it_does() -> None:
    found = operations(await described())
    names = [one["operationId"] for _, _, one in found]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and one["description"] for name, (_, _, one) in zip(names, found, strict=True))


async def test_description_is_for_those_who_may_read() -> None:
    async with client(Operated(), loopback=False) as http:
        assert (await http.get("/api/v1/openapi.json")).status_code == 401
        assert (await http.get("/api/v1/openapi.json", headers=AUTHORIZED)).status_code == 200
