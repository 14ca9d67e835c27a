"""An answer leaves out what is of another kind, and is not emptied by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.fitting import fitting, has_fitting
from schema import Demand, Interest, Item, ScoredItem, Signals


def item(name: str, **fields: Any) -> Item:
    return Item.model_validate({"id": name, "domain": "video", "title": name, **fields})


def kept(items: Sequence[Item], *interests: Interest) -> list[str]:
    scored = [ScoredItem(item=each, score=0, signals=Signals(), contributions={}) for each in items]
    return [each.item.id for each in fitting(scored, Demand(text="x", interests=interests))]


def wish(text: str, said_now: bool = True, **fields: Any) -> Interest:
    return Interest(text=text, **{"kind": "genre", "span": (0, 1) if said_now else None, **fields})


def test_other_kinds_are_left_out_however_few_remain() -> None:
    items = [item("a", categories=["jazz"]), item("b", categories=["piano"])]
    assert kept(items, wish("jazz")) == ["a"]


def test_all_stay_where_none_is_of_the_kind_or_no_kind_is_named() -> None:
    items = [item("a", categories=["jazz"]), item("b", categories=["piano"])]
    assert kept(items, wish("opera")) == kept(items, wish("quiet", kind="attribute")) == ["a", "b"]


def test_one_of_several_kinds_is_enough() -> None:
    items = [item(each, categories=[each]) for each in ("jazz", "soul", "metal")]
    assert kept(items, wish("jazz"), wish("soul")) == ["jazz", "soul"]


def test_kind_that_was_named_last_comes_before_earlier_ones() -> None:
    items = [item(each, categories=[each]) for each in ("book", "science fiction")]
    assert kept(items, wish("book", said_now=False), wish("science fiction")) == ["science fiction"]


def test_audience_counts_by_what_bears_it_out() -> None:
    items = [item("stand-up", title="Kid Gorgeous"), item("film", categories=["animation"])]
    assert kept(items, wish("kids", kind="attribute")) == ["film"]


def test_a_word_in_the_description_makes_no_kind() -> None:
    items = [item("a", text="A story about chess players."), item("b")]
    assert kept(items, wish("chess", kind="topic")) == ["a", "b"]
    assert not has_fitting(items, [wish("chess", kind="topic")])


def test_what_is_not_wanted_names_no_kind() -> None:
    items = [item("a", categories=["horror"]), item("b")]
    assert kept(items, wish("horror", polarity=-1.0)) == ["a", "b"]
