"""What `flip`, `rollback` and `force` say, and exit with, when a running gateway confirms and when none does."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.live import console_url
from gateway.mapfile.load import read_map
from tests.unit.cli.test_map_verbs import console, follows, modes, stays

Run = Callable[..., Any]
VERBS = {
    "flip": ["flip", "employees.get", "shadow"],
    "rollback": ["rollback", "index"],
    "nothing new": ["rollback", "employees.get"],
    "force": ["force", "legacy", "--reason", "v2 is on fire"],
    "force off": ["force", "off"],
}
each = pytest.mark.parametrize("words", VERBS.values(), ids=VERBS)


def heeds(project: Path, force: str | None) -> Callable[[], Any]:
    """A gateway that serves what is in the file and has this side forced, on both workers."""

    def answer() -> Any:
        now = follows(project)()
        return now | {"force": force, "workers": [worker | {"force": force} for worker in now["workers"]]}

    return answer


@contextmanager
def nobody() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@each
def test_change_that_is_in_force_everywhere_is_confirmed(project: Path, gateway: Run, words: list[str]) -> None:
    force = "legacy" if "legacy" in words else None
    with console(heeds(project, force)) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "in force on 2 workers" in ran.out) == (0, True), ran


@each
def test_nobody_there_is_said_and_exits_3(project: Path, gateway: Run, words: list[str]) -> None:
    with nobody() as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "in force" in ran.out) == (3, False), ran
    assert f"but no running gateway has confirmed it: nobody answers at its console, {url}" in ran.err
    assert "GATEWAY_CONSOLE_PORT" in ran.err
    assert "--no-wait" in ran.err


@each
def test_without_waiting_nothing_is_claimed(project: Path, gateway: Run, words: list[str]) -> None:
    ran = gateway(*words, "--no-wait")
    assert (ran.code, "in force" in ran.out) == (0, False), ran
    assert "no running gateway was asked" in ran.err


def test_change_stays_though_nobody_confirmed_it(project: Path, gateway: Run) -> None:
    with nobody() as url:
        ran = gateway("flip", "employees.get", "shadow", "--quiet", env={"GATEWAY_CONSOLE_URL": url})
    assert ran.code == 3
    assert ran.out == ""
    assert "migration_map.yaml is as shown" in ran.err
    assert modes(gateway)["employees.get"] == "shadow"


@each
def test_console_that_asks_for_a_token_is_named_with_the_variable(
    project: Path, gateway: Run, words: list[str]
) -> None:
    with console(heeds(project, None), token="t" * 32) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "asks for a token" in ran.err, "GATEWAY_TOKEN" in ran.err) == (3, True, True), ran


@each
def test_gateway_of_another_map_confirms_nothing(project: Path, gateway: Run, words: list[str]) -> None:
    with console(lambda: {"path": "/another/migration_map.yaml", "revision": "0" * 64, "workers": []}) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "serves another map" in ran.err) == (3, True), ran
    assert str((project / "migration_map.yaml").name) in ran.err


@pytest.mark.parametrize("answer", [{"revision": "0" * 64}, [], "nonsense", None])
def test_what_is_no_console_confirms_nothing(project: Path, gateway: Run, answer: Any) -> None:
    with console(lambda: answer) as url:
        ran = gateway("rollback", "index", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "is no gateway's console" in ran.err) == (3, True), ran


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1:99999", "http://[", "ftp://127.0.0.1"])
def test_wrong_address_of_the_console_does_not_stop_a_rollback(project: Path, gateway: Run, url: str) -> None:
    ran = gateway("rollback", "index", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, url in ran.err) == (3, True), ran
    assert modes(gateway)["index"] == "legacy"


def test_worker_that_stays_behind_is_counted(project: Path, gateway: Run) -> None:
    with console(stays(project)) as url:
        ran = gateway("flip", "employees.get", "shadow", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "1 of 2 workers" in ran.err) == (3, True), ran


def test_gateway_that_keeps_the_old_revision_is_named_with_both(project: Path, gateway: Run) -> None:
    path = project / "migration_map.yaml"
    old = read_map(path).revision
    answer = {"path": str(path), "revision": old, "workers": [{"pid": 1, "revision": old}], "routes": []}
    with console(lambda: answer) as url:
        ran = gateway("rollback", "articles", env={"GATEWAY_CONSOLE_URL": url})
    new = read_map(path).revision
    assert ran.code == 3
    assert f"still serves revision {old[:12]} after 2 s, not {new[:12]}" in ran.err
    assert "log says why" in ran.err


def test_gateway_that_keeps_the_old_revision_is_not_confirmed_by_doing_it_again(project: Path, gateway: Run) -> None:
    """The map says legacy already; what counts is what clients get."""
    path = project / "migration_map.yaml"
    old = read_map(path).revision
    gateway("rollback", "articles", "--no-wait")
    answer = {"path": str(path), "revision": old, "workers": [], "routes": []}
    with console(lambda: answer) as url:
        ran = gateway("rollback", "articles", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "in legacy already" in ran.out, old[:12] in ran.err) == (3, True, True), ran


@pytest.mark.parametrize("words", [VERBS["force"], VERBS["force off"]], ids=["on", "off"])
def test_gateway_that_does_not_heed_the_switch_is_no_success(project: Path, gateway: Run, words: list[str]) -> None:
    with console(heeds(project, None if "legacy" in words else "legacy")) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert ran.code == 3
    assert "GATEWAY_FORCE" in ran.err


def test_gateway_that_comes_back_in_time_is_waited_for(project: Path, gateway: Run) -> None:
    """A console that fails once, as while a worker is restarted, is asked again."""
    answers: list[Any] = [None, None]

    def answer() -> Any:
        if answers:
            answers.pop()
            raise ConnectionResetError
        return follows(project)()

    with console(answer) as url:
        ran = gateway("flip", "employees.get", "shadow", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "in force on 2 workers" in ran.out) == (0, True), ran


def test_switch_that_is_on_is_mentioned_by_a_flip(project: Path, gateway: Run) -> None:
    with console(heeds(project, "legacy")) as url:
        ran = gateway("flip", "employees.get", "shadow", env={"GATEWAY_CONSOLE_URL": url})
    assert ran.code == 0
    assert "everything is sent to legacy by force" in ran.err


def test_excuse_is_no_emergency(project: Path, gateway: Run) -> None:
    """What nobody relies on at once is not waited for."""
    with nobody() as url:
        words = ("excuse", "employees.get", "$.id", "--reason", "a counter")
        assert gateway(*words, env={"GATEWAY_CONSOLE_URL": url}).code == 0


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({}, "http://127.0.0.1:8081"),
        ({"GATEWAY_CONSOLE_PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"GATEWAY_CONSOLE_HOST": "0.0.0.0"}, "http://127.0.0.1:8081"),
        ({"GATEWAY_CONSOLE_HOST": "::"}, "http://127.0.0.1:8081"),
        ({"GATEWAY_CONSOLE_HOST": "10.0.0.5", "GATEWAY_CONSOLE_PORT": "9000"}, "http://10.0.0.5:9000"),
        ({"GATEWAY_CONSOLE_HOST": "::1"}, "http://[::1]:8081"),
        ({"GATEWAY_CONSOLE_HOST": "10.0.0.5", "GATEWAY_CONSOLE_URL": "http://c:1"}, "http://c:1"),
    ],
)
def test_console_is_looked_for_where_the_settings_put_it(environment: dict[str, str], url: str) -> None:
    assert console_url(environment) == url
