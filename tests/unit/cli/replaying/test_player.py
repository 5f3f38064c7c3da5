"""Asking both sides in process: which requests are asked, how, and what a failure becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli.replaying.player import Player, playing
from gateway.cli.replaying.recording import Recorded
from gateway.errors import ImportFailed
from gateway.mapfile.load import parse_map
from gateway.mapfile.loaded import LoadedMap
from gateway.parity.difference import Verdict
from gateway.settings import Settings

pytestmark = pytest.mark.anyio
HOST = [(b"host", b"shop.example")]

LEGACY = """
from flask import Flask, request
from gateway.asgi import IS_SHADOW

app = Flask(__name__)

@app.route("/<path:rest>", methods=["GET", "HEAD", "POST"])
def echo(rest):
    seen = {name: request.headers.get(name) for name in ("Host", "X-Shadow", "X-Custom", "Cookie")}
    return {"rest": rest, "q": request.query_string.decode(), "body": request.get_data(as_text=True),
            "headers": seen, "shadow": IS_SHADOW.get()}
"""
V2 = """
import asyncio
from fastapi import FastAPI, Request
from gateway.asgi import IS_SHADOW

app = FastAPI()

@app.api_route("/{rest:path}", methods=["GET", "HEAD", "POST"])
async def echo(rest: str, request: Request):
    if rest == "crash":
        raise RuntimeError("v2 crashes")
    if rest == "hang":
        await asyncio.sleep(60)
    seen = {name: request.headers.get(name) for name in ("Host", "X-Shadow", "X-Custom", "Cookie")}
    return {"rest": rest, "q": request.url.query, "body": (await request.body()).decode(),
            "headers": seen, "shadow": IS_SHADOW.get()}
"""
MAP = """
version: 1
backends:
  legacy: {wsgi: "replayed_legacy:app", threads: 2}
  v2: {asgi: "replayed_v2:app"}
defaults:
  shadow: {timeout: 500ms, max_body: 1KiB}
routes:
  - {id: all, path: "/<path:rest>", mode: shadow}
"""


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadedMap:
    (tmp_path / "replayed_legacy.py").write_text(LEGACY, encoding="utf-8")
    (tmp_path / "replayed_v2.py").write_text(V2, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    for name in ("replayed_legacy", "replayed_v2"):
        monkeypatch.delitem(__import__("sys").modules, name, raising=False)
    return parse_map(MAP.encode(), tmp_path / "migration_map.yaml")


def a_request(path: bytes, *, method: str = "GET", headers: list[tuple[bytes, bytes]] | None = None, body: bytes = b""):
    lines = [*HOST, *(headers or []), *([(b"content-length", str(len(body)).encode())] if body else [])]
    return Recorded("line 1", method, path, b"a=1", lines, body)


async def verdict(player: Player, recorded: Recorded) -> Verdict:
    played = await player.play(recorded)
    assert played.comparison is not None, played.skipped
    assert played.route_id == "all"
    return played.comparison.verdict


async def test_both_sides_get_the_same_request_as_a_shadow(loaded: LoadedMap):
    async with playing(loaded, Settings(), {}, unsafe=True) as player:
        headers = [(b"x-custom", b"1"), (b"cookie", b"a=b"), (b"x-shadow", b"forged")]
        assert await verdict(player, a_request(b"/x", headers=headers)) is Verdict.MATCH
        assert await verdict(player, a_request(b"/x", method="POST", body=b"name=Ada")) is Verdict.MATCH


async def test_what_v2_does_wrong_is_a_mismatch_and_the_next_request_is_asked(loaded: LoadedMap):
    async with playing(loaded, Settings(), {}, unsafe=False) as player:
        assert await verdict(player, a_request(b"/crash")) is Verdict.MISMATCH
        assert await verdict(player, a_request(b"/hang")) is Verdict.MISMATCH
        assert await verdict(player, a_request(b"/x")) is Verdict.MATCH


async def test_the_limits_of_the_route_hold(loaded: LoadedMap):
    async with playing(loaded, Settings(), {}, unsafe=True) as player:
        assert await verdict(player, a_request(b"/x", method="POST", body=b"x" * 2000)) is Verdict.SKIPPED


@pytest.mark.parametrize(
    ("recorded", "reason"),
    [
        (a_request(b"/x", method="DELETE"), "unsafe_method"),
        (a_request(b"/a/../b"), "not_canonical"),
        (a_request(b"/a//b"), "not_canonical"),
    ],
)
async def test_what_a_gateway_would_not_ask_v2_is_not_asked(loaded: LoadedMap, recorded: Recorded, reason: str):
    async with playing(loaded, Settings(), {}, unsafe=False) as player:
        played = await player.play(recorded)
        assert (played.comparison, played.skipped) == (None, reason)


@pytest.mark.parametrize(
    ("path", "reason"), [(b"/a/../b", "dot_segment"), (b"/a//b", "duplicate_slash"), (b"/%zz", "malformed_escape")]
)
async def test_what_a_gateway_would_refuse_is_not_asked(loaded: LoadedMap, path: bytes, reason: str):
    moved = parse_map(MAP.replace("mode: shadow", "mode: v2").encode(), loaded.path)
    async with playing(moved, Settings(), {}, unsafe=False) as player:
        played = await player.play(a_request(path))
        assert (played.comparison, played.skipped) == (None, reason)


async def test_a_side_that_is_down_is_no_mismatch(loaded: LoadedMap):
    text = MAP.replace("replayed_v2:app", "replayed_v2:nothing")
    with pytest.raises(ImportFailed, match=r"v2 cannot be asked: .*nothing"):
        async with playing(parse_map(text.encode(), loaded.path), Settings(), {}, unsafe=False):
            pytest.fail("nothing can be asked")
