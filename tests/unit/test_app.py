"""A whole process, without its sockets: both applications, the map, the watcher."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.app import Gateway, create_app
from gateway.errors import ImportFailed, MapInvalid
from gateway.exchange import Side
from gateway.mapfile.force import Force, Word, clear_force, write_force
from gateway.settings import Settings
from tests.support.asgi import ask
from tests.support.sample_apps import map_text, write_sample

pytestmark = pytest.mark.anyio


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A prefix of modules that no other test has imported."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return f"sample_{abs(hash(tmp_path))}"


@asynccontextmanager
async def running(path: Path, **settings) -> AsyncIterator[Gateway]:
    gateway = Gateway(Settings(access_log=False, **settings), path)
    async with gateway.lifespan(gateway.asgi):
        yield gateway


async def who(gateway: Gateway, target: str = "/who") -> dict:
    return json.loads((await ask(gateway.asgi, target=target)).body)


async def until(condition) -> None:
    async with asyncio.timeout(5):
        while not await condition():  # noqa: ASYNC110 - another thread does it
            await asyncio.sleep(0.01)


async def test_each_side_answers_what_the_map_gives_it(tmp_path: Path, name: str) -> None:
    """Trap 1: v2's lifespan ran, although it is nobody's main application."""
    async with running(write_sample(tmp_path, name, mode="v2")) as gateway:
        answer = await who(gateway)
        assert (answer["side"], answer["started"]) == ("v2", True)
        assert (await who(gateway, "/who/ada"))["side"] == "legacy"


async def test_the_host_owns_no_path(tmp_path: Path, name: str) -> None:
    """Trap 4: the application's own /docs is not hidden by the host's."""
    async with running(write_sample(tmp_path, name)) as gateway:
        assert (await ask(gateway.asgi, target="/docs")).body == b"the application's own docs"
        for target in ("/openapi.json", "/redoc", "/healthz", "/metrics"):
            assert (await ask(gateway.asgi, target=target)).status == 404


async def test_an_edit_of_the_map_is_in_force_within_a_second(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name, mode="legacy")
    async with running(path) as gateway:
        assert (await who(gateway))["side"] == "legacy"
        path.write_text(map_text(name, mode="v2"), encoding="utf-8")
        async with asyncio.timeout(1):

            async def flipped() -> bool:
                return (await who(gateway))["side"] == "v2"

            await until(flipped)
        assert gateway.map_state()["routes"][0]["mode"] == "v2"


async def test_a_bad_map_changes_nothing_and_is_shown(tmp_path: Path, name: str) -> None:
    """Case 129."""
    path = write_sample(tmp_path, name, mode="v2")
    async with running(path) as gateway:
        path.write_text(map_text(name, mode="v3"), encoding="utf-8")

        async def refused() -> bool:
            return bool(gateway.map_state()["problems"])

        await until(refused)
        assert (await who(gateway))["side"] == "v2"
        problem = gateway.map_state()["problems"][0]
        assert problem.startswith(f"{path}:12:")
        assert gateway.registry.get_sample_value("gateway_map_refused") == 1

        path.write_text(map_text(name, mode="legacy"), encoding="utf-8")

        async def mended() -> bool:
            return (await who(gateway))["side"] == "legacy"

        await until(mended)
        assert gateway.map_state()["problems"] == []
        assert gateway.registry.get_sample_value("gateway_map_refused") == 0


async def test_force_wins_over_the_map(tmp_path: Path, name: str) -> None:
    async with running(write_sample(tmp_path, name, mode="v2"), force=Side.LEGACY) as gateway:
        assert (await who(gateway))["side"] == "legacy"
        assert gateway.map_state()["force"] == "legacy"


async def test_the_kill_switch_works_while_the_map_on_disk_is_wrong(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name, mode="v2")
    async with running(path) as gateway:
        path.write_text("nonsense", encoding="utf-8")

        async def served_by(side: str) -> bool:
            return (await who(gateway))["side"] == side

        write_force(path, Force(Side.LEGACY, "ada", reason="fire"))
        async with asyncio.timeout(1):
            await until(lambda: served_by("legacy"))
        assert gateway.map_state()["forced"]["reason"] == "fire"
        assert gateway.registry.get_sample_value("gateway_forced", {"side": "legacy"}) == 1
        assert gateway.registry.get_sample_value("gateway_forced", {"side": "v2"}) == 0
        clear_force(path)
        async with asyncio.timeout(1):
            await until(lambda: served_by("v2"))
        assert gateway.registry.get_sample_value("gateway_forced", {"side": "legacy"}) == 0


async def test_the_kill_switch_is_said_to_be_in_force_only_when_the_door_heeds_it(tmp_path: Path, name: str) -> None:
    """A loop that is held up, as by a v2 that does not let go, has not heard of it yet."""
    path = write_sample(tmp_path, name, mode="v2")
    async with running(path) as gateway:
        write_force(path, Force(Side.LEGACY, "ada", reason="fire"))
        deadline = time.monotonic() + 20
        while gateway.readiness().checks["force"] == "ok":
            assert time.monotonic() < deadline, "the switch's thread did not see the file"
            time.sleep(0.01)  # noqa: ASYNC251 - the loop is held up on purpose
        assert (gateway.brief().force, gateway.map_state()["force"]) == (None, None)

        async def heeded() -> bool:
            return gateway.brief().force == "legacy"

        await until(heeded)
        assert (await who(gateway))["side"] == "legacy"


async def test_a_new_map_under_the_kill_switch_changes_no_side(tmp_path: Path, name: str) -> None:
    path = write_sample(tmp_path, name, mode="legacy")
    async with running(path) as gateway:
        gateway.say_force(Word(Force(Side.LEGACY, "ada"), None))
        before = gateway.map_state()["revision"]
        path.write_text(map_text(name, mode="v2"), encoding="utf-8")

        async def loaded() -> bool:
            return bool(gateway.map_state()["revision"] != before)

        await until(loaded)
        assert (await who(gateway))["side"] == "legacy"
        gateway.say_force(Word(None, None))

        async def lifted() -> bool:
            return (await who(gateway))["side"] == "v2"

        await until(lifted)


async def test_a_v2_that_cannot_be_imported_leaves_legacy_alone(tmp_path: Path, name: str) -> None:
    """Case 188."""
    path = write_sample(tmp_path, name, mode="v2")
    (tmp_path / f"{name}_v2.py").write_text("import no_such_module_anywhere\n", encoding="utf-8")
    async with running(path) as gateway:
        assert (await ask(gateway.asgi, target="/who")).status == 503
        assert (await who(gateway, "/who/ada"))["side"] == "legacy"
        readiness = gateway.readiness()
        assert readiness.ready
        assert "no_such_module_anywhere" in readiness.checks["v2"]


async def test_a_v2_whose_startup_fails_leaves_legacy_alone(tmp_path: Path, name: str) -> None:
    """Case 188."""
    path = write_sample(tmp_path, name, mode="v2")
    module = tmp_path / f"{name}_v2.py"
    module.write_text(module.read_text().replace("app.state.started = True", "raise OSError('no database')"))
    async with running(path) as gateway:
        assert (await ask(gateway.asgi, target="/who")).status == 503
        assert (await who(gateway, "/who/ada"))["side"] == "legacy"
        assert "no database" in gateway.readiness().checks["v2"]


async def test_without_legacy_there_is_no_process(tmp_path: Path, name: str) -> None:
    """Case 189."""
    path = write_sample(tmp_path, name)
    (tmp_path / f"{name}_legacy.py").write_text("import no_such_module_anywhere\n", encoding="utf-8")
    with pytest.raises(ImportFailed, match="no_such_module_anywhere"):
        Gateway(Settings(), path)


async def test_a_map_with_problems_is_no_start(tmp_path: Path) -> None:
    """Case 134."""
    path = tmp_path / "migration_map.yaml"
    path.write_text("version: 2\nroutes: 7\n", encoding="utf-8")
    with pytest.raises(MapInvalid) as caught:
        Gateway(Settings(), path)
    assert len(caught.value.problems) >= 2


async def test_draining_is_not_ready_but_still_answers(tmp_path: Path, name: str) -> None:
    async with running(write_sample(tmp_path, name)) as gateway:
        assert gateway.readiness().ready
        gateway.drain()
        assert not gateway.readiness().ready
        assert (await who(gateway))["side"] == "legacy"


async def test_any_asgi_server_can_run_the_door(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_MAP", str(write_sample(tmp_path, name)))
    application = create_app()
    assert json.loads((await ask(application, target="/who")).body)["side"] == "legacy"


async def test_request_ids_are_one_for_both_sides_and_never_repeat(tmp_path: Path, name: str) -> None:
    async with running(write_sample(tmp_path, name)) as gateway:
        ids = [(await who(gateway))["id"] for _ in range(5)]
        assert len(set(ids)) == 5
