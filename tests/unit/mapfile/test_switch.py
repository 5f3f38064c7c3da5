"""The latest word about the kill switch counts, wherever it was said."""

from __future__ import annotations

import logging
import time

import pytest

from gateway.exchange import Side
from gateway.mapfile.force import Force, Word, clear_force, force_path, write_force
from gateway.mapfile.switch import KillSwitch

LEGACY = Force(Side.LEGACY, "ada")
V2 = Force(Side.V2, "bob")


@pytest.fixture
def told():
    return []


def a_switch(map_path, told, environment=None):
    return KillSwitch(map_path, environment=environment, changed=told.append)


def test_nothing_is_forced_unless_somebody_says_so(map_path, told):
    switch = a_switch(map_path, told)
    switch.look()
    assert (switch.current, told) == (None, [])


def test_a_file_is_noticed_when_it_comes_and_when_it_goes(map_path, told):
    switch = a_switch(map_path, told)
    write_force(map_path, LEGACY)
    switch.look()
    switch.look()
    clear_force(map_path)
    switch.look()
    assert told == [LEGACY, None]


def test_a_restart_finds_it(map_path, told):
    write_force(map_path, LEGACY)
    assert a_switch(map_path, told).current == LEGACY


def test_the_file_wins_over_the_environment_and_the_environment_is_what_is_left(map_path, told):
    write_force(map_path, LEGACY)
    switch = a_switch(map_path, told, Side.V2)
    assert switch.current == LEGACY
    clear_force(map_path)
    switch.look()
    assert switch.current is not None
    assert (switch.current.side, switch.current.reason) == (Side.V2, "GATEWAY_FORCE")


def test_what_is_said_in_memory_holds_until_the_file_says_something_else(map_path, told):
    switch = a_switch(map_path, told)
    switch.say(Word(LEGACY, None))
    switch.look()
    assert switch.current == LEGACY
    write_force(map_path, V2)
    switch.look()
    clear_force(map_path)
    switch.look()
    assert told == [LEGACY, V2, None]


def test_memory_can_lift_a_file_that_cannot_be_removed(map_path, told):
    write_force(map_path, LEGACY)
    switch = a_switch(map_path, told, Side.V2)
    switch.say(Word(None, LEGACY))
    switch.look()
    assert (switch.current, told) == (None, [None])


def test_a_word_about_an_older_file_is_not_heard(map_path, told):
    """A worker that starts later is told what was said before somebody wrote the file."""
    switch = a_switch(map_path, told)
    write_force(map_path, LEGACY)
    switch.say(Word(None, None))
    assert (switch.current, told) == (LEGACY, [LEGACY])


def test_a_file_that_cannot_be_read_leaves_things_as_they_are_and_is_said_once(map_path, told, caplog):
    write_force(map_path, LEGACY)
    switch = a_switch(map_path, told)
    force_path(map_path).unlink()
    force_path(map_path).mkdir()
    with caplog.at_level(logging.ERROR):
        switch.look()
        switch.look()
    assert (switch.current, told) == (LEGACY, [])
    assert [record.message.split(":")[0] for record in caplog.records] == ["kill_switch_unreadable"]


def test_the_thread_notices_within_a_second_and_survives_who_it_tells(map_path):
    seen = []

    def tell(force):
        seen.append(force)
        raise RuntimeError("whoever is told fails")

    switch = KillSwitch(map_path, environment=None, changed=tell)
    switch.start()
    try:
        for force in (LEGACY, V2):
            write_force(map_path, force)
            deadline = time.monotonic() + 1
            while seen[-1:] != [force] and time.monotonic() < deadline:
                time.sleep(0.01)
            assert seen[-1] == force
    finally:
        switch.stop()
