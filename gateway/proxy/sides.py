"""The backends that the door can ask, by side and by purpose."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.asgi import Backend
from gateway.exchange import Side


@dataclass(frozen=True, slots=True)
class Sides:
    """One backend a side and purpose.

    A shadow of legacy has threads of its own, so that it cannot take one from a client; a shadow of v2 knows what it is
    and runs no background tasks.
    """

    legacy: Backend
    v2: Backend
    legacy_shadow: Backend
    v2_shadow: Backend

    def serving(self, side: Side) -> Backend:
        """The backend that answers clients for `side`."""
        return self.legacy if side is Side.LEGACY else self.v2

    def shadowing(self, side: Side) -> Backend:
        """The backend that is asked behind an answer for `side`."""
        return self.legacy_shadow if side is Side.LEGACY else self.v2_shadow
