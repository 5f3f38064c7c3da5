"""Flash messages across both sides: one that legacy leaves is shown by v2, once, and the other way round.

async def saved(flashes: Flashes) -> ...:      flashes.add("Your account is saved.", "success")
async def page(flashes: Flashes) -> ...:       messages = flashes.take()
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import Depends

from gateway.compat.request import Legacy, LegacyRequest
from gateway.compat.switch import Switch

ADDED = Switch("flashes.add", "a message that v2 leaves is shown by the next page, whichever side it is on")
TAKEN = Switch("flashes.take", "a message that legacy left is shown by v2, once")


class Flash(NamedTuple):
    """One message. `category` is `message` where none was given."""

    category: str
    message: str


class FlashMessages:
    """The messages of this client's session, through Flask's own `flash` and `get_flashed_messages`."""

    def __init__(self, legacy: LegacyRequest) -> None:
        self._legacy = legacy

    def add(self, message: str, category: str = "message") -> None:
        """Leave a message for the next page that shows messages."""
        from flask import flash  # noqa: PLC0415 - with Flask only

        ADDED.applied()
        self._legacy.here(lambda: flash(message, category))

    def take(self, categories: Sequence[str] = ()) -> list[Flash]:
        """The messages that wait, oldest first, only those of `categories` if any is given.

        All that wait are taken, whatever is asked for: that is Flask's way. Within a request the same ones come again.
        """
        from flask import get_flashed_messages  # noqa: PLC0415 - with Flask only

        found = self._legacy.here(lambda: get_flashed_messages(with_categories=True, category_filter=categories))
        if found:
            TAKEN.applied()
        return [Flash(*pair) for pair in found]


async def flash_messages(legacy: Legacy) -> FlashMessages:
    """FastAPI's dependency. The route writes the session: taking a message is a change."""
    legacy.writes = True
    return FlashMessages(legacy)


Flashes = Annotated[FlashMessages, Depends(flash_messages)]
