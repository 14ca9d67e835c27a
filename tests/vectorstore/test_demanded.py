"""What must be so is a condition of the search; what begins on a day is news of that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schema import Demand, Interest, Item, TimeDemand
from vectorstore.catalogue import Catalogue
from vectorstore.conditions import Conditions
from vectorstore.search import Search

MakeItem = Callable[..., Item]
OpenCatalogue = Callable[..., Catalogue]
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def demanding(*wishes: str, **fields: Any) -> Demand:
    made = tuple(
        Interest.model_validate({"text": each, "kind": "attribute", "hard": True, **fields})
        for each in wishes
    )
    return Demand(text="watch", query="watch", interests=made)


@pytest.mark.parametrize(
    ("wish", "fields", "admitted"),
    [
        ("waterproof", {"attributes": {"features": ("waterproof",)}}, True),
        ("waterproof", {"text": "Water-resistant to fifty metres."}, True),
        ("waterproof", {"text": "It is not waterproof."}, False),
        ("waterproof", {}, False),
        ("HomeKit", {"attributes": {"works_with": ("Apple HomeKit",)}}, True),
        ("cheap", {}, True),  # told by prices, not by words
    ],
)
def test_item_must_bear_out_what_is_demanded(
    wish: str, fields: dict[str, Any], admitted: bool, make_item: MakeItem
) -> None:
    assert Conditions.of(demanding(wish), NOW).admits(make_item("it", **fields)) is admitted


@pytest.mark.parametrize("fields", [{"hard": False}, {"polarity": -1.0, "hard": False}, {"kind": "item"}])
def test_wishes_and_titles_are_no_conditions(fields: dict[str, Any], make_item: MakeItem) -> None:
    assert Conditions.of(demanding("waterproof", **fields), NOW).admits(make_item("it"))


def test_search_finds_the_few_that_meet_all_demands(
    open_catalogue: OpenCatalogue, make_item: MakeItem
) -> None:
    catalogue = open_catalogue()
    plain = [make_item(f"plain/{n}", title=f"A watch, number {n}") for n in range(200)]
    wet = make_item("wet", title="For divers", categories=["watch"], text="A waterproof one.")
    both = make_item("both", title="For all", text="Splashproof, with a leather strap.")
    catalogue.add([*plain, wet, both])
    search = Search(catalogue, catalogue.embedder)

    def found(*wishes: str) -> set[str]:
        return {each.item.id for each in search(demanding(*wishes), NOW, 5)}

    assert found("waterproof") == {"wet", "both"}
    assert found("waterproof", "leather") == {"both"}
    assert found("waterproof", "golden") == set()


@pytest.mark.parametrize("fewest", [1, 4096])
def test_event_of_the_news_belongs_to_the_day_on_which_it_begins(
    fewest: int, open_catalogue: OpenCatalogue, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.view.FEWEST_TO_COMPACT", fewest)  # rows in a snapshot, or newer
    day = datetime(2026, 11, 25, tzinfo=UTC)
    week = timedelta(days=7)

    def event(name: str, start: datetime, **fields: Any) -> Item:
        return make_item(name, valid_from=start, valid_until=start + 2 * week, **{"domain": "news", **fields})

    catalogue = open_catalogue()
    catalogue.add(
        [
            event("begins", day),
            event("yearly", datetime(2020, 11, 25, tzinfo=UTC), recurrence="FREQ=YEARLY"),
            event("goes on", day - week),
            event("offer", day, domain="shopping"),
            make_item("dated", domain="news", published_at=day),
        ]
    )
    catalogue.close()
    catalogue = open_catalogue()
    today = TimeDemand(phrase="today", role="publication", start=day, end=day + timedelta(days=1))
    found = Search(catalogue, catalogue.embedder)(Demand(text="news", times=(today,)), NOW, 9)
    assert {each.item.id for each in found} == {"begins", "yearly", "dated"}
