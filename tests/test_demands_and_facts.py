"""What must be so, what is left when nothing is, and when an offer ends: the real agent over a small catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.assistant import Assistant
from schema import Item
from settings import load_settings
from wiring import Parts, open_catalogue, parts_over

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def watch(name: str, price: float, text: str = "A watch with a plain face.", **fields: Any) -> Item:
    known = {"domain": "shopping", "title": f"{name} watch", "categories": ["watch"], "currency": "USD"}
    return Item.model_validate({"id": name, "price": price, "text": text, **known, **fields})


ITEMS = [
    watch("Reef", 80, "A waterproof watch for swimmers.", creators=["Reef"]),
    watch("Dune", 60, "A watch that is not waterproof."),
    watch("Moor", 50),
    watch("Fell", 70, valid_from="2026-11-20T00:00:00Z", valid_until="2026-11-28T00:00:00Z", attributes={"old_price": 99}),
    watch("Peak", 65, attributes={"seasons": ("black_friday",)}),
    Item(id="lamp", domain="shopping", title="Desk lamp", categories=("lamp",), price=20, currency="USD"),
]  # fmt: skip


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = load_settings(home=tmp_path_factory.mktemp("demands") / "home")
    with closing(open_catalogue(settings)) as catalogue:
        catalogue.add(ITEMS)
        with parts_over(catalogue, settings) as opened:
            yield opened


async def shown(assistant: Assistant, *texts: str) -> tuple[list[str], str]:
    """The ids and the text of the last answer."""
    for text in texts:
        reply = await assistant.ask(text, session=" ".join(texts), now=NOW)
    return [each.item.id for each in reply.recommendations], reply.text


async def test_what_must_be_so_leaves_one_and_says_so(assistant: Assistant) -> None:
    ids, text = await shown(assistant, "I need a watch that must be waterproof")
    assert ids == ["Reef"] and text.startswith("Only one fits")


async def test_demand_that_nothing_bears_out_is_loosened_and_named(assistant: Assistant) -> None:
    ids, text = await shown(assistant, "a watch under $75", "it must be waterproof")
    assert len(ids) > 1 and "Reef" not in ids
    assert "waterproof; these come closest" in text


async def test_price_is_never_loosened_for_a_demand(assistant: Assistant) -> None:
    ids, _ = await shown(assistant, "a watch under $10", "it must be waterproof")
    assert not ids


async def test_other_kinds_do_not_fill_the_answer_up(assistant: Assistant) -> None:
    ids, _ = await shown(assistant, "a lamp for my desk")
    assert ids == ["lamp"]


async def test_offer_comes_before_what_is_cheaper_every_season_and_says_its_end(assistant: Assistant) -> None:
    session = "offers"
    reply = await assistant.ask("watches on offer this week", session=session, now=NOW)
    assert reply.recommendations[0].item.id == "Fell"
    assert any("ends" in reason.text for reason in reply.recommendations[0].reasons)
    fact = await assistant.ask("until when is the first one valid?", session=session, now=NOW)
    assert "28 November 2026" in fact.text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("when does the offer on the Fell watch end?", "28 November"),
        ("how long is the Fell watch on offer?", "28 November"),
        ("what does the Fell watch cost?", "70"),
        ("Fell watch 什么时候截止？", "28 November"),
        ("until when is the Moor watch valid?", "no available until"),
    ],
)
async def test_questions_of_time_and_price_are_answered_from_fields(
    question: str, says: str, assistant: Assistant
) -> None:
    _, text = await shown(assistant, "some watches please", question)
    assert says in text


async def test_when_only_a_sale_ends_the_offer_is_said_to_end_and_not_the_item(assistant: Assistant) -> None:
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    for text in ("some watches please", "until when is the Peak watch valid?"):
        reply = await assistant.ask(text, session="sale", now=friday)
    assert "offer: yes, until" in reply.text and "available until" not in reply.text


async def test_what_was_shown_does_not_come_again_when_others_are_asked_for(assistant: Assistant) -> None:
    first, _ = await shown(assistant, "2 watches")
    second, _ = await shown(assistant, "2 watches", "others?")
    third, _ = await shown(assistant, "2 watches", "others?", "any others?")
    assert first and second and not set(first) & set(second) and not set(third) & {*first, *second}


async def test_unknown_words_find_nothing_and_are_named(assistant: Assistant) -> None:
    ids, text = await shown(assistant, "asdf qwer zxcv")
    assert not ids and "asdf qwer zxcv" in text
