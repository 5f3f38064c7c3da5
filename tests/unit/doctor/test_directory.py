"""An application that changes the current directory while it is imported is named, with where it came from and went."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.doctor.directory import watched_directory
from gateway.doctor.finding import Finding


@pytest.fixture(autouse=True)
def _comes_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_application_that_goes_elsewhere_is_named_and_left_there(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    findings: list[Finding] = []
    with watched_directory("shop:app", findings):
        os.chdir("elsewhere")
    (found,) = findings
    assert found.code == "process.directory"
    assert f"importing shop:app changes the current directory from {tmp_path} to {tmp_path / 'elsewhere'}" in found.what
    assert Path.cwd() == tmp_path / "elsewhere"


def goes_and_fails() -> None:
    os.chdir("/")
    raise ImportError


def test_application_that_cannot_be_imported_is_named_all_the_same() -> None:
    findings: list[Finding] = []
    with pytest.raises(ImportError), watched_directory("shop:app", findings):
        goes_and_fails()
    assert [one.code for one in findings] == ["process.directory"]


def test_application_that_stays_or_comes_back_is_not() -> None:
    findings: list[Finding] = []
    with watched_directory("shop:app", findings):
        before = Path.cwd()
        os.chdir("/")
        os.chdir(before)
    assert findings == []


def test_folder_that_is_gone_is_no_failure(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    findings: list[Finding] = []
    with watched_directory("shop:app", findings):
        os.chdir(gone)
        gone.rmdir()
    assert "to a folder that is gone" in findings[0].what
