"""Evidence goes to its store on a thread of its own: no loop waits for a disk, and no fault of a store reaches traffic.

    offer ──> queue (bounded in number and bytes) ──> batch ──> store.add
                 full: dropped, counted                  └─ fails: the batch waits, the store is opened again

What is counted as written is committed. Conservation: offered = written + dropped + waiting.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gateway.errors import EvidenceError, EvidenceRefused
from gateway.evidence.opening import Notice
from gateway.evidence.record import Record
from gateway.evidence.retention import Retention
from gateway.evidence.store import EvidenceStore

BACKOFF_SECONDS = (0.1, 5.0)
"""First and longest wait after a failure; with a busy store's own wait, evidence resumes within 10 seconds."""
PRUNE_SECONDS = 600.0

QUEUE_FULL = "queue_full"
CLOSED = "closed"
UNSTORABLE = "unstorable"


@dataclass(frozen=True, slots=True)
class WriterStats:
    """What became of the records so far. `trouble` says why the store cannot be written; empty when it can."""

    offered: int
    written: int
    waiting: int
    dropped: Mapping[str, int]
    """By reason: `queue_full`, `closed` (or over before they were written), `unstorable`."""
    stripped: int
    """Samples that were let go of, to keep at least the counts of their records."""
    trouble: str


class EvidenceWriter:
    """Takes records on any thread and writes them on its own.

    `open_store` is called on that thread, again after each failure that a wait alone does not mend. `queue_max` records
    and `max_bytes` may wait; a record that would be over the bytes goes without its sample.
    """

    def __init__(
        self,
        open_store: Callable[[], EvidenceStore],
        *,
        on_event: Notice,
        queue_max: int = 10_000,
        max_bytes: int = 32 * 1024**2,
        batch: int = 200,
        flush_seconds: float = 0.5,
        retention: Retention | None = None,
    ) -> None:
        self._open_store = open_store
        self._on_event = on_event
        self._queue_max = queue_max
        self._max_bytes = max_bytes
        self._batch = batch
        self._flush_seconds = flush_seconds
        self._retention = retention
        self._queue: deque[Record] = deque()
        self._bytes = 0
        self._in_hand = 0
        self._offered = 0
        self._written = 0
        self._stripped = 0
        self._dropped: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._deadline = float("inf")
        self._store: EvidenceStore | None = None
        self._trouble = ""
        self._next_prune = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="gateway-evidence", daemon=True)
        self._thread.start()

    def offer(self, record: Record, /) -> bool:
        """Take a record, when there is room. Never waits for the store, never raises."""
        size = record.size
        with self._lock:
            self._offered += 1
            if self._closing.is_set():
                self._dropped[CLOSED] += 1
                return False
            if len(self._queue) >= self._queue_max:
                self._dropped[QUEUE_FULL] += 1
                return False
            if record.sample is not None and self._bytes + size > self._max_bytes:
                record = replace(record, sample=None)
                size = record.size
                self._stripped += 1
            self._queue.append(record)
            self._bytes += size
            enough = len(self._queue) >= self._batch
        if enough:
            self._wake.set()
        return True

    def stats(self) -> WriterStats:
        """What became of the records so far."""
        with self._lock:
            return WriterStats(
                self._offered,
                self._written,
                len(self._queue) + self._in_hand,
                dict(self._dropped),
                self._stripped,
                self._trouble,
            )

    def close(self, grace: float) -> None:
        """Take no more and write what waits, for at most `grace` seconds. What is left is counted as dropped."""
        self._deadline = time.monotonic() + grace
        with self._lock:
            self._closing.set()
        self._wake.set()
        self._thread.join(grace)
        with self._lock:
            if self._queue:
                self._dropped[CLOSED] += len(self._queue)
            self._queue.clear()
            self._bytes = 0

    # On the writer's thread

    def _run(self) -> None:
        try:
            while True:
                self._wake.wait(self._flush_seconds)
                self._wake.clear()
                self._drain()
                if self._closing.is_set():
                    return
                self._prune_when_due()
        finally:
            self._let_go()

    def _drain(self) -> None:
        while batch := self._take():
            self._deliver(batch)
            with self._lock:
                self._in_hand = 0

    def _take(self) -> list[Record]:
        with self._lock:
            batch = [self._queue.popleft() for _ in range(min(self._batch, len(self._queue)))]
            self._bytes -= sum(record.size for record in batch)
            self._in_hand = len(batch)
        return batch

    def _deliver(self, batch: list[Record]) -> None:
        """Write a batch, however long the store takes to come back; drop it when there is no more time."""
        wait = BACKOFF_SECONDS[0]
        while True:
            try:
                self._add(batch)
            except EvidenceError as error:
                self._failed(error)
                if self._over(wait):
                    self._drop(CLOSED, len(batch))
                    return
                wait = min(2 * wait, BACKOFF_SECONDS[1])
            except Exception as error:  # noqa: BLE001 - a record that no store takes must not stop the others
                self._one_by_one(batch, error)
                return
            else:
                self._recovered()
                return

    def _one_by_one(self, batch: list[Record], error: Exception) -> None:
        if len(batch) > 1:
            for record in batch:
                self._deliver([record])
            return
        self._drop(UNSTORABLE, 1)
        self._on_event("evidence_unstorable", f"a record of {batch[0].route} was dropped: {type(error).__name__}")

    def _add(self, batch: list[Record]) -> None:
        if self._store is None:
            self._store = self._open_store()
        self._store.add(batch)
        with self._lock:
            self._written += len(batch)
            self._in_hand -= len(batch)

    def _over(self, wait: float) -> bool:
        """Wait before the next try. True when there is no time for one."""
        if self._closing.is_set():
            left = self._deadline - time.monotonic()
            if left <= 0:
                return True
            time.sleep(min(wait, left))
            return False
        self._closing.wait(wait)
        return False

    def _drop(self, reason: str, number: int) -> None:
        with self._lock:
            self._dropped[reason] += number
            self._in_hand -= number

    def _failed(self, error: EvidenceError) -> None:
        # Opening anew is what finds a damaged or a removed file; after a lock or a full disk it does no harm.
        self._let_go()
        if not self._trouble:
            name = "evidence_refused" if isinstance(error, EvidenceRefused) else "evidence_stopped"
            self._on_event(name, f"{error}; counts and samples are dropped when the queue is full, traffic goes on")
        self._trouble = str(error)

    def _recovered(self) -> None:
        if self._trouble:
            self._trouble = ""
            self._on_event("evidence_resumed", "the evidence store takes records again")

    def _prune_when_due(self) -> None:
        if self._retention is None or self._store is None or time.monotonic() < self._next_prune:
            return
        self._next_prune = time.monotonic() + PRUNE_SECONDS
        try:
            self._store.prune(now=time.time(), max_age=self._retention.max_age, max_bytes=self._retention.max_bytes)
        except EvidenceError as error:
            self._on_event("evidence_prune_failed", str(error))

    def _let_go(self) -> None:
        store, self._store = self._store, None
        if store is not None:
            try:
                store.close()
            except Exception as error:  # noqa: BLE001 - what cannot be closed is left
                self._on_event("evidence_close_failed", str(error))
