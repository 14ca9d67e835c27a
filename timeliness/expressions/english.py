"""The grammar of English time expressions: ranges, what recurs, newness, and all parts put together."""

from __future__ import annotations

from dataclasses import replace

from timeliness.expressions import clocks, dates, ranges, spans
from timeliness.expressions.chart import Action, Grammar, as_is
from timeliness.expressions.english_clock import CLOCK_RULES
from timeliness.expressions.english_dates import DATE_RULES, LENGTH_RULES, NUMBER_RULES
from timeliness.expressions.english_spans import CALENDAR_RULES, MEASURED_RULES
from timeliness.expressions.moment import Moment, fixed
from timeliness.expressions.values import (
    DAY,
    Newness,
    NoReading,
    Recurrence,
    Time,
    Unit,
    Window,
    uncued,
)


def _now(moment: Moment, *_: object) -> Time:
    return fixed(Window(moment.now, moment.now), "second", point=True, clocked=True)


def _wish(moment: Moment) -> Time | None:
    """What draws attention, without a date; the specification knows no such thing."""
    return None if moment.convention.whole_days else _now(moment)


def _to_date(moment: Moment) -> Time:
    return Time((Window(None, moment.unit("day").first),), point=False, bounded=True)


def _days_of_month(moment: Moment, month: int, first: int, second: int, year: int | None = None) -> Time:
    """ "November 19-20, 2015"."""
    if first >= second:
        raise NoReading("it ends before it begins")
    return ranges.between(moment, *(dates.month_day(moment, month, each, year) for each in (first, second)))


def _to_date_from(moment: Moment, unit: Unit) -> Time:
    """ "year to date"."""
    return ranges.between(moment, spans.unit(moment, "this", unit), dates.relative_day(moment, 0))


def _monthly(moment: Moment, number: int, weekday: int) -> Recurrence:
    """ "every first Monday of the month"."""
    return Recurrence(spans.nth_weekday(moment, number, weekday, dates.every_month(moment)))


def _weekdays_on(moment: Moment, count: float, weekday: int) -> Time:
    """ "two Sundays from now"."""
    coming = spans.choose(moment, "coming", dates.weekday(moment, weekday))
    return dates.day(coming.only.first.date() + 7 * (int(count) - 1) * DAY)


def _days_of(moment: Moment, first: int, second: int, within: Time) -> Time:
    """ "from 4-23 in next month"."""
    if within.grain != "month":
        raise NoReading("days are of a month")
    return ranges.between(moment, *(spans.nth(moment, each, "day", within) for each in (first, second)))


_END_RULES: list[tuple[str, Action]] = [
    ("End <- the? Edge Time", ranges.brink),
    ("End <- the? Edge NamedMonth", ranges.brink),
    ("End <- Time", ranges.border),
    ("End <- NamedMonth", as_is),
    ("End <- TheNumber", as_is),
    ("End <- ShortWeekday", dates.weekday),
]  # fmt: skip
_RANGE_RULES: list[tuple[str, Action]] = [
    ("Time <- from|in|on? End to|till|until|til|through|thru End", ranges.between),
    ("Time <- from|in|on? End -|–|—|~ End", ranges.between_alike),
    ("Time <- between End and|to|-|~|–|till|until End", ranges.between),
    ("Time <- from Time ~to date", lambda m, time: ranges.between(m, time, dates.relative_day(m, 0))),
    ("Time <- from NamedMonth ~to date", lambda m, time: ranges.between(m, time, dates.relative_day(m, 0))),
    ("Time <- to date", _to_date),
    ("Time <- Unit to date", _to_date_from),
    ("Time <- Number Weekdays from now", _weekdays_on),
    ("Time <- from|on|between? Month .? DayNumber ~to|and DayNumber", _days_of_month),
    ("Time <- from|on|between? Month .? DayNumber ~to|and DayNumber ,? Year", _days_of_month),
    ("Time <- from? the? DayNumber ~to the? DayNumber of|in? Time", lambda m, first, last, within: _days_of(m, first, last, within)),
    ("Time <- between the? DayNumber and the? DayNumber of|in? Time", lambda m, first, last, within: _days_of(m, first, last, within)),
    ("Time <- from? the? DayNumber ~to the? DayNumber of? NamedMonth", lambda m, first, last, within: _days_of(m, first, last, within)),
    ("Time <- Bound the? Time", lambda m, word, time: ranges.bounded(m, word, time)),
    ("Time <- Bound the? NamedMonth", lambda m, word, time: ranges.bounded(m, word, time)),
    ("Time <- before|until|by Edge Time", lambda m, which, time: ranges.bounded(m, "before", ranges.brink(m, which, time))),
    ("Time <- before|until|by Edge NamedMonth", lambda m, which, time: ranges.bounded(m, "before", ranges.brink(m, which, time))),
    ("Time <- before|until|by the Edge NamedMonth|Time", lambda m, which, time: ranges.bounded(m, "before", ranges.brink(m, which, time))),
    ("Time <- Time Afterwards", lambda m, time, word: ranges.bounded(m, word, time)),
    ("Time <- from Time on", lambda m, time: ranges.bounded(m, "since", time)),
    ("Time <- year greater|later than Year", lambda m, number: ranges.bounded(m, "after", dates.year(m, number))),
    ("Time <- from Time", lambda m, time: ranges.bounded(m, "since", time) if m.convention.inclusive and m.convention.whole_days else None),
    ("Time <- from NamedMonth", lambda m, time: ranges.bounded(m, "since", time) if m.convention.inclusive and m.convention.whole_days else None),
]  # fmt: skip
_OTHER_RULES: list[tuple[str, Action]] = [
    ("Time <- Now", _now),
    ("Time <- BareNow", lambda m, _: uncued(_now(m))),
    ("OnOffer <- OnSale", lambda m, _: _now(m, _)),
    ("Ending <- EndingWord", lambda m, _: spans.soon(m)),
    ("Trend <- TrendWord", lambda m, _: _wish(m)),
    ("Trend <- Everyone|people is|are all|already|now? Following", lambda m, *_: _wish(m)),
    ("Trend <- Everyone ' s all|already|now? Following", lambda m, *_: _wish(m)),
    ("Trend <- is|are Everyone|people all|already|now? Following", lambda m, *_: _wish(m)),
    ("Time <- all day|night|week|weekend Time", lambda m, time: replace(time, cue=True)),
    ("Recurrence <- on? Weekdays", lambda m, day: Recurrence(dates.weekday(m, day), cue=False)),
    ("Recurrence <- Rhythm", lambda m, _: Recurrence(None)),
    ("Recurrence <- all Units", lambda m, unit: Recurrence(spans.unit(m, "this", "weekend") if unit == "weekend" else None)),
    ("Recurrence <- every|each Ordinal AnyWeekday of the|every|each? month", _monthly),
    ("Recurrence <- every|each|any Unit|Units", lambda m, unit: Recurrence(spans.unit(m, "this", "weekend") if unit == "weekend" else None)),
    ("Recurrence <- every other|second Time", clocks.recurs),
    ("Recurrence <- every other|second Unit", lambda m, unit: Recurrence(None)),
    ("Recurrence <- every Length", lambda m, length: Recurrence(None)),
    ("Recurrence <- every weekday", lambda m: Recurrence(None)),
    ("Recurrence <- once|twice|one a|per Unit", lambda m, unit: Recurrence(None)),
    ("Recurrence <- every|each Time", clocks.recurs),
    ("Recurrence <- Ordinal of every|each Unit", lambda m, day, unit: Recurrence(dates.month_number(m, day)) if unit == "month" else None),
    ("Newness <- the? NewnessWord", lambda m, value: Newness(value)),
    ("Time <- Soon", lambda m, _: spans.soon(m)),
    ("Time <- later today", lambda m: None if m.convention.whole_days else spans.rest_of(m, dates.relative_day(m, 0))),
    ("Time <- earlier today", lambda m: None if m.convention.whole_days else fixed(Window(m.unit("day").start, m.now))),
]  # fmt: skip

GRAMMAR = Grammar(
    [
        *_END_RULES, *NUMBER_RULES, *LENGTH_RULES, *DATE_RULES, *CALENDAR_RULES, *MEASURED_RULES, *_RANGE_RULES,
        *CLOCK_RULES, *_OTHER_RULES,
    ]
)  # fmt: skip
