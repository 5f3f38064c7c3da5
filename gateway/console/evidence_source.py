"""The evidence store of a gateway, as its console reads it, and adds history to it.

Nothing is opened before it is needed. A file that was replaced is opened anew: the old one would be read for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from gateway.errors import EvidenceError, EvidenceUnavailable
from gateway.evidence.memory import MemoryStore
from gateway.evidence.opening import Notice, open_store
from gateway.evidence.sqlite_file import Identity, SqliteFile
from gateway.evidence.store import EvidenceStore

OFF = "GATEWAY_EVIDENCE is off: nothing is kept that could be read"


class Evidence(Protocol):
    """Where a picture has its counts from."""

    def reading(self) -> AbstractContextManager[EvidenceStore]:
        """The store. Raises EvidenceError."""


class EvidenceSource:
    """`url` None: nothing is kept, and history is in memory. `on_event` is told as by `open_store`."""

    def __init__(self, url: str | None, *, on_event: Notice) -> None:
        self._url = url
        self._on_event = on_event
        self._lock = threading.Lock()
        self._store: EvidenceStore | None = None
        self._opened: Identity | None = None
        self._memory = MemoryStore()

    @property
    def is_off(self) -> bool:
        """Whether nothing is kept."""
        return self._url is None

    @property
    def is_open(self) -> bool:
        """Whether there is a store that may be written to without being begun."""
        return self._url is None or self._store is not None

    @contextmanager
    def reading(self) -> Iterator[EvidenceStore]:
        """The store; an empty one as long as nothing was ever written. Raises EvidenceError."""
        if self._url is None:
            raise EvidenceUnavailable(OFF)
        with self._asked(self._url, make=False) as store:
            yield store

    @contextmanager
    def history(self, *, make: bool = False) -> Iterator[EvidenceStore]:
        """Where history is; `make` begins it where there is none. Raises EvidenceError."""
        if self._url is None:
            yield self._memory
            return
        with self._asked(self._url, make=make) as store:
            yield store

    def close(self) -> None:
        """Let go of the store."""
        with self._lock:
            self._let_go()

    @contextmanager
    def _asked(self, url: str, *, make: bool) -> Iterator[EvidenceStore]:
        store = self._current(url, make=make)
        try:
            yield store
        except EvidenceError:
            with self._lock:  # opening anew is what mends a damaged or a replaced store
                if self._store is store:
                    self._let_go()
            raise

    def _current(self, url: str, *, make: bool) -> EvidenceStore:
        file = _file_of(url)
        found = None if file is None else file.identity()
        if file is not None and found is None and not make:
            return MemoryStore()
        with self._lock:
            if self._store is not None and found != self._opened:
                self._let_go()
            if self._store is None:
                self._store = open_store(url, on_event=self._on_event)
                self._opened = None if file is None else file.identity()
            return self._store

    def _let_go(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            with suppress(EvidenceError):
                store.close()


def _file_of(url: str) -> SqliteFile | None:
    from gateway.evidence.dialect import parse  # noqa: PLC0415  SQLAlchemy takes its time: not before somebody looks

    parsed = parse(url)
    return SqliteFile(Path(str(parsed.database))) if parsed.get_backend_name() == "sqlite" else None
