"""The ladder."""

from __future__ import annotations

from gateway.routing.mode import LADDER, Mode, skipped_rungs


def test_the_ladder_goes_up_one_rung_and_down_from_anywhere() -> None:
    rungs = list(Mode)
    for start in rungs:
        for end in rungs:
            up = rungs.index(end) - rungs.index(start)
            assert (end in LADDER[start]) == (up == 1 or up < 0)
    assert skipped_rungs(Mode.LEGACY, Mode.V2) == (Mode.SHADOW, Mode.CANARY)
    assert skipped_rungs(Mode.V2, Mode.LEGACY) == ()
