"""Puts together what reads for a console, and what observes for it."""

from __future__ import annotations

from pathlib import Path

from gateway.console.chronicle import Chronicle
from gateway.console.counting import Counting
from gateway.console.evidence_source import EvidenceSource
from gateway.console.flip_book import FlipBook
from gateway.console.map_book import MapBook
from gateway.console.observer import Observer
from gateway.console.page_reader import PageReader
from gateway.console.painter import Painter
from gateway.console.usual import Usual
from gateway.console.views.operated import Operated
from gateway.evidence.opening import Notice
from gateway.evidence.retention import Retention


def look_out(
    operated: Operated,
    map_path: Path,
    evidence: str | None,
    *,
    retention: Retention,
    front_door: str,
    notice: Notice,
) -> PageReader:
    """A reader, to be started. `evidence` is the store's URL, None when nothing is kept.

    `front_door` is where requests come in, `http://host:port`. `notice` is told of an event: its name and a sentence.
    """
    source = EvidenceSource(evidence, on_event=notice)
    counting, usual = Counting(operated.cells), Usual()
    book, flips = MapBook(map_path, operated), FlipBook(map_path)
    painter = Painter(operated, book=book, flips=flips, source=source, counting=counting, usual=usual)
    chronicle = Chronicle(counting, usual, source, retention=retention, failed=notice)
    observer = Observer(painter, chronicle, operated, failed=notice)
    return PageReader(observer, source, flips, book, front_door=front_door)
