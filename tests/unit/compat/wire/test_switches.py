"""The switches: named as the causes name them, chosen by name, by area or all."""

import pytest

from gateway.compat.wire.switches import DELIBERATE, SWITCHES, chosen
from gateway.parity.causes import catalogue


def test_every_switch_of_a_cause_is_here_or_is_the_sessions() -> None:
    assert {cause.switch for cause in catalogue() if cause.switch} - {"session.vary"} == set(SWITCHES)


def test_a_switch_has_its_own_name() -> None:
    assert all(switch.name == name for name, switch in SWITCHES.items())


def test_an_area_stands_for_its_switches_and_all_for_every_one() -> None:
    assert chosen(["json"]) == {name for name in SWITCHES if name.startswith("json.")}
    assert chosen(["json.nan", "errors"]) == {"json.nan"} | {name for name in SWITCHES if name.startswith("errors.")}
    assert chosen(["all"]) == set(SWITCHES) - DELIBERATE
    assert chosen([]) == frozenset()


def test_what_flask_does_only_where_a_view_asks_is_chosen_by_its_name_only() -> None:
    assert chosen(["all", "files.conditional"]) - chosen(["all"]) == {"files.conditional"}
    assert "params.lax_types" not in chosen(["params"])
    assert set(SWITCHES) > DELIBERATE


def test_a_name_that_is_none_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(ValueError, match=r'did you mean "json\.http_dates"'):
        chosen(["json.http_date"])
    with pytest.raises(ValueError, match=r"there are: cookies\.attributes, errors\.pages"):
        chosen(["x"])
