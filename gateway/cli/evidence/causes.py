"""What the catalogue says of causes, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.parity.causes import catalogue
from gateway.parity.difference import UNEXPLAINED


class Causes:
    """The catalogue by name. A name that it lacks, of an earlier release perhaps, has no sentence."""

    def __init__(self) -> None:
        self._entries = {cause.name: cause for cause in catalogue()}

    def lines(self, name: str) -> tuple[str, ...]:
        """The cause as text: its name and sentence, and its fix."""
        cause = self._entries.get(name)
        if cause is None:
            return (name if name != UNEXPLAINED else f"{name}: no known difference between the frameworks looks so",)
        return (f"{cause.trap} {cause.name}: {cause.what}", f"fix: {cause.fix}")

    def documents(self, names: Iterable[str]) -> list[dict[str, Any]]:
        """The causes for machines: `{"name", "trap", "what", "fix", "switch"}`, None for what is not known."""
        return [self._document(name) for name in names]

    def _document(self, name: str) -> dict[str, Any]:
        cause = self._entries.get(name)
        return {
            "name": name,
            "trap": cause and cause.trap,
            "what": cause and cause.what,
            "fix": cause and cause.fix,
            "switch": (cause and cause.switch) or None,
        }
