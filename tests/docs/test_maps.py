"""Every map that the documentation shows can be loaded."""

from __future__ import annotations

from pathlib import Path

from gateway.mapfile.load import parse_map


def test_the_map_loads(yaml_fence: str) -> None:
    if "version:" not in yaml_fence:  # a part of a map: it becomes whole with the least that a map needs
        yaml_fence = "version: 1\nbackends: {legacy: {wsgi: 'a:b'}, v2: {asgi: 'a:b'}}\n" + yaml_fence
    parse_map(yaml_fence.encode(), Path("migration_map.yaml"))
