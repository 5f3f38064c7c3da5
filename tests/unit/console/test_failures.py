"""What an error of the gateway is to whoever asked the console."""

from __future__ import annotations

import pytest

from gateway.console.failing import FAILURES
from gateway.console.failures import denial_of
from gateway.errors import (
    EvidenceCorrupt,
    EvidenceRefused,
    EvidenceUnavailable,
    GatewayError,
    MapInvalid,
    RouteUnknown,
    SampleUnknown,
)

NOT_THERE = [RouteUnknown("no such route"), SampleUnknown("no such mismatch")]
FOR_NOW = [
    EvidenceUnavailable("locked"),
    EvidenceCorrupt("damaged"),
    EvidenceRefused("of a later release"),
    MapInvalid("m.yaml", []),
    GatewayError("no picture yet"),
]


@pytest.mark.parametrize("error", NOT_THERE, ids=lambda error: error.code)
def test_what_is_not_there_is_not_found(error: GatewayError) -> None:
    assert denial_of(error).status == 404


@pytest.mark.parametrize("error", FOR_NOW, ids=lambda error: error.code)
def test_what_cannot_be_read_at_the_moment_may_be_asked_for_again(error: GatewayError) -> None:
    assert denial_of(error).status == 503


@pytest.mark.parametrize("error", [*NOT_THERE, *FOR_NOW], ids=lambda error: error.code)
def test_the_word_is_the_codes_and_the_description_has_it(error: GatewayError) -> None:
    denied = denial_of(error)
    assert (denied.error, denied.message) == (error.code, str(error))
    assert denied.error in FAILURES[denied.status].words
