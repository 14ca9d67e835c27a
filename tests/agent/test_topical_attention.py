"""What draws attention elsewhere does not answer a question about a topic."""

import pytest

from agent.attention import on_topic
from schema import Demand, Interest, Item, ScoredItem, Signals, TimeDemand

TREND = TimeDemand(phrase="trending", role="trend")
FOOD = Interest(text="food")


def scored(name: str, **signals: float) -> ScoredItem:
    item = Item(id=name, domain="news", title=name)
    return ScoredItem(item=item, score=1, signals=Signals(**signals), contributions={})


FOUND = (
    scored("on topic", relevance=0.8),
    scored("on topic too", relevance=0.6, trend=0.4),
    scored("elsewhere", relevance=0.05, trend=1.0),
    scored("by category", relevance=0.05, trend=1.0, match=0.5),
    scored("linked", relevance=0.05, trend=1.0, affinity=0.2),
    scored("neither", relevance=0.05),
)


def test_a_burst_that_nothing_else_speaks_for_is_left_out() -> None:
    kept = on_topic(FOUND, Demand(text="x", interests=(FOOD,), times=(TREND,)))
    assert [each.item.id for each in kept] == [each.item.id for each in FOUND if each.item.id != "elsewhere"]


@pytest.mark.parametrize(
    "demand",
    [
        Demand(text="x", interests=(FOOD,)),
        Demand(text="x", times=(TREND,)),
        Demand(text="x", interests=(FOOD.model_copy(update={"polarity": -1.0}),), times=(TREND,)),
    ],
)
def test_all_is_kept_where_no_topic_is_named_or_no_trend_wished(demand: Demand) -> None:
    assert on_topic(FOUND, demand) == FOUND
    assert on_topic((), demand) == ()
