"""What goes first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.evidence.retention import SHAPE_BYTES, Age, Kept, fair_share, stale_epochs, superfluous


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 1000), max_size=8), st.integers(0, 4000))
def test_a_fair_share_fills_the_budget_and_takes_nothing_from_the_small(sizes: dict[str, int], budget: int) -> None:
    share = fair_share(sizes, budget)
    used = sum(min(size, share) for size in sizes.values())
    assert used <= budget
    assert used == sum(sizes.values()) or used > budget - len(sizes)


def test_the_first_sample_of_a_signature_goes_last() -> None:
    samples = [Kept(f"{group}{number}", "r", group, float(number), 10) for group in "ab" for number in range(3)]
    assert superfluous(samples, 40) == ["a2", "b2"]
    assert superfluous(samples, 20) == ["a2", "b2", "a1", "b1"]
    assert set(superfluous(samples, 0)) == {sample.id for sample in samples}
    assert superfluous(samples, 60) == []


def test_an_epoch_of_the_past_goes_whole_the_oldest_first_and_the_latest_never() -> None:
    ages = [Age("r", "1", 1.0, 10), Age("r", "2", 2.0, 10), Age("r", "3", 3.0, 10), Age("q", "1", 0.0, 10)]
    assert stale_epochs(ages, 40 * SHAPE_BYTES) == []
    assert stale_epochs(ages, 30 * SHAPE_BYTES) == [("r", "1")]
    assert stale_epochs(ages, 0) == [("r", "1"), ("r", "2")]
