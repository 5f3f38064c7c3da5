"""One entry."""

from __future__ import annotations

from gateway.parity.cause import Cause, Severity
from gateway.parity.difference import Difference, Kind, Part


def test_a_cause_renders_its_place() -> None:
    cause = Cause("Z1", "some.trap", "legacy does this, v2 that", "do this")
    at = Difference(Part.BODY, "/items/3/x", Kind.CHANGED, "1", "2")
    assert cause.render(at) == "Z1 some.trap at /items/*/x: legacy does this, v2 that; fix: do this"
    status = Difference(Part.STATUS, "", Kind.CHANGED, "1", "2")
    assert cause.render(status).startswith("Z1 some.trap at the status: ")


def test_a_cause_is_an_error_unless_it_says_otherwise() -> None:
    assert Cause("Z1", "a.b", "x", "y").severity is Severity.ERROR
