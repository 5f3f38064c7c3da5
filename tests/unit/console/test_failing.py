"""How failures are described."""

from __future__ import annotations

import pytest

from gateway.console.failing import FAILURES, failing
from gateway.errors import EvidenceError, GatewayError, MapConflict


def test_what_a_status_may_say_is_listed_and_may_say_more() -> None:
    answer = failing(409)[409]
    members = answer["content"]["application/json"]["schema"]["properties"]
    assert members["error"]["enum"] == ["gate_refused", "map_read_only", "map_invalid"]
    assert {"message", "reasons", "diff", "problems"} < set(members)
    assert answer["description"]


def test_a_status_that_is_never_answered_is_no_failure() -> None:
    with pytest.raises(KeyError):
        failing(418)


def test_every_kind_of_missing_evidence_is_described() -> None:
    kinds = {kind.code for kind in EvidenceError.__subclasses__()}
    assert kinds <= set(FAILURES[503].words)


def test_what_is_no_error_of_a_request_is_not_described() -> None:
    words = {word for failure in FAILURES.values() for word in failure.words}
    assert MapConflict.code not in words  # it is a stale revision
    assert GatewayError.code in words  # a console that has no picture yet
