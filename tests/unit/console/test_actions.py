"""Changing over HTTP, and who may."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.audit.log import AuditLog
from gateway.console import actions
from gateway.console.views import Worker
from gateway.evidence.opening import evidence_url
from gateway.mapfile.force import read_force
from gateway.mapfile.load import read_map, revision_of
from tests.support.console import AUTHORIZED, CHANGING, Operated, client
from tests.support.evidence import Evidence
from tests.support.maps import A_MAP

pytestmark = pytest.mark.anyio

EASY = A_MAP.replace("    mode: shadow\n", "    mode: shadow\n    gate: {parity: 90%}\n")


class Following(Operated):
    """Two workers that serve whatever is in the file, and heed the switch."""

    def workers(self) -> tuple[Worker, ...]:
        force = read_force(Path(self.path)) if not self.said else self.said[-1].force
        revision = revision_of(Path(self.path).read_bytes())
        return tuple(Worker(pid, revision, ready=True, force=force and force.side.value) for pid in (1, 2))


@pytest.fixture
def operated(tmp_path: Path) -> Operated:
    path = tmp_path / "migration_map.yaml"
    path.write_text(A_MAP, encoding="utf-8")
    return Following(path=str(path))


def gateway(operated: Operated, **parts: Any) -> httpx.AsyncClient:
    return client(operated, evidence=evidence_url("", Path(operated.path)), **parts)


def for_this_map(operated: Operated) -> dict[str, str]:
    return {**CHANGING, "if-match": f'"{read_map(Path(operated.path)).revision}"'}


def text_of(operated: Operated) -> str:
    return Path(operated.path).read_text(encoding="utf-8")


def write_map(operated: Operated, text: str) -> None:
    Path(operated.path).write_text(text, encoding="utf-8")


def log_of(operated: Operated) -> AuditLog:
    return AuditLog(Path(operated.path))


FLIP = "/api/v1/routes/employees.get/flip"
ROLLBACK = "/api/v1/routes/employees.get/rollback"
EXCUSE = "/api/v1/routes/employees.get/excuse"
FORCED = {"mode": "v2", "force": True, "reason": "tested by hand"}
PATHS = [FLIP, ROLLBACK, EXCUSE, "/api/v1/force", "/api/v1/reload"]


async def test_flip_changes_the_map_and_answers_when_it_is_in_force(operated: Operated) -> None:
    old = read_map(Path(operated.path)).revision
    async with gateway(operated) as http:
        answer = await http.post(FLIP, headers=for_this_map(operated), json=FORCED)
    told = answer.json()
    assert answer.status_code == 200
    assert (told["changed"], told["dry_run"], told["in_force"]) == (True, False, True)
    assert told["diff"] == ["-     mode: shadow", "+     mode: v2"]
    assert (told["old_mode"], told["new_mode"]) == ("shadow", "v2")
    assert (told["old_revision"], told["new_revision"]) == (old, read_map(Path(operated.path)).revision)
    assert (told["gate"]["state"], told["warnings"]) == ("unavailable", [])
    latest = next(log_of(operated).newest_first()).act
    assert (latest.actor, latest.source, latest.reason) == ("operator", "console 127.0.0.1", "tested by hand")


async def test_dry_run_answers_the_same_and_changes_nothing(operated: Operated) -> None:
    async with gateway(operated) as http:
        answer = await http.post(FLIP, headers=for_this_map(operated), json={**FORCED, "dry_run": True})
        refused = await http.post(FLIP, headers=for_this_map(operated), json={"mode": "v2", "dry_run": True})
    assert answer.json()["diff"] == ["-     mode: shadow", "+     mode: v2"]
    assert (answer.json()["dry_run"], answer.json()["in_force"]) == (True, None)
    assert (refused.status_code, refused.json()["error"]) == (409, "gate_refused")
    assert text_of(operated) == A_MAP
    assert list(log_of(operated).newest_first()) == []


async def test_gate_refuses_with_its_reasons_unless_it_is_forced(operated: Operated) -> None:
    """Case 175."""
    async with gateway(operated) as http:
        answer = await http.post(FLIP, headers=for_this_map(operated), json={"mode": "canary", "percent": 5})
        told = answer.json()
        assert (answer.status_code, told["error"], told["state"]) == (409, "gate_refused", "unavailable")
        assert "there is no evidence" in told["reasons"][0]
        assert told["diff"][0] == "-     mode: shadow"
        assert next(log_of(operated).newest_first()).act.outcome == "refused"
        bare = await http.post(FLIP, headers=for_this_map(operated), json={"mode": "v2", "force": True, "reason": " "})
        assert (bare.status_code, bare.json()["error"]) == (422, "force_needs_reason")
        assert text_of(operated) == A_MAP
        forced = await http.post(FLIP, headers=for_this_map(operated), json=FORCED)
    assert forced.status_code == 200
    assert next(log_of(operated).newest_first()).act.forced


async def test_gate_lets_through_what_the_evidence_carries(operated: Operated) -> None:
    write_map(operated, EASY)
    evidence = Evidence(Path(operated.path))
    evidence.saw_equal("employees.get", 60)
    evidence.write()
    async with gateway(operated) as http:
        answer = await http.post(FLIP, headers=for_this_map(operated), json={"mode": "canary", "percent": 5})
    assert (answer.status_code, answer.json()["gate"]["state"]) == (200, "ready")
    assert (answer.json()["old_percent"], answer.json()["new_percent"]) == (None, 5.0)


async def test_rollback_goes_to_legacy_and_asks_nobody(operated: Operated) -> None:
    async with gateway(operated) as http:
        answer = await http.post(ROLLBACK, headers=for_this_map(operated), json={})
    assert (answer.status_code, answer.json()["new_mode"], answer.json()["gate"]) == (200, "legacy", None)


async def test_excuse_is_written_and_a_missing_expiry_is_said(operated: Operated) -> None:
    body = {"at": "$.meta.ts", "reason": "a clock"}
    async with gateway(operated) as http:
        answer = await http.post(EXCUSE, headers=for_this_map(operated), json={**body, "dry_run": True})
        assert (answer.status_code, answer.json()["dry_run"]) == (200, True)
        assert text_of(operated) == A_MAP
        answer = await http.post(EXCUSE, headers=for_this_map(operated), json=body)
    assert (answer.status_code, answer.json()["renewed"]) == (200, False)
    assert "never expires" in answer.json()["warnings"][0]
    assert "$.meta.ts" in text_of(operated)


CONDITIONS = [
    (None, 428, "if_match_missing"),
    ("*", 428, "if_match_missing"),
    ('"' + "0" * 64 + '"', 412, "revision_stale"),
    ("nonsense", 412, "revision_stale"),
    ('""', 412, "revision_stale"),
    ('W/"abcabcabcabc"', 412, "revision_stale"),
]


async def test_change_is_for_the_map_that_was_seen(operated: Operated) -> None:
    """Case 170."""
    bodies: dict[str, Any] = {FLIP: FORCED, ROLLBACK: {}, EXCUSE: {"at": "$.a", "reason": "b"}}
    async with gateway(operated) as http:
        for path, body in bodies.items():
            for match, status, word in CONDITIONS:
                headers = {**CHANGING, **({} if match is None else {"if-match": match})}
                answer = await http.post(path, headers=headers, json=body)
                assert (answer.status_code, answer.json()["error"]) == (status, word), (path, match)
    assert text_of(operated) == A_MAP


async def test_of_fifty_writers_of_one_revision_exactly_one_wins_and_history_is_one_line(operated: Operated) -> None:
    """Case 170: three rounds of them."""
    first = read_map(Path(operated.path)).revision
    async with gateway(operated) as http:
        for turn in range(3):
            headers = for_this_map(operated)

            async def write(number: int, turn: int = turn, headers: dict[str, str] = headers) -> int:
                body = {"mode": "canary", "percent": 11 + turn * 30 + number / 2, "force": True, "reason": "a race"}
                return (await http.post("/api/v1/routes/articles/flip", headers=headers, json=body)).status_code

            statuses = await asyncio.gather(*(write(number) for number in range(50)))
            assert sorted(statuses) == [200] + [412] * 49
    done = [entry.act for entry in log_of(operated).newest_first() if entry.act.outcome == "done"][::-1]
    assert [act.before for act in done] == [first, *(act.after for act in done[:-1])]
    assert done[-1].after == read_map(Path(operated.path)).revision
    assert log_of(operated).verify().holds


async def test_what_cannot_be_written_down_is_not_done_and_the_way_back_is_open(operated: Operated) -> None:
    """Case 174."""
    log_of(operated).path.parent.mkdir()
    log_of(operated).path.mkdir()
    noticed: list[str] = []
    async with gateway(operated, notice=lambda event, _: noticed.append(event)) as http:
        answer = await http.post(FLIP, headers=for_this_map(operated), json=FORCED)
        assert (answer.status_code, answer.json()["error"]) == (503, "audit_unwritable")
        assert text_of(operated) == A_MAP
        excused = await http.post(EXCUSE, headers=for_this_map(operated), json={"at": "$.a", "reason": "b"})
        assert excused.status_code == 503
        back = await http.post(ROLLBACK, headers=for_this_map(operated), json={})
        assert (back.status_code, "audit log" in back.json()["warnings"][0]) == (200, True)
        pulled = await http.post("/api/v1/force", headers=CHANGING, json={"side": "legacy", "reason": "fire"})
        assert (pulled.status_code, pulled.json()["in_force"]) == (200, True)
        assert "audit log" in pulled.json()["warnings"][0]
        assert (await http.post("/api/v1/reload", headers=CHANGING)).json()["warnings"]
    assert noticed == ["audit_incomplete", "force_incomplete"]


def mount_from_config_map(path: Path) -> None:
    (path.parent / "..data").mkdir()
    path.rename(path.parent / "..data" / path.name)
    path.symlink_to(f"..data/{path.name}")


async def test_read_only_map_gets_the_edit_to_commit_instead(operated: Operated) -> None:
    mount_from_config_map(Path(operated.path))
    async with gateway(operated) as http:
        for dry_run in (True, False):
            answer = await http.post(FLIP, headers=for_this_map(operated), json={**FORCED, "dry_run": dry_run})
            assert (answer.status_code, answer.json()["error"]) == (409, "map_read_only")
            assert answer.json()["diff"] == ["-     mode: shadow", "+     mode: v2"]
            assert "ConfigMap" in answer.json()["message"]


async def test_kill_switch_is_pulled_without_a_revision_and_while_the_map_is_wrong(operated: Operated) -> None:
    write_map(operated, "nonsense: [")
    async with gateway(operated) as http:
        answer = await http.post("/api/v1/force", headers=CHANGING, json={"side": "legacy", "reason": "fire"})
        told = answer.json()
        assert (answer.status_code, told["persisted"], told["in_force"]) == (200, True, True)
        assert (told["force"]["side"], told["force"]["actor"], told["force"]["reason"]) == (
            "legacy",
            "operator",
            "fire",
        )
        assert read_force(Path(operated.path)) is not None
        lifted = await http.post("/api/v1/force", headers=CHANGING, json={"side": None})
    assert (lifted.status_code, lifted.json()["force"], lifted.json()["in_force"]) == (200, None, True)
    assert read_force(Path(operated.path)) is None


async def test_kill_switch_without_a_file_is_held_in_memory_and_that_is_said(operated: Operated) -> None:
    (Path(operated.path).parent / ".gateway").write_text("a file where the folder should be")
    async with gateway(operated) as http:
        answer = await http.post("/api/v1/force", headers=CHANGING, json={"side": "legacy", "reason": "fire"})
    told = answer.json()
    assert (answer.status_code, told["persisted"], told["in_force"]) == (200, False, True)
    assert "in memory" in told["warnings"][0]
    assert operated.said[-1].force is not None


async def test_kill_switch_takes_legacy_and_a_reason(operated: Operated) -> None:
    async with gateway(operated) as http:
        for body in ({"side": "legacy"}, {"side": "v2", "reason": "x"}, {}, {"side": "legacy", "reason": ""}):
            assert (await http.post("/api/v1/force", headers=CHANGING, json=body)).status_code == 422
    assert read_force(Path(operated.path)) is None


async def test_change_that_no_worker_serves_is_said(operated: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "PATIENCE", 0.05)
    operated.workers = lambda: (Worker(1, "another", ready=True),)  # type: ignore[method-assign] # it is stuck
    async with gateway(operated) as http:
        answer = await http.post(FLIP, headers=for_this_map(operated), json=FORCED)
    assert (answer.status_code, answer.json()["in_force"]) == (200, False)


async def test_unknown_route_is_a_404_with_those_that_look_like_it(operated: Operated) -> None:
    async with gateway(operated) as http:
        answer = await http.post("/api/v1/routes/employee.get/flip", headers=for_this_map(operated), json=FORCED)
    assert (answer.status_code, answer.json()["error"]) == (404, "route_unknown")
    assert "did you mean employees.get" in answer.json()["message"]


async def test_invalid_map_is_not_changed(operated: Operated) -> None:
    write_map(operated, "version: 1\nroutes: 7\n")
    headers = {**CHANGING, "if-match": revision_of(text_of(operated).encode())}
    async with gateway(operated) as http:
        answer = await http.post(ROLLBACK, headers=headers, json={})
    assert (answer.status_code, answer.json()["error"]) == (409, "map_invalid")
    assert any(":2:" in problem for problem in answer.json()["problems"])


ODD_FLIPS: list[Any] = [
    {},
    [],
    None,
    7,
    {"mode": "v3"},
    {"mode": "canary"},
    {"mode": "canary", "percent": 101},
    {"mode": "canary", "percent": "many"},
    {"mode": "canary", "percent": 5, "sticky": 'x"'},
    {"mode": "canary", "percent": 5, "sticky": "\ud800"},
    {"mode": "v2", "percent": 5},
    {"mode": "legacy", "sample": 5},
    {"mode": "v2", "force": True, "reason": "x" * 1001},
    {"mode": "v2", "force": True, "reason": "\ud800"},
    {"mode": "v2", "colour": "green"},
    {"mode": "v2", "\ud800": 1},
]


async def test_odd_flip_is_refused_in_words_and_changes_nothing(operated: Operated) -> None:
    async with gateway(operated) as http:
        for body in ODD_FLIPS:
            answer = await http.post(FLIP, headers=for_this_map(operated), content=json.dumps(body).encode())
            assert (answer.status_code, bool(answer.json()["message"])) == (422, True), body
    assert text_of(operated) == A_MAP


ODD_EXCUSES: list[Any] = [
    {"at": "$.a"},
    {"reason": "b"},
    {"at": "$.a", "header": "date", "reason": "b"},
    {"at": "/a", "reason": "b"},
    {"at": "$[", "reason": "b"},
    {"at": "$" + "[0]" * 300, "reason": "\ud800"},
    {"header": "not a name", "reason": "b"},
    {"at": "$.a", "reason": "b", "expires": "2001-01-01"},
    {"at": "$.a", "reason": "b", "expires": "tomorrow"},
    {"at": "$.\ud800", "reason": "b"},
]


async def test_odd_excuse_is_refused_in_words_and_changes_nothing(operated: Operated) -> None:
    async with gateway(operated) as http:
        for body in ODD_EXCUSES:
            answer = await http.post(EXCUSE, headers=for_this_map(operated), content=json.dumps(body).encode())
            assert answer.status_code == 422, body
    assert text_of(operated) == A_MAP


async def test_another_method_has_no_effect(operated: Operated) -> None:
    """Case 163."""
    async with gateway(operated) as http:
        for path in PATHS:
            for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
                body = json.dumps(FORCED).encode()
                answer = await http.request(method, path, headers=for_this_map(operated), content=body)
                assert answer.status_code == 405, (path, method)
    assert text_of(operated) == A_MAP
    assert operated.reloads == 0


async def test_every_change_needs_the_token(operated: Operated) -> None:
    async with gateway(operated) as http:
        for path in PATHS:
            headers = {**for_this_map(operated), "authorization": "Bearer wrong"}
            denied = await http.post(path, headers=headers, json=FORCED)
            assert (denied.status_code, denied.headers["www-authenticate"]) == (401, "Bearer")
    assert operated.reloads == 0
    assert read_force(Path(operated.path)) is None


async def test_nothing_can_be_changed_without_a_configured_token(operated: Operated) -> None:
    async with gateway(operated, token="") as http:
        for path in PATHS:
            answer = await http.post(path, headers=AUTHORIZED)
            assert answer.status_code == 403
            assert "GATEWAY_TOKEN" in answer.json()["message"]
    assert operated.reloads == 0


async def test_reload_is_done_and_written_down(operated: Operated) -> None:
    async with gateway(operated) as http:
        assert (await http.post("/api/v1/reload", headers=CHANGING)).status_code == 202
        assert (await http.post("/api/v1/reload", headers=CHANGING, json={})).json()["warnings"] == []
    assert operated.reloads == 2
    assert [entry.act.action.value for entry in log_of(operated).newest_first()] == ["reload", "reload"]


async def test_tokens_are_in_no_answer(operated: Operated) -> None:
    """Case 177."""
    async with gateway(operated) as http:
        texts = [(await http.post(path, headers=for_this_map(operated), json=FORCED)).text for path in PATHS]
    assert not [text for text in texts if AUTHORIZED["authorization"].split()[1] in text]


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        (FLIP, {"mode": "shadow", "dry_run": 1}, "body.dry_run"),
        (FLIP, {"mode": "shadow", "force": "true"}, "body.force"),
        (FLIP, {"mode": "canary", "percent": "5"}, "body.percent"),
        (EXCUSE, {"at": "$.at", "reason": "a clock", "expires": 1795277505}, "body.expires"),
        (EXCUSE, {"at": "$.at", "reason": "a clock", "expires": "20270301"}, "body.expires"),
        (EXCUSE, {"at": "$.at", "reason": "a clock", "expires": "2027-02-30"}, "body.expires"),
    ],
)
async def test_nothing_is_taken_for_what_it_is_not(
    operated: Operated, path: str, body: dict[str, Any], where: str
) -> None:
    async with gateway(operated) as http:
        answer = await http.post(path, headers=for_this_map(operated), json=body)
    assert (answer.status_code, answer.json()["error"]) == (422, "request_invalid")
    assert [problem["where"] for problem in answer.json()["problems"]] == [where]
    assert text_of(operated) == A_MAP
