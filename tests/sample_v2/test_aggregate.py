"""`/aggregate`: the same answers from three calls at once as from three calls in a row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sample import processes
from tests.sample_v2.conftest import StartPair
from tests.sample_v2.overlap import Partner, running_partner
from tests.sample_v2.pair import Pair

Asked = tuple[Pair, Partner]


@pytest.fixture(scope="module")
def asked(start_pair: StartPair) -> Iterator[Asked]:
    """A pair and the partner that it asks. Slow means more than half a second."""
    with running_partner() as (partner, address):
        yield start_pair(PARTNER_URL=address, PARTNER_TIMEOUT="0.5"), partner


def test_v2_makes_the_three_calls_at_once_and_legacy_one_after_the_other(asked: Asked) -> None:
    """No clock: the partner lets v2's calls go only when all three are there, and counts legacy's."""
    pair, partner = asked
    partner.reset()
    legacy = pair.legacy.request("GET", "/aggregate?city=Krak%C3%B3w")
    assert (legacy.status, partner.peak) == (200, 1)
    partner.reset(awaited=3)
    v2 = pair.v2.request("GET", "/aggregate?city=Krak%C3%B3w")
    assert (v2.status, partner.peak) == (200, 3)
    assert v2.body == legacy.body


def test_v2_keeps_its_connections_to_the_partner(asked: Asked) -> None:
    pair, partner = asked
    partner.reset(awaited=3)
    for _ in range(4):
        assert pair.v2.request("GET", "/aggregate").status == 200
    assert len(partner.connections) == 3
    partner.reset()
    for _ in range(4):
        assert pair.legacy.request("GET", "/aggregate").status == 200
    assert len(partner.connections) == 12


@pytest.mark.parametrize(
    ("moods", "status"),
    [
        ({"weather": "broken"}, 502),
        ({"rates": "gone"}, 502),
        ({"holidays": "garbled"}, 502),
        ({"holidays": "late"}, 504),
        ({"weather": "late", "rates": "broken"}, 504),
        ({"weather": "broken", "rates": "late"}, 502),
        ({"rates": "late", "holidays": "gone"}, 504),
    ],
    ids=lambda value: "+".join(f"{name}-{mood}" for name, mood in value.items()) if isinstance(value, dict) else None,
)
def test_of_several_failures_the_first_in_legacys_order_decides(
    asked: Asked, moods: dict[str, str], status: int
) -> None:
    pair, partner = asked
    partner.reset(**moods)
    assert pair.differences("GET", "/aggregate") == []
    assert pair.v2.request("GET", "/aggregate").status == status


def test_a_partner_that_is_away_is_502(start_pair: StartPair) -> None:
    pair = start_pair(PARTNER_URL="http://127.0.0.1:9")
    assert pair.differences("GET", "/aggregate") == []
    assert pair.v2.request("GET", "/aggregate").status == 502


def test_the_samples_own_partner_is_read_the_same(
    start_pair: StartPair, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log = tmp_path_factory.mktemp("partner") / "partner.log"
    with processes.local_server("partner", log, "--latency", "0.01", "--slow", "2") as address:
        pair = start_pair(PARTNER_URL=address, PARTNER_TIMEOUT="0.5")
        for city in ("Berlin", "Z%C3%BCrich", "", "a%26b=c", "Errorville", "Garbletown", "Slowtown", "%FF"):
            assert pair.differences("GET", f"/aggregate?city={city}") == [], city
            assert pair.differences("HEAD", f"/aggregate?city={city}&city=Paris") == [], city
