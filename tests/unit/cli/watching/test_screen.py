"""A frame on terminals of every size."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from gateway.cli.watching.frame import Frame
from gateway.cli.watching.screen import screen, sheet
from gateway.console.views.attention import Attention, Concern, Urgency
from tests.support.views import a_row, an_overview

ROWS = tuple(a_row(f".{number:03}") for number in range(150))
CONCERNS = tuple(
    Attention(Concern.REGRESSED, Urgency.NOW, f"route{number} is in canary: " + "why " * 40, "/") for number in range(9)
)
FRAME = Frame(an_overview(attention=CONCERNS), ROWS, 150, 150, "http://127.0.0.1:8081")


def drawn(frame: Frame, width: int, height: int, *, is_terminal: bool = True) -> list[str]:
    stream = io.StringIO()
    console = Console(file=stream, width=width, height=height, force_terminal=False, markup=False, highlight=False)
    console.print(screen(frame, width, height) if is_terminal else sheet(frame))
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
@pytest.mark.parametrize("height", [12, 16, 24, 50, 120])
def test_it_fits(width: int, height: int) -> None:
    lines = drawn(FRAME, width, height)
    assert len(lines) < height, "the last line is the prompt's"
    assert max(map(len, lines)) <= width
    assert any(line.startswith("ROUTE") for line in lines)
    assert any(line.startswith("employees.") for line in lines), "some routes are always seen"
    assert any(line.startswith("! ") for line in lines), "so is what needs a person"


@pytest.mark.parametrize("width", [46, 60, 80])
def test_on_a_usual_terminal_no_fact_is_cut_off(width: int) -> None:
    text = "\n".join(drawn(FRAME, width, 24))
    assert "http://127.0.0.1:8081" in text
    assert "8 inconclusive" in text
    assert "last flip: " in text


def test_what_has_no_room_is_counted() -> None:
    assert drawn(FRAME, 120, 24)[-1].endswith("of 150 routes, the default route included")
    assert drawn(FRAME, 120, 1000)[-1] == "150 routes, the default route included"


def test_a_filter_that_finds_nothing_says_so() -> None:
    nothing = Frame(an_overview(), (), 0, 62, "http://127.0.0.1:8081")
    assert drawn(nothing, 80, 24)[-1] == "none of 62 routes is as asked for"


def test_a_pipe_gets_everything_at_its_full_width() -> None:
    lines = drawn(FRAME, 10_000, 24, is_terminal=False)
    assert sum(line.startswith("employees.") for line in lines) == 150
    assert sum(line.startswith("! ") for line in lines) == 9
    assert max(map(len, lines)) > 120


def test_what_an_application_sent_moves_no_cursor() -> None:
    hostile = Frame(an_overview(), (a_row("\x1b[2J\n\u202e"),), 1, 1, "http://127.0.0.1:8081")
    text = "\n".join(drawn(hostile, 200, 24))
    assert "\x1b" not in text
    assert "\\x1b[2J" in text
