"""What is put together reads, and what it cannot read is told."""

from __future__ import annotations

from pathlib import Path

from gateway.console.lookout import look_out
from gateway.console.views.mismatches import MismatchesQuery
from gateway.evidence.retention import Retention
from tests.support.evidence import Evidence, answer
from tests.support.picture import MAP
from tests.support.reader import OnDisk


def test_every_part_looks_at_the_same_map_and_the_same_evidence(tmp_path: Path) -> None:
    path = tmp_path / "migration_map.yaml"
    path.write_text(MAP)
    seen = Evidence(path)
    seen.saw("compared", answer({"n": 1}), answer({"n": 2}))
    seen.write()
    told: list[tuple[str, str]] = []
    reader = look_out(
        OnDisk(path=str(path)),
        path,
        f"sqlite:///{tmp_path}/.gateway/evidence.sqlite3",
        retention=Retention(),
        front_door="http://127.0.0.1:8000",
        notice=lambda event, sentence: told.append((event, sentence)),
    )
    assert reader.latest is None, "nothing is read before it is started"
    reader.start()
    try:
        overview = reader.overview()
        (group,) = reader.mismatches(MismatchesQuery()).groups
        page = reader.mismatch(group.samples[0])
    finally:
        reader.stop(5)
    assert (overview.mismatches, overview.revision) == (1, reader.map().revision)
    assert "http://127.0.0.1:8000" in str(page)
    assert told == []
