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
    assert "migration_map.yaml is changed, but no running gateway has confirmed it" in ran.err
    assert modes(gateway)["employees.get"] == "shadow"


@each
def test_console_that_asks_for_a_token_is_named_with_the_variable(
    project: Path, gateway: Run, words: list[str]
) -> None:
    with console(heeds(project, None), token="t" * 32) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "asks for a token" in ran.err, "GATEWAY_TOKEN" in ran.err) == (3, True, True), ran


def test_token_of_another_gateway_is_told_from_none(project: Path, gateway: Run) -> None:
    with console(heeds(project, None), token="t" * 32) as url:
        ran = gateway("rollback", "index", env={"GATEWAY_CONSOLE_URL": url, "GATEWAY_TOKEN": "u" * 32})
    assert (ran.code, "does not know the token that is set here" in ran.err) == (3, True), ran


def test_token_beyond_ascii_is_sent_as_the_console_reads_it(project: Path, gateway: Run) -> None:
    token = "schlüssel-€" * 4
    with console(heeds(project, None), token=token) as url:
        ran = gateway("rollback", "index", env={"GATEWAY_CONSOLE_URL": url, "GATEWAY_TOKEN": token})
    assert (ran.code, "in force on 2 workers" in ran.out) == (0, True), ran


@each
def test_token_file_that_cannot_be_read_is_not_taken_for_a_gateway_that_is_away(
    project: Path, gateway: Run, words: list[str]
) -> None:
    with console(heeds(project, None)) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url, "GATEWAY_TOKEN_FILE": "nowhere"})
    assert (ran.code, "in force" in ran.out, "nobody answers" in ran.err) == (3, False, False), ran
    assert "the console's token cannot be read here: " in ran.err
    assert "nowhere" in ran.err


@each
def test_gateway_of_another_map_confirms_nothing(project: Path, gateway: Run, words: list[str]) -> None:
    with console(lambda: {"path": "/another/migration_map.yaml", "revision": "0" * 64, "workers": []}) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    own = project / "migration_map.yaml"
    assert (ran.code, f"serves another map, /another/migration_map.yaml, not {own}" in ran.err) == (3, True), ran


def test_map_behind_a_link_is_the_same_map(project: Path, gateway: Run) -> None:
    (project / "link").symlink_to(project, target_is_directory=True)
    with console(heeds(project, None)) as url:
        words = ("rollback", "index", "--map", "link/migration_map.yaml")
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "in force on 2 workers" in ran.out) == (0, True), ran


@each
def test_gateway_whose_workers_are_all_away_serves_no_other_map(project: Path, gateway: Run, words: list[str]) -> None:
    with console(lambda: {"path": "", "revision": "", "force": None, "workers": []}) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, f"no worker of the gateway answers at {url}" in ran.err) == (3, True), ran
    assert "another map" not in ran.err


def test_workers_that_come_back_in_time_are_waited_for(project: Path, gateway: Run) -> None:
    away = [{"path": "", "revision": "", "workers": []}] * 2
    with console(lambda: away.pop() if away else follows(project)()) as url:
        ran = gateway("flip", "employees.get", "shadow", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "in force on 2 workers" in ran.out) == (0, True), ran


def test_refusal_of_the_console_is_told_in_its_own_words(project: Path, gateway: Run) -> None:
    refusal = {"error": "host_unknown", "message": "name this host in GATEWAY_CONSOLE_NAMES"}
    with console(lambda: refusal, status=lambda: 421) as url:
        ran = gateway("rollback", "index", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "answers 421: name this host in GATEWAY_CONSOLE_NAMES" in ran.err) == (3, True), ran


def test_proxy_whose_gateway_is_started_again_is_asked_again(project: Path, gateway: Run) -> None:
    starting = [502, 503, 504]
    with console(follows(project), status=lambda: starting.pop() if starting else 200) as url:
        ran = gateway("flip", "employees.get", "shadow", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "in force on 2 workers" in ran.out) == (0, True), ran


def test_proxy_whose_gateway_stays_away_is_no_success(project: Path, gateway: Run) -> None:
    with console(lambda: "bad gateway", status=lambda: 502) as url:
        ran = gateway("rollback", "index", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, f"502 is answered at {url}" in ran.err) == (3, True), ran


def test_address_that_cannot_be_asked_is_told_with_its_reason(project: Path, gateway: Run) -> None:
    with console(heeds(project, None)) as url:
        ran = gateway("rollback", "index", env={"GATEWAY_CONSOLE_URL": url.replace("http", "https")})
    assert (ran.code, "cannot be asked: [SSL" in ran.err, "nobody answers" in ran.err) == (3, True, False), ran


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
    assert "migration_map.yaml says legacy already, but no running gateway has confirmed it" in ran.err


def test_map_that_somebody_else_changed_meanwhile_is_not_taken_for_a_gateway_that_stays_behind(
    project: Path, gateway: Run
) -> None:
    path = project / "migration_map.yaml"

    def answer() -> Any:
        text = path.read_text(encoding="utf-8")
        if "# somebody else" not in text:
            path.write_text(text + "# somebody else\n", encoding="utf-8")
        return follows(project)()

    with console(answer) as url:
        ran = gateway("flip", "employees.get", "shadow", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "still serves" in ran.err) == (3, False), ran
    assert f"changed once more meanwhile, to revision {read_map(path).revision[:12]}" in ran.err


@pytest.mark.parametrize("words", [VERBS["force"], VERBS["force off"]], ids=["on", "off"])
def test_gateway_that_does_not_heed_the_switch_is_no_success(project: Path, gateway: Run, words: list[str]) -> None:
    with console(heeds(project, None if "legacy" in words else "legacy")) as url:
        ran = gateway(*words, env={"GATEWAY_CONSOLE_URL": url})
    assert ran.code == 3
    assert "GATEWAY_FORCE" in ran.err


def test_gateway_that_was_started_with_force_is_told_from_one_that_is_slow(project: Path, gateway: Run) -> None:
    forced = {"side": "legacy", "actor": "", "since": "", "reason": "GATEWAY_FORCE"}
    with console(lambda: heeds(project, "legacy")() | {"forced": forced}) as url:
        ran = gateway("force", "off", env={"GATEWAY_CONSOLE_URL": url})
    assert (ran.code, "it was started with GATEWAY_FORCE" in ran.err) == (3, True), ran


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
