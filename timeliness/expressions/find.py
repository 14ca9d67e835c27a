"""Find the time expressions of a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schema import TimeRole
from timeliness.expressions import chinese, chinese_words, english, english_tokens, english_words
from timeliness.expressions.chart import Edge, Grammar
from timeliness.expressions.moment import Moment
from timeliness.expressions.values import Clock, Length, Newness, Recurrence, Time
from timeliness.expressions.words import Lexicon, Token

Meaning = Time | Clock | Recurrence | Newness | Length
_ROLES: Mapping[str, TimeRole] = {"OnOffer": "offer", "Ending": "end", "Trend": "trend"}
_EXPRESSIONS = frozenset({"Time", "Clock", "Recurrence", "Newness", "Length", "Amount", "Ignored", *_ROLES})
_CUED = 0.5  # a reading that its own words make sure of beats one that wants a cue, at equal length


@dataclass(frozen=True, slots=True)
class Language:
    """What is needed to read a language."""

    read: Callable[[str], list[Token]]
    lexicon: Lexicon
    grammar: Grammar


LANGUAGES = {
    "en": Language(english_tokens.read, english_words.LEXICON, english.GRAMMAR),
    "zh": Language(chinese_words.read, chinese_words.LEXICON, chinese.GRAMMAR),
}


@dataclass(frozen=True, slots=True)
class Found:
    """An expression in the text: its half-open span, its meaning, and its role where its own words say it
    ("on sale", "last chance", "trending")."""

    start: int
    end: int
    meaning: Meaning
    role: TimeRole | None = None


def find(text: str, moment: Moment, language: str) -> list[Found]:
    """The expressions of ``text`` from left to right, lengths of time included; none overlaps another.

    Args:
        text: any text.
        moment: now, and what is settled by agreement.
        language: ``zh`` for Chinese; anything else is read as English.
    """
    tongue = LANGUAGES.get(language, LANGUAGES["en"])
    tokens = tongue.read(text)
    chart = tongue.grammar.parse(tongue.lexicon.edges(tokens), moment)
    return [
        Found(tokens[edge.start].start, tokens[edge.end - 1].end, edge.value, _ROLES.get(edge.category))
        for edge in _best(chart)
        if edge.category != "Ignored"
    ]


def _best(chart: list[list[Edge]]) -> list[Edge]:
    """The expressions that cover most, long ones before many short ones, none overlapping another."""
    size = len(chart)
    score = [0.0] * (size + 1)
    choice: list[Edge | None] = [None] * size
    for start in range(size - 1, -1, -1):
        score[start] = score[start + 1]
        for edge in chart[start]:
            if edge.category in _EXPRESSIONS:
                length = edge.end - edge.start
                worth = length**2 + _CUED * bool(getattr(edge.value, "cue", False)) + score[edge.end]
                if worth > score[start]:
                    score[start], choice[start] = worth, edge
    found, place = [], 0
    while place < size:
        edge_here = choice[place]
        place = place + 1 if edge_here is None else edge_here.end
        if edge_here is not None:
            found.append(edge_here)
    return found
