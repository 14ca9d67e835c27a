"""The user's tone and mood, apart from what is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.understand.fit import load_rows
from agent.understand.fitted import stored_heads
from agent.understand.local import LocalUnderstanding
from agent.understand.sentiment import SentimentReader
from evaluation.understanding import evaluate_understanding
from tests.agent.conftest import Understand


@pytest.mark.parametrize(
    ("text", "label", "mood"),
    [
        ("I had an awful day at work, everything went wrong", "negative", None),
        ("my dog died yesterday", "negative", "sad"),
        ("I'm so stressed about my exams, need relaxing music", "negative", "stressed"),
        ("long day, something easy to watch", "negative", "tired"),
        ("I just got promoted! play something to celebrate", "positive", "celebrating"),
        ("I'm bored", "negative", "bored"),
        ("can't sleep, something calm", "negative", "anxious"),
        ("I feel great today!", "positive", "happy"),
        ("今天好累，想看点治愈的", "negative", "tired"),
        ("今天心情不好", "negative", "sad"),
    ],
)
def test_the_users_feeling_is_heard(understand: Understand, text: str, label: str, mood: str | None) -> None:
    sentiment = understand(text).sentiment
    assert sentiment.label == label
    assert mood is None or sentiment.mood == mood


@pytest.mark.parametrize(
    "text",
    [
        "something sad",
        "a terrible, awful horror film please",
        "the best romantic comedy",
        "I want angry music",
        "I'm tired of superhero films",
        "no horror",
        "recommend me a depressing documentary about war",
        "来点悲伤的歌",
        "hi",
        "???",
    ],
)
def test_a_request_for_a_feeling_is_not_a_feeling(understand: Understand, text: str) -> None:
    sentiment = understand(text).sentiment
    assert (sentiment.label, sentiment.mood) == ("neutral", None)


def test_verdicts_carry_their_tone(understand: Understand) -> None:
    assert understand("I loved the first one", after="films").sentiment.label == "positive"
    assert understand("thanks, that's perfect", after="films").sentiment.label == "positive"
    assert understand("these are awful", after="films").sentiment.label == "negative"


def test_the_stored_heads_match_the_examples(local_understanding: LocalUnderstanding) -> None:
    """Fails when an example was added without ``python -m agent.understand.fit heads``."""
    assert stored_heads(local_understanding.embedder) is not None


def test_another_embedder_leaves_the_words(local_understanding: LocalUnderstanding) -> None:
    tone = SentimentReader.load("some-other-model").tone
    assert tone.vector is None and tone.remarks(local_understanding.embedder.encode(["a"])[0]) is None
    assert (
        tone.score("a wonderful, moving film", None, "en")
        > 0
        > tone.score("a dull, tedious mess", None, "en")
    )


@pytest.mark.slow
async def test_tone_on_held_out_sentences(local_understanding: LocalUnderstanding, data_folder: Path) -> None:
    english = load_rows(data_folder, "sst2/dev")
    chinese = load_rows(data_folder, "zh_shopping_reviews/train")[::100]
    assert (await evaluate_understanding(local_understanding, english))["sentiment"]["accuracy"] > 0.8
    assert (await evaluate_understanding(local_understanding, chinese))["sentiment"]["accuracy"] > 0.82
