"""The file under a change: whole or untouched, one writer at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gateway.errors import MapConflict, MapInvalid, MapReadOnly
from gateway.mapfile.edit import editing, read_only
from gateway.mapfile.store import exclusive
from tests.support.maps import A_MAP

OTHER = A_MAP.replace("mode: shadow", "mode: v2").encode()
DIFF = ("-     mode: shadow", "+     mode: v2")


def put(path):
    with editing(path) as file:
        assert file.read() == A_MAP.encode()
        file.put(OTHER, DIFF)


def test_what_is_put_is_there_and_nothing_else(map_path):
    put(map_path)
    assert map_path.read_bytes() == OTHER
    assert [path.name for path in map_path.parent.iterdir()] == ["migration_map.yaml"]


def test_mode_and_owner_of_the_file_stay(map_path):
    map_path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(map_path, 12345, 54321)
    before = map_path.stat()
    put(map_path)
    after = map_path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_a_link_stays_a_link(map_path, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "map.yaml"
    link.symlink_to(Path("..") / "migration_map.yaml")
    put(link)
    assert link.is_symlink()
    assert map_path.read_bytes() == OTHER


def test_a_config_map_is_not_written_but_its_edit_is_shown(tmp_path):
    version = tmp_path / "..2026_11_20"
    version.mkdir()
    (version / "migration_map.yaml").write_text(A_MAP)
    (tmp_path / "..data").symlink_to(version.name)
    mounted = tmp_path / "migration_map.yaml"
    mounted.symlink_to("..data/migration_map.yaml")
    with pytest.raises(
        MapReadOnly, match=r"mounted from a ConfigMap[\s\S]*-     mode: shadow\n\+     mode: v2"
    ) as caught:
        put(mounted)
    assert caught.value.diff == DIFF
    assert mounted.read_text() == A_MAP
    assert read_only(mounted) is not None
    assert read_only(version / "migration_map.yaml") is None


def test_a_file_that_cannot_be_written_stays_and_its_edit_is_shown(map_path):
    """The limit on file sizes fails the write itself, for root as well."""
    script = """
        import resource, sys
        from pathlib import Path
        from gateway.errors import MapReadOnly
        from gateway.mapfile.edit import editing
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        try:
            with editing(Path(sys.argv[1])) as file:
                file.put(b"x" * 100, ["+     mode: v2"])
        except MapReadOnly as error:
            sys.stdout.write(str(error))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(map_path)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "cannot be written: File too large; make this edit where the map is kept" in done.stdout, done.stderr
    assert "+     mode: v2" in done.stdout
    assert map_path.read_text() == A_MAP
    assert [path.name for path in map_path.parent.iterdir()] == ["migration_map.yaml"]


def test_a_writer_that_does_not_finish_is_not_waited_for_for_ever(map_path):
    with (
        exclusive(map_path.parent),
        pytest.raises(MapConflict, match="another edit has held"),
        exclusive(map_path.parent, patience=0.05),
    ):
        pass


@pytest.mark.parametrize("state", ["missing", "directory", "fifo"])
def test_what_is_not_a_map_is_not_edited(tmp_path, state):
    path = tmp_path / "migration_map.yaml"
    if state == "directory":
        path.mkdir()
    elif state == "fifo":
        os.mkfifo(path)
    with pytest.raises(MapInvalid), editing(path) as file:
        file.read()
