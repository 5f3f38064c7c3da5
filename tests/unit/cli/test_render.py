"""What is written: to which stream, how wide, and the caret under the right column."""

from __future__ import annotations

import json

import pytest

from gateway.cli.render import Output, plural
from gateway.errors import MapInvalid, Problem, RouteUnknown


def test_data_goes_to_stdout_and_everything_else_to_stderr(capsys: pytest.CaptureFixture[str]):
    output = Output()
    output.data("data")
    output.say("said")
    output.note("noted")
    output.warn("hot")
    output.failure(RouteUnknown("no such route"))
    written = capsys.readouterr()
    assert written.out == "data\nsaid\n"
    assert written.err == "noted\nwarning: hot\nerror: no such route\n"


def test_quiet_keeps_data_warnings_and_errors(capsys: pytest.CaptureFixture[str]):
    output = Output(quiet=True)
    output.data("data")
    output.say("said")
    output.note("noted")
    output.warn("hot")
    written = capsys.readouterr()
    assert (written.out, written.err) == ("data\n", "warning: hot\n")


@pytest.mark.parametrize("line", ["    mode: shado", "\t\tmode: shado", "é ü: shado"])
def test_the_caret_is_under_the_column(capsys: pytest.CaptureFixture[str], line: str):
    column = line.index("shado") + 1
    Output().failure(MapInvalid("m.yaml", (Problem(3, column, "no such mode", "write shadow", source=line),)))
    first, source, caret = capsys.readouterr().err.splitlines()
    assert first == f"m.yaml:3:{column}: no such mode; write shadow"
    assert source.index("shado") == caret.index("^")
    assert "\t" not in source


def test_text_is_not_taken_for_markup_or_wrapped(capsys: pytest.CaptureFixture[str]):
    text = "[bold]GET[/bold] :smile: " + "x" * 500
    Output().data(text)
    assert capsys.readouterr().out == text + "\n"


def test_a_table_has_one_line_for_each_row_whatever_its_width(capsys: pytest.CaptureFixture[str]):
    Output().table(("A", "B"), [("[red]", "x" * 300), ("2", "y")])
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]):
    Output().json({"a": "é\u2028"})
    written = capsys.readouterr().out
    assert json.loads(written) == {"a": "é\u2028"}
    assert written.isascii()


@pytest.mark.parametrize(("count", "text"), [(0, "0 routes"), (1, "1 route"), (2, "2 routes")])
def test_counts_read_as_words(count: int, text: str):
    assert plural(count, "route") == text
