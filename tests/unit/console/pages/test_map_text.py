"""A map of thousands of lines is rendered once, and again when anything about it is another."""

from __future__ import annotations

import dataclasses

from gateway.console.pages.environment import create_environment
from gateway.console.pages.map_text import BLOCK, MapText
from gateway.console.views.map import MapLine, ProblemView

LINE = MapLine(1, "version: 1", None, ())


def lines(count: int) -> tuple[MapLine, ...]:
    return tuple(dataclasses.replace(LINE, number=number) for number in range(1, count + 1))


def test_every_line_has_its_address_once() -> None:
    text = MapText(create_environment())(lines(2 * BLOCK + 1), "L")
    assert [f'id="L{number}"' in text for number in (1, BLOCK, BLOCK + 1, 2 * BLOCK + 1)] == [True] * 4
    assert text.count("<li ") == 2 * BLOCK + 1
    assert [f'start="{number}"' in text for number in (1, BLOCK + 1, 2 * BLOCK + 1)] == [True] * 3


def test_same_lines_are_not_rendered_twice() -> None:
    text = MapText(create_environment())
    assert text(lines(3), "L") is text(lines(3), "L")


def test_another_warning_of_the_same_text_is_shown() -> None:
    text = MapText(create_environment())
    assert "late" not in text(lines(1), "L")
    warned = dataclasses.replace(LINE, problems=(ProblemView(1, "late", "<b>", is_error=False),))
    shown = text((warned,), "L")
    assert "late" in shown
    assert "<b>" not in shown
    assert 'class="wrong"' not in shown


def test_the_refused_text_does_not_push_out_the_one_in_force() -> None:
    text = MapText(create_environment())
    kept = text(lines(2), "L")
    refused = text((dataclasses.replace(LINE, problems=(ProblemView(1, "bad", "", is_error=True),)),), "R")
    assert 'class="wrong"' in refused
    assert text(lines(2), "L") is kept
