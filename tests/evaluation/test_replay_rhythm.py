"""Whether a rhythm that is there is found, and one that is not adds nothing."""

import numpy as np
import pytest

from evaluation.replay.choice import gather
from evaluation.replay.rhythm import CYCLES, MOST, Rhythm, gain
from evaluation.replay.stream import DAY, HOUR, Arrival, Deed, Question
from tests.evaluation.tiny_stream import item


@pytest.fixture(scope="module")
def rhythm() -> Rhythm:
    """Horror is watched at 22 h, cartoons at 8 h, neither on a day of its own."""
    rhythm = Rhythm(3)
    for row, kinds in enumerate([("horror",), ("cartoon",), ()]):
        rhythm.arrive(Arrival(0.0, row, item(str(row), categories=kinds)))
    rng = np.random.default_rng(4)
    for day in range(300):
        for row, hour in ((0, 22.0), (1, 8.0)):
            at = day * DAY + (hour + rng.normal()) * HOUR
            rhythm.observe(Deed(at, row, f"u{day % 40}", "view"))
    return rhythm


def values(rhythm: Rhythm, at: float) -> dict[str, list[float]]:
    return {name: found.tolist() for name, found in rhythm.values(Question(at=at, user="u", known=3)).items()}


def test_a_category_rises_at_its_hour_and_falls_at_that_of_another(rhythm: Rhythm) -> None:
    late, early = values(rhythm, 400 * DAY + 22 * HOUR), values(rhythm, 400 * DAY + 8 * HOUR)
    assert late["day"][0] > 0.5
    assert late["day"][1] == -MOST
    assert early["day"][1] > 0.5
    assert late["week"] == pytest.approx([0.0, 0.0, 0.0], abs=0.1)
    assert {found[2] for found in late.values()} == {0.0}


def test_one_user_who_comes_again_and_again_makes_no_rhythm() -> None:
    rhythm = Rhythm(2)
    for row, kinds in enumerate([("horror",), ("cartoon",)]):
        rhythm.arrive(Arrival(0.0, row, item(str(row), categories=kinds)))
    for second in range(500):
        rhythm.observe(Deed(22 * HOUR + second, 0, "u", "view"))
    rhythm.observe(Deed(22 * HOUR, 1, "v", "view"))
    assert np.ptp(rhythm.values(Question(at=46 * HOUR, user="u", known=2))["day"]) < 0.05


def test_kernels_are_shares_and_reach_round_the_end_of_the_cycle() -> None:
    for cycle in CYCLES.values():
        kernel = cycle.kernel()
        assert kernel.sum(axis=1) == pytest.approx(np.ones(len(kernel)))
        assert kernel[0, -1] == pytest.approx(kernel[0, 1])


@pytest.mark.parametrize(("weight", "low", "high"), [(1.5, 0.05, 1.0), (0.0, -0.01, 0.01)])
def test_the_gain_is_that_of_the_last_column_alone(weight: float, low: float, high: float) -> None:
    rng = np.random.default_rng(6)
    lists = []
    for _ in range(1200):
        signals = rng.normal(size=(10, 2))
        chosen = int(np.argmax(signals @ [1.0, weight] + rng.gumbel(size=10)))
        lists.append(np.concatenate([signals[chosen : chosen + 1], np.delete(signals, chosen, axis=0)]))
    found = gain(gather(lists[:800]), gather(lists[800:]), [f"u{n}" for n in range(400)])
    assert low < found.mean < high
    assert found.low <= found.mean <= found.high
