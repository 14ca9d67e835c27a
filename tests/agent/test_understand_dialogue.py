"""Follow-ups: what stands, what changes, what is pointed at."""

from __future__ import annotations

import pytest

from agent.understand.local import LocalUnderstanding
from schema import Conversation, Demand, Intent, Turn
from tests.agent.conftest import NOW, Understand

ALL = ("video/airplane", "video/paddington-2", "video/naked-gun", "video/palm-springs", "video/superbad")


def wants(demand: Demand) -> set[str]:
    return {each.text for each in demand.interests if each.polarity > 0}


def points_at(demand: Demand) -> list[str | None]:
    return [each.item_id for each in demand.references]


def test_cheaper_means_below_the_median_of_what_was_shown(understand: Understand) -> None:
    demand = understand("cheaper", after="films")
    assert demand.intent == "refine"
    assert demand.limits.max_price == 3.98 and demand.limits.currency == "USD"
    assert wants(demand) == {"light", "comedy"} and demand.times and demand.query == "light comedy film"


def test_cheaper_than_one_item_means_below_its_price(understand: Understand) -> None:
    assert understand("something cheaper than the Bose", after="headphones").limits.max_price == 278.99


def test_cheaper_again_never_raises_the_ceiling(understand: Understand) -> None:
    demand = understand("cheaper", after="headphones")
    assert demand.limits.max_price is not None and demand.limits.max_price < 279


def test_shorter_and_longer_follow_the_lengths_shown(understand: Understand) -> None:
    assert understand("shorter", after="films").limits.max_minutes == 89
    assert understand("longer please", after="films").limits.min_minutes == 91


def test_newer_and_older_follow_the_dates_shown(understand: Understand) -> None:
    newer = [each for each in understand("newer", after="films").times if each.role == "publication"]
    older = [each for each in understand("older", after="films").times if each.role == "publication"]
    assert newer[0].start and newer[0].start.year == 2007 and newer[0].end is None
    assert older[0].end and older[0].end.year == 2007 and older[0].start is None


def test_a_comparison_without_measure_becomes_a_quality(understand: Understand) -> None:
    demand = understand("cheaper", after="jazz")
    assert demand.limits.max_price is None and "cheap" in wants(demand)


def test_a_wish_is_added_and_its_opposite_falls(understand: Understand) -> None:
    funnier = understand("funnier", after="films")
    assert {"funny", "comedy"} <= wants(funnier) and "funny" in funnier.query
    darker = understand("no, something darker", after="films")
    assert "dark" in wants(darker) and "light" not in wants(darker) and "light" not in darker.query


def test_refusals_stand_through_refinements(understand: Understand) -> None:
    demand = understand("and for kids?", after="films")
    assert [each.text for each in demand.interests if each.polarity < 0] == ["horror"]
    assert "kids" in wants(demand)


def test_a_new_genre_takes_the_place_of_the_old_or_joins_it(understand: Understand) -> None:
    assert wants(understand("what about thrillers instead?", after="films")) == {"light", "thriller"}
    assert {"comedy", "crime"} <= wants(understand("and also with some crime", after="films"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("actually make it tomorrow", 26),
        ("make that Saturday instead", 28),
        ("no, Friday please", 27),
        ("change it to Sunday", 29),
    ],
)
def test_a_new_time_replaces_the_old_one(understand: Understand, text: str, day: int) -> None:
    demand = understand(text, after="films")
    (time,) = demand.times
    assert time.start and time.start.day == day
    assert "comedy" in wants(demand)


def test_spans_of_earlier_messages_are_forgotten(understand: Understand) -> None:
    demand = understand("and for kids?", after="films")
    assert [each.text for each in demand.interests if each.span] == ["kids"]
    assert all(each.span is None for each in demand.times)


@pytest.mark.parametrize(
    "text", ["more", "anything else?", "show me something else", "other options please", "换一批"]
)
def test_more_leaves_out_what_was_shown(understand: Understand, text: str) -> None:
    demand = understand(text, after="films")
    assert demand.intent == "refine" and set(ALL) <= set(demand.limits.shown_ids)
    assert "comedy" in wants(demand)


@pytest.mark.parametrize(
    ("text", "intent", "items"),
    [
        ("the second one", "accept", ["video/paddington-2"]),
        ("why the second?", "explain", ["video/paddington-2"]),
        ("compare the first and the third", "compare", ["video/airplane", "video/naked-gun"]),
        ("I loved the first one", "accept", ["video/airplane"]),
        ("not the last one", "reject", ["video/superbad"]),
        ("I hate that", "reject", ["video/airplane"]),
        ("who directed it?", "ask_fact", ["video/airplane"]),
        ("how long is The Naked Gun?", "ask_fact", ["video/naked-gun"]),
        ("what is the price of the second?", "ask_fact", ["video/paddington-2"]),
        ("is the last one suitable for children?", "ask_fact", ["video/superbad"]),
        ("which is the shortest?", "compare", ["video/naked-gun"]),
        ("tell me more about number 4", "ask_fact", ["video/palm-springs"]),
        ("compare the first two", "compare", ["video/airplane", "video/paddington-2"]),
        ("why Palm Springs?", "explain", ["video/palm-springs"]),
        ("第二个是谁导演的？", "ask_fact", ["video/paddington-2"]),
        ("为什么推荐第一个？", "explain", ["video/airplane"]),
        ("不要第三个", "reject", ["video/naked-gun"]),
    ],
)
def test_pointers_are_resolved(understand: Understand, text: str, intent: Intent, items: list[str]) -> None:
    demand = understand(text, after="films")
    assert (demand.intent, points_at(demand)) == (intent, items)


def test_what_is_pointed_at_in_refusal_is_excluded(understand: Understand) -> None:
    assert understand("not that one", after="films").limits.exclude_ids == ("video/airplane",)
    assert understand("I've already seen the second one", after="films").limits.exclude_ids == (
        "video/paddington-2",
    )
    assert set(understand("none of these", after="films").limits.exclude_ids) == set(ALL)
    both = understand("I hate the first one, show me something scarier", after="films")
    assert (
        both.intent == "refine" and both.limits.exclude_ids == ("video/airplane",) and "scary" in wants(both)
    )


def test_a_complaint_is_a_wish_for_its_contrary(understand: Understand) -> None:
    demand = understand("too expensive", after="films")
    assert demand.intent == "criticise" and demand.limits.max_price == 3.98 and not demand.limits.exclude_ids
    assert understand("that's too long", after="films").limits.max_minutes == 87
    boring = understand("those look boring", after="films")
    assert boring.intent == "criticise" and set(boring.limits.exclude_ids) == set(ALL)


def test_a_rank_that_was_not_shown_is_said(understand: Understand) -> None:
    demand = understand("the ninth one", after="films")
    assert points_at(demand) == [None] and "5" in demand.notes[0]


def test_more_like_one_is_a_wish_for_the_same_kind(understand: Understand) -> None:
    demand = understand("more like Paddington 2 but shorter", after="films")
    assert ("Paddington 2", "item") in {(each.text, each.kind) for each in demand.interests}
    assert demand.limits.max_minutes == 102


def test_a_topic_change_drops_the_old_wishes(understand: Understand) -> None:
    demand = understand("find me some jazz for dinner", after="films")
    assert demand.intent == "recommend" and demand.domains == ("music",)
    assert "comedy" not in wants(demand) and not demand.times
    assert not [each for each in demand.interests if each.polarity < 0]


def test_a_new_request_of_the_same_kind_keeps_only_refusals(understand: Understand) -> None:
    demand = understand("recommend a thriller from the nineties", after="films")
    assert wants(demand) == {"thriller"} and demand.limits.max_minutes is None
    assert [each.text for each in demand.interests if each.polarity < 0] == ["horror"]


@pytest.mark.parametrize(
    "text", ["start over", "forget everything I said", "重新开始", "forget me", "delete my data"]
)
def test_reset_and_privacy_leave_nothing_standing(understand: Understand, text: str) -> None:
    demand = understand(text, after="films")
    assert demand.intent in {"reset", "privacy"}
    assert not demand.interests and not demand.domains and not demand.query and not demand.times


@pytest.mark.parametrize("text", ["thanks", "hi", "who directed it?", "why the second?", "谢谢"])
def test_other_turns_leave_the_demand_standing(understand: Understand, text: str) -> None:
    demand = understand(text, after="films")
    assert demand.query == "light comedy film" and demand.times and wants(demand) == {"light", "comedy"}


def test_conditions_are_lifted_in_words(understand: Understand) -> None:
    assert understand("price doesn't matter", after="headphones").limits.max_price is None
    assert understand("under 100", after="headphones").limits.max_price == 100


def test_disliked_items_never_come_back(
    local_understanding: LocalUnderstanding, contexts: dict[str, Conversation]
) -> None:
    before = contexts["films"].model_copy(update={"disliked": ("video/x",)})
    for text in ("funnier", "recommend a drama film"):
        assert "video/x" in local_understanding.understand(text, before, NOW).limits.exclude_ids


def test_it_means_what_was_spoken_of_last(
    local_understanding: LocalUnderstanding, contexts: dict[str, Conversation]
) -> None:
    before = contexts["films"]
    asked = (
        Turn(role="user", text="why the third?", at=NOW),
        Turn(role="assistant", text="Because it is funny.", at=NOW),
    )
    before = before.model_copy(update={"turns": (*before.turns, *asked)})
    assert points_at(local_understanding.understand("who directed it?", before, NOW)) == ["video/naked-gun"]


def test_a_follow_up_without_anything_standing_is_a_request(understand: Understand) -> None:
    assert understand("something funnier").intent == "recommend"
    assert understand("the second one").references[0].item_id is None


def answered(
    understanding: LocalUnderstanding, first: str, then: str, question: str = "A film or music?"
) -> Demand:
    """The demand after a question of ours to ``first`` was answered by ``then``."""
    asked = understanding.understand(first, Conversation(session="s"), NOW)
    turns = (Turn(role="user", text=first, at=NOW), Turn(role="assistant", text=question, at=NOW))
    standing = asked.model_copy(update={"query": ""})
    return understanding.understand(then, Conversation(session="s", turns=turns, demand=standing), NOW)


def test_what_was_said_before_a_question_stands_when_it_is_answered(
    local_understanding: LocalUnderstanding,
) -> None:
    sad = answered(local_understanding, "I feel so sad today", "some music")
    assert sad.sentiment.mood == "sad" and sad.domains == ("music",)
    gift = answered(
        local_understanding, "I need a gift under $50", "for my dad who loves gardening", "For whom?"
    )
    assert gift.limits.max_price == 50 and "gift" in wants(gift)


def test_an_answer_about_another_domain_begins_anew(local_understanding: LocalUnderstanding) -> None:
    demand = answered(local_understanding, "I need a gift", "what's in the news today?", "For whom?")
    assert demand.domains == ("news",) and "gift" not in wants(demand)


def test_a_new_day_after_deals_is_a_day_for_deals(
    understand: Understand, contexts: dict[str, Conversation]
) -> None:
    asked = understand("any deals on headphones today?")
    assert [each.role for each in asked.times] == ["offer"]
    before = contexts["headphones"].model_copy(update={"demand": asked})
    contexts["deals"] = before
    (time,) = understand("sorry, I meant on Friday", after="deals").times
    assert time.role == "offer" and time.start and time.start.day == 27


def test_another_month_after_what_leaves_is_one_in_which_things_leave(
    understand: Understand, contexts: dict[str, Conversation]
) -> None:
    asked = understand("which thrillers are leaving this month?")
    assert [each.role for each in asked.times] == ["end"]
    contexts["leaving"] = contexts["films"].model_copy(update={"demand": asked})
    (time,) = understand("and next month?", after="leaving").times
    assert time.role == "end" and time.start and time.start.month == 12


def test_offers_on_a_thing_are_offers(understand: Understand) -> None:
    demand = understand("offers on kitchen tools in the next two days")
    assert demand.limits.on_offer and "offer" not in demand.query
