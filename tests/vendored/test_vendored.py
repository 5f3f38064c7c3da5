"""What the console's pages carry of other people is what npm published, and is allowed to be here."""

from __future__ import annotations

import re

import pytest

from tests.vendored.vendor import FOLDER, read_record, sha256

RECORD = read_record()
NAMES = [entry["package"] for entry in RECORD]


@pytest.mark.parametrize("entry", RECORD, ids=NAMES)
def test_a_vendored_file_is_the_one_that_was_published(entry: dict) -> None:
    assert re.fullmatch(r"sha512-[A-Za-z0-9+/]{86}==", entry["integrity"])
    for name, file in entry["files"].items():
        assert sha256((FOLDER / name).read_bytes()) == file["sha256"], f"{name} was changed; run `make vendor`"


@pytest.mark.parametrize("entry", RECORD, ids=NAMES)
def test_a_vendored_package_brings_its_licence(entry: dict) -> None:
    assert entry["licence"] in {"0BSD", "MIT", "Apache-2.0"}
    texts = [(FOLDER / name).read_text(encoding="utf-8") for name in entry["files"] if "LICENSE" in name]
    assert any(len(text) > 300 for text in texts), "a licence is carried along"


def test_nothing_is_vendored_that_is_not_written_down() -> None:
    named = {name for entry in RECORD for name in entry["files"]} | {"vendored.json"}
    assert {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.is_file()} == named


def test_no_vendored_script_asks_anybody_else() -> None:
    """A source map's address would be asked for by the browser's tools, and a CDN's by everybody."""
    for file in FOLDER.rglob("*.js"):
        assert "sourceMappingURL=http" not in file.read_text(encoding="utf-8"), file
