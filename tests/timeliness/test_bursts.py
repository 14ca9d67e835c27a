import math
import random
from datetime import UTC, datetime

import pytest

from timeliness.bursts import find, last_burst, usual
from timeliness.visits import DAY, MOST_A_DAY, Visits

HOUR = 3600.0
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC).timestamp()


def visits_at(times: list[float]) -> Visits:
    """A different person at each time."""
    visits = Visits()
    for number, at in enumerate(times):
        visits.add(f"u{number}", "x", at)
    return visits


def noisy(rate: float, hours: int, seed: int = 5) -> list[float]:
    """A Poisson process of ``rate`` people an hour before ``NOW``, busier by day than by night."""
    chance = random.Random(seed)
    times, at = [], NOW - hours * HOUR
    while (at := at + chance.expovariate(2 * rate) * HOUR) < NOW:
        if chance.random() < 0.5 + 0.45 * math.sin(at / DAY * 2 * math.pi):
            times.append(at)
    return times


@pytest.mark.parametrize("rate", [0.2, 2.0, 25.0])
def test_a_planted_burst_is_found_at_its_moment_and_not_before(rate: float) -> None:
    start = NOW - 6 * HOUR
    planted = [start + n * HOUR / max(15, 4 * rate) for n in range(int(2 * max(15, 4 * rate)))]
    visits = visits_at(noisy(rate, 30 * 24) + planted)
    for hours in range(6, 24 * 5, 5):
        assert find(visits, NOW - hours * HOUR - 1, DAY) is None
    found = find(visits, start + HOUR, DAY)
    assert found is not None
    assert abs(found[0].since - start) <= 1800
    ended = find(visits, NOW, DAY)
    assert ended is not None
    assert abs(ended[0].until - (start + 2 * HOUR)) <= 1800


@pytest.mark.parametrize("rate", [1.0, 40.0])
def test_steady_attention_is_no_burst_at_any_hour(rate: float) -> None:
    visits = visits_at(noisy(rate, 30 * 24, seed=8))
    assert all(find(visits, NOW - hours * HOUR, DAY) is None for hours in range(0, 7 * 24, 2))


def test_a_weekly_show_is_no_burst_but_the_same_crowd_on_another_day_is() -> None:
    shows = [NOW - week * 7 * DAY + n * 60 for week in range(5) for n in range(60)]
    visits = visits_at(noisy(0.5, 30 * 24) + shows)
    assert find(visits, NOW + HOUR, DAY) is None
    other = visits_at(
        noisy(0.5, 30 * 24) + [at for at in shows if at < NOW] + [NOW - 2 * DAY + n * 60 for n in range(60)]
    )
    assert find(other, NOW - 2 * DAY + HOUR, DAY) is not None


def test_usual_is_learnt_by_the_hour_and_from_before_the_window_only() -> None:
    times = [NOW - day * DAY + n * 120 for day in range(2, 29) for n in range(30)]  # thirty people at 15:00
    learnt = usual(visits_at([*times, *(NOW - n for n in range(500))]), NOW, DAY)
    assert learnt.visits == len(times)
    assert 10 < learnt.expected(NOW, NOW + HOUR) <= 30
    assert learnt.expected(NOW - 10 * HOUR, NOW - 9 * HOUR) < 2


def test_a_user_counts_once_a_day_and_one_who_floods_not_at_all() -> None:
    visits = Visits()
    for n in range(MOST_A_DAY):
        visits.add("fan", "x", NOW - n * 60)
    assert visits.users(NOW - HOUR, NOW) == 1
    visits.add("fan", "x", NOW - 1)
    assert visits.users(NOW - HOUR, NOW) == 0
    assert visits.flooding(NOW - HOUR, NOW) == {"fan": MOST_A_DAY + 1}
    assert visits.events(NOW - HOUR, NOW) == MOST_A_DAY + 1


def test_settling_keeps_the_counts_and_forgets_who_it_was() -> None:
    visits = visits_at(noisy(2.0, 30 * 24))
    before = sum(count for _, count in visits.counted(NOW - 40 * DAY, NOW))
    held = visits.held
    visits.settle(NOW)
    assert sum(count for _, count in visits.counted(NOW - 40 * DAY, NOW)) == before
    assert visits.held < held / 2
    visits.settle(NOW + 60 * DAY)
    assert list(visits.counted(NOW - 40 * DAY, NOW + DAY)) == []


def test_the_cheapest_states_are_found() -> None:
    flat = [1.0] * 20
    assert last_burst([1] * 20, flat) is None
    assert last_burst([1] * 10 + [9] * 3 + [1] * 7, flat) is not None
    start, end, weight = last_burst([1, 9, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8, 9, 8, 0, 1, 1, 1], flat) or (
        0,
        0,
        0.0,
    )
    assert (start, end) == (13, 16)
    assert weight > 0
