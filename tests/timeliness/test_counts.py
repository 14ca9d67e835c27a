import random

import pytest

from timeliness.counts import DecayedCounts


def test_a_count_halves_with_each_half_life() -> None:
    counts: DecayedCounts[str] = DecayedCounts((10.0, 100.0), 5)
    counts.add("a", 0.0, 8.0)
    assert counts.value("a", 30.0) == pytest.approx(1.0)
    assert counts.value("a", 100.0, 1) == pytest.approx(4.0)
    assert counts.value("unknown", 0.0) == 0.0


def test_late_and_shuffled_events_add_up_to_the_same() -> None:
    times = [float(n * n % 101) for n in range(50)]
    one: DecayedCounts[str] = DecayedCounts((7.0,), 1)
    other: DecayedCounts[str] = DecayedCounts((7.0,), 1)
    for at in sorted(times):
        one.add("a", at)
    for at in times:
        other.add("a", at)
    assert one.value("a", 120.0) == pytest.approx(other.value("a", 120.0))
    assert one.value("a", 120.0) == pytest.approx(sum(2 ** ((at - 120) / 7) for at in times))


def test_the_smallest_makes_room_at_its_decayed_size() -> None:
    counts: DecayedCounts[str] = DecayedCounts((10.0,), 2)
    counts.add("old and large", 0.0, 100.0)
    counts.add("new", 100.0, 1.0)  # by now the old one is below a tenth
    assert counts.add("newest", 100.0, 1.0) == "old and large"
    assert set(counts) == {"new", "newest"}


def test_memory_is_bounded_and_what_is_frequent_stays_among_a_hundred_thousand_keys() -> None:
    counts: DecayedCounts[str] = DecayedCounts((1e6,), 500)
    chance = random.Random(3)
    true: dict[str, float] = {}
    for n in range(100_000):
        key = f"frequent{n % 5}" if chance.random() < 0.05 else f"once{n}"
        true[key] = true.get(key, 0.0) + 1
        counts.add(key, 0.0)
    assert len(counts) == 500
    assert len(counts._order) == 500
    for n in range(5):
        assert true[f"frequent{n}"] <= counts.value(f"frequent{n}", 0.0) <= true[f"frequent{n}"] + 200


def test_a_table_without_room_or_half_life_is_refused() -> None:
    for half_lives, capacity in (((), 5), ((0.0,), 5), ((1.0,), 0)):
        with pytest.raises(ValueError, match="positive half-lives"):
            DecayedCounts(half_lives, capacity)
    with pytest.raises(KeyError):
        DecayedCounts((1.0,), 1).pop_smallest()
