"""The error tree: codes are stable, unique, and say whose fault it was."""

from __future__ import annotations

import re

from gateway.errors import BackendError, BackendUnavailable, GatewayError, MapInvalid, Problem


def tree(root: type[GatewayError]) -> list[type[GatewayError]]:
    """The tree of gateway/errors.py. Elsewhere an error may be made more precise under the code it has."""
    below = [error for child in root.__subclasses__() for error in tree(child)]
    return [error for error in (root, *below) if error.__module__ == "gateway.errors"]


def test_every_error_has_a_code_of_its_own_that_can_be_a_metric_label() -> None:
    codes = [error.code for error in tree(GatewayError)]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)


def test_a_side_that_gives_no_answer_never_blames_the_client() -> None:
    assert all(error.status >= 500 for error in tree(BackendError))


def test_an_invalid_map_lists_every_problem_with_its_place() -> None:
    error = MapInvalid(
        "m.yaml", (Problem(7, 3, "unknown key 'mod'", "did you mean 'mode'?"), Problem(9, 1, "no routes"))
    )
    assert str(error) == "m.yaml:7:3: unknown key 'mod'; did you mean 'mode'?\nm.yaml:9:1: no routes"
    assert error.exit_code == 2


def test_a_side_that_was_not_asked_says_when_to_come_back() -> None:
    assert BackendUnavailable("the queue is full", retry_after=1).retry_after == 1
    assert BackendUnavailable("it is down").retry_after is None
