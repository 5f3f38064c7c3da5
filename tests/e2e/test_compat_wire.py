"""A route is flipped, and a client that reads every byte cannot tell: compat's wire format on a real gateway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.gateway_process import ROOT, Running, serving
from tests.support.wire import eventually

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
OF_THE_GATEWAY = {"date", "x-served-by", "x-request-id"}
MAP = """
version: 1
backends:
  legacy: {wsgi: "tests.support.ported.legacy:create_app()", threads: 4}
  v2: {asgi: "tests.support.ported.v2:create_app()"}
defaults: {mode: %s, headers: true}
"""


@dataclass(frozen=True)
class Asking:
    """One request, as it is written on the line."""

    target: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


REQUESTS = (
    Asking("/orders/5"),
    Asking("/orders/100"),
    Asking("/orders/five"),
    Asking("/orders/-5"),
    Asking("/orders/%D9%A3"),
    Asking("/orders/5/"),
    Asking("/orders/5", "HEAD"),
    Asking("/orders/5", "OPTIONS"),
    Asking("/orders/5", "DELETE"),
    Asking("/orders"),
    Asking("/orders?page=2"),
    Asking("/orders", "PUT"),
    Asking("/orders/?page=2&page=3&all"),
    Asking("/orders/?page=many&word="),
    Asking("/orders/?page=&word=a%FFb"),
    Asking("/orders/", "POST", JSON, b'{"name": "a"}'),
    Asking("/orders/", "POST", JSON, b'{"name": '),
    Asking("/orders/", "POST", JSON, b'{"name": 5}'),
    Asking("/orders/", "POST", {"content-type": "text/plain"}, b'{"name": "a"}'),
    Asking("/form", "POST", FORM, b"name=&n=x"),
    Asking("/form", "POST", FORM, b"name=a&name=b&n=2"),
    Asking("/form", "POST", FORM, b"n=2"),
    Asking("/crash"),
    Asking("/old"),
    Asking("/file"),
    Asking("/file", headers={"range": "bytes=0-9"}),
    Asking("/file", headers={"range": "bytes=0-1,4-5"}),
    Asking("/file", headers={"if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}),
    Asking("/cookie", headers={"cookie": "x=1; x=2"}),
    Asking("/cookie", headers={"cookie": 'x="\\303\\274"'}),
    Asking("/nothing"),
    Asking("/nothing", "OPTIONS"),
)
Answered = tuple[int, tuple[tuple[str, str], ...], bytes]


@dataclass
class Sides:
    """What each side answered to each request, and the uses of each switch after it."""

    legacy: dict[str, Answered]
    v2: dict[str, Answered]
    used: dict[str, float]


def key(asking: Asking) -> str:
    return f"{asking.method} {asking.target} {asking.headers} {asking.body!r}"


def ask(running: Running, asking: Asking, side: str) -> Answered:
    connection = HTTPConnection("127.0.0.1", running.port, timeout=10)
    try:
        connection.request(asking.method, asking.target, asking.body or None, {**asking.headers, "host": "shop.test"})
        response = connection.getresponse()
        assert response.headers["x-served-by"] == side
        found = [(name.lower(), value) for name, value in response.headers.items()]
        return response.status, tuple(sorted(told(found))), response.read()
    finally:
        connection.close()


def told(headers: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The headers of the application. Flask's Allow has another order in each process."""
    for name, value in headers:
        if name not in OF_THE_GATEWAY:
            yield name, ", ".join(sorted(value.split(", "))) if name == "allow" else value


def uses(running: Running) -> dict[str, float]:
    families = text_string_to_metric_families(httpx.get(f"{running.console_url}/metrics", timeout=5).text)
    samples = [sample for family in families for sample in family.samples]
    return {one.labels["switch"]: one.value for one in samples if one.name == "gateway_compat_applied_total"}


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    folder = tmp_path_factory.mktemp("ported")
    path = folder / "migration_map.yaml"
    path.write_text(MAP % "legacy", encoding="utf-8")
    with serving(path, cwd=ROOT, log=folder / "log", env={"GATEWAY_EVIDENCE": "off"}) as running:
        legacy = {key(one): ask(running, one, "legacy") for one in REQUESTS}
        before = uses(running)
        path.write_text(MAP % "v2", encoding="utf-8")
        flipped = f"http://127.0.0.1:{running.port}/orders/5"
        eventually(lambda: httpx.get(flipped, timeout=5).headers["x-served-by"] == "v2", "the flip", seconds=10)
        v2 = {key(one): ask(running, one, "v2") for one in REQUESTS}
        after = uses(running)
    return Sides(legacy, v2, {name: count - before.get(name, 0) for name, count in after.items()})


@pytest.mark.parametrize("asking", REQUESTS, ids=key)
def test_the_answer_is_the_same_on_either_side(sides: Sides, asking: Asking) -> None:
    assert sides.v2[key(asking)] == sides.legacy[key(asking)]


def test_each_switch_that_was_needed_is_counted(sides: Sides) -> None:
    needed = {
        *("json.http_dates", "json.text_form", "params.first_value", "params.lax_query", "params.invalid_utf8"),
        *("params.path_converters", "params.lax_types", "params.empty_values", "params.cookies"),
        *("routing.head", "routing.options", "routing.slash_redirect", "routing.strict_slashes"),
        *("errors.pages", "errors.validation_as_400", "errors.unsupported_media_type"),
        *("responses.text", "responses.tuples", "responses.redirects"),
        *("cookies.attributes", "files.send_file", "files.ranges"),
    }
    assert {name for name in needed if not sides.used.get(name)} == set()


def test_every_worker_counts_each_use_and_metrics_have_their_sum(tmp_path: Path) -> None:
    path, clients = tmp_path / "migration_map.yaml", 40
    path.write_text(MAP % "v2", encoding="utf-8")
    with serving(path, "--workers", "2", cwd=ROOT, log=tmp_path / "log", env={"GATEWAY_EVIDENCE": "off"}) as running:
        for _ in range(clients):  # a connection each: either worker may take it
            ask(running, Asking("/orders/?page=2&page=3"), "v2")
        eventually(lambda: uses(running).get("params.first_value") == clients, "every use", seconds=10)
        assert uses(running) == {"json.text_form": clients, "params.first_value": clients}
