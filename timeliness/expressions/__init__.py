"""Time expressions in a request: found by a grammar, read as half-open windows with a role.

``chart.py`` is the parser, ``words.py`` the lexicon; ``english*.py`` and ``chinese*.py`` hold one
grammar a language. Both share the meanings: ``dates.py``, ``spans.py``, ``ranges.py`` (days and
longer) and ``clocks.py`` (times of day), functions of a ``Moment`` (``moment.py``) to ``values.py``.
``find_times`` serves requests, with roles from ``roles.py``, ``endings.py`` and ``trends.py``; ``resolve`` writes the same readings as
the Recognizers-Text specification does. A language is two files of rules and words, and a line in
``find.py``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from schema import Span, TimeDemand, TimeRole
from timeliness.expressions.clocks import today_at
from timeliness.expressions.endings import ending_of
from timeliness.expressions.find import Found, find
from timeliness.expressions.moment import EVERYDAY, Moment
from timeliness.expressions.roles import is_meant, is_over_and_done, role_of
from timeliness.expressions.trends import draws_attention, draws_attention_over, is_lately
from timeliness.expressions.values import HOUR, Clock, Newness, Recurrence, Time, Window
from timeliness.expressions.written import Resolved, resolve

__all__ = ["Resolved", "find_times", "resolve"]

MAX_CHARS = 5000
_AT_ONCE = 3 * HOUR  # how long "now" lasts
_POINT = HOUR  # how long "at eight" lasts


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

    Raises:
        ValueError: ``now`` has no zone.
    """
    if now.utcoffset() is None:
        raise ValueError(f"now needs a zone, not {now.isoformat()}; add one such as +00:00")
    text = text[:MAX_CHARS]
    moment = Moment(now.astimezone(zone).replace(tzinfo=None), EVERYDAY, country, zone)
    expressions = find(text, moment, language)
    trending = any(each.role == "trend" for each in expressions)
    demands: list[tuple[Found, TimeDemand]] = []
    for found in expressions:
        ending = ending_of(text, found)
        if ending is not None or is_meant(text, found):
            demand = (
                _ending(text, found, moment, ending) if ending else _demand(text, found, moment, trending)
            )
            demands += [(found, demand)] if demand else []
    return _told_once(demands)


def _told_once(demands: Sequence[tuple[Found, TimeDemand]]) -> list[TimeDemand]:
    """What is on sale, or has a last chance, at no stated time gives way to a time that is stated."""
    dated = {demand.role for found, demand in demands if found.role is None}
    undated = {"start": None, "end": None}
    return [
        demand.model_copy(update=undated) if found.role == "end" and "end" in dated else demand
        for found, demand in demands
        if not (found.role == "offer" and "offer" in dated)
    ]


def _ending(text: str, found: Found, moment: Moment, span: Span) -> TimeDemand | None:
    """What ends at a time; the phrase holds the words that say so."""
    demand = _demand(text, replace(found, role="end"), moment, trending=False)
    return demand and demand.model_copy(update={"phrase": text[slice(*span)], "span": span})


def _demand(text: str, found: Found, moment: Moment, trending: bool) -> TimeDemand | None:
    """``trending`` says that the request asks in other words for what draws attention."""
    span = (found.start, found.end)
    phrase = text[slice(*span)] if found.role == "end" else _bare(text[slice(*span)])
    meaning = found.meaning
    attention = trending or draws_attention(text, found)
    if found.role == "trend" or (isinstance(meaning, Newness) and attention and is_lately(phrase)):
        return TimeDemand(phrase=phrase, role="trend", span=span)
    if isinstance(meaning, Newness):
        return TimeDemand(phrase=phrase, role="publication", recency=meaning.recency, span=span)
    recurs = isinstance(meaning, Recurrence)
    if isinstance(meaning, Recurrence):
        meaning = meaning.of or meaning
    if isinstance(meaning, Clock):
        meaning = today_at(moment, meaning)
    if not isinstance(meaning, Time) or meaning.undetermined:
        return None
    at_once = meaning.grain == "second" and meaning.only.start == moment.now
    windows = tuple(_lasting(each, _AT_ONCE if at_once else _POINT) for each in meaning.windows)
    if all(each.end and each.end <= moment.now for each in windows) and is_over_and_done(text, found):
        return None
    role: TimeRole = "use" if recurs else found.role or role_of(text, found, windows, moment.now)
    if role in {"use", "publication"} and at_once and attention:
        return TimeDemand(phrase=phrase, role="trend", span=span)
    if role in {"use", "publication"} and draws_attention_over(text, found, windows, moment.now):
        role = "trend"
    if at_once and role == "publication":
        return TimeDemand(phrase=phrase, role=role, recency=0.8, span=span)
    window = _meant(windows, role, moment.now)
    start, end = (
        None if each is None else _in_zone(each, moment.zone or UTC) for each in (window.start, window.end)
    )
    if start and end and start.timestamp() >= end.timestamp():  # an hour that the clocks leave out
        length = (window.end or moment.now) - (window.start or moment.now)
        end = (start.astimezone(UTC) + length).astimezone(moment.zone)
    return TimeDemand(phrase=phrase, role=role, start=start, end=end, span=span)


def _bare(phrase: str) -> str:
    """The phrase without a leading preposition that says nothing about the window."""
    return re.sub(
        r"^(?:in|from|of|on|for|at|over|come|during|around|about)\s+(?!sale|offer|special)(?=\S)",
        "",
        phrase,
        flags=re.IGNORECASE,
    )


def _lasting(window: Window, length: timedelta) -> Window:
    """A window for what is a point in time."""
    return (
        Window(window.start, window.start + length) if window.start and window.start == window.end else window
    )


def _meant(windows: tuple[Window, ...], role: TimeRole, now: datetime) -> Window:
    """Of the past and the coming one: the last that has begun for publication, else the one that is not over."""
    begun = [each for each in windows if each.start is None or each.start < now]
    if begun and (role == "publication" or begun[-1].end is None):
        return begun[-1]
    ahead = [each for each in windows if each.end is None or each.end > now]
    return min(ahead, key=lambda each: (each.start or now, each.end or now)) if ahead else windows[-1]


def _in_zone(at: datetime, zone: tzinfo) -> datetime:
    return at.replace(tzinfo=zone)
