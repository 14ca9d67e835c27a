"""Short answers of somebody in a hurry: bare numbers, currencies, languages, corrections, other makers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.understand.local import LocalUnderstanding
from schema import Conversation, Demand, Item
from tests.agent.conftest import NOW
from tests.agent.test_return_to_topic import after, likes

After = Callable[..., Demand]


@pytest.fixture
def said(local_understanding: LocalUnderstanding) -> After:
    return lambda *texts: after(local_understanding, *texts)


def dislikes(demand: Demand) -> set[str]:
    return {each.text for each in demand.interests if each.polarity < 0}


@pytest.mark.parametrize(
    ("before", "text", "limits"),
    [
        ("headphones under $100", "sorry, 200", {"max_price": 200.0, "currency": "USD"}),
        ("headphones under $100", "make it 80", {"max_price": 80.0}),
        ("headphones", "50 tops", {"max_price": 50.0}),
        ("headphones under 100", "euros", {"max_price": 100.0, "currency": "EUR"}),
        ("a film under 100 minutes", "90 then", {"max_minutes": 90.0}),
        ("a film", "ok up to an hour", {"max_minutes": 60.0}),
        ("耳机，200元以内", "美元", {"max_price": 200.0, "currency": "USD"}),
        ("a film in French", "never mind, English", {"languages": ("en",)}),
    ],
)
def test_bare_values_correct_what_stands(
    before: str, text: str, limits: dict[str, object], said: After
) -> None:
    demand = said(before, text)
    assert demand.intent == "refine"
    assert {name: getattr(demand.limits, name) for name in limits} == limits


@pytest.mark.parametrize("text", ["3 of them", "shorter list, 3", "just 3", "3"])
def test_small_bare_numbers_say_how_many(text: str, said: After) -> None:
    demand = said("news about the climate", text)
    assert demand.count == 3 and demand.limits.max_price is None and "short" not in likes(demand)


@pytest.mark.parametrize("text", ["200 dollars is a lot", "7 Samurai", "not 3"])
def test_numbers_among_other_words_are_no_bare_values(text: str, said: After) -> None:
    assert said("a film under 100 minutes", text).limits.max_minutes == 100


def test_what_says_more_of_a_product_does_not_take_its_place(said: After) -> None:
    assert likes(said("headphones under $200", "over-ear", "wired")) >= {"headphones", "wired"}
    assert likes(said("a backpack", "must fit a laptop")) == {"backpack", "laptop"}
    assert likes(said("some speakers", "for the garden")) >= {"speakers"}
    assert "smart lock" not in likes(said("a smart lock", "anything that notices when I walk by?"))


def test_a_refusal_is_lifted_when_the_thing_is_fine(said: After) -> None:
    assert dislikes(said("a backpack, not black", "black is ok actually")) == set()
    assert likes(said("a lock that works with HomeKit", "Alexa is fine too")) >= {"Alexa"}


def test_a_correction_takes_the_place_of_what_was_said_last(said: After) -> None:
    demand = said("a film for tonight", "funnier", "no wait, scary")
    assert "scary" in likes(demand) and "funny" not in likes(demand)


def test_or_offers_one_more_time_to_choose_from(said: After) -> None:
    assert len(said("music from the 2000s", "or the 90s").times) == 2
    assert len(said("music from the 2000s", "the 90s").times) == 1


def test_only_one_brand_takes_the_place_of_others(said: After) -> None:
    assert likes(said("headphones", "Sony or Bose", "only Sony")) == {"headphones", "Sony"}


def test_another_brand_refuses_the_makers_that_were_shown(local_understanding: LocalUnderstanding) -> None:
    camera = Item(id="c", domain="smart_home", title="Cam", creators=("Wyze",))
    standing = local_understanding.understand("a security camera", Conversation(session="s"), NOW)
    before = Conversation(session="s", demand=standing, shown=(camera,))
    demand = local_understanding.understand("a different brand", before, NOW)
    assert dislikes(demand) == {"Wyze"} and likes(demand) == {"security camera"}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("take the first", "accept"),
        ("play the 2nd", "accept"),
        ("ok deal", "accept"),
        ("take the first off the list", "reject"),
        ("never mind", "chat"),
        ("longest one?", "ask_fact"),
        ("is there a second season?", "ask_fact"),
        ("older is fine too", "refine"),
        ("thx", "thank"),
    ],
)
def test_intents_of_few_words(text: str, intent: str, local_understanding: LocalUnderstanding) -> None:
    films = tuple(
        Item(id=f"v/{n}", domain="video", title=f"Film {n}", duration_minutes=80 + n) for n in range(3)
    )
    standing = local_understanding.understand("a comedy from the 80s", Conversation(session="s"), NOW)
    before = Conversation(session="s", demand=standing, shown=films)
    assert local_understanding.understand(text, before, NOW).intent == intent


@pytest.mark.parametrize(
    ("before", "text", "domains"),
    [
        ("headphones under $100", "now a film", ("video",)),
        ("给我妈买个礼物", "算了，看电影吧", ("video",)),
        ("a film for Sunday", "matinee, kids are there", ("video",)),
    ],
)
def test_domain_changes_when_named_and_stays_when_not(
    before: str, text: str, domains: tuple[str, ...], said: After
) -> None:
    assert said(before, text).domains == domains


def test_likes_joined_by_and_are_two(said: After) -> None:
    assert {"cooking", "coffee"} <= likes(said("a gift for my girlfriend", "she likes cooking and coffee"))
