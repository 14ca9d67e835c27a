"""A time expression as a grammar finds it, before the words around it settle its role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from re import Match, Pattern

from schema import TimeRole
from timeliness.expressions.intervals import Interval, Moment


@dataclass(frozen=True)
class Found:
    """An interval (None where only newness is meant), a role if the words themselves fix it, and recency."""

    interval: Interval | None
    role: TimeRole | None = None
    recency: float = 0.0


Rule = tuple[Pattern[str], Callable[[Match[str], Moment], Found | None]]


def scan(text: str, rules: tuple[Rule, ...], moment: Moment) -> list[tuple[int, int, Found]]:
    """All expressions, from left to right; of those that overlap the longest counts."""
    matches = [
        (match.start(), match.end(), match, build)
        for pattern, build in rules
        for match in pattern.finditer(text)
    ]
    matches.sort(key=lambda each: (-(each[1] - each[0]), each[0]))
    taken: list[tuple[int, int, Found]] = []
    for start, end, match, build in matches:
        if any(start < other_end and other_start < end for other_start, other_end, _ in taken):
            continue
        try:
            found = build(match, moment)
        except (ValueError, OverflowError):  # a year or count beyond what a calendar holds
            continue
        if found is not None:
            taken.append((start, end, found))
    return sorted(taken, key=lambda each: each[0])
