"""Wishes of the season are greetings, genres change the domain, and "any more" is not "more"."""

from __future__ import annotations

import pytest

from agent.understand.local import LocalUnderstanding
from schema import Conversation
from tests.agent.conftest import NOW, Understand
from tests.agent.test_return_to_topic import after


@pytest.mark.parametrize(
    "text", ["Happy New Year! what's in the news?", "新年快乐！有什么新闻？", "Merry Christmas, any news?"]
)
def test_greeting_of_a_feast_is_no_time_and_no_wish(text: str, understand: Understand) -> None:
    demand = understand(text)
    assert demand.domains == ("news",) and not demand.interests
    assert not any("ear" in each.phrase or "新年" in each.phrase for each in demand.times)


def test_feast_that_is_asked_for_is_meant(understand: Understand) -> None:
    assert any(each.text == "christmas" for each in understand("happy christmas songs").interests)


@pytest.mark.parametrize(
    ("before", "text", "domains"),
    [
        ("a film for tonight", "any jazz?", ("music",)),
        ("a film for tonight", "what about some reggae", ("music",)),
        ("some quiet music", "any horror?", ("video",)),
        ("a film for tonight", "with jazz in it", ("video",)),
        ("a gift for my dad, a book", "science fiction", ("shopping",)),
        ("some quiet music", "classical", ("music",)),
    ],
)
def test_genre_of_another_domain_changes_the_domain(
    before: str, text: str, domains: tuple[str, ...], local_understanding: LocalUnderstanding
) -> None:
    assert after(local_understanding, before, text).domains == domains


@pytest.mark.parametrize(
    ("text", "asks_more"),
    [
        ("the price doesn't matter any more", False),
        ("it needn't be quiet, I'm not tired anymore", False),
        ("any more?", True),
        ("show me more", True),
        ("no more horror, anything else?", True),
    ],
)
def test_any_more_after_a_not_asks_for_nothing_more(
    text: str, asks_more: bool, local_understanding: LocalUnderstanding
) -> None:
    standing = local_understanding.understand("quiet music under $20", Conversation(session="s"), NOW)
    conversation = Conversation(session="s", demand=standing, seen=("seen/1",))
    demand = local_understanding.understand(text, conversation, NOW)
    assert bool(demand.limits.shown_ids) is asks_more or demand.interests != standing.interests


def test_without_singing_must_be_so(understand: Understand) -> None:
    demand = understand("piano music without singing")
    assert [(each.text, each.hard) for each in demand.interests] == [("piano", False), ("instrumental", True)]
