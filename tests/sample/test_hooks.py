"""What happens around every request: headers, request ids, the audit log, CORS, maintenance."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sample.client import Answer, Client
from tests.sample.conftest import Sample

Get = Callable[..., Answer]


@pytest.mark.parametrize("target", ["/", "/employee/1", "/no/such/page", "/static/site.css", "/debug/error", "/about"])
def test_every_answer_has_the_security_headers(get: Get, target: str) -> None:
    answer = get(target)
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("x-frame-options") == "SAMEORIGIN"
    assert answer.header("referrer-policy") == "same-origin"
    assert answer.header("x-app-version") == "4.12.3"


def test_a_request_id_is_echoed(get: Get) -> None:
    assert get("/health", X_Request_ID="abc-1").header("x-request-id") == "abc-1"


def test_without_a_request_id_none_is_made_up(get: Get) -> None:
    """Neither by the application nor, on a route that legacy alone answers, by the gateway."""
    assert get("/health").header("x-request-id") is None


def test_a_long_request_id_is_refused_before_the_view(get: Get) -> None:
    answer = get("/health", X_Request_ID="x" * 101)
    assert answer.status == 400
    assert answer.json()["error"]["message"] == "X-Request-ID is too long."


def test_writes_are_noted_when_their_request_is_torn_down(client: Client, key: dict[str, str]) -> None:
    client.request("DELETE", "/employee/4711", key)
    client.request("PATCH", "/employee/4711")
    items = client.request("GET", "/api/audit?limit=2", key).json()["items"]
    seen = [(item["method"], item["path"], item["status"], item["actor"]) for item in items]
    assert seen == [("PATCH", "/employee/4711", 401, "anonymous"), ("DELETE", "/employee/4711", 404, "api-key")]
    assert items[0]["id"] == items[1]["id"] + 1


def test_reading_is_not_noted(client: Client, key: dict[str, str]) -> None:
    before = client.request("GET", "/api/audit?limit=1", key).body
    client.request("GET", "/employee/1")
    assert client.request("GET", "/api/audit?limit=1", key).body == before


def test_the_audit_log_needs_the_key(get: Get) -> None:
    assert get("/api/audit").status == 401


@pytest.mark.parametrize(
    "target", ["/employee/1", "/employees", "/departments", "/articles", "/whoami", "/api/files/x"]
)
def test_a_known_origin_may_read_with_credentials(get: Get, target: str) -> None:
    answer = get(target, Origin="http://localhost:3000")
    assert answer.header("access-control-allow-origin") == "http://localhost:3000"
    assert answer.header("access-control-allow-credentials") == "true"


@pytest.mark.parametrize("target", ["/", "/login", "/data/1", "/employeesque"])
def test_other_paths_are_for_this_site_only(get: Get, target: str) -> None:
    assert get(target, Origin="http://localhost:3000").header("access-control-allow-origin") is None


def test_an_unknown_origin_is_not_allowed(get: Get) -> None:
    assert get("/employee/1", Origin="https://evil.example").header("access-control-allow-origin") is None


def test_a_preflight_is_answered(client: Client) -> None:
    headers = {
        "Origin": "http://localhost:3000",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "content-type, x-api-key",
    }
    answer = client.request("OPTIONS", "/employee/1", headers)
    assert answer.status == 200
    assert answer.header("access-control-allow-origin") == "http://localhost:3000"
    assert "PATCH" in (answer.header("access-control-allow-methods") or "")
    assert answer.header("access-control-allow-headers") == "content-type, x-api-key"


@pytest.fixture(scope="module")
def closed(sample: Sample, start: Callable[..., Sample]) -> Client:
    """The same way, under maintenance."""
    return start(sample.way, MAINTENANCE="1").client


def test_maintenance_answers_for_every_path_but_two(closed: Client) -> None:
    for target in ("/", "/employee/1", "/no/such/page"):
        answer = closed.request("GET", target)
        assert (answer.status, answer.header("retry-after")) == (503, "120")
        assert answer.body == b"We are back in a few minutes.\n"
        assert answer.header("x-frame-options") == "SAMEORIGIN"
    assert closed.request("GET", "/health").status == 200
    assert closed.request("GET", "/static/site.css").status == 200
