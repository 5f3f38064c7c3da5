"""A spike is told from what is usual."""

from __future__ import annotations

from gateway.console.usual import LEAST_USUAL, MINUTES, Usual


def lived(usual: Usual, minutes: int, *, agreed: float = 100.0, differed: float = 0.0) -> None:
    for _ in range(minutes):
        usual.minute({"r": agreed}, {"r": differed})


def test_a_route_that_begins_to_differ_is_a_spike() -> None:
    usual = Usual()
    lived(usual, 60)
    assert usual.spikes() == ()
    lived(usual, 5, differed=10.0)
    (spike,) = usual.spikes()
    assert (spike.route, spike.mismatches, spike.usual) == ("r", 50, 0.0)
    assert spike.compared == MINUTES * 100 + 50


def test_a_route_that_has_always_differed_is_none() -> None:
    usual = Usual()
    lived(usual, 60, differed=10.0)
    assert usual.spikes() == ()
    lived(usual, 5, differed=15.0)
    assert usual.spikes() == (), "half as much again is no spike"


def test_what_is_new_has_no_usual_and_a_handful_is_no_spike() -> None:
    new, handful = Usual(), Usual()
    lived(new, 5, agreed=(LEAST_USUAL - 1) / MINUTES, differed=50.0)
    lived(handful, 60)
    lived(handful, 1, differed=4.0)
    assert (new.spikes(), handful.spikes()) == ((), ())


def test_what_differs_for_days_becomes_usual() -> None:
    usual = Usual()
    lived(usual, 60)
    lived(usual, 12 * 60, differed=20.0)
    assert usual.spikes() == ()
