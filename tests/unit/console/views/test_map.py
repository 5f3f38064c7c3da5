"""The map's page: every line, and what is said of it where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.console.views.map import lines_of, map_page, refused_map
from gateway.errors import MapInvalid, Problem
from gateway.mapfile.load import parse_map
from tests.support.picture import MAP, a_picture, loaded_map


def test_routes_begin_at_their_line() -> None:
    page = map_page(a_picture(loaded_map()), None)
    begins = {line.route: line.text for line in page.lines if line.route}
    assert begins["still"].strip().startswith("- {id: still")
    assert begins["compared"].strip() == "- id: compared"
    assert "\n".join(line.text for line in page.lines) + "\n" == MAP


def test_a_refused_version_shows_its_own_lines_and_its_problems_there() -> None:
    text = MAP.replace("mode: v2", "mode: v3").replace("path: /still", "path: still")
    with pytest.raises(MapInvalid) as invalid:
        parse_map(text.encode(), Path("m.yaml"))
    refused = refused_map("abc", text, invalid.value.problems)
    said = {line.number: line for line in refused.lines if line.problems}
    assert refused.problems == 2
    assert ["still" in line.text or "v3" in line.text for line in said.values()] == [True, True]
    assert all(problem.is_error for line in said.values() for problem in line.problems)


def test_what_is_missing_at_the_end_is_said_of_the_last_line() -> None:
    lines = lines_of("a\r\nb\r\n", [Problem(9, 1, "routes are missing")], {})
    assert [(line.text, len(line.problems)) for line in lines] == [("a", 0), ("b", 1)]
    assert lines_of("", [Problem(1, 1, "it is empty")], {})[0].problems


def test_a_file_that_cannot_be_read_has_no_lines() -> None:
    refused = refused_map("", "", (Problem(1, 1, "permission denied"),))
    assert (refused.lines, refused.unreadable) == ((), "permission denied")
