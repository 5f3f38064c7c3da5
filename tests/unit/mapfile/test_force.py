"""The kill switch as a file."""

from __future__ import annotations

import json

import pytest

from gateway.exchange import Side
from gateway.mapfile.force import (
    Force,
    Word,
    clear_force,
    force_of,
    force_path,
    parse_force,
    read_force,
    word_of,
    write_force,
)

FORCE = Force(Side.LEGACY, "ada", "2026-11-20T18:24:00.120Z", "v2 is on fire")


def test_what_was_written_is_read(map_path):
    assert read_force(map_path) is None
    write_force(map_path, FORCE)
    assert read_force(map_path) == FORCE
    assert json.loads(force_path(map_path).read_text())["side"] == "legacy"
    clear_force(map_path)
    assert read_force(map_path) is None
    clear_force(map_path)


def test_a_later_word_takes_the_place_of_an_earlier_one(map_path):
    write_force(map_path, FORCE)
    write_force(map_path, Force(Side.V2, "bob"))
    assert read_force(map_path) == Force(Side.V2, "bob")
    assert [path.name for path in force_path(map_path).parent.iterdir()] == ["force"]


def test_a_gateway_that_is_somebody_else_may_read_it(map_path):
    write_force(map_path, FORCE)
    assert force_path(map_path).stat().st_mode & 0o777 == 0o644
    assert force_path(map_path).stat().st_uid == map_path.parent.stat().st_uid


@pytest.mark.parametrize(
    "data", [b"", b"legacy", b"{", b"[]", b"null", b'{"side": "moon"}', b'{"side": 1}', b"\xff\x00", b"[" * 60_000]
)
def test_what_cannot_be_understood_is_taken_for_legacy(data):
    """`touch .gateway/force` at three in the morning is meant."""
    force = parse_force(data)
    assert force.side is Side.LEGACY
    assert "cannot be understood" in force.sentence()


def test_v2_is_forced_by_its_name_only():
    assert parse_force(b'{"side": "v2"}') == Force(Side.V2)


def test_a_document_is_the_force_again():
    assert force_of(FORCE.document()) == FORCE


def test_a_word_goes_through_json_as_it_is():
    for word in (Word(FORCE, None), Word(None, FORCE)):
        assert word_of(json.loads(json.dumps(word.document()))) == word


def test_the_sentence_says_who_when_and_why():
    assert FORCE.sentence() == "everything is sent to legacy by ada since 2026-11-20T18:24:00.120Z: v2 is on fire"
    assert Force(Side.LEGACY).sentence() == "everything is sent to legacy"


def test_a_folder_that_is_no_folder_forces_nothing_and_cannot_be_written(map_path):
    (map_path.parent / ".gateway").write_text("a file")
    assert read_force(map_path) is None
    clear_force(map_path)
    with pytest.raises(OSError, match="Not a directory"):
        write_force(map_path, FORCE)


def test_what_is_there_and_cannot_be_read_is_said(map_path):
    force_path(map_path).mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        read_force(map_path)
