"""Whether a request says too little to recommend by, and what to ask back then."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from schema import Conversation, Demand, Turn

QUALITIES = frozenset({"cheap", "premium", "short", "long", "new", "classic"})
QUESTIONS = Path(__file__).parents[2] / "prompts" / "understand" / "questions.toml"


def clarifying_question(demand: Demand, conversation: Conversation) -> str | None:
    """The question to ask back, or None where there is enough to go on.

    It depends on what is missing: the kind of thing, or for a purchase what and for whom.
    Never asked when the last answer was a question already: then Kairos recommends from
    what it has.
    """
    missing = _missing(demand)
    if missing is None or not is_thin(demand, conversation.turns):
        return None
    questions = load_questions()[demand.language if demand.language == "zh" else "en"]
    mood = demand.sentiment.mood
    if missing == "kind" and mood and f"kind_{mood}" in questions:
        return questions[f"kind_{mood}"]
    return questions[missing]


def mood_question(demand: Demand, turns: Sequence[Turn] = ()) -> str | None:
    """What to ask one who tells of a mood; None where there is none, or the last answer was a question already."""
    questions = load_questions()[demand.language if demand.language == "zh" else "en"]
    return None if asked_last(turns) else questions.get(f"kind_{demand.sentiment.mood}")


def is_thin(demand: Demand, turns: Sequence[Turn] = ()) -> bool:
    """Whether ``demand`` says too little to recommend by, and the last answer was no question already."""
    return demand.intent in {"recommend", "refine"} and _missing(demand) is not None and not asked_last(turns)


def load_questions() -> Mapping[str, Mapping[str, str]]:
    """The questions by language and by what is missing."""
    with QUESTIONS.open("rb") as file:
        stored = tomllib.load(file)
    return {name: texts for name, texts in stored.items() if isinstance(texts, dict)}


def _missing(demand: Demand) -> str | None:
    limits = demand.limits
    wishes = [each for each in demand.interests if each.polarity > 0]
    priced = limits.max_price is not None or limits.min_price is not None
    if not demand.domains:
        wishes = [each for each in wishes if each.text not in QUALITIES]  # shorter than what?
        timed = bool(demand.times) or limits.max_minutes is not None
        return None if wishes or priced or timed or limits.on_offer else "kind"
    if demand.domains == ("shopping",) and not limits.on_offer and not demand.times:
        gift = any(each.text == "gift" for each in wishes)
        told = [each for each in wishes if each.text != "gift"]
        if not told and not priced:
            return "recipient" if gift else "product"
    return None


def asked_last(turns: Sequence[Turn]) -> bool:
    """Whether the last answer was a question."""
    answers = [turn for turn in turns if turn.role == "assistant"]
    return bool(answers) and answers[-1].text.rstrip().endswith(("?", "？"))
