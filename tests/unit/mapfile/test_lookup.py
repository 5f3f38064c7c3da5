"""Finding a route, and the place where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.errors import RouteUnknown
from gateway.mapfile.load import parse_nodes
from gateway.mapfile.lookup import block_of, require_route
from tests.support.maps import A_MAP

PARSED = parse_nodes(A_MAP.encode(), Path("m.yaml"))


def test_a_route_and_the_default_are_found_by_their_ids():
    assert require_route(PARSED.loaded, "articles").path == "/articles/<path:rest>"
    assert require_route(PARSED.loaded, "__default__") is PARSED.loaded.default


@pytest.mark.parametrize(
    ("typed", "hint"), [("article", "did you mean articles?"), ("zzz", "`gateway routes` lists them")]
)
def test_an_unknown_id_says_what_was_meant(typed: str, hint: str):
    with pytest.raises(RouteUnknown) as raised:
        require_route(PARSED.loaded, typed)
    assert str(raised.value) == f"m.yaml has no route {typed!r}; {hint}"


def test_the_block_of_a_route_has_its_keys():
    block = block_of(PARSED, "articles")
    assert block is not None
    assert list(block.items)[:3] == ["id", "path", "mode"]
    defaults = block_of(PARSED, "__default__")
    assert defaults is not None
    assert "timeout" in defaults.items


def test_a_map_without_defaults_has_no_block_for_them():
    text = 'version: 1\nbackends:\n  legacy: {wsgi: "a:b"}\n  v2: {asgi: "c:d"}\n'
    assert block_of(parse_nodes(text.encode(), Path("m.yaml")), "__default__") is None
