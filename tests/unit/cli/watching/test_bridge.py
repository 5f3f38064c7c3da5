"""The bridge, out of what a scrape says."""

from __future__ import annotations

import pytest

from gateway.cli.watching.bridge import Bridge, read_bridge

EXPOSITION = """\
# TYPE gateway_bridge_threads gauge
gateway_bridge_threads{state="busy"} 7.0
gateway_bridge_threads{state="idle"} 2.0
gateway_bridge_threads{state="stuck"} 1.0
# TYPE gateway_bridge_queue_depth gauge
gateway_bridge_queue_depth 12.0
gateway_requests_total{route="a",side="legacy"} 5.0
"""


def test_threads_are_told_by_what_they_do_and_requests_that_wait_stand_beside() -> None:
    assert read_bridge(EXPOSITION) == Bridge(busy=7, idle=2, stuck=1, waiting=12)


@pytest.mark.parametrize(
    "text", ["", "gateway_requests_total 5.0\n", '{"error": "token_wrong"}', "gateway_bridge_threads{"]
)
def test_what_says_nothing_of_a_bridge_is_none(text: str) -> None:
    assert read_bridge(text) is None
