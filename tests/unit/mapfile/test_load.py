"""A map that is right: what runs is what was written, with every default filled in."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from gateway.errors import MapInvalid
from gateway.mapfile.load import parse_map, read_map
from gateway.mapfile.loaded import AsgiBackend, UrlBackend, WsgiBackend
from gateway.routing.mode import Mode
from gateway.routing.route import Canary, FallbackTrigger, Route, ShadowPolicy, Sticky, StickyKind

LEAST = "version: 1\nbackends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}\n"


def routes(text: str) -> tuple[Route, ...]:
    return parse_map((LEAST + text).encode(), Path("m")).routes


def test_the_routes_are_what_the_file_says_in_its_order(map_path):
    loaded = read_map(map_path)
    employees, articles, health = loaded.routes
    assert employees == Route(
        id="employees.get",
        path="/employee/<int:id>",
        mode=Mode.SHADOW,
        methods=frozenset({"GET"}),
        shadows=True,
    )
    assert articles == Route(
        id="articles",
        path="/articles/<path:rest>",
        mode=Mode.CANARY,
        canary=Canary(0.1, Sticky(StickyKind.COOKIE, "session")),
        shadow=ShadowPolicy(sample=0.05),
        shadows=True,
        fallback=frozenset(FallbackTrigger),
    )
    assert health.mode is Mode.LEGACY
    assert loaded.default == Route(id="__default__", path="/<path:rest>", mode=Mode.LEGACY)
    assert loaded.backends.legacy == WsgiBackend("legacy.app:create_app()", 40)
    assert loaded.backends.v2 == AsgiBackend("v2.main:create_app()", "thread")
    assert loaded.by_id("articles") is articles
    assert loaded.by_id("__default__") is loaded.default
    assert loaded.by_id("nobody") is None


def test_the_revision_is_the_hash_of_the_bytes(map_path):
    loaded = read_map(map_path)
    assert loaded.revision == hashlib.sha256(map_path.read_bytes()).hexdigest()
    assert loaded.short_revision == loaded.revision[:12]


def test_every_route_has_its_line(map_path):
    loaded = read_map(map_path)
    lines = map_path.read_text().splitlines()
    for route in loaded.routes:
        assert f"id: {route.id}" in lines[loaded.line_of(route.id) - 1]
    assert lines[loaded.line_of("__default__") - 1].startswith("defaults:")


def test_a_remote_backend_keeps_no_slash():
    loaded = parse_map(LEAST.replace("wsgi: 'a:b'", "url: 'http://[::1]:5000/'").encode(), Path("m"))
    assert loaded.backends.legacy == UrlBackend("http://[::1]:5000")


def test_a_route_is_laid_over_the_defaults_key_by_key():
    (route,) = routes(
        "defaults:\n"
        "  mode: canary\n"
        "  timeout: 2s\n"
        "  shadow: {sample: 50%, timeout: 1s, methods: [GET, POST], max_body: 1KiB}\n"
        "  canary: {percent: 20, sticky: 'header:X-User'}\n"
        "  fallback: {on: [timeout]}\n"
        "routes:\n"
        "  - {id: a, path: /a, shadow: {sample: 1%}, canary: {percent: 5}, fallback: {on: []}}\n",
    )
    assert route.mode is Mode.CANARY
    assert route.timeout == 2.0
    assert route.shadow == ShadowPolicy(sample=0.01, timeout=1.0, methods=frozenset({"GET", "POST"}), max_body=1024)
    assert route.canary == Canary(0.05, Sticky(StickyKind.HEADER, "x-user"))
    assert route.fallback == frozenset()


@pytest.mark.parametrize(
    ("mode", "own", "defaults", "shadows"),
    [
        ("legacy", "{}", "{}", False),
        ("shadow", None, None, True),
        ("canary", None, None, False),
        ("canary", "{}", None, True),
        ("canary", None, "{}", True),
        ("v2", None, None, False),
        ("v2", "{sample: 1%}", None, True),
        ("v2", None, "{sample: 1%}", True),
    ],
)
def test_only_a_written_shadow_block_keeps_comparing_beyond_shadow(mode, own, defaults, shadows):
    text = "defaults: {canary: {percent: 5}" + (f", shadow: {defaults}" if defaults else "") + "}\n"
    text += f"routes:\n  - {{id: a, path: /a, mode: {mode}" + (f", shadow: {own}" if own else "") + "}\n"
    (route,) = routes(text)
    assert route.shadows is shadows


def test_converters_of_the_application_are_listed_with_their_routes():
    text = "routes:\n  - {id: a, path: '/<slug(3):x>/<int:y>'}\n  - {id: b, path: '/b/<slug:x>'}\n"
    assert parse_map((LEAST + text).encode(), Path("m")).converters == {"slug": ("a", "b")}


def test_loading_imports_nothing_that_the_map_names(tmp_path):
    """Case 136"""
    (tmp_path / "tripwire_app.py").write_text("raise SystemExit('imported')", encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    try:
        parse_map(LEAST.replace("a:b", "tripwire_app:app").encode(), Path("m"))
    finally:
        sys.path.remove(str(tmp_path))
    assert "tripwire_app" not in sys.modules


def refusal(path: Path) -> str:
    with pytest.raises(MapInvalid) as refused:
        read_map(path)
    return refused.value.problems[0].what


def test_a_missing_file_says_what_makes_one(tmp_path):
    with pytest.raises(MapInvalid, match="there is no such file; `gateway init` writes a map"):
        read_map(tmp_path / "none.yaml")


def test_a_directory_is_no_map_and_leaks_no_descriptor(tmp_path):
    """Case 129"""
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.iterdir()))
    for _ in range(5):
        assert refusal(tmp_path) == "this is not a regular file"
    assert len(list(descriptors.iterdir())) == before


def test_a_fifo_does_not_hold_the_reader_up(tmp_path):
    """Case 129"""
    os.mkfifo(tmp_path / "fifo")
    assert stat.S_ISFIFO((tmp_path / "fifo").stat().st_mode)
    assert refusal(tmp_path / "fifo") == "this is not a regular file"


def test_a_device_without_an_end_is_no_map():
    assert refusal(Path("/dev/zero")) == "this is not a regular file"


def test_a_link_that_leads_in_a_circle_is_refused(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert "cannot be read" in refusal(tmp_path / "loop")


def test_two_thousand_routes_load_in_time():
    """0.6 s on an idle machine; the bound leaves room for a busy one."""
    entry = "  - id: bp.view{n}\n    path: /bp/view{n}/<int:id>\n    methods: [GET, POST]\n    mode: legacy\n"
    text = "routes:\n" + "".join(entry.format(n=n) for n in range(2000))
    started = time.process_time()
    assert len(routes(text)) == 2000
    assert time.process_time() - started < 2.5
