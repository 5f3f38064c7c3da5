"""What the console shows, apart from HTTP."""

from __future__ import annotations

from typing import Any

from gateway.console.views import map_view, readiness_view
from tests.support.console import Operated, State


def test_workers_of_one_revision_have_converged() -> None:
    """Case 135."""
    assert map_view(Operated(revisions=("abc", "abc")))["converged"] is True
    assert map_view(Operated(revisions=("abc", "def")))["converged"] is False


def test_workers_that_agree_on_another_revision_than_the_one_shown_have_not_converged() -> None:
    """A reload between the two questions: case 135 must not be answered from before it."""

    class Reloading(Operated):
        def map_state(self) -> dict[str, Any]:
            return {**super().map_state(), "revision": "def"}

    assert map_view(Reloading(revisions=("abc", "abc")))["converged"] is False


def test_map_is_shown_as_it_is_with_its_workers() -> None:
    view = map_view(Operated(revisions=("abc",)))
    assert view["revision"] == "abc"
    assert view["workers"] == [{"pid": 100, "revision": "abc", "ready": True, "force": None}]


def test_sentences_are_for_those_who_may_read_them() -> None:
    state = State(ready=False, checks={"map": "ok", "v2": "no module named internal"})
    assert readiness_view(state, details=True)["checks"] == {"map": "ok", "v2": "no module named internal"}
    assert readiness_view(state, details=False)["checks"] == {"map": "ok", "v2": "failed"}
