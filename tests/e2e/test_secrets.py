"""A thousand secrets go through a gateway on routes that differ; none of them is found in what it leaves behind."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.support.canaries import MARK, Planted, encoded, packed
from tests.support.counters import drained
from tests.support.gateway_process import gateway, serving

pytestmark = pytest.mark.timeout(240)

ORDINARY = "ordinary-word-that-is-kept"
SECRETS = 1000

LEGACY = """
import gzip
from flask import Flask, Response, request

app = Flask(__name__)


@app.route("/<kind>/<number>", methods=["GET", "POST"])
def echo(kind, number):
    body = request.get_data()
    answer = Response(body, content_type=request.headers.get("Content-Type", "text/plain"))
    if kind == "packed":
        answer.headers["Content-Encoding"] = "gzip"
    for name, value in request.headers:
        if name.startswith("Answer-"):
            answer.headers.add(name.removeprefix("Answer-"), value)
    answer.headers["X-Legacy-" + number] = "differs"
    return answer
"""

V2 = """
from fastapi import FastAPI, Request, Response

app = FastAPI()


@app.api_route("/{kind}/{number}", methods=["GET", "POST"])
async def echo(kind: str, number: str, request: Request):
    if kind == "fails":
        raise ValueError("password=" + request.headers["x-api-key"])
    body = await request.body()
    return Response(body.replace(b"zQx", b"other-zQx"), media_type=request.headers.get("content-type"))
"""

MAP = """
version: 1
backends:
  legacy: {wsgi: "old:app", threads: 4}
  v2: {asgi: "new:app"}
routes:
  - {id: any, path: "/<kind>/<number>", mode: shadow, shadow: {methods: [GET, POST]}}
"""

Asked = dict[str, Any]


def in_headers(plant: Planted) -> Asked:
    return {
        "headers": {
            "Authorization": f"Bearer {plant.word()}",
            "Proxy-Authorization": f"Basic {plant.word()}",
            "X-Api-Key": plant.word(),
            "X-Auth-Token": plant.word(),
            "X-Csrf-Token": plant.word(),
            "Cookie": f"session={plant.word()}; theme={plant.word()}",
            "Referer": f"https://user:{plant.word()}@example.com/?token={plant.word()}",
            "X-Note": f"jwt {plant.token()}",
        }
    }


def in_query(plant: Planted) -> Asked:
    pairs = {"password": plant.word(), "access_token": plant.word(), "q": plant.address(), "card": plant.card()}
    return {"params": {**pairs, "next": f"/back?secret={plant.word()}", "plain": ORDINARY}}


def in_json(plant: Planted) -> Asked:
    document = {
        "plain": ORDINARY,
        "password": plant.word(),
        "user": {"e-mail": plant.address(), "deep": [{"clientSecret": plant.word()}, {"list": [plant.token()]}]},
        "tokens": [plant.word(), {"any": plant.word()}],
        "note": f"card {plant.card()}, mail {plant.address()}",
        "inner": json.dumps({"api_key": plant.word()}),
        "ssn": plant.word(),
    }
    return {"json": document}


def in_form(plant: Planted) -> Asked:
    pairs = {"password": plant.word(), "pin": plant.word(), "email": plant.address(), "note": plant.token()}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return {"content": urlencode({**pairs, "plain": ORDINARY}), "headers": kind}


def in_multipart(plant: Planted) -> Asked:
    parts = {"password": (None, plant.word()), "plain": (None, ORDINARY), "secret_file": ("a.txt", plant.word())}
    document = ("b.json", json.dumps({"token": plant.word()}), "application/json")
    return {"files": {**parts, "document": document}}


def in_xml(plant: Planted) -> Asked:
    text = f'<a plain="{ORDINARY}" token="{plant.word()}"><password>{plant.word()}</password><b>{plant.card()}</b></a>'
    return {"content": text, "headers": {"Content-Type": "application/xml"}}


def in_html(plant: Planted) -> Asked:
    text = (
        f'<html><meta name="csrf-token" content="{plant.word()}"><p>{ORDINARY} {plant.address()}</p>'
        f'<input type="password" name="password" value="{plant.word()}">'
        f'<script>var config = {{"apiKey": "{plant.word()}"}};</script></html>'
    )
    return {"content": text, "headers": {"Content-Type": "text/html; charset=utf-8"}}


def in_text(plant: Planted) -> Asked:
    text = f"{ORDINARY} password={plant.word()} card {plant.card()} {plant.token()} {plant.address()}"
    return {"content": text, "headers": {"Content-Type": "text/plain"}}


def in_answers_headers(plant: Planted) -> Asked:
    cookie = f"session={plant.word()}; HttpOnly; Path=/"
    location = f"https://example.com/?code=1&token={plant.word()}"
    return {"headers": {"Answer-Set-Cookie": cookie, "Answer-Location": location, "Answer-X-Token": plant.word()}}


def in_compressed(plant: Planted) -> Asked:
    text = json.dumps({"plain": ORDINARY, "password": plant.word(), "items": [{"token": plant.word()}]})
    return {"content": packed(text), "headers": {"Content-Type": "application/json"}}


def in_exceptions(plant: Planted) -> Asked:
    return {"headers": {"X-Api-Key": plant.word()}}


KINDS: dict[str, Callable[[Planted], Asked]] = {
    "headers": in_headers,
    "query": in_query,
    "json": in_json,
    "form": in_form,
    "multipart": in_multipart,
    "xml": in_xml,
    "html": in_html,
    "text": in_text,
    "answers": in_answers_headers,
    "packed": in_compressed,
    "fails": in_exceptions,
}


def test_planted_secrets_are_found_nowhere(tmp_path: Path) -> None:
    """Cases 145 and 156: not in the store or its log, the process's log, the metrics, the pages, the commands."""
    (tmp_path / "old.py").write_text(LEGACY, encoding="utf-8")
    (tmp_path / "new.py").write_text(V2, encoding="utf-8")
    path = tmp_path / "migration_map.yaml"
    path.write_text(MAP, encoding="utf-8")
    plant = Planted(random.Random(145))  # noqa: S311 - secrets of a test, the same in each run
    left: dict[str, bytes] = {}
    asked = 0
    with serving(path, cwd=tmp_path, log=tmp_path / "log") as running:
        with httpx.Client(base_url=running.url, trust_env=False) as client:
            while len(plant.found) < SECRETS:
                for kind, make in KINDS.items():
                    client.request("POST", f"/{kind}/{asked}", **make(plant))
                    asked += 1
        counters = drained(running.console_url)
        for page in ("/", "/metrics", "/api/v1/map", "/readyz"):
            left[page] = httpx.get(running.console_url + page, trust_env=False).content
        # Before the process ends, and with it SQLite's write-ahead log
        left.update({file.name: file.read_bytes() for file in (tmp_path / ".gateway").iterdir() if file.is_file()})
        listed = gateway("mismatches", "--json", "--limit", "10000", "--map", str(path), cwd=tmp_path)
        left["mismatches"] = listed.stdout.encode() + listed.stderr.encode()
        groups = json.loads(listed.stdout)["groups"]
        for number, group in enumerate(groups[:: max(1, len(groups) // 3)]):
            for option in ([], ["--json"], ["--curl"]):
                shown = gateway("show", *option, sample_of(group), "--map", str(path), cwd=tmp_path)
                assert shown.returncode == 0, shown.stderr
                left[f"show {number} {option}"] = shown.stdout.encode() + shown.stderr.encode()
    left["log"] = (tmp_path / "log").read_bytes()
    assert counters.by("gateway_parity_total", "verdict", route="any")["mismatch"] > asked * 0.8
    # What is no secret was kept, so what was looked through is what there is.
    assert (
        left["evidence.sqlite3"].count(ORDINARY.encode()) + left["evidence.sqlite3-wal"].count(ORDINARY.encode()) > 100
    )
    assert any(name.endswith("-wal") for name in left)
    assert {place: leaks for place, content in left.items() if (leaks := plant.leaks(content))} == {}


def sample_of(group: dict[str, Any]) -> str:
    return str(group["samples"][0])


@pytest.mark.parametrize("before", range(3))
def test_what_is_looked_for_would_be_found(before: int) -> None:
    plant = Planted(random.Random(1))  # noqa: S311 - secrets of a test
    word, card = plant.word(), plant.card()
    for secret in (word, card):
        hidden = ("x" * before + secret + "yy").encode()
        for content in (hidden, packed(hidden.decode()), *(form for form in encoded(hidden.decode()))):
            assert plant.leaks(b"..." + content + b"..."), content
    assert not plant.leaks(MARK[1:].encode())
