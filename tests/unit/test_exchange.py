"""An exchange is read by side, whoever served."""

from __future__ import annotations

from gateway.exchange import Exchange, Failure, FailureKind, Headers, Observation, Request, Response, Side

REQUEST = Request(id="1", method="GET", path="/", query=b"", headers=Headers(()), body=b"")
SERVED = Observation(Side.V2, Response(200, Headers(()), b"ok"), 0.1)
SHADOW = Observation(Side.LEGACY, Failure(FailureKind.TIMEOUT, "no first byte in 5 s"), 5.0)


def test_the_other_side_of_the_other_side_is_the_side() -> None:
    assert [side.other.other for side in Side] == list(Side)
    assert Side.LEGACY.other is Side.V2


def test_an_observation_is_found_by_its_side_whoever_served() -> None:
    exchange = Exchange(REQUEST, "a", SERVED, SHADOW)
    assert exchange.by_side(Side.V2) is SERVED
    assert exchange.by_side(Side.LEGACY) is SHADOW


def test_without_a_shadow_the_other_side_was_not_observed() -> None:
    assert Exchange(REQUEST, "a", SERVED).by_side(Side.LEGACY) is None


def test_repeated_headers_keep_their_order() -> None:
    headers = Headers(((b"set-cookie", b"a=1"), (b"x", b"y"), (b"set-cookie", b"b=2")))
    assert headers.get_all(b"set-cookie") == (b"a=1", b"b=2")
    assert headers.get_all(b"absent") == ()
