"""What the words beside an amount make of it: "under", "at least", "or so", "以下"."""

from __future__ import annotations

import re
from typing import Literal

from schema import Span

Bound = Literal["max", "min", "around", "exact"]

# "around 30" admits a fifth less or more.
TOLERANCE = 0.2

_BEFORE: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "max",
        re.compile(
            r"(?:(?:\b(?:no|not|nothing|never)|n't) (?:(?!no |not |and |but )\w+ ){0,5}?(?:more|longer|higher|greater|over|above"
            r"|beyond)(?: than)?"
            r"|\b(?:under|below|beneath|less than|fewer than|at most|up to|max(?:imum)?(?: of)?|cheaper than"
            r"|shorter than|lower than|(?:not )?exceed(?:ing)?|within|inside|only (?:have|got|spend)|a "
            r"budget of"
            r"|(?:my )?budget(?: is| of|:)?(?: about)?|limit(?: is| of|:)?|(?:can|could|to|will) spend"
            r"|cap(?:ped)? at)"
            r"|<=?|≤|不超过|不高于|不要超过|别超过|最多|最高|低于|少于|不到|小于|预算(?:是|为|只有|在)?|控制在)\s*:?\s*$"
        ),
    ),
    (
        "min",
        re.compile(
            r"(?:\b(?:over|above|more than|at least|no less than|not less than|starting (?:at|from)|from"
            r"|min(?:imum)?(?: of)?|longer than|upwards of|beyond|no shorter than)"
            r"|>=?|≥|超过|至少|高于|多于|不低于|不少于|大于|最少)\s*$"
        ),
    ),
    (
        "around",
        re.compile(
            r"(?:\b(?:around|about|approx(?:imately)?\.?|roughly|circa|some|close to|something like|in the "
            r"region of)"
            r"|~|≈|大约|大概|约|差不多)\s*$"
        ),
    ),
)
_AFTER: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    (
        "max",
        re.compile(
            r"\s*(?:(?:or|and) (?:less|under|below|cheaper|shorter|lower|fewer)\b(?!\s*[\d$€£¥])|max(?:imum)?\b|tops\b|at "
            r"(?:the )?most\b"
            r"|(?:budget|limit)\b|(?:的)?(?:以下|以内|之内|内|封顶))"
        ),
    ),
    (
        "min",
        re.compile(
            r"\s*(?:or (?:more|above|over|longer)\b|and (?:up|above|more)\b|plus\b|\+|(?:的)?(?:以上|起))"
        ),
    ),
    ("around", re.compile(r"\s*(?:or so\b|ish\b|-ish\b|or thereabouts\b|give or take\b|左右|上下)")),
)


def bound_of(view: str, span: Span) -> tuple[Bound, Span]:
    """How the amount at ``span`` bounds, and the span with the words that say so."""
    start, end = span
    for bound, pattern in _AFTER:
        after = pattern.match(view, end)
        if after:
            before = _BEFORE[0][1].search(view, max(0, start - 60), start)
            return bound, (before.start() if before else start, after.end())
    for bound, pattern in _BEFORE:
        before = pattern.search(view, max(0, start - 60), start)
        if before:
            around = _BEFORE[2][1].search(view, max(0, start - 60), start)
            return ("around" if bound == "max" and around else bound), (before.start(), end)
    return "exact", span


def window(bound: Bound, amount: float) -> tuple[float | None, float | None]:
    """The (least, greatest) amount that ``bound`` admits; "exact" is read as a ceiling."""
    if bound == "min":
        return amount, None
    if bound == "around":
        return round(amount * (1 - TOLERANCE), 2), round(amount * (1 + TOLERANCE), 2)
    return None, amount
