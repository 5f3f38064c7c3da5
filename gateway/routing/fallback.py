"""When legacy may answer in v2's place. Pure.

A fallback asks a second application, so it is safe in two cases only: nothing was asked yet, or asking twice does no
harm. After the first byte there is no way back, since the client has part of an answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.exchange import Side
from gateway.routing.route import SAFE_METHODS, FallbackTrigger, Route


def may_fall_back(
    route: Route, *, served_by: Side, triggers: Iterable[FallbackTrigger], method: str, asked: bool
) -> bool:
    """Whether legacy may answer instead, given that the client has had no byte yet.

    `asked` is False when v2 was down or its queue full, so that even a write has reached nobody.
    """
    if served_by is not Side.V2 or route.fallback.isdisjoint(triggers):
        return False
    return not asked or method in SAFE_METHODS
