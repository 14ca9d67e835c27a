from math import log2

import numpy as np
import pytest

from evaluation.metrics import (
    area_under_curve,
    best_reciprocal_rank,
    grouped_bootstrap_interval,
    ndcg_at,
    ndcg_of_ranks,
    recall_at,
    recall_of_ranks,
    reciprocal_rank,
)
from evaluation.replay.answers import among_all, in_list, top
from evaluation.replay.baselines import PopularEver
from evaluation.replay.bursts import BurstWatch
from evaluation.replay.report import figures
from evaluation.replay.run import replay
from evaluation.replay.stream import DAY, Kind, Question, Stream
from tests.evaluation.tiny_stream import stream_of, tiny

NOISE = np.linspace(0.0, 1.0, 100)


def test_ranks_tell_the_same_as_rankings() -> None:
    ranking = list("abcdefgh")
    for wanted in ({"a"}, {"c", "f"}, {"h", "a", "d"}):
        ranks = [ranking.index(each) + 1 for each in wanted]
        for k in (1, 3, 5):
            assert recall_of_ranks(ranks, k) == recall_at(ranking, wanted, k)
            assert ndcg_of_ranks(ranks, k) == pytest.approx(ndcg_at(ranking, wanted, k))
        assert best_reciprocal_rank(ranks) == reciprocal_rank(ranking, wanted)


def test_area_under_curve_counts_pairs_and_ties_half() -> None:
    assert area_under_curve([3, 1, 2], [True, False, False]) == 1.0
    assert area_under_curve([1, 1, 0, 2], [True, False, False, False]) == pytest.approx(1.5 / 3)
    assert area_under_curve([1, 2], [True, True]) == 0.5


def test_the_bootstrap_draws_whole_users() -> None:
    values, users = [1.0] * 50 + [0.0] * 50, ["one"] * 50 + ["other"] * 50
    assert grouped_bootstrap_interval(values, users) == (0.0, 1.0)
    low, high = grouped_bootstrap_interval(values, [str(place) for place in range(100)])
    assert 0.35 < low < 0.5 < high < 0.65


def test_figures_of_a_tiny_stream_are_those_reckoned_by_hand() -> None:
    stream = tiny()
    outcome = replay(stream, lambda stream: [PopularEver(len(stream.arrivals))], stream.requests)
    table = figures(outcome, stream.calendar.split, seed=0)["popular ever"]
    # u finds b second of a, b; v finds c third of a, b, c.
    assert table["n"] == 2
    assert table["recall@10"] == 1.0
    assert table["mrr"] == pytest.approx((1 / 2 + 1 / 3) / 2)
    assert table["ndcg@10"] == pytest.approx((1 / log2(3) + 1 / log2(4)) / 2)
    assert table["mrr_day"] == table["mrr"]
    assert table["invalid"] == 0.0


def test_a_target_that_is_new_with_the_request_or_seen_before_is_counted_apart() -> None:
    stream = stream_of(
        {"a": 0.0, "b": 10.0},
        [(1.0, "a", "u", "click"), (10.0, "b", "u", "click"), (20.0, "a", "u", "click")],
        [(10.0, "u", ["b"], [], []), (20.0, "u", ["a"], [], [])],
    )
    outcome = replay(stream, lambda stream: [PopularEver(len(stream.arrivals))], stream.requests)
    assert (outcome.requests, outcome.unreachable) == (2, 2)
    assert outcome.answers["popular ever"] == []


def test_only_young_targets_count_in_the_figures_of_the_young() -> None:
    stream = stream_of({"old": 0.0, "new": 3 * DAY}, [], [])
    question = Question(at=3.5 * DAY, user="u", known=2)
    found = among_all(np.array([2.0, 1.0]), question, [0, 1], NOISE, stream)
    assert (found["mrr"], found["mrr_day"], found["mrr_evergreen"]) == (1.0, 0.5, 1.0)


def test_the_list_is_measured_as_mind_does() -> None:
    stream = stream_of(dict.fromkeys("abcd", 0.0), [], [])
    question = Question(at=1.0, user="u", known=4, shown=(3, 2, 1, 0))
    found = in_list(np.array([1.0, 2.0, 3.0, 4.0]), question, [2, 0], NOISE, stream)
    # b and d were not taken; the order is d c b a, the clicked stand second and fourth.
    assert found["list_auc"] == pytest.approx(1 / 4)
    assert found["list_mrr"] == pytest.approx((1 / 2 + 1 / 4) / 2)
    assert found["list_ndcg@5"] == pytest.approx((1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3)))


def test_equals_stand_in_the_order_of_the_noise_and_what_is_not_offered_is_left_out() -> None:
    noise = np.array([0.9, 0.1, 0.5])
    assert top(np.array([1.0, 1.0, -np.inf]), noise, 3) == [1, 0]
    assert top(np.array([np.nan, 1.0, 2.0]), noise, 1) == [2]


def test_a_burst_is_reflected_when_it_is_first_among_the_ten() -> None:
    deeds: list[tuple[float, str, str, Kind]] = [
        (10.0 + place, "a", f"u{place}", "click") for place in range(3)
    ]
    stream: Stream = stream_of({"a": 0.0, "b": 0.0}, [*deeds, (90.0, "b", "u", "click")], [])
    watch = BurstWatch(stream)
    assert watch.began == {0: 10.0}
    watch.look("quick", 9.0, [0])
    watch.look("quick", 16.0, [1, 0])
    watch.look("late", 50.0, [0])
    assert watch.figures("quick") == {"bursts": 1.0, "burst_reflected": 1.0, "burst_hours": 6.0 / 3600}
    assert watch.figures("late")["burst_reflected"] == 0.0
    assert watch.figures("never")["burst_hours"] == np.inf


def test_the_seed_decides_everything_that_is_drawn() -> None:
    stream = stream_of(
        {str(name): 0.0 for name in range(50)},
        [(60.0, "1", "u", "click")],
        [(10.0 + place, f"u{place}", [str(place)], [], []) for place in range(30)],
    )

    def once(seed: int) -> object:
        outcome = replay(
            stream, lambda stream: [PopularEver(len(stream.arrivals))], stream.requests, seed=seed
        )
        return figures(outcome, stream.calendar.split, seed)

    assert once(1) == once(1)
    assert once(1) != once(2)
