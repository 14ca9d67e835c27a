from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errors import ModelError
from schema import Candidate, Demand, Feedback, Item, ScoredItem, TimeDemand
from timeliness.fusion import fuse, temper
from timeliness.signals.computer import SignalComputer
from timeliness.signals.weights import SIGNALS

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PLAIN = Demand(text="something", query="something")


def thing(name: str, domain: str = "video", **fields: Any) -> Item:
    return Item.model_validate({"id": name, "domain": domain, "title": name, **fields})


def ranked(items: Sequence[Item]) -> list[Candidate]:
    return [Candidate(item=item, rank=place) for place, item in enumerate(items, 1)]


@pytest.fixture(scope="module")
def signals() -> SignalComputer:
    return SignalComputer()


def only(
    item: Item, signals: SignalComputer, now: datetime, demand: Demand = PLAIN, relevance: float = 0.5
) -> ScoredItem:
    return fuse(ranked([item]), [relevance], demand, now, signals)[0]


def test_relevance_leads_and_equals_keep_the_order_of_retrieval(
    signals: SignalComputer, now: datetime
) -> None:
    items = [thing(name) for name in "abcd"]
    scored = fuse(ranked(items), np.array([0.5, 0.9, 0.5, 0.1], dtype=np.float32), PLAIN, now, signals)
    assert [each.item.id for each in scored] == ["b", "a", "c", "d"]


@settings(deadline=None)
@given(
    probability=st.floats(0, 1),
    age=st.integers(0, 10**6),
    left=st.integers(1, 10**5),
    popularity=st.floats(0, 1),
    recency=st.floats(0, 1),
    domain=st.sampled_from(["shopping", "news", "music", "video", "smart_home"]),
)
def test_contributions_sum_exactly_to_the_score_in_any_order(
    probability: float, age: int, left: int, popularity: float, recency: float, domain: str
) -> None:
    now = datetime.fromisoformat("2026-11-25T15:00:00+00:00")
    item = thing(
        "x",
        domain,
        published_at=now - age * HOUR,
        valid_until=now + left * HOUR,
        attributes={"popularity": popularity},
    )
    demand = Demand(text="t", times=(TimeDemand(phrase="p", role="publication", recency=recency),))
    scored = only(item, SignalComputer(), now, demand, probability)
    parts = list(scored.contributions.values())
    assert set(scored.contributions) == set(SIGNALS)
    assert sum(parts) == sum(reversed(parts)) == sum(sorted(parts)) == scored.score
    assert np.isfinite(scored.score)


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("freshness", {"published_at": None}),
        ("urgency", {"valid_until": None}),
        ("popularity", {"attributes": {}}),
    ],
)
def test_taking_an_evidence_away_moves_the_score_by_what_was_said(
    signals: SignalComputer, now: datetime, name: str, gone: dict[str, Any]
) -> None:
    item = thing(
        "x",
        published_at=now - DAY,
        valid_until=now + DAY,
        attributes={"popularity": 0.8},
        categories=("drama",),
    )
    whole = only(item, signals, now)
    rest = only(item.model_copy(update=gone), signals, now)
    assert whole.contributions[name] > 0
    assert whole.score - rest.score == whole.contributions[name]


def test_a_like_lifts_relatives_by_what_is_said_of_taste(signals: SignalComputer, now: datetime) -> None:
    liked, relative = (
        thing(name, categories=("noir",), creators=("A. Maker",)) for name in ("liked", "relative")
    )
    user = signals.for_user([(liked, Feedback(session="s", item_id="liked", verdict="like", at=now))])
    before, after = only(relative, signals, now), only(relative, user, now)
    assert after.score - before.score == after.contributions["taste"] > 0.05


def test_a_disliked_item_comes_last_whatever_speaks_for_it(signals: SignalComputer, now: datetime) -> None:
    disliked = thing(
        "disliked", "news", published_at=now, valid_until=now + HOUR, attributes={"popularity": 1.0}
    )
    others = [thing(f"o{n}", "news", published_at=now - 400 * DAY) for n in range(10)]
    verdict = Feedback(session="s", item_id="disliked", verdict="dislike", at=now - 700 * DAY)
    newest = Demand(text="t", times=(TimeDemand(phrase="p", role="publication", recency=1.0),))
    user = signals.for_user([(disliked, verdict)])
    scored = fuse(ranked([disliked, *others]), [1.0] + [0.0] * 10, newest, now, user)
    assert scored[-1].item.id == "disliked"
    assert scored[-1].score < -3


def test_a_dislike_lowers_relatives_less_than_the_item(signals: SignalComputer, now: datetime) -> None:
    disliked, relative, stranger = (
        thing(name, categories=kinds)
        for name, kinds in (("d", ("noir",)), ("r", ("noir",)), ("s", ("farce",)))
    )
    user = signals.for_user([(disliked, Feedback(session="s", item_id="d", verdict="dislike", at=now))])
    scored = fuse(ranked([disliked, relative, stranger]), [0.5] * 3, PLAIN, now, user)
    assert [each.item.id for each in scored] == ["s", "r", "d"]


def test_a_demand_for_the_latest_prefers_the_new_and_one_for_classics_does_not(
    signals: SignalComputer, now: datetime
) -> None:
    old, new = thing("old", published_at=now - 365 * 30 * DAY), thing("new", published_at=now - 30 * DAY)

    def lead(demand: Demand) -> float:
        by_id = {
            each.item.id: each.score for each in fuse(ranked([old, new]), [0.5, 0.5], demand, now, signals)
        }
        return by_id["new"] - by_id["old"]

    latest = Demand(text="t", times=(TimeDemand(phrase="latest", role="publication", recency=1.0),))
    dated = Demand(text="t", times=(TimeDemand(phrase="any year", role="publication", recency=0.0),))
    classic = Demand(text="a classic film", query="a classic film")
    assert lead(latest) > lead(PLAIN) > lead(dated) > lead(classic)
    assert lead(classic) <= 0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 5))
def test_tempering_keeps_order_and_range(one: float, other: float, temperature: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= temper(low, temperature) <= temper(high, temperature) <= 1
    assert temper(0.5, temperature) == pytest.approx(0.5)
    assert temper(one, 1.0) == pytest.approx(one, abs=1e-12)


def test_tempering_lets_a_timid_scorer_decide(signals: SignalComputer, now: datetime) -> None:
    apt, fresh = thing("apt"), thing("fresh", published_at=now)
    scored = fuse(ranked([fresh, apt]), [0.001, 0.03], PLAIN, now, signals)
    assert scored[0].item.id == "apt"


@pytest.mark.parametrize("wrong", [float("nan"), -0.1, 1.5, float("inf")])
def test_what_is_no_probability_is_refused_with_the_items_id(
    signals: SignalComputer, now: datetime, wrong: float
) -> None:
    with pytest.raises(ModelError, match="'b'"):
        fuse(ranked([thing("a"), thing("b")]), [0.5, wrong], PLAIN, now, signals)


def test_a_relevance_for_each_candidate_is_needed(signals: SignalComputer, now: datetime) -> None:
    with pytest.raises(ValueError, match="2 candidates"):
        fuse(ranked([thing("a"), thing("b")]), [0.5], PLAIN, now, signals)
    assert fuse([], [], PLAIN, now, signals) == []
