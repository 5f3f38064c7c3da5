"""The gateway's own folder beside the map."""

from __future__ import annotations

import os

import pytest

from gateway.mapfile.own_folder import made, own_folder


def test_it_is_beside_the_real_file_behind_links(map_path, tmp_path):
    link = tmp_path / "elsewhere.yaml"
    link.symlink_to(map_path)
    assert own_folder(link) == own_folder(map_path) == map_path.parent / ".gateway"


def test_it_is_for_its_owner_alone_and_made_once(map_path):
    folder = made(own_folder(map_path))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert made(folder) == folder


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_makes_belongs_to_the_owner_of_the_maps_folder(map_path):
    os.chown(map_path.parent, 12345, 54321)
    stat = made(own_folder(map_path)).stat()
    assert (stat.st_uid, stat.st_gid) == (12345, 54321)
