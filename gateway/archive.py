"""Evidence of one process: redacted on the way in, written by a thread of its own, read by nobody here.

The store is `GATEWAY_EVIDENCE`; with `off` nothing is kept, and nothing else changes.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from gateway.errors import EvidenceError
from gateway.evidence.key import KEY_BYTES, installation_key
from gateway.evidence.opening import evidence_url, open_store, own_folder, read_store
from gateway.evidence.record import Record
from gateway.evidence.redact import Redactor
from gateway.evidence.retention import Retention
from gateway.evidence.sample import Sample
from gateway.evidence.store import EvidenceStore, StratumTally
from gateway.evidence.take import SampleTaker
from gateway.evidence.writer import EvidenceWriter
from gateway.exchange import Exchange
from gateway.parity.difference import Comparison
from gateway.parity.noise import NoiseBook
from gateway.settings import Settings

DAY = 86_400.0
TALLIES_SECONDS = 5.0
"""How old the counts may be that `/metrics` shows."""
CLOSE_SECONDS = 3.0
"""How long what waits may take to be written when the process ends."""

Notice = Callable[[str, str], None]
Reading = dict[tuple[str, ...], float]


def retention_of(settings: Settings) -> Retention:
    """How long, and how much, evidence is kept."""
    return Retention(settings.evidence_max_age * DAY, settings.evidence_max_bytes)


class Archive:
    """Takes compared exchanges. `on_event` is told the name of an event and a sentence.

    Between `open` and `close` there is a thread; outside of that, what is offered is let go of.
    """

    def __init__(self, settings: Settings, map_path: Path, *, on_event: Notice) -> None:
        self._url = evidence_url(settings.evidence, map_path)
        self._folder = own_folder(map_path)
        self._retention = retention_of(settings)
        self._extra = [name.strip() for name in settings.redact.split(",") if name.strip()]
        self._on_event = on_event
        self._redactor = Redactor(secrets.token_bytes(KEY_BYTES), self._extra)
        self._take: SampleTaker | None = None
        self._writer: EvidenceWriter | None = None
        self._notes: ThreadPoolExecutor | None = None
        self._tallies: Sequence[StratumTally] = ()
        self._asked_at = -TALLIES_SECONDS

    def open(self) -> None:
        """Begin to write. Never raises: evidence is not worth an outage."""
        url = self._url
        if url is None:
            return
        # Now, while nobody waits, and not on the writer's thread, where it would hold up the first requests.
        import_module("gateway.evidence.sql_opening")
        self._notes = ThreadPoolExecutor(1, thread_name_prefix="gateway-noise")
        self._redactor = Redactor(installation_key(self._folder), self._extra)
        self._take = SampleTaker(self._redactor)
        self._writer = EvidenceWriter(
            lambda: open_store(url, on_event=self._on_event), on_event=self._on_event, retention=self._retention
        )

    def redacted(self, text: str) -> str:
        """A text without the secrets in it, as it may be logged; also where no evidence is kept."""
        return self._redactor.text(text)

    def offer(self, record: Record, /) -> None:
        """Queue one record. Never waits for the store."""
        if self._writer is not None:
            self._writer.offer(record)

    def take_sample(self, exchange: Exchange, comparison: Comparison, epoch: str, /) -> Sample | None:
        """The redacted sample of an exchange; None when nothing is kept. Takes milliseconds for large bodies."""
        return None if self._take is None else self._take(exchange, comparison, epoch)

    def recall(self, routes: Iterable[str], known: Callable[[str, NoiseBook], object]) -> None:
        """Tell `known`, on another thread, what was learned of each route's noise before. Returns at once."""
        if self._notes is not None and self._url is not None:
            wanted = tuple(routes)
            self._notes.submit(self._with_store, self._url, lambda store: self._recall(store, wanted, known))

    def remember(self, route: str, book: NoiseBook) -> None:
        """Keep what was learned of a route's noise. Returns at once; what cannot be kept is learned again."""
        if self._notes is not None and self._url is not None:
            self._notes.submit(self._with_store, self._url, lambda store: store.save_noise(route, book.to_json()))

    def close(self) -> None:
        """Write what waits, within bounds."""
        if self._notes is not None:
            self._notes.shutdown(wait=False, cancel_futures=True)
        if self._writer is not None:
            self._writer.close(CLOSE_SECONDS)

    def _recall(self, store: EvidenceStore, routes: tuple[str, ...], known: Callable[[str, NoiseBook], object]) -> None:
        for route in routes:
            text = store.noise(route)
            if text is not None:
                with suppress(ValueError):  # another release's: it is learned again
                    known(route, NoiseBook.from_json(text))

    def _with_store(self, url: str, work: Callable[[EvidenceStore], None]) -> None:
        """Do something with a connection for the moment: noise is read once and written seldom."""
        with suppress(EvidenceError):
            store = open_store(url, on_event=self._on_event)
            try:
                work(store)
            finally:
                store.close()

    def tallies(self) -> Sequence[StratumTally]:
        """The store's counts as of a moment ago. Returns at once, and lets newer ones be read for the next caller."""
        now = time.monotonic()
        if self._notes is not None and self._url is not None and now - self._asked_at > TALLIES_SECONDS:
            self._asked_at = now
            self._notes.submit(self._read_tallies, self._url)
        return self._tallies

    def _read_tallies(self, url: str) -> None:
        with suppress(EvidenceError):
            store = read_store(url)
            try:
                self._tallies = store.tallies()
            finally:
                store.close()

    @property
    def trouble(self) -> str:
        """`ok`, or why nothing can be written at the moment, and what was lost."""
        stats = None if self._writer is None else self._writer.stats()
        if stats is None or not stats.trouble:
            return "ok"
        lost = sum(stats.dropped.values())
        return f"{stats.trouble}; {stats.waiting:,} records wait, {lost:,} were dropped"

    def records(self) -> Reading:
        """What became of the records so far, for the gauge `gateway_evidence_records`."""
        if self._writer is None:
            return {}
        stats = self._writer.stats()
        known = {"written": stats.written, "waiting": stats.waiting, **stats.dropped}
        return {(state,): float(number) for state, number in known.items()}
