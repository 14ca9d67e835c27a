"""Turns that take back, correct or turn to somebody else, as in a long conversation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.understand import is_thin, mood_question
from agent.understand.local import LocalUnderstanding
from schema import Conversation, Demand, Item, Turn
from tests.agent.conftest import NOW, Understand


def said(understanding: LocalUnderstanding, *texts: str, shown: tuple[Item, ...] = ()) -> Demand:
    """The demand after ``texts``, each answered."""
    before = Conversation(session="test", shown=shown)
    demand = Demand(text="")
    for text in texts:
        demand = understanding.understand(text, before, NOW)
        turns = (
            *before.turns,
            Turn(role="user", text=text, at=NOW),
            Turn(role="assistant", text="5 for you:", at=NOW),
        )
        before = before.model_copy(update={"demand": demand, "turns": turns})
    return demand


def likes(demand: Demand) -> set[str]:
    return {each.text for each in demand.interests if each.polarity > 0}


def dislikes(demand: Demand) -> set[str]:
    return {each.text for each in demand.interests if each.polarity < 0}


def news(name: str, title: str) -> Item:
    return Item(
        id=f"news/{name}", domain="news", title=title, published_at=datetime(2026, 11, 25, tzinfo=UTC)
    )


def test_what_no_longer_matters_is_no_wish_and_no_refusal(local_understanding: LocalUnderstanding) -> None:
    demand = said(
        local_understanding,
        "a smart lock that works with HomeKit",
        "HomeKit is not so important, Alexa is fine too",
    )
    assert demand.intent == "refine"
    assert likes(demand) == {"smart lock", "Alexa"}
    assert not dislikes(demand) and "HomeKit" not in demand.query


@pytest.mark.parametrize(
    ("text", "languages"),
    [("forget the French, English is fine", ("en",)), ("any language will do", ()), ("其他语言也可以", ())],
)
def test_language_is_changed_or_given_up(
    local_understanding: LocalUnderstanding, text: str, languages: tuple[str, ...]
) -> None:
    assert said(local_understanding, "a film in French", text).limits.languages == languages


def test_condition_said_of_it_keeps_what_it_is(local_understanding: LocalUnderstanding) -> None:
    demand = said(
        local_understanding, "a smart lock under $250", "I rent, so it must fit over the existing deadbolt"
    )
    assert demand.intent == "refine" and demand.limits.max_price == 250
    assert likes(demand) == {"smart lock", "existing deadbolt"}


def test_another_kind_of_product_takes_the_place_of_the_last(local_understanding: LocalUnderstanding) -> None:
    demand = said(
        local_understanding, "a smart lock that works with HomeKit", "and bulbs for the hallway, also HomeKit"
    )
    assert likes(demand) == {"bulbs", "HomeKit"}


def test_enough_of_a_thing_refuses_it(local_understanding: LocalUnderstanding) -> None:
    demand = said(
        local_understanding,
        "a gift for my dad under $50",
        "he loves coffee",
        "actually he has enough coffee things. he likes reading",
    )
    assert demand.limits.max_price == 50
    assert dislikes(demand) == {"coffee"} and {"gift", "father", "reading"} <= likes(demand)


def test_gift_for_somebody_else_is_asked_anew(local_understanding: LocalUnderstanding) -> None:
    demand = said(
        local_understanding,
        "a science fiction book for my dad under $50",
        "and something for my wife, she runs a lot",
    )
    assert demand.domains == ("shopping",) and demand.limits.max_price is None
    assert likes(demand) == {"partner", "running"}


def test_season_that_is_refused_is_a_topic_and_no_time(understand: Understand) -> None:
    demand = understand("nothing with Christmas in it yet", after="films")
    assert "Christmas" in dislikes(demand) and "yet" not in dislikes(demand)
    assert [each.phrase for each in demand.times] == ["tonight"]


def test_season_that_is_spoken_about_is_a_topic(understand: Understand) -> None:
    demand = understand("news about the Chinese New Year")
    assert "Chinese New Year" in likes(demand) and not demand.times


def test_news_read_already_is_put_aside_by_a_word_of_its_title(
    local_understanding: LocalUnderstanding,
) -> None:
    shown = (news("comet", "New comet can be seen"), news("quake", "Strong earthquake off the coast"))
    demand = said(
        local_understanding, "what's in the news?", "I've read about the comet already", shown=shown
    )
    assert demand.intent == "reject" and demand.limits.exclude_ids == ("news/comet",)
    assert not likes(demand)


def test_the_two_are_those_just_compared(local_understanding: LocalUnderstanding) -> None:
    shown = tuple(news(name, f"Story {name}") for name in ("one", "two", "three"))
    demand = said(
        local_understanding,
        "what's in the news?",
        "compare the first and the third",
        "which of the two is newer?",
        shown=shown,
    )
    assert [each.item_id for each in demand.references] == ["news/one", "news/three"]


def test_wish_that_says_what_it_is_for_stands_alone(local_understanding: LocalUnderstanding) -> None:
    demand = said(local_understanding, "any concerts this weekend?", "then just something calm to listen to")
    assert demand.intent == "recommend" and likes(demand) == {"relaxing"} and not demand.times


def test_why_somebody_wants_it_is_no_wish(understand: Understand) -> None:
    assert likes(understand("shorter, my sister gets tired early", after="films")) == {"light", "comedy"}


def test_greeting_is_no_wish_and_what_is_new_is_news(understand: Understand) -> None:
    demand = understand("good morning, what's new today?")
    assert demand.domains == ("news",) and not likes(demand)
    assert "hip hop" in likes(understand("hip hop from the 90s"))


@pytest.mark.parametrize(("text", "count"), [("想看一部喜剧", None), ("只要一部喜剧", 1), ("三部喜剧", 3)])
def test_one_is_an_article_in_chinese_unless_it_is_only_one(
    understand: Understand, text: str, count: int | None
) -> None:
    assert understand(text).count == count


def test_prices_that_cannot_be_are_kept_as_said(understand: Understand) -> None:
    limits = understand("headphones over $300 and under $100").limits
    assert (limits.min_price, limits.max_price) == (300, 100)
    assert understand("headphones, $100 and under").limits.max_price == 100


def test_comparison_with_nothing_says_too_little(understand: Understand) -> None:
    assert is_thin(understand("shorter"))


def test_mood_of_oneself_goes_before_that_of_the_day_and_is_asked_about(understand: Understand) -> None:
    demand = understand("I had a terrible day at work and I'm exhausted.")
    assert demand.sentiment.mood == "tired"
    assert mood_question(demand) is not None
    assert mood_question(understand("how are you?")) is None
