"""The directory that a map is in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.maps import A_MAP


@pytest.fixture
def map_path(tmp_path: Path) -> Path:
    """A directory with that map and nothing else."""
    path = tmp_path / "migration_map.yaml"
    path.write_text(A_MAP, encoding="utf-8")
    return path
