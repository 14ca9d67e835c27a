"""Time expressions in a request -> windows with a role.

A grammar for each language finds intervals; what they are about (use, publication, offer)
comes from the words around them, shared by both.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo

from schema import TimeDemand, TimeRole
from timeliness.expressions.chinese import RULES as CHINESE
from timeliness.expressions.english import RULES as ENGLISH
from timeliness.expressions.found import Found, scan
from timeliness.expressions.intervals import Moment

MAX_CHARS = 5000

_OFFER = re.compile(
    r"\b(deals?|on sale|sales?|discount(?:s|ed)?|offers?|bargains?|reduced|marked down|promo\w*)\b"
    r"|优惠|打折|促销|折扣|特价|降价",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(released?|published|made|came out|come out|recorded|written|launched|premiered|out"
    r"|news|headlines?|reviews?|albums?|best (?:films?|movies?|songs?|books?|series|shows?))\b|发布|上映|出版|发行|推出|新闻",
    re.IGNORECASE,
)


def find_times(
    text: str, now: datetime, *, language: str = "en", zone: tzinfo, country: str = "US"
) -> list[TimeDemand]:
    """The time expressions of ``text`` as half-open, zone-aware windows, from left to right.

    Args:
        text: a request; what lies beyond 5,000 characters is not read.
        now: zone-aware.
        language: ``zh`` for Chinese; anything else is read as English.
        zone: in which days are meant.
        country: ISO 3166, whose holidays and hemisphere are meant.
    """
    text = text[:MAX_CHARS]
    moment = Moment(now, zone, country)
    demands = []
    for start, end, found in scan(text, CHINESE if language == "zh" else ENGLISH, moment):
        start += len(text[start:end]) - len(text[start:end].lstrip())
        phrase = text[start:end].strip()
        interval = found.interval
        demands.append(
            TimeDemand(
                phrase=_bare(phrase),
                role=found.role or _role(text, start, end, found, moment),
                start=interval.start if interval else None,
                end=interval.end if interval else None,
                recency=found.recency,
                span=(start, end),
            )
        )
    return demands


def _bare(phrase: str) -> str:
    """The phrase without a leading preposition that says nothing about the window."""
    return re.sub(r"^(?:in|from|of|on|for|at|over|come)\s+", "", phrase, flags=re.IGNORECASE)


def _role(text: str, start: int, end: int, found: Found, moment: Moment) -> TimeRole:
    if _OFFER.search(text):
        return "offer"
    before, after = text[max(0, start - 40) : start], text[end : end + 25]
    possessive = re.match(r"(?:['’]s\b|的)", after)
    if (
        _PUBLISHED.search(before)
        or (possessive and _PUBLISHED.search(after))
        or re.match(r"(?:发布|上映|出)", after)
    ):
        return "publication"
    interval = found.interval
    if interval and interval.end and interval.end <= moment.now:
        return (
            "use"
            if re.search(r"\b(was|were) (?:on|showing|playing)\b", before, re.IGNORECASE)
            else "publication"
        )
    if interval and interval.start and interval.end and (interval.end - interval.start).days > 300:
        return "publication"
    return "use"
