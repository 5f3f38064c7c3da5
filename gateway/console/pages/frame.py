"""What every page says around its content: where one is, what is in force, and who may do what."""

from __future__ import annotations

from dataclasses import dataclass

PLACES = (
    ("overview", "/", "Overview"),
    ("routes", "/routes", "Routes"),
    ("mismatches", "/mismatches", "Mismatches"),
    ("map", "/map", "Map"),
    ("audit", "/audit", "Audit"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of a page. `now` is in seconds since 1970."""

    place: str
    """The first word of a line of `PLACES`, or another when the page is none of them."""
    assets: str
    """Where the pages' files are: `/static/<hash>`."""
    now: float
    revision: str = ""
    """Of the map in force; what a change is asked for against. Empty where a page may not say."""
    force: str | None = None
    """The side that everything is sent to by the kill switch."""
    forced: str = ""
    """By whom, since when and why, in words; empty where nothing is known of it."""
    changes: bool = False
    """Whether a token is configured with which something can be changed at all."""
    signed_in: bool = False
    """Whether the reader has a session, which can be ended."""
    signed_out: bool = False
    """Whether the reader has shown nothing yet: the page has no content of the gateway's, and no live view."""

    @property
    def places(self) -> tuple[tuple[str, str, str], ...]:
        """The pages: name, address, title."""
        return PLACES
