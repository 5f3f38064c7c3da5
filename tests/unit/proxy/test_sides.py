"""The backends by side and purpose."""

from __future__ import annotations

from functools import partial

from gateway.exchange import Side
from gateway.proxy.sides import Sides


async def backend(*_) -> None: ...


def test_a_shadow_never_uses_the_backend_of_clients() -> None:
    """Traps 6 and 10."""
    legacy, v2, legacy_shadow, v2_shadow = (partial(backend, name) for name in ("l", "v", "ls", "vs"))
    sides = Sides(legacy, v2, legacy_shadow, v2_shadow)
    assert (sides.serving(Side.LEGACY), sides.serving(Side.V2)) == (legacy, v2)
    assert (sides.shadowing(Side.LEGACY), sides.shadowing(Side.V2)) == (legacy_shadow, v2_shadow)
