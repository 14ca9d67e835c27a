"""Whatever is sent, understanding answers: no exception, valid spans, bounded size."""

from __future__ import annotations

from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.understand.local import LocalUnderstanding
from agent.understand.utterance import Utterance, read, singular
from schema import Conversation, Demand
from tests.agent.conftest import NOW, Understand

# Pieces that grammar, negation and pointers react to, so that random texts reach them.
PIECES = st.sampled_from(
    "no not without but , . ; first second the film music 100 $ € under between and to minutes hours tonight"
    ' like more cheaper why "Alien" (2019) \'x 《》 不 要 恐怖片 200 元 以下 两 小时 第 二 个 because <b> </b> 🎬 İ ß ﬀ \u202e'.split()
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map(" ".join))


def check(demand: Demand) -> None:
    spans = [
        *(each.span for each in demand.interests),
        *(each.span for each in demand.times),
        *(each.span for each in demand.references),
    ]
    assert all(0 <= span[0] < span[1] <= len(demand.text) for span in spans if span)
    assert demand.text == demand.text.strip()
    assert demand.model_validate_json(demand.model_dump_json()) == demand


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_no_text_breaks_a_first_turn(local_understanding: LocalUnderstanding, text: str) -> None:
    check(local_understanding.understand(text, Conversation(session="s"), NOW))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_no_text_breaks_a_follow_up(
    local_understanding: LocalUnderstanding, contexts: dict[str, Conversation], text: str
) -> None:
    demand = local_understanding.understand(text, contexts["films"], NOW)
    check(demand)
    shown = {item.id for item in contexts["films"].shown}
    assert {each.item_id for each in demand.references if each.item_id} <= shown


@given(st.text(max_size=300))
def test_the_view_has_the_length_of_the_text(text: str) -> None:
    utterance = read(text, 200)
    assert len(utterance.view) == len(utterance.text) <= 200
    assert all(utterance.view[token.start : token.end] == token.word for token in utterance.tokens)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07", "🎬🍿", "???", "\u202eevil\u202c"])
def test_nearly_nothing_is_answered(understand: Understand, text: str) -> None:
    check(understand(text))
    check(understand(text, after="films"))


def test_a_megabyte_is_cut_with_a_note(understand: Understand) -> None:
    demand = understand("a funny film " + "x" * 1_000_000)
    assert len(demand.text) <= 4000 and "first 4,000 characters" in demand.notes[0]
    assert "funny" in {each.text for each in demand.interests}


@pytest.mark.parametrize(
    "text",
    [
        "no, " * 1000,
        "between 1 and " * 300,
        "the first and " * 300,
        "\"'" * 2000,
        "不要" * 2000,
        "Aa Bb of the " * 300,
    ],
)
def test_long_odd_texts_take_no_longer_than_they_should(
    local_understanding: LocalUnderstanding, contexts: dict[str, Conversation], text: str
) -> None:
    start = thread_time()
    check(local_understanding.understand(text, contexts["films"], NOW))
    assert thread_time() - start < 3


def test_html_is_not_read_as_words(understand: Understand) -> None:
    demand = understand("<b>something funny</b><script>alert('horror')</script> for tonight")
    assert "funny" in {each.text for each in demand.interests}
    assert demand.text.startswith("<b>")  # what the user wrote stays; whoever shows it escapes it


def test_direction_marks_and_control_characters_are_dropped() -> None:
    assert read("a\u202eb\x00c\u200bd", 100).text == "ab cd"


def test_a_plural_is_undone() -> None:
    words = {
        "comedies": "comedy",
        "heroes": "hero",
        "watches": "watch",
        "news": "news",
        "boss": "boss",
        "films": "film",
    }
    assert {word: singular(word) for word in words} == words
    assert Utterance("Hanks's").tokens[0].singular == "hank"
