"""The evidence of a map, opened for reading: where the settings say that it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gateway.errors import EvidenceUnavailable

if TYPE_CHECKING:
    from gateway.evidence.store import EvidenceStore
    from gateway.settings import Settings


def process_settings() -> Settings:
    """The settings of a gateway that is started from here. Raises typer.BadParameter for one that cannot be used."""
    from pydantic import ValidationError  # noqa: PLC0415  help must be quick

    from gateway.cli.serve import explain_settings  # noqa: PLC0415  the same
    from gateway.settings import Settings  # noqa: PLC0415  the same

    try:
        return Settings()
    except ValidationError as error:
        raise typer.BadParameter(explain_settings(error)) from None


@contextmanager
def reading(map_file: Path) -> Iterator[EvidenceStore]:
    """The store that a gateway for `map_file` writes to. Nothing is made, migrated or put aside.

    Raises EvidenceUnavailable when there is none, when it is switched off, or when it cannot be read at the moment.
    """
    from gateway.evidence.opening import evidence_url, read_store  # noqa: PLC0415  SQLAlchemy takes a third of a second

    url = evidence_url(process_settings().evidence, map_file)
    if url is None:
        raise EvidenceUnavailable(
            "GATEWAY_EVIDENCE is off: nothing is kept that could be read; unset it, or name a store"
        )
    store = read_store(url)
    try:
        yield store
    finally:
        store.close()
