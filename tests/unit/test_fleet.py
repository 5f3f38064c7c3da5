"""The four backends of a process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gateway.asgi import IS_SHADOW
from gateway.backends.bridge import Bridge
from gateway.errors import ImportFailed
from gateway.fleet import SHADOW_THREADS, Fleet
from gateway.mapfile.loaded import AsgiBackend, Backends, UrlBackend, WsgiBackend
from gateway.settings import Settings
from tests.support.asgi import ask
from tests.support.sample_apps import write_sample

pytestmark = pytest.mark.anyio


@pytest.fixture
def backends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backends:
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"fleet_{abs(hash(tmp_path))}"
    write_sample(tmp_path, name)
    return Backends(WsgiBackend(f"{name}_legacy:create_app()", 7), AsgiBackend(f"{name}_v2:create_app()"))


async def test_a_shadow_of_legacy_has_threads_of_its_own(backends: Backends) -> None:
    """Trap 6."""
    fleet = Fleet(backends, Settings())
    assert isinstance(fleet.legacy, Bridge)
    assert isinstance(fleet.legacy_shadow, Bridge)
    assert fleet.legacy is not fleet.legacy_shadow
    assert (fleet.legacy.limits.threads, fleet.legacy_shadow.limits.threads) == (7, SHADOW_THREADS)
    await fleet.stop(0)


async def test_v2_starts_answers_and_stops(backends: Backends) -> None:
    fleet = Fleet(backends, Settings())
    assert set(fleet.troubles()) == {"v2"}
    await fleet.start(head_start=10)
    try:
        assert fleet.troubles() == {}
        assert (await ask(fleet.v2, target="/who")).status == 200
        assert (await ask(fleet.v2_shadow, target="/who")).status == 200
        assert not IS_SHADOW.get()
    finally:
        await fleet.stop(1)
    assert set(fleet.troubles()) == {"v2"}


async def test_limits_are_the_settings(backends: Backends) -> None:
    fleet = Fleet(backends, Settings(max_body=123, bridge_queue=5, body_timeout=1.5))
    assert isinstance(fleet.legacy, Bridge)
    limits = fleet.legacy.limits
    assert (limits.max_body, limits.queue, limits.body_timeout) == (123, 5, 1.5)
    await fleet.stop(0)


async def test_a_missing_v2_is_down_and_a_missing_legacy_is_no_start(backends: Backends) -> None:
    """Cases 188 and 189."""
    fleet = Fleet(Backends(backends.legacy, AsgiBackend("no_such_module:app")), Settings())
    assert "no_such_module" in fleet.troubles()["v2"]
    await fleet.stop(0)
    with pytest.raises(ImportFailed, match="no_such_module"):
        Fleet(Backends(WsgiBackend("no_such_module:app"), backends.v2), Settings())


async def test_legacy_in_a_debugger_is_no_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 179."""
    monkeypatch.syspath_prepend(str(tmp_path))
    name = f"debugged_{abs(hash(tmp_path))}"
    code = "from flask import Flask\nfrom werkzeug.debug import DebuggedApplication\n"
    (tmp_path / f"{name}.py").write_text(code + "app = DebuggedApplication(Flask('a'), evalex=True)\n")
    with pytest.raises(ImportFailed, match="debugger"):
        Fleet(Backends(WsgiBackend(f"{name}:app"), UrlBackend("http://127.0.0.1:1")), Settings())


async def test_either_side_may_run_elsewhere() -> None:
    fleet = Fleet(Backends(UrlBackend("http://127.0.0.1:9"), UrlBackend("http://127.0.0.1:9")), Settings())
    await fleet.start(head_start=1)
    assert fleet.converters == {}
    assert fleet.bridge_depth() == {(): 0.0}
    await fleet.stop(0)


async def test_v2_is_told_which_flask_object_serves_legacy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And which proxies it believes, and who counts what v2 keeps of it; both in answers and in shadows."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "hosted_legacy.py").write_text(
        "from flask import Flask\nfrom werkzeug.middleware.proxy_fix import ProxyFix\n"
        "app = Flask('hosted')\nwrapped = ProxyFix(app)\n"
    )
    (tmp_path / "hosted_v2.py").write_text(
        "from fastapi import FastAPI\nfrom gateway.asgi import HOSTING\nfrom gateway.compat.legacy import legacy_app\n"
        "from gateway.compat.switch import Switch\n"
        "app = FastAPI()\n"
        "@app.get('/who')\nasync def who():\n    Switch('tests.who', '').applied()\n"
        "    return [id(legacy_app()), *map(id, HOSTING.get().proxies)]\n"
    )
    seen: list[str] = []
    fleet = Fleet(
        Backends(WsgiBackend("hosted_legacy:wrapped", 1), AsgiBackend("hosted_v2:app")), Settings(), applied=seen.append
    )
    await fleet.start(head_start=10)
    try:
        hosted = sys.modules["hosted_legacy"]
        served = f"[{id(hosted.app)},{id(hosted.wrapped)}]".encode()
        assert (await ask(fleet.v2, target="/who")).body == served
        assert (await ask(fleet.v2_shadow, target="/who")).body == served
    finally:
        await fleet.stop(1)
    assert seen == ["tests.who", "tests.who"]
