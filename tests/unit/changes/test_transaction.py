"""A writer that is killed: the map is the old one or the new one, and the log says which."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gateway.audit.entry import Act, Action, Outcome
from gateway.audit.history import settled
from gateway.changes.site import Site
from gateway.mapfile.load import read_map
from gateway.routing.mode import Mode
from tests.support.changing import flipped
from tests.support.maps import A_MAP

CHANGING_CALLS = ("open", "write", "fsync", "ftruncate", "replace", "fchmod", "fchown", "unlink")
"""Those of `os` that change something, or are about to."""

KILLER = """
    import os, shutil, signal, sys
    from pathlib import Path
    from gateway.routing.mode import Mode
    from tests.support.changing import flipped

    folder, calls = Path(sys.argv[1]), sys.argv[2:]


    def killed_at(moment, path):
        # Flip in a child that is killed before its call number `moment`; whether it came to that.
        child = os.fork()
        if child:
            return os.waitpid(child, 0)[1] == signal.SIGKILL
        count = 0

        def deadly(function):
            def call(*arguments, **keywords):
                nonlocal count
                count += 1
                if count == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*arguments, **keywords)
            return call

        for name in calls:
            setattr(os, name, deadly(getattr(os, name)))
        try:
            flipped(path, "employees.get", Mode.V2)
        finally:
            os._exit(0)


    moment = 1
    while True:
        shutil.copytree(folder / "whole", folder / str(moment))
        if not killed_at(moment, folder / str(moment) / "migration_map.yaml"):
            break
        moment += 1
"""


def begun(site: Site, after: str) -> Act:
    before = read_map(site.map_path).revision
    return Act(
        Action.FLIP, Outcome.BEGUN, "ada", "cli", "employees.get", {"mode": "shadow"}, {"mode": "v2"}, before, after
    )


@pytest.mark.parametrize("made", [True, False])
def test_next_change_says_what_came_of_an_interrupted_one(site: Site, made: bool) -> None:
    after = A_MAP.replace("mode: shadow", "mode: v2")
    act = begun(site, flipped(site.map_path, "employees.get", Mode.V2).new_revision)
    site.map_path.write_text(A_MAP)
    entry = site.audit.append(begun(site, act.after))
    if made:
        site.map_path.write_text(after)
    flipped(site.map_path, "health", Mode.SHADOW)
    ended = next(one for one, _ in settled(site.audit.newest_first()) if one.act.of == entry.seq)
    assert ended.act.outcome is (Outcome.DONE if made else Outcome.FAILED)
    assert "interrupted" in ended.act.note
    assert site.audit.verify().open == ()
    assert site.audit.verify().holds


def test_what_nobody_can_know_is_not_claimed(site: Site) -> None:
    """Interrupted, and then edited by hand."""
    entry = site.audit.append(begun(site, "a" * 64))
    site.map_path.write_text(A_MAP + "# by hand\n")
    flipped(site.map_path, "health", Mode.SHADOW)
    ended = next(one for one, _ in settled(site.audit.newest_first()) if one.act.of == entry.seq)
    assert (ended.act.outcome, "not known" in ended.act.note) == (Outcome.FAILED, True)


def test_killed_at_every_call_a_flip_leaves_one_map_or_the_other_and_a_log_that_explains_it(tmp_path: Path) -> None:
    """Case 171: `kill -9` before each call that changes something, which is after each of them as well."""
    whole = tmp_path / "whole" / "migration_map.yaml"
    whole.parent.mkdir()
    whole.write_text(A_MAP)
    flipped(whole, "health", Mode.SHADOW)
    old = whole.read_text()
    new = old.replace("mode: shadow\n    compare", "mode: v2\n    compare")
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLER), str(tmp_path), *CHANGING_CALLS],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    folders = sorted((folder for folder in tmp_path.iterdir() if folder.name.isdigit()), key=lambda one: int(one.name))
    texts = []
    for folder in folders:
        site = Site(folder / "migration_map.yaml", None)
        texts.append(site.map_path.read_text())
        assert site.audit.verify().holds, (folder.name, site.audit.verify().findings)
        flipped(site.map_path, "articles", Mode.LEGACY)  # the next writer clears up behind it
        assert (site.audit.verify().holds, site.audit.verify().open) == (True, ()), folder.name
        acts = [entry.act for entry, outcome in settled(site.audit.newest_first()) if outcome == "done"]
        assert any(act.route == "employees.get" for act in acts) is (texts[-1] == new), folder.name
        names = sorted(path.name for path in folder.iterdir())
        assert names == [".gateway", "migration_map.yaml"], folder.name
    changed = texts.index(new)
    assert len(folders) > 20
    assert changed > 5
    assert texts == [old] * changed + [new] * (len(texts) - changed)
