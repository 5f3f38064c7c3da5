"""A map, its evidence and its log."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.changes.site import Site
from gateway.evidence.opening import evidence_url
from tests.support.maps import A_MAP


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site of its own, without any evidence yet."""
    path = tmp_path / "migration_map.yaml"
    path.write_text(A_MAP, encoding="utf-8")
    return Site(path, evidence_url("", path))
