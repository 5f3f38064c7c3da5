"""The page of the switches says what the switches and the rows say, and its examples run."""

from __future__ import annotations

import re

import pytest
from fastapi import APIRouter, FastAPI

from gateway.compat.wire.switches import SWITCHES
from gateway.parity.causes import catalogue
from tests.traps.page import FAULTS
from tests.traps.rows import every_row
from tests.traps.switch_page import DROP, PAGE, REASONS, page
from tests.unit.compat.wire.asking import ask_v2


def test_the_table_is_what_the_switches_and_the_rows_say() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "python -m tests.traps.switch_page writes it"


def test_every_switch_is_proved_by_a_row() -> None:
    traps = {row.trap for row in every_row()}
    assert set(SWITCHES) <= {cause.switch for cause in catalogue() if cause.trap in traps}


def test_every_switch_says_when_it_can_be_dropped() -> None:
    assert set(DROP) == set(SWITCHES)


def test_every_trap_without_a_switch_has_its_reason() -> None:
    assert set(REASONS) == {cause.trap for cause in catalogue() if not cause.switch} - FAULTS


@pytest.mark.anyio
async def test_the_pages_example_runs() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## The wire format")[2]
    [example] = re.findall(r"(?s)```python\n(.*?)```", section.partition("\n## ")[0])[:1]
    names: dict[str, object] = {}
    exec(compile(example, str(PAGE), "exec"), names)  # noqa: S102 - the project's own page
    app, router = names["app"], names["router"]
    assert isinstance(app, FastAPI)
    assert isinstance(router, APIRouter)
    assert (await ask_v2(app, "/orders/5")).text == '{"id":5,"placed":"Sun, 05 Jan 2025 00:00:00 GMT"}\n'
    assert (await ask_v2(app, "/orders/five")).status == 404
    assert "<h1>Not Found</h1>" in (await ask_v2(app, "/elsewhere")).text
    assert (await ask_v2(app, "/greeting?name=a&name=b")).text == "Hello a"
