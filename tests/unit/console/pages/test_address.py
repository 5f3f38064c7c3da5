"""What was chosen is in the address, and nothing can get out of its place in it."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from gateway.console.pages.address import address, route_address, sample_address

ANY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(ANY)
def test_any_id_is_one_segment(name: str) -> None:
    for made in (route_address(name), sample_address(name)):
        parts = urlsplit(made)
        assert parts.query == parts.fragment == parts.netloc == parts.scheme == ""
        assert parts.path.count("/") == 2
        assert unquote(parts.path.rpartition("/")[2]) == name


@given(st.dictionaries(st.sampled_from(["q", "mode", "cause"]), ANY))
def test_what_was_chosen_can_be_read_back(chosen: dict[str, object]) -> None:
    assert parse_qs(urlsplit(address("/routes", chosen)).query) == {name: [value] for name, value in chosen.items()}


def test_defaults_are_left_out() -> None:
    assert address("/routes", {"q": "", "mode": None, "offset": 0, "everything": False}) == "/routes"
    assert address("/routes", {"q": "a b", "offset": 50}, offset=0) == "/routes?q=a+b"
    assert address("/mismatches", {"everything": True}, offset=50) == "/mismatches?everything=1&offset=50"
