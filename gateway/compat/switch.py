"""A compat switch: one trait of Flask that v2 keeps for its clients, and how its uses are counted.

`gateway_compat_applied_total{switch}` says which are still in use; one that stays at zero can be taken out of v2.
Where v2 runs without a gateway nothing is counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.asgi import HOSTING


@dataclass(frozen=True, slots=True)
class Switch:
    """`name` is the metric's label, `area.trait` in lower case; `keeps` says in one line what clients go on to see.

    A switch that undoes a trap has the name that `gateway.parity.causes` gives it.
    """

    name: str
    keeps: str

    def applied(self) -> None:
        """Count one use: an answer, or a decision, that would have been another without the switch.

        Cheap (well below a microsecond on its own), and may be called on any thread of the request.
        """
        HOSTING.get().applied(self.name)
