"""`.gateway/flips.jsonl`, where releases before 0.2 kept the flips: read as history, and never written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gateway.audit.entry import Act, Action, Outcome
from gateway.mapfile.own_folder import own_folder

SOURCE = "flips.jsonl"


def journal_of(map_path: Path) -> list[tuple[str, Act]]:
    """Its flips with their times, the oldest first. Lines that cannot be read are left out. Raises OSError."""
    try:
        lines = (own_folder(map_path) / SOURCE).read_bytes().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [found for line in lines if (found := _flip(line)) is not None]


def _flip(line: bytes) -> tuple[str, Act] | None:
    try:
        fields: dict[str, Any] = json.loads(line)
        act = Act(
            action=Action.FLIP,
            outcome=Outcome.DONE,
            actor=str(fields["actor"]),
            source=SOURCE,
            route=str(fields["route"]),
            old={"mode": str(fields["old"]), "percent": fields.get("old_percent")},
            new={"mode": str(fields["new"]), "percent": fields.get("new_percent")},
            before=str(fields["revision_before"]),
            after=str(fields["revision_after"]),
            reason=str(fields.get("reason", "")),
            forced=bool(fields.get("forced")),
        )
        return str(fields["time"]), act
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
