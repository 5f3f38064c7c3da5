"""Live reload: every way a file is replaced is noticed within a second, and nothing that is there stops the watcher."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.errors import GatewayError, MapInvalid
from gateway.mapfile.load import read_map, revision_of
from gateway.mapfile.loaded import LoadedMap
from gateway.mapfile.watch import MapWatcher, Reload
from gateway.routing.mode import Mode
from tests.support.changing import flipped
from tests.support.maps import A_MAP

WITHIN, ATTEMPTS = 1.0, 3
"""Seconds in which a change is in force on a machine that has time, and how often it may have none."""
DEADLINE = 10.0
NEW = A_MAP.replace("mode: shadow", "mode: v2")
BAD = A_MAP.replace("mode: shadow", "mode: shadw")


class Watching:
    """A running watcher and what it said, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: queue.Queue[LoadedMap | GatewayError] = queue.Queue()
        self.threads: set[str] = set()
        self.watcher = MapWatcher(path, on_map=self._say, on_refused=self._say, initial=read_map(path).revision)
        self.watcher.start()
        assert self.watcher.reload_now().result(5) is Reload.UNCHANGED

    def _say(self, news: LoadedMap | GatewayError) -> None:
        self.threads.add(threading.current_thread().name)
        self.said.put(news)

    def expect_map(self, text: str, within: float = DEADLINE) -> None:
        """The next news is the map of that text."""
        news = self.said.get(timeout=within)
        assert isinstance(news, LoadedMap), news
        assert news.revision == revision_of(text.encode())

    def expect_refusal(self, says: str, within: float = DEADLINE) -> None:
        """The next news is a refusal."""
        news = self.said.get(timeout=within)
        assert isinstance(news, MapInvalid), news
        assert says in str(news)

    def expect_nothing(self) -> None:
        """Nothing more is said: the watcher looks once more, and only that look answers."""
        self.watcher.reload_now().result(5)
        assert self.said.empty()


@pytest.fixture
def watching(map_path: Path) -> Iterator[Watching]:
    watching = Watching(map_path)
    yield watching
    watching.watcher.stop()


def rename_over(path: Path, text: str) -> None:
    """What `sed -i`, rsync and most editors do."""
    temporary = path.with_name(".new")
    temporary.write_text(text)
    temporary.replace(path)


def write_in_place(path: Path, text: str) -> None:
    """What `cp new old` and `cat >` do."""
    path.write_text(text)


def as_vim_does(path: Path, text: str) -> None:
    """`backupcopy=no`: the old file becomes the backup, so the name is missing for a moment."""
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    path.write_text(text)
    backup.unlink()


def sed_in_place(path: Path, text: str) -> None:
    subprocess.run(["sed", "-i", "s/mode: shadow/mode: v2/", path], check=True, timeout=5)
    assert path.read_text() == text


def copy_over(path: Path, text: str) -> None:
    source = path.with_name("source")
    source.write_text(text)
    subprocess.run(["cp", source, path], check=True, timeout=5)


def delete_and_create(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


def flip_it(path: Path, text: str) -> None:
    flipped(path, "employees.get", Mode.V2)
    assert path.read_text() == text


@pytest.mark.parametrize(
    "replace",
    [rename_over, write_in_place, as_vim_does, sed_in_place, copy_over, delete_and_create, flip_it],
)
def test_every_way_to_replace_a_file_is_noticed_within_a_second(
    watching: Watching, replace: Callable[[Path, str], None]
) -> None:
    """Case 131. A machine that does other things can only make it later: the fastest of a few counts."""
    seconds = []
    for _ in range(ATTEMPTS):
        replace(watching.path, NEW)
        began = time.monotonic()
        watching.expect_map(NEW)
        seconds.append(time.monotonic() - began)
        watching.expect_nothing()
        rename_over(watching.path, A_MAP)
        watching.expect_map(A_MAP)
        if seconds[-1] < WITHIN:
            return
    pytest.fail(f"it took {seconds} s")


def test_it_runs_on_a_thread_of_its_own(watching: Watching) -> None:
    """Case 136"""
    rename_over(watching.path, NEW)
    watching.expect_map(NEW)
    assert watching.threads == {"map-watcher"}


def a_config_map(volume: Path, version: str, text: str) -> Path:
    """What the kubelet does: a new directory, then `..data` renamed over to point at it."""
    directory = volume / f"..{version}"
    directory.mkdir()
    (directory / "migration_map.yaml").write_text(text)
    link = volume / "..data_tmp"
    link.symlink_to(directory.name)
    link.replace(volume / "..data")
    return volume / "migration_map.yaml"


def test_every_swap_of_a_config_map_is_noticed(tmp_path: Path) -> None:
    """Case 131: watching the file goes blind after the first swap."""
    path = a_config_map(tmp_path, "1", A_MAP)
    path.symlink_to("..data/migration_map.yaml")
    watching = Watching(path)
    try:
        for version in range(2, 6):
            text = f"{A_MAP}# {version}\n"
            a_config_map(tmp_path, str(version), text)
            watching.expect_map(text)
    finally:
        watching.watcher.stop()


def test_a_change_behind_a_link_to_another_directory_is_noticed(tmp_path: Path, map_path: Path) -> None:
    elsewhere = tmp_path / "etc"
    elsewhere.mkdir()
    (elsewhere / "map.yaml").symlink_to(map_path)
    watching = Watching(elsewhere / "map.yaml")
    try:
        rename_over(map_path, NEW)
        watching.expect_map(NEW)
    finally:
        watching.watcher.stop()


def test_a_bad_map_is_said_once_and_a_good_one_is_taken_after_it(watching: Watching) -> None:
    """Case 129: last good kept."""
    rename_over(watching.path, BAD)
    watching.expect_refusal("`shadw` is no mode")
    assert watching.watcher.revision == revision_of(A_MAP.encode())
    write_in_place(watching.path, BAD)
    rename_over(watching.path, BAD)
    time.sleep(0.6)  # longer than the watcher takes between two looks
    assert watching.said.empty()
    rename_over(watching.path, A_MAP)
    watching.expect_map(A_MAP)  # said again, so that whoever shows the refusal can take it down
    rename_over(watching.path, NEW)
    watching.expect_map(NEW)


def test_whatever_takes_the_place_of_the_map_the_watcher_goes_on(watching: Watching) -> None:
    """Case 129: missing, directory, FIFO."""
    path = watching.path
    path.unlink()
    watching.expect_refusal("there is no such file")
    path.mkdir()
    watching.expect_refusal("this is not a regular file")
    path.rmdir()
    watching.expect_refusal("there is no such file")
    os.mkfifo(path)
    watching.expect_refusal("this is not a regular file")
    path.unlink()
    watching.expect_refusal("there is no such file")
    path.write_text(NEW)
    watching.expect_map(NEW)


def test_a_directory_that_goes_and_comes_back_is_watched_again(tmp_path: Path) -> None:
    """Case 129"""
    path = tmp_path / "etc" / "migration_map.yaml"
    path.parent.mkdir()
    path.write_text(A_MAP)
    watching = Watching(path)
    try:
        path.unlink()
        path.parent.rmdir()
        watching.expect_refusal("there is no such file")
        path.parent.mkdir()
        path.write_text(NEW)
        watching.expect_map(NEW)
        rename_over(path, A_MAP)
        watching.expect_map(A_MAP)
    finally:
        watching.watcher.stop()


def test_a_map_that_is_being_written_is_waited_for(watching: Watching) -> None:
    """Case 129: cut off after the first route it would be a valid map without the others."""
    whole = NEW + "  - {id: late, path: /late}\n"
    with watching.path.open("w") as file:
        for start in range(0, len(whole), 200):
            file.write(whole[start : start + 200])
            file.flush()
            time.sleep(0.02)
    watching.expect_map(whole)
    watching.expect_nothing()


def test_the_last_of_a_storm_of_writes_wins(map_path: Path) -> None:
    """Case 133, with a shorter storm: a thousand writes a second, watched for less than a fifth of a core."""
    watching = Watching(map_path)
    script = textwrap.dedent("""
        import sys, time
        path, text = sys.argv[1:]
        started = time.monotonic()
        for number in range(2000):
            with open(path, "w") as file:
                file.write(f"{text}# {number}\\n")
            time.sleep(max(0, started + (number + 1) / 1000 - time.monotonic()))
    """)
    try:
        cpu, wall = time.process_time(), time.monotonic()
        subprocess.run([sys.executable, "-c", script, str(map_path), A_MAP], check=True, timeout=30)
        share = (time.process_time() - cpu) / (time.monotonic() - wall)
        final = revision_of(f"{A_MAP}# 1999\n".encode())
        deadline = time.monotonic() + DEADLINE
        while watching.watcher.revision != final and time.monotonic() < deadline:
            time.sleep(0.01)
        assert watching.watcher.revision == final
        assert share < 0.2
    finally:
        watching.watcher.stop()


def test_a_thousand_rewrites_are_never_taken_halfway(watching: Watching) -> None:
    """Case 129: every map that is put in force is one that somebody wrote as a whole."""
    written = {revision_of(A_MAP.encode())}
    for number in range(1000):
        text = f"{BAD if number % 3 == 2 else NEW}# {number}\n"
        written.add(revision_of(text.encode()))
        rename_over(watching.path, text)
    rename_over(watching.path, A_MAP.replace("10", "11"))
    final = revision_of(watching.path.read_bytes())
    written.add(final)
    deadline = time.monotonic() + DEADLINE
    while watching.watcher.revision != final and time.monotonic() < deadline:
        time.sleep(0.01)
    assert watching.watcher.revision == final
    while not watching.said.empty():
        news = watching.said.get()
        if isinstance(news, LoadedMap):
            assert news.revision in written
        else:
            assert "`shadw` is no mode" in str(news)


def test_asking_for_a_reload_answers_what_came_of_it(watching: Watching) -> None:
    """Case 185's loader side: SIGHUP and the API ask like this."""
    assert watching.watcher.reload_now().result(5) is Reload.UNCHANGED
    rename_over(watching.path, BAD)
    watching.expect_refusal("`shadw`")
    assert watching.watcher.reload_now().result(5) is Reload.REFUSED
    watching.expect_refusal("`shadw`")  # whoever asks is told again


def test_asking_for_a_reload_does_not_wait(watching: Watching) -> None:
    """Case 136: it may be called on an event loop."""
    started = time.monotonic()
    answers = [watching.watcher.reload_now() for _ in range(100)]
    assert time.monotonic() - started < 1
    assert {answer.result(5) for answer in answers} == {Reload.UNCHANGED}


def test_a_map_that_cannot_be_put_in_force_is_refused_and_the_next_is_taken(map_path: Path) -> None:
    refused: queue.Queue[GatewayError] = queue.Queue()
    taken: queue.Queue[LoadedMap] = queue.Queue()

    def put_in_force(loaded: LoadedMap) -> None:
        if "mode: v2" in loaded.text:
            raise LookupError("no such converter")
        taken.put(loaded)

    watcher = MapWatcher(map_path, on_map=put_in_force, on_refused=refused.put, initial=read_map(map_path).revision)
    watcher.start()
    try:
        rename_over(map_path, NEW)
        assert "could not be put in force: LookupError('no such converter')" in str(refused.get(timeout=20))
        rename_over(map_path, A_MAP + "#\n")
        assert taken.get(timeout=20).text == A_MAP + "#\n"
    finally:
        watcher.stop()


def test_stopping_is_quick_and_nobody_waits_for_ever(map_path: Path) -> None:
    watcher = MapWatcher(map_path, on_map=lambda _: None, on_refused=lambda _: None, initial="")
    watcher.start()
    started = time.monotonic()
    watcher.stop()
    assert time.monotonic() - started < 10
    late = watcher.reload_now()
    assert late.cancelled()


def test_what_changed_before_the_start_is_noticed(map_path: Path) -> None:
    taken: queue.Queue[LoadedMap] = queue.Queue()
    watcher = MapWatcher(map_path, on_map=taken.put, on_refused=lambda _: None, initial="another revision")
    watcher.start()
    try:
        assert taken.get(timeout=DEADLINE).text == A_MAP
    finally:
        watcher.stop()
