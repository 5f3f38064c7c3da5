"""`routes`, `flip`, `rollback` and `status` on a real map, with and without a gateway that answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gateway.mapfile.load import read_map
from tests.support.evidence import Evidence

Run = Callable[..., Any]


@contextmanager
def console(answer: Callable[[], Any], *, token: str = "", status: Callable[[], int] = lambda: 200) -> Iterator[str]:
    """An HTTP server on a free port that answers /api/v1/map. A token is read as UTF-8, as the console does."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answer()).encode()
            given = self.headers.get("Authorization", "").encode("latin-1")
            allowed = not token or given == f"Bearer {token}".encode()
            self.send_response(status() if allowed and self.path == "/api/v1/map" else 401)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def follows(project: Path, **extra: Any) -> Callable[[], Any]:
    """A gateway that serves whatever is in the file, on two workers."""

    def answer() -> Any:
        path = project / "migration_map.yaml"
        revision = read_map(path).revision
        workers = [{"pid": 1, "revision": revision}, {"pid": 2, "revision": revision}]
        return {"path": str(path), "revision": revision, "workers": workers, "routes": [], **extra}

    return answer


def stays(project: Path) -> Callable[[], Any]:
    """A gateway of which one worker does not follow."""
    old = read_map(project / "migration_map.yaml").revision

    def answer() -> Any:
        now = follows(project)()
        return now | {"workers": [now["workers"][0], {"pid": 2, "revision": old}]}

    return answer


def modes(gateway: Run) -> dict[str, str]:
    return {route["id"]: route["mode"] for route in gateway("routes", "--json").json["routes"]}


# routes


def test_routes_json_is_what_scripts_rely_on(project: Path, gateway: Run):
    answer = gateway("routes", "--json").json
    assert answer["revision"] == read_map(project / "migration_map.yaml").revision
    assert answer["default"] == "legacy"
    assert [route["id"] for route in answer["routes"]] == ["employees.get", "employees.create", "index", "articles"]
    articles = answer["routes"][3]
    assert (articles["path"], articles["methods"], articles["mode"]) == ("/articles/<path:rest>", ["GET"], "canary")
    assert articles["canary"] == {"share": 0.1, "sticky": "cookie:session"}
    assert articles["fallback"] == ["5xx", "exception"]
    assert answer["routes"][2]["shadow"]["sample"] == 0.25


def test_routes_are_a_table_that_is_never_cut(project: Path, gateway_process: Run):
    path = project / "migration_map.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("/employee/<", "/employee/" + "x" * 200 + "/<"), "utf-8")
    ran = gateway_process("routes")
    assert "x" * 200 in ran.out
    assert "10% by cookie:session; fallback on 5xx, exception" in ran.out
    assert "__default__" in ran.out


# flip

FORCE = ("--force", "--reason", "a test")


def test_a_flip_changes_one_line_and_shows_it(project: Path, gateway_process: Run):
    before = (project / "migration_map.yaml").read_text(encoding="utf-8")
    ran = gateway_process("flip", "employees.get", "shadow", "--no-wait")
    assert ran.code == 0, ran
    assert "- " in ran.out
    assert "+     mode: shadow          # the first to move" in ran.out
    assert "employees.get: legacy -> shadow" in ran.out
    after = (project / "migration_map.yaml").read_text(encoding="utf-8")
    assert after == before.replace("mode: legacy          # the", "mode: shadow          # the")


def test_a_flip_needs_no_gateway_where_none_is_waited_for(project: Path, gateway: Run):
    ran = gateway("flip", "employees.get", "shadow", "--no-wait")
    assert (ran.code, "no running gateway was asked" in ran.err) == (0, True)
    assert modes(gateway)["employees.get"] == "shadow"


def test_a_step_of_the_ladder_is_not_warned_about(project: Path, gateway: Run):
    assert "warning" not in gateway("flip", "employees.get", "shadow", "--no-wait").err


def test_a_step_up_without_evidence_is_refused_with_the_gates_words(project: Path, gateway_process: Run):
    """Case 175"""
    before = (project / "migration_map.yaml").read_bytes()
    ran = gateway_process("flip", "employees.get", "v2", "--quiet", "--no-wait")
    assert (ran.code, ran.out) == (1, "")
    assert "employees.get may not move to v2: the gate says unavailable; nothing was changed" in ran.err
    assert "there is no evidence at" in ran.err
    assert "--force --reason TEXT" in ran.err
    assert (project / "migration_map.yaml").read_bytes() == before
    (entry,) = gateway_process("audit", "show", "--json").json["entries"]
    assert (entry["outcome"], entry["gate"], entry["route"]) == ("refused", "unavailable", "employees.get")


def test_skipped_rungs_are_warned_about(project: Path, gateway: Run):
    """The gate may be content with what an earlier time in that mode has shown."""
    path = project / "migration_map.yaml"
    easy = path.read_text(encoding="utf-8").replace("# the first to move", "\n    gate: {parity: 90%}")
    path.write_text(easy, encoding="utf-8")
    evidence = Evidence(path)
    evidence.saw_equal("employees.get", 60)
    evidence.write()
    ran = gateway("flip", "employees.get", "v2", "--no-wait")
    assert ran.code == 0, ran
    assert "skipped shadow and canary: no evidence was gathered there" in ran.err
    assert modes(gateway)["employees.get"] == "v2"


def test_force_with_a_reason_silences_the_warning_and_is_kept(project: Path, gateway: Run):
    ran = gateway("flip", "employees.get", "v2", "--force", "--reason", "read only, tested by hand", "--no-wait")
    assert (ran.code, "skipped" in ran.err) == (0, False)
    assert "forced: the gate says unavailable" in ran.err
    flip = gateway("status", "--json").json["last_flip"]
    assert (flip["forced"], flip["reason"]) == (True, "read only, tested by hand")


def test_a_canary_and_its_options_are_written(project: Path, gateway: Run):
    ran = gateway(
        "flip", "index", "canary", "--percent", "5", "--sticky", "header:x-user", "--sample", "50", *FORCE, "--no-wait"
    )
    assert ran.code == 0, ran
    index = next(route for route in gateway("routes", "--json").json["routes"] if route["id"] == "index")
    assert index["canary"] == {"share": 0.05, "sticky": "header:x-user"}
    assert index["shadow"]["sample"] == 0.5


def test_the_same_mode_again_changes_nothing(project: Path, gateway: Run):
    before = (project / "migration_map.yaml").read_bytes()
    ran = gateway("flip", "index", "shadow", "--no-wait")
    assert (ran.code, "already" in ran.out) == (0, True)
    assert (project / "migration_map.yaml").read_bytes() == before


def test_a_flip_for_the_revision_that_was_read_is_done_once(project: Path, gateway: Run):
    revision = gateway("routes", "--json").json["revision"]
    assert gateway("flip", "index", "legacy", "--revision", revision[:12], "--no-wait").code == 0
    assert gateway("flip", "index", "shadow", "--revision", revision[:12], "--no-wait").code == 2
    assert modes(gateway)["index"] == "legacy"


def test_the_default_can_be_flipped_and_names_what_follows_it(project: Path, gateway: Run):
    path = project / "migration_map.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("    mode: shadow\n", ""), encoding="utf-8")
    ran = gateway("flip", "__default__", "v2", *FORCE, "--no-wait")
    assert ran.code == 0, ran
    assert "1 route without a mode of their own changed too: index" in ran.err
    assert gateway("routes", "--json").json["default"] == "v2"


def test_a_flip_waits_until_every_worker_serves_it(project: Path, gateway: Run):
    with console(follows(project)) as url:
        ran = gateway("flip", "employees.get", "shadow", env={"GATEWAY_CONSOLE_URL": url})
    assert ran.code == 0
    assert "in force on 2 workers" in ran.out


def test_force_in_a_running_gateway_is_named(project: Path, gateway: Run):
    with console(follows(project, force="legacy")) as url:
        ran = gateway("flip", "employees.get", "shadow", env={"GATEWAY_CONSOLE_URL": url})
    assert "everything is sent to legacy by force" in ran.err


def test_the_token_goes_to_a_protected_console(project: Path, gateway: Run, tmp_path: Path):
    token = "t" * 32
    (tmp_path / "token").write_text(token + "\n", encoding="utf-8")
    with console(follows(project), token=token) as url:
        env = {"GATEWAY_CONSOLE_URL": url, "GATEWAY_TOKEN_FILE": str(tmp_path / "token")}
        assert gateway("status", "--json", env=env).json["live"]["in_force"] is True
        assert gateway("status", "--json", env={"GATEWAY_CONSOLE_URL": url}).json["live"] is None


def test_a_map_that_cannot_be_written_says_which_line_to_change(project: Path, gateway: Run):
    (project / "..data").mkdir()
    (project / "migration_map.yaml").rename(project / "..data" / "migration_map.yaml")
    (project / "migration_map.yaml").symlink_to("..data/migration_map.yaml")
    ran = gateway("flip", "employees.get", "shadow", "--no-wait")
    assert ran.code == 2
    assert "ConfigMap" in ran.err
    assert "+     mode: shadow" in ran.err


# rollback


@pytest.mark.parametrize("route", ["index", "articles"])
def test_rollback_goes_to_legacy_from_anywhere(project: Path, gateway: Run, route: str):
    ran = gateway("rollback", route, "--no-wait")
    assert (ran.code, "warning" in ran.err) == (0, False)
    assert modes(gateway)[route] == "legacy"


def test_rollback_without_a_route_takes_the_one_that_was_flipped_last(project: Path, gateway: Run):
    gateway("flip", "index", "legacy", "--no-wait")
    gateway("flip", "employees.get", "shadow", "--no-wait")
    ran = gateway("rollback", "--reason", "errors in the log", "--no-wait")
    assert "employees.get: shadow -> legacy" in ran.out
    assert gateway("status", "--json").json["last_flip"]["reason"] == "errors in the log"


def test_rollback_of_what_is_in_legacy_says_so_and_exits_0(project: Path, gateway_process: Run):
    ran = gateway_process("rollback", "employees.get", "--no-wait")
    assert (ran.code, "in legacy already" in ran.out) == (0, True)


def test_rollback_without_any_flip_asks_for_the_route(project: Path, gateway: Run):
    ran = gateway("rollback", "--no-wait")
    assert (ran.code, "name the route" in ran.err) == (2, True)


# status


def test_status_counts_the_routes_on_each_rung(project: Path, gateway: Run):
    answer = gateway("status", "--json").json
    assert answer["routes"] == {"total": 4, "legacy": 2, "shadow": 1, "canary": 1, "v2": 0}
    assert (answer["default"], answer["migrated"], answer["done"]) == ("legacy", 0.0, False)
    assert (answer["last_flip"], answer["live"]) == (None, None)


def test_status_is_readable(project: Path, gateway: Run):
    gateway("flip", "employees.get", "v2", "--force", "--reason", "moved", "--no-wait")
    ran = gateway("status", env={"GATEWAY_FORCE": "legacy"})
    assert "4 routes: legacy 1, shadow 1, canary 1, v2 1" in ran.out
    assert "migrated: 25% of the routes" in ran.out
    assert "last flip: employees.get, legacy -> v2" in ran.out
    assert "(moved)" in ran.out
    assert "GATEWAY_FORCE=legacy" in ran.err


def test_status_fails_until_every_route_and_the_default_are_v2(project: Path, gateway: Run):
    assert gateway("status").code == 0
    for route in ("employees.get", "employees.create", "index", "articles"):
        assert gateway("status", "--fail-unless-done").code == 1
        gateway("flip", route, "v2", "--force", "--reason", "test", "--no-wait")
    assert gateway("status", "--fail-unless-done").code == 1
    gateway("flip", "__default__", "v2", "--force", "--reason", "test", "--no-wait")
    ran = gateway("status", "--fail-unless-done")
    assert (ran.code, "the migration is done" in ran.out) == (0, True)


def test_status_says_what_a_running_gateway_serves(project: Path, gateway: Run):
    with console(follows(project, force="v2")) as url:
        ran = gateway("status", env={"GATEWAY_CONSOLE_URL": url})
    assert "serves this revision on 2 workers" in ran.out
    assert "everything is sent to v2 by force" in ran.err


def test_status_counts_the_rules_that_somebody_has_to_see_to(project: Path, gateway: Run):
    assert "rules of comparison" not in gateway("status").out
    path = project / "migration_map.yaml"
    text = path.read_text(encoding="utf-8")
    rules = "{headers: {Vary: tokens, Link: {how: exact, reason: x, expires: 2020-01-01}}}"
    assert "defaults:" in text
    path.write_text(text.replace("defaults:", f"defaults:\n  compare: {rules}", 1), encoding="utf-8")
    assert gateway("status", "--json").json["rules"] == {"total": 2, "over": 1, "soon": 0, "without_reason": 1}
    assert "rules of comparison: 2; 1 expired, 1 without a reason" in gateway("status").out
