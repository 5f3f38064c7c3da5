"""The wheel holds the package, its data files and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built as pip builds it, but with the hatchling that is here: no network."""
    folder = tmp_path_factory.mktemp("wheel")
    made = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    (file,) = folder.glob("*.whl")
    return zipfile.ZipFile(file)


def test_the_wheel_holds_the_gateway_only(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"gateway", "flask_fastapi_gateway"}


def test_the_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    files = {
        str(file.relative_to(ROOT))
        for file in (ROOT / "gateway").rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert {"gateway/py.typed", "gateway/mapfile/migration_map.schema.json"} <= files
    assert {name for name in wheel.namelist() if name.startswith("gateway/")} == files


def test_the_wheel_has_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    names = {name.split("/", 1)[1]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert b"gateway = gateway.__main__:main" in wheel.read(names["entry_points.txt"])
    assert "licenses/LICENSE" in names
