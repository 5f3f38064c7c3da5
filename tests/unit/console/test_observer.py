"""Pictures are kept new for those who look, waited for when the map changed, and cost nothing when nothing happens."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.console import observer
from gateway.console.page_reader import PageReader
from gateway.console.painter import Painter
from gateway.console.views.mismatches import MismatchesQuery
from gateway.errors import EvidenceUnavailable, GatewayError, MapInvalid, RouteUnknown, SampleUnknown
from gateway.mapfile.load import read_map
from tests.support.evidence import Evidence, answer
from tests.support.picture import MAP
from tests.support.reader import OnDisk, reader_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "migration_map.yaml").write_text(MAP)
    return tmp_path / "migration_map.yaml"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path.parent}/.gateway/evidence.sqlite3"


@pytest.fixture
def reader(path: Path, url: str) -> Iterator[PageReader]:
    with reader_of(path, url) as made:
        yield made


def until(condition, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def test_the_first_who_asks_waits_and_the_next_do_not(reader: PageReader) -> None:
    assert (reader.version, reader.latest) == (0, None)
    first = reader.overview()
    assert (first.version, first.routes) == (1, 4)
    assert reader.latest is not None


def test_a_flip_is_seen_by_whoever_asks_next(reader: PageReader, path: Path) -> None:
    before = reader.overview()
    path.write_text(MAP.replace("id: moved, path: /moved, mode: v2", "id: moved, path: /moved, mode: shadow"))
    after = reader.overview()
    assert after.revision != before.revision
    assert after.version > before.version
    assert reader.route("moved").row.mode == "shadow"


def test_while_somebody_looks_new_evidence_is_seen_without_being_asked_for(
    reader: PageReader, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observer, "BRISK", 0.05)
    reader.overview()
    version = reader.version
    seen = Evidence(path)
    sample_id, _ = seen.saw("compared", answer({"a": 1}), answer({"a": 2}))
    seen.write()
    until(lambda: reader.version > version and reader.latest.rows[1].mismatches == 1)
    assert reader.mismatch(sample_id).route == "compared"
    page = reader.mismatches(MismatchesQuery())
    assert (page.found, page.mismatches, page.groups[0].samples) == (1, 1, (sample_id,))
    assert reader.mismatches(MismatchesQuery(everything=True)).causes == page.causes
    assert reader.route("compared").groups == page.groups


def test_nothing_happens_while_nobody_looks(path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = []
    real = Painter.paint
    monkeypatch.setattr(Painter, "paint", lambda self, now: painted.append(now) or real(self, now))
    monkeypatch.setattr(observer, "BRISK", 0.01)
    monkeypatch.setattr(observer, "LOOKING", 0.05)
    with reader_of(path, url) as reader:
        assert painted == []
        reader.overview()
        until(lambda: len(painted) > 1)
        time.sleep(0.1)
        number = len(painted)
        time.sleep(0.2)
        assert len(painted) - number <= 1
    assert not (path.parent / ".gateway").exists(), "nothing was begun for having been looked at"


def test_what_is_not_there_is_unknown(reader: PageReader) -> None:
    for route in ("gone", "../etc/passwd", "a\x00b", "' OR 1=1 --"):
        with pytest.raises(RouteUnknown):
            reader.route(route)
        with pytest.raises(RouteUnknown):
            reader.route_history(route)
        with pytest.raises(SampleUnknown):
            reader.mismatch(route)


def test_without_evidence_pages_say_so_and_show_the_rest(path: Path) -> None:
    with reader_of(path, None) as reader:
        page = reader.overview()
        assert "GATEWAY_EVIDENCE is off" in page.evidence
        assert reader.route("compared").gate is not None
        assert reader.history().sides.is_empty
        with pytest.raises(EvidenceUnavailable):
            reader.mismatches(MismatchesQuery())


def test_a_store_that_cannot_be_read_is_said_and_what_was_known_stays(path: Path, url: str) -> None:
    seen = Evidence(path)
    seen.saw("compared", answer({"a": 1}), answer({"a": 2}))
    seen.write()
    with reader_of(path, url) as reader:
        assert reader.overview().mismatches == 1
        for file in (path.parent / ".gateway").glob("evidence.sqlite3*"):
            file.unlink()
        (path.parent / ".gateway/evidence.sqlite3").mkdir()
        until(lambda: reader.overview().evidence != "ok")
        assert reader.overview().mismatches == 1


def test_no_map_is_an_error_that_whoever_asks_is_told(path: Path, url: str) -> None:
    operated = OnDisk(path=str(path))
    operated.workers = lambda: ()  # type: ignore[method-assign]
    path.unlink()
    told: list[tuple[str, str]] = []
    with reader_of(path, url, operated, notice=lambda *event: told.append(event)) as reader, pytest.raises(MapInvalid):
        reader.overview()
    assert [name for name, _ in told] == ["console_picture_failed"]


def test_a_reader_that_was_stopped_waits_for_nobody(path: Path, url: str) -> None:
    with reader_of(path, url) as reader:
        pass
    with pytest.raises(GatewayError):
        reader.overview()


def test_many_at_once_get_the_same_picture(reader: PageReader) -> None:
    versions: list[int] = []
    threads = [threading.Thread(target=lambda: versions.append(reader.overview().version)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(versions) == 20
    assert set(versions) == {1}


def test_the_refused_version_is_on_the_maps_page(reader: PageReader, path: Path) -> None:
    revision = read_map(path).revision
    reader.overview()
    operated = reader._book._operated
    operated.workers = lambda: ()  # type: ignore[attr-defined] # they keep the last good one
    path.write_text(MAP.replace("mode: v2", "mode: v3"))
    until(lambda: reader.map().refused is not None)
    page = reader.map()
    assert page.revision == revision
    # the picture is painted anew every few seconds while somebody looks on
    until(lambda: any(one.concern == "map_refused" for one in reader.overview().attention))
    assert datetime.fromtimestamp(reader.overview().at, UTC).year >= 2026
