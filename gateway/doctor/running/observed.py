"""What legacy was seen to send, by the evidence that the gateway kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.doctor.running.answers import json_of, members_of
from gateway.evidence.sample import SampledResponse
from gateway.evidence.store import EvidenceStore, GroupQuery

GROUPS = 50
SAMPLES = 3
_OK = range(200, 300)


def seen_members(store: EvidenceStore, routes: Iterable[str]) -> Mapping[str, tuple[str, list[str]]]:
    """Route id -> how it is known, and the members of legacy's good answers as pointers.

    Raises EvidenceUnavailable, EvidenceCorrupt or EvidenceRefused, as the store does.
    """
    found: dict[str, tuple[str, list[str]]] = {}
    for route in routes:
        members: dict[str, None] = {}
        for group in store.groups(GroupQuery(route=route, limit=GROUPS)).groups:
            for sample_id in group.samples[-SAMPLES:]:
                sample = store.get(sample_id)
                legacy = sample.legacy if sample is not None else None
                if isinstance(legacy, SampledResponse) and legacy.status in _OK and not legacy.body.truncated:
                    members.update(dict.fromkeys(members_of(json_of(legacy.body.content))))
        if members:
            found[route] = ("which legacy was seen to send", list(members))
    return found
