"""The mood that a speaker claims ("I'm so tired"), by the phrases of ``moods.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from schema import Span

MOODS_FILE = Path(__file__).parent / "moods.toml"

_DEGREE = (
    r"(?:(?:so|very|really|a bit|a little|quite|feeling|just|still|all|too|pretty|super|kind of|rather"
    r"|extremely"
    r"|totally|completely) )*"
)
# What follows a mood and says why ("stressed about my exams") belongs to it, not to the wish.
_CAUSE = re.compile(
    r"(?: (?:about|after|from|because of|with|at|by|over|due to|today|tonight|lately)\b"
    r"(?:(?!\b(?:and|so|but|i|need|want|please|recommend|find|show)\b)[^,.;:!?\n])*)?"
)

_OF_ONESELF = re.compile(r"i'm|i am|i feel|feeling|we're|we are")


@dataclass(frozen=True)
class Mood:
    """A mood that the speaker claims, the tone that it implies, and the words that say it and why."""

    name: str
    tone: float
    span: Span


@dataclass(frozen=True)
class MoodReader:
    """Patterns of each mood with its tone."""

    patterns: tuple[tuple[str, re.Pattern[str], float], ...]

    @classmethod
    def load(cls, path: Path = MOODS_FILE) -> MoodReader:
        """Read the committed lexicon; an entry is a mood, its tone and its phrases."""
        with path.open("rb") as file:
            stored = tomllib.load(file)
        return cls(
            tuple((mood, _phrases(entry["words"]), float(entry["tone"])) for mood, entry in stored.items())
        )

    def find(self, view: str) -> Mood | None:
        """The first mood that the speaker claims, of themselves rather than of the day."""
        found = [
            (match.start(), match.end(), name, tone)
            for name, pattern, tone in self.patterns
            if (match := pattern.search(view))
        ]
        if not found:
            return None
        start, end, name, tone = min(found, key=lambda each: (not _OF_ONESELF.match(view, each[0]), each[0]))
        cause = _CAUSE.match(view, end)
        return Mood(name, tone, (start, cause.end() if cause else end))


def _phrases(words: Iterable[str]) -> re.Pattern[str]:
    parts = [each.replace("~", _DEGREE) for each in words]
    return re.compile("|".join(rf"\b(?:{part})\b" if part.isascii() else f"(?:{part})" for part in parts))
