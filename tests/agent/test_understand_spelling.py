"""Slips of the pen are mended, names are left alone, and what nobody knows is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent.understand.local import LocalUnderstanding
from agent.understand.utterance import Utterance
from schema import Conversation
from tests.agent.conftest import NOW, Understand


def mended(understanding: LocalUnderstanding, text: str) -> str:
    return understanding.spelling.corrected(Utterance(text))[0].text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("recomend me somthing", "recommend me something"),
        ("a thrillr tonite", "a thriller tonite"),
        ("wireles headphnes", "wireless headphones"),
        ("cheeper", "cheaper"),
        ("Reccomendations please", "recommendations please"),
        ("COMDEY", "comedy"),
    ],
)
def test_slips_are_mended(text: str, meant: str, local_understanding: LocalUnderstanding) -> None:
    assert mended(local_understanding, text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "films by Kurosawa and Villeneuve",
        "something like Severance",
        "discounted shoes, no budding artists",
        "it wasnt good, youre wrong",
        "我想看 thrillr",
        "a show with Zendaya",
        "",
    ],
)
def test_names_and_forms_of_known_words_are_left_alone(
    text: str, local_understanding: LocalUnderstanding
) -> None:
    assert mended(local_understanding, text).casefold() == text.casefold() or "thrillr" in text


def test_user_is_told_what_was_read_instead(understand: Understand) -> None:
    demand = understand("wireles headphnes under $50")
    assert {each.text for each in demand.interests} == {"wireless", "headphones"}
    assert any("headphnes" in each and "headphones" in each for each in demand.notes)


@pytest.mark.parametrize("text", ["asdf qwer zxcv", "hjklm", "fgdfg dfgdf"])
def test_unknown_words_alone_are_not_searched_for(text: str, understand: Understand) -> None:
    demand = understand(text)
    assert demand.intent == "chat" and demand.notes


@pytest.mark.parametrize("text", ["a film about zxcv", "zxcv headphones", "$20", "钢琴"])
def test_unknown_words_beside_known_ones_are_no_nonsense(text: str, understand: Understand) -> None:
    assert understand(text).intent == "recommend"


def test_other_languages_are_not_mended(understand: Understand) -> None:
    demand = understand("busco una película divertida para esta noche")
    assert not any("niche" in each for each in demand.notes)


def test_names_of_the_catalogue_are_no_nonsense_and_no_slips(local_understanding: LocalUnderstanding) -> None:
    def holds(words: Sequence[str]) -> bool:
        return bool({"kraftwerk", "comdey"} & set(words))

    spelling = replace(local_understanding.spelling, holds=holds)
    understanding = replace(local_understanding, spelling=spelling)
    assert understanding.understand("kraftwerk", Conversation(session="s"), NOW).intent == "recommend"
    assert mended(understanding, "comdey") == "comdey"
