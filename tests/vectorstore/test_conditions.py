"""Hard conditions: what ``admits`` lets through, and that the net over columns never loses what it admits."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import inf, isnan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema import Demand, Interest, Item, Limits, TimeDemand
from vectorstore.columns import SELECTED, Columns, records
from vectorstore.conditions import Conditions
from vectorstore.lexical import LexicalIndex

MakeItem = Callable[..., Item]


def admits(item: Item, now: datetime, **demand: Any) -> bool:
    return Conditions.of(Demand(text="x", **demand), now).admits(item)


def refusing(text: str, kind: str = "genre", **fields: Any) -> tuple[Interest, ...]:
    return (Interest.model_validate({"text": text, "kind": kind, "polarity": -1, "hard": True, **fields}),)


@pytest.mark.parametrize(
    ("limits", "fields", "admitted"),
    [
        ({"max_price": 20}, {"price": 20, "currency": "USD"}, True),
        ({"max_price": 20}, {"price": 20.01, "currency": "USD"}, False),
        ({"max_price": 20}, {}, False),
        ({"min_price": 20}, {}, False),
        ({"max_price": 20}, {"price": 5, "currency": "EUR"}, True),
        ({"max_price": 20, "currency": "USD"}, {"price": 5, "currency": "EUR"}, False),
        ({"max_price": 20, "currency": "USD"}, {"price": 5, "currency": "USD"}, True),
        ({"currency": "USD"}, {}, True),
        ({"max_minutes": 100}, {"duration_minutes": 100}, True),
        ({"max_minutes": 100}, {"duration_minutes": 101}, False),
        ({"max_minutes": 100}, {}, False),
        ({"min_minutes": 60, "max_minutes": 100}, {"duration_minutes": 59}, False),
        ({"languages": ("zh",)}, {"language": "zh-Hant"}, True),
        ({"languages": ("zh-Hant",)}, {"language": "zh"}, False),
        ({"languages": ("fr", "EN")}, {"language": "en"}, True),
        ({"languages": ("e",)}, {"language": "en"}, False),
        ({"exclude_ids": ("it",)}, {}, False),
    ],
)
def test_limits(
    limits: dict[str, Any], fields: dict[str, Any], admitted: bool, make_item: MakeItem, now: datetime
) -> None:
    assert admits(make_item("it", **fields), now, limits=Limits(**limits)) is admitted


def test_domain_is_hard_when_named(make_item: MakeItem, now: datetime) -> None:
    assert admits(make_item("it", domain="news"), now)
    assert admits(make_item("it", domain="news"), now, domains=("video", "news"))
    assert not admits(make_item("it", domain="news"), now, domains=("video",))


@pytest.mark.parametrize(
    ("refused", "fields", "admitted"),
    [
        ("horror", {"categories": ["Horror"]}, False),
        ("horror", {"categories": ["Horror Movies", "Thrillers"]}, False),
        ("thriller", {"categories": ["Horror Movies", "Thrillers"]}, False),
        ("comedies", {"categories": ["comedy"]}, False),
        ("horror", {"title": "The Little Shop of Horrors"}, False),
        ("horror", {"attributes": {"mood": ["dark", "horror"]}}, False),
        ("horror", {"attributes": {"mood": "horror"}}, False),
        ("horror", {"text": "Not at all a horror film"}, True),
        ("war", {"categories": ["award winners", "software"]}, True),
        ("science fiction", {"categories": ["Sci-Fi & Fantasy"]}, False),
        ("sci-fi", {"categories": ["science fiction"]}, False),
        ("romance", {"categories": ["Romantic Movies"]}, False),
        ("恐怖片", {"categories": ["恐怖片"]}, False),
        ("恐怖", {"title": "一部恐怖电影"}, False),
        ("恐怖", {"title": "喜剧电影"}, True),
        ("!!!", {"title": "Airplane!"}, True),
        ("Drake", {"creators": ["Drake"]}, True),
    ],
)
def test_refused_words(
    refused: str, fields: dict[str, Any], admitted: bool, make_item: MakeItem, now: datetime
) -> None:
    assert admits(make_item("it", **fields), now, interests=refusing(refused)) is admitted


def test_refused_maker_and_actor_are_kept_out(make_item: MakeItem, now: datetime) -> None:
    item = make_item("it", creators=["Drake"], attributes={"cast": ["Adam Sandler"]})
    assert not admits(item, now, interests=refusing("drake", "entity"))
    assert not admits(item, now, interests=refusing("Adam Sandler", "entity"))
    assert admits(item, now, interests=refusing("Nick Drake", "entity"))


def test_soft_refusal_keeps_nothing_out(make_item: MakeItem, now: datetime) -> None:
    item = make_item("it", categories=["horror"])
    assert admits(item, now, interests=refusing("horror", hard=False))
    assert admits(item, now, interests=refusing("horror", polarity=1))


def test_expired_and_future_items_are_kept_out_unless_their_time_is_asked_for(
    make_item: MakeItem, now: datetime
) -> None:
    tomorrow = now + timedelta(days=1)
    deal = make_item("it", domain="shopping", valid_from=tomorrow, valid_until=tomorrow + timedelta(days=1))
    asked = TimeDemand(phrase="tomorrow", role="use", start=tomorrow, end=tomorrow + timedelta(hours=12))
    assert not admits(deal, now)
    assert admits(deal, now, times=(asked,))
    assert not admits(deal, now + timedelta(days=3))


def test_offer_means_now_or_the_window_asked_for(make_item: MakeItem) -> None:
    november = datetime(2026, 11, 3, 12, tzinfo=UTC)
    friday = TimeDemand(
        phrase="Black Friday",
        role="offer",
        start=datetime(2026, 11, 27, tzinfo=UTC),
        end=datetime(2026, 11, 28, tzinfo=UTC),
    )
    kettle = make_item("it", domain="shopping", attributes={"seasons": ["black_friday"]})
    reduced = make_item("it", domain="shopping", price=5, currency="USD", attributes={"old_price": 9})
    offer = Limits(on_offer=True)
    assert not admits(kettle, november, limits=offer)
    assert admits(kettle, friday.start or november, limits=offer)
    assert admits(kettle, november, limits=offer, times=(friday,))
    assert admits(reduced, november, limits=offer)
    assert not admits(make_item("it", domain="shopping"), november, limits=offer)


NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
moments = st.integers(-900, 900).map(lambda hours: NOW + timedelta(hours=12 * hours))
maybe = st.none()
windows = st.tuples(maybe | moments, maybe | moments).filter(
    lambda each: each[0] is None or each[1] is None or each[0] < each[1]
)


@st.composite
def items(draw: st.DrawFn, number: int) -> Item:
    start, end = draw(windows)
    recurring = start is not None and end is not None and draw(st.booleans())
    price = draw(maybe | st.floats(0, 100))
    attributes: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "year": st.integers(2024, 2028),
                "old_price": st.floats(0, 100),
                "seasons": st.just(("black_friday",)),
                "mood": st.sampled_from(["dark", ("light", "dark")]),
            },
        )
    )
    return Item(
        id=f"i{number}",
        domain=draw(st.sampled_from(["video", "shopping", "news"])),
        title=draw(st.sampled_from(["War and Peace", "Software", "Dark comedies"])),
        language=draw(st.sampled_from(["en", "zh", "zh-Hant"])),
        price=price,
        currency=None if price is None else draw(st.sampled_from(["USD", "EUR"])),
        duration_minutes=draw(maybe | st.floats(1, 200)),
        published_at=draw(maybe | moments),
        valid_from=start,
        valid_until=end,
        recurrence=draw(st.sampled_from(["FREQ=YEARLY", "FREQ=MONTHLY;COUNT=3"])) if recurring else None,
        attributes=attributes,
    )


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    times = []
    for role in draw(st.lists(st.sampled_from(["use", "publication", "offer", "end", "trend"]), max_size=3)):
        start, end = draw(windows)
        times.append(TimeDemand(phrase="x", role=role, start=start, end=end))
    bounds = maybe | st.floats(1, 100)
    limits = Limits(
        max_price=draw(bounds),
        min_minutes=draw(bounds),
        currency=draw(st.sampled_from([None, "USD"])),
        languages=draw(st.sampled_from([(), ("zh",), ("zh-hant", "en")])),
        on_offer=draw(st.booleans()),
        exclude_ids=draw(st.sampled_from([(), ("i0",)])),
    )
    return Demand(
        text="x",
        domains=draw(st.sampled_from([(), ("video",), ("shopping", "news")])),
        times=tuple(times),
        limits=limits,
        interests=draw(st.sampled_from([(), refusing("war"), refusing("comedy")])),
    )


def columns_of(stored: tuple[Item, ...]) -> Columns:
    """The columns of ``stored``, by way of the index; those of item n are in row n."""
    with tempfile.TemporaryDirectory() as folder:
        index = LexicalIndex(Path(folder) / "index.sqlite")
        index.apply(stored, ())
        with index.reading() as connection:
            rows = connection.execute(f"SELECT {SELECTED} FROM items ORDER BY rowid").fetchall()
        index.close()
    return Columns.of(records(rows, [1.0] * len(rows)))


@given(st.tuples(*(items(number) for number in range(6))), st.lists(demands(), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_net_and_slice_of_time_let_through_whatever_is_admitted(
    stored: tuple[Item, ...], asked: list[Demand]
) -> None:
    columns = columns_of(stored)
    for demand in asked:
        conditions = Conditions.of(demand, NOW)
        let_through = conditions.net(columns)
        since, until = conditions.published
        for row, item in enumerate(stored):
            if conditions.admits(item):
                assert let_through[row]
                undated_event = item.domain == "news" and isnan(columns.published_from[row])
                bounded = (since, until) != (-inf, inf) and not undated_event
                assert not bounded or since < columns.published_from[row] < until


def test_net_is_narrow_where_a_field_decides(make_item: MakeItem) -> None:
    stored = (
        make_item("it", price=5, currency="USD", duration_minutes=90, published_at="2024-05-01T00:00:00Z"),
        make_item("unknown"),
        make_item("french", language="fr", valid_until="2026-01-01T00:00:00Z"),
    )
    columns = columns_of(stored)
    year = TimeDemand(
        phrase="2024",
        role="publication",
        start=datetime(2024, 1, 1, tzinfo=UTC),
        end=datetime(2025, 1, 1, tzinfo=UTC),
    )
    leaving = TimeDemand(phrase="leaving by Friday", role="end", end=datetime(2026, 11, 27, tzinfo=UTC))
    gone = TimeDemand(phrase="left", role="end", start=datetime(2025, 12, 31, tzinfo=UTC), end=NOW)
    for demand, expected in (
        ({"times": (leaving,)}, [False, False, False]),
        ({"times": (gone,)}, [False, False, True]),
        ({}, [True, True, False]),
        ({"limits": Limits(max_price=5)}, [True, False, False]),
        ({"limits": Limits(max_price=5, currency="EUR")}, [False, False, False]),
        ({"limits": Limits(min_minutes=80)}, [True, False, False]),
        ({"limits": Limits(languages=("de", "EN"))}, [True, True, False]),
        ({"limits": Limits(on_offer=True)}, [False, False, False]),
        ({"times": (year,)}, [True, False, False]),
        ({"domains": ("news",)}, [False, False, False]),
    ):
        conditions = Conditions.of(Demand.model_validate({"text": "x", **demand}), NOW)
        assert conditions.net(columns).tolist() == expected, demand
