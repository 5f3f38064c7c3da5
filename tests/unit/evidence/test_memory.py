"""Memory: what the contract does not say of it."""

from __future__ import annotations

from gateway.evidence.memory import MemoryStore
from gateway.evidence.store import EvidenceStore
from tests.support.records import a_record


def test_what_was_read_does_not_change_when_more_is_added() -> None:
    store: EvidenceStore = MemoryStore()
    store.add([a_record(1)])
    (before,) = store.tallies()
    store.add([a_record(2)])
    assert (before.tally.shapes, before.latency.pairs) == (1, 1)
    store.close()
