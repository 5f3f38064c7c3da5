"""`gateway excuse`: one edit of the map, shown, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.mapfile.judging import judging_of
from gateway.mapfile.load import read_map
from gateway.parity.difference import Verdict
from gateway.parity.rules import Excuse
from tests.support.evidence import Evidence, answer

Run = Callable[..., Any]


def excuses(project: Path, route: str = "employees.get") -> tuple[Excuse, ...]:
    return judging_of(read_map(project / "migration_map.yaml"))[route].rules.excuses


def test_an_excuse_is_three_lines_of_the_map_and_shows_them(project: Path, gateway: Run):
    before = (project / "migration_map.yaml").read_text(encoding="utf-8")
    ran = gateway("excuse", "employees.get", "$.meta.ts", "--reason", "clock", "--expires", "2099-03-01")
    assert ran.code == 0, ran
    added = '    compare:\n      excuse:\n        - {at: "$.meta.ts", reason: "clock", expires: 2099-03-01}\n'
    assert ran.out == "".join(f"+ {line}\n" for line in added.splitlines())
    assert ran.err == "a running gateway of this map picks it up within a second\n"
    line = "    mode: legacy          # the first to move\n"
    assert (project / "migration_map.yaml").read_text(encoding="utf-8") == before.replace(line, line + added)
    assert excuses(project) == (Excuse("clock", "$.meta.ts", None, date(2099, 3, 1)),)


def test_without_an_expiry_it_is_done_and_warned_about(project: Path, gateway: Run):
    ran = gateway("excuse", "employees.get", "$.meta.ts", "--reason", "clock", "--quiet")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "warning: this excuse never expires; --expires DATE makes somebody look at it again\n"


def test_a_header_is_excused_whatever_case_it_is_typed_in(project: Path, gateway: Run):
    ran = gateway("excuse", "employees.get", "--header", "X-Build", "--reason", "v2 has its own build number")
    assert ran.code == 0, ran
    evidence = Evidence(project / "migration_map.yaml")
    _, comparison = evidence.saw("employees.get", answer({}, 200, (b"x-build", b"1")), answer({}))
    assert comparison.verdict is Verdict.EXCUSED
    _, comparison = evidence.saw("employees.get", answer({}, 200, (b"x-other", b"1")), answer({}))
    assert comparison.verdict is Verdict.MISMATCH


def test_an_excuse_for_the_same_place_is_renewed(project: Path, gateway: Run):
    gateway("excuse", "employees.get", "$.ts", "--reason", "clock", "--expires", "2098-01-01")
    ran = gateway("excuse", "employees.get", "$.ts", "--reason", "clock", "--expires", "2099-01-01")
    assert ran.code == 0
    assert [line[:2] for line in ran.out.splitlines()] == ["- ", "+ "]
    assert [one.expires for one in excuses(project)] == [date(2099, 1, 1)]


def test_the_same_excuse_again_changes_nothing(project: Path, gateway: Run):
    words = ["excuse", "employees.get", "$.ts", "--reason", "clock", "--expires", "2099-01-01"]
    gateway(*words)
    before = (project / "migration_map.yaml").read_bytes()
    ran = gateway(*words)
    assert (ran.code, "already; nothing was changed" in ran.out) == (0, True)
    assert (project / "migration_map.yaml").read_bytes() == before


def test_the_defaults_hold_for_every_route_and_that_is_said(project: Path, gateway: Run):
    ran = gateway("excuse", "__default__", "$.ts", "--reason", "clock")
    assert (ran.code, "holds for every route" in ran.err) == (0, True)
    assert excuses(project) == excuses(project, "__default__") == (Excuse("clock", "$.ts"),)


YESTERDAY = str(datetime.now(UTC).date() - timedelta(days=1))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["employees.get", "$.meta["], "is not a JSON path"),
        (["employees.get", "meta.ts"], "begin it with $"),
        (["employees.get", "/items/*/created"], "write '$.items[*].created'"),
        (["employees.get"], "give a JSON path, or a header"),
        (["employees.get", "$.a", "--header", "date"], "an excuse has one place"),
        (["employees.get", "--header", "not a name"], "is not a header's name"),
        (["employees.get", "$.a", "--expires", YESTERDAY], "would excuse nothing"),
        (["employees.get", "$.a", "--expires", "tomorrow"], "is not a date"),
        (["employees.get", "$.a", "--expires", "2027-02-30"], "there is no day 2027-02-30"),
        (["employees.get", "$.a", "--reason", " "], "the reason is empty"),
        (["employee.get", "$.a"], "did you mean employees.get"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_what_cannot_be_excused_is_refused_and_changes_nothing(
    project: Path, gateway: Run, words: list[str], said: str
):
    before = (project / "migration_map.yaml").read_bytes()
    reason = [] if "--reason" in words else ["--reason", "clock"]
    ran = gateway("excuse", *words, *reason)
    assert ran.code == 2
    assert said in " ".join(ran.err.replace("│", " ").split())
    assert (project / "migration_map.yaml").read_bytes() == before


def test_a_reason_is_needed(project: Path, gateway: Run):
    assert gateway("excuse", "employees.get", "$.a").code == 2


def test_a_map_that_cannot_be_written_says_which_lines_to_add(project: Path, gateway: Run):
    (project / "..data").mkdir()
    (project / "migration_map.yaml").rename(project / "..data" / "migration_map.yaml")
    (project / "migration_map.yaml").symlink_to("..data/migration_map.yaml")
    ran = gateway("excuse", "employees.get", "$.ts", "--reason", "clock")
    assert ran.code == 2
    assert "ConfigMap" in ran.err
    assert '+         - {at: "$.ts", reason: "clock"}' in ran.err
