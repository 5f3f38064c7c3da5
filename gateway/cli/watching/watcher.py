"""Looks at a running gateway and its evidence, again and again. What is missing is a sentence in the picture."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from gateway.cli.evidence.opening import process_settings
from gateway.cli.live import ask, metrics
from gateway.cli.watching.frame import Frame, rows_of
from gateway.cli.watching.rates import Reading, rates, read_requests
from gateway.errors import EvidenceError, EvidenceUnavailable, MapInvalid
from gateway.evidence.opening import evidence_url, read_store
from gateway.evidence.store import EvidenceStore
from gateway.judged import Judged, judge_all, read_all
from gateway.mapfile.load import read_map


class Watcher:
    """Makes frames. Raises MapInvalid for a map that cannot be used at the start; later the last good one stays."""

    def __init__(self, map_file: Path) -> None:
        self._map_file = map_file
        self._loaded = read_map(map_file)
        self._url = evidence_url(process_settings().evidence, map_file)
        self._store: EvidenceStore | None = None
        self._before: Reading | None = None

    def frame(self) -> Frame:
        """How it looks now. Rates are of the time since the last frame; the first has none."""
        map_trouble = self._reload()
        live = ask(self._map_file)
        text = metrics() if live is not None else None
        gained = None
        if text is None:
            self._before = None
        else:
            now = read_requests(text, time.monotonic())
            gained = rates(self._before, now) if self._before is not None else None
            self._before = now
        judged, causes, trouble = self._evidence()
        shown = [
            one for id_, one in judged.items() if id_ != self._loaded.default.id or one.route.shadows or one.strata
        ]
        modes = live.modes if live is not None else {}
        return Frame(
            rows=rows_of(shown, modes, gained, causes, has_evidence=trouble == "ok"),
            console=live.url if live is not None else None,
            revision=live.revision if live is not None else self._loaded.revision,
            workers=len(live.workers) if live is not None else 0,
            force=live.force if live is not None else None,
            evidence=trouble,
            map=map_trouble,
        )

    def close(self) -> None:
        """Let go of the store."""
        store, self._store = self._store, None
        if store is not None:
            with suppress(EvidenceError):
                store.close()

    def _reload(self) -> str:
        try:
            self._loaded = read_map(self._map_file)
        except MapInvalid as error:
            return f"the map cannot be used: {error.problems[0].render(error.path)}"
        return "ok"

    def _evidence(self) -> tuple[dict[str, Judged], dict[str, str], str]:
        """What the store says of every route, each route's most frequent cause, and why not, if so."""
        try:
            store = self._opened()
            judged = dict(read_all(self._loaded, store))
            return judged, {id_: cause for id_, one in judged.items() if (cause := _top_cause(store, one))}, "ok"
        except EvidenceError as error:
            self.close()
            return judge_all(self._loaded, []), {}, str(error)

    def _opened(self) -> EvidenceStore:
        if self._url is None:
            raise EvidenceUnavailable("GATEWAY_EVIDENCE is off")
        if self._store is None:
            self._store = read_store(self._url)
        return self._store


def _top_cause(store: EvidenceStore, one: Judged) -> str | None:
    if not one.mismatches:
        return None
    groups = store.groups(one.route.id, epoch=one.epoch, limit=1)
    return groups[0].causes[0] if groups and groups[0].causes else None
