"""What errors of a change are over HTTP."""

from __future__ import annotations

import pytest

from gateway import errors
from gateway.console.objections import objection_of
from gateway.errors import GatewayError


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (errors.RouteUnknown("x"), 404, "route_unknown"),
        (errors.MapConflict("x"), 412, "revision_stale"),
        (errors.MapBusy("x"), 503, "map_busy"),
        (errors.AuditUnwritable("x"), 503, "audit_unwritable"),
        (errors.FlipRefused("x"), 422, "flip_refused"),
        (errors.ExcuseRefused("x"), 422, "excuse_refused"),
        (errors.ReasonRefused("x"), 422, "reason_refused"),
        (errors.MapInvalid("map.yaml", (errors.Problem(3, 1, "wrong"),)), 409, "map_invalid"),
        (errors.MapReadOnly("a ConfigMap", ("- a", "+ b")), 409, "map_read_only"),
        (errors.GateRefused("no", state="not_ready", reasons=("a",), diff=()), 409, "gate_refused"),
        (errors.ImportFailed("x"), 409, "import_failed"),
    ],
)
def test_error_has_its_status_and_its_own_word(error: GatewayError, status: int, word: str) -> None:
    denied = objection_of(error)
    assert (denied.status, denied.error) == (status, word)
    assert denied.message


def test_what_may_pass_says_when_to_try_again() -> None:
    assert objection_of(errors.MapBusy("x")).headers["Retry-After"] == "2"
    assert "Retry-After" not in objection_of(errors.RouteUnknown("x")).headers


def test_edit_is_beside_the_sentence_and_not_in_it() -> None:
    denied = objection_of(errors.MapReadOnly("a ConfigMap", ("- a", "+ b")))
    assert (denied.message, denied.details["diff"]) == ("a ConfigMap", ["- a", "+ b"])
