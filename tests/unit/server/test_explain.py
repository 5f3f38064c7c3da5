"""Why the gateway does not start."""

from __future__ import annotations

from gateway.errors import ImportFailed, MapInvalid, Problem
from gateway.server.explain import explain


def test_problems_of_a_map_are_lines_that_an_editor_can_follow() -> None:
    error = MapInvalid("map.yaml", (Problem(1, 2, "one"), Problem(3, 4, "two", "do this")))
    assert explain(error) == "map.yaml:1:2: one\nmap.yaml:3:4: two; do this"


def test_anything_else_is_a_sentence_with_our_name() -> None:
    assert explain(ImportFailed("no module named x")) == "gateway: no module named x"
