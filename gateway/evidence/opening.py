"""Opens the store that the settings name.

SQLAlchemy and alembic take a third of a second to import, which only those pay who open a store: most commands do not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.evidence.sqlite_file import OWN_FOLDER
from gateway.evidence.store import Limits

if TYPE_CHECKING:
    from gateway.evidence.sql import SqlStore

OFF = "off"
Notice = Callable[[str, str], None]
"""Told of an event: its name, such as `evidence_quarantined`, and a sentence."""


def evidence_url(setting: str, map_path: Path) -> str | None:
    """What `GATEWAY_EVIDENCE` means for a map: a URL; None for `off`. Empty is a file beside the map."""
    if setting == OFF:
        return None
    return setting or f"sqlite:///{own_folder(map_path) / 'evidence.sqlite3'}"


def own_folder(map_path: Path) -> Path:
    """The gateway's own folder, beside the map."""
    return map_path.resolve().parent / OWN_FOLDER


def open_store(url: str, *, on_event: Notice, limits: Limits | None = None) -> SqlStore:
    """Open a store for writing, ready for use. Blocks; run it off the loop.

    A damaged SQLite file of ours is renamed and a new one begun; `on_event` is told. Raises EvidenceUnavailable while
    it cannot be reached, EvidenceRefused for a later release's or somebody else's, which is left as it is.
    """
    from gateway.evidence import sql_opening  # noqa: PLC0415  see above

    return sql_opening.open_store(url, on_event=on_event, limits=limits)


def read_store(url: str) -> SqlStore:
    """Open a store that is there, for a command that only reads. Nothing is made, migrated or put aside.

    Raises EvidenceUnavailable when there is none, and the others as `open_store` does.
    """
    from gateway.evidence import sql_opening  # noqa: PLC0415  see above

    return sql_opening.read_store(url)
