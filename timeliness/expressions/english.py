"""The grammar of English time expressions, but for times of day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from timeliness.expressions import semantics as means
from timeliness.expressions.chart import Action, Grammar
from timeliness.expressions.clocks import end_of_day
from timeliness.expressions.english_clock import CLOCK_RULES
from timeliness.expressions.english_words import LEXICON, read
from timeliness.expressions.values import Length, Moment, Newness, Recurrence, Time, Window


def same(_: Moment, value: Any) -> Any:
    """The value as it is."""
    return value


def _length(_: Moment, count: float, unit: Any) -> Length:
    return Length(((unit, count),))


def _sum(_: Moment, first: Length, second: Length) -> Length | None:
    return Length(first.amounts + second.amounts) if len(first.amounts) + len(second.amounts) < 5 else None


def _bare(time: Time | None) -> Time | None:
    """A reading that wants a cue beside it."""
    return replace(time, cue=False) if time else None


def _year_of_month_day(moment: Moment, time: Time, year: int) -> Time | None:
    """A date of every year, in one year."""
    if time.cycle != "year" or not time.point or time.clocked:
        return time if time.undetermined else None
    window = time.at(year)
    return means.fixed(window, point=True) if window else replace(means.day(moment.today), undetermined=True)


def _short_year(moment: Moment, time: Time, year: int) -> Time | None:
    return _year_of_month_day(moment, time, means.full_year(year, 2))


def _holiday(moment: Moment, holiday: tuple[str, str | None]) -> Time | None:
    """The day; or, in everyday requests, the season around it."""
    name, season = holiday
    if name.endswith(" eve"):
        day = {"christmas eve": "christmas day", "new year's eve": "new year's day"}[name]
        return means.named(moment, day, before=1)
    if season and not moment.convention.whole_days:
        return means.season(moment, season)
    return means.named(moment, name)


def _holiday_of(moment: Moment, holiday: tuple[str, str | None], year: int) -> Time | None:
    found = _holiday(moment, holiday)
    window = found.at(year) if found else None
    return replace(means.fixed(window), point=found.point, grain=found.grain) if found and window else None


def _season(moment: Moment, name: str) -> Time | None:
    found = means.season(moment, name)
    return replace(found, undetermined=True) if found and moment.convention.whole_days else found


def _which_season(moment: Moment, which: Any, name: str) -> Time | None:
    found = means.season(moment, name)
    chosen = means.choose(moment, which, found) if found else None
    return replace(chosen, undetermined=moment.convention.whole_days) if chosen else None


def _season_of(moment: Moment, name: str, year: int) -> Time | None:
    found = means.season(moment, name, year)
    return replace(found, undetermined=moment.convention.whole_days) if found else None


def _fiscal(moment: Moment, *_: Any) -> Time:
    return replace(means.unit(moment, "this", "year"), undetermined=True, cue=False)


def _so_far_date(moment: Moment) -> Time:
    return Time((Window(None, moment.unit("day").first),), point=False, bounded=True)


def _now(moment: Moment, _: Any) -> Time:
    return means.fixed(Window(moment.now, moment.now), "second", point=True, clocked=True)


def _today(moment: Moment) -> Time:
    return means.relative_day(moment, 0)


def _weekdays_numbers(moment: Moment, month: int, first: int, second: int) -> Time | None:
    """ "November 19-20"."""
    begin, end = means.month_day(moment, month, first), means.month_day(moment, month, second)
    return means.between(moment, begin, end) if begin and end else None


def _days_of(moment: Moment, first: int, second: int, within: Time) -> Time | None:
    """ "from 4-23 in next month"."""
    if within.grain != "month":
        return None
    begin, end = (means.nth(moment, each, "day", within) for each in (first, second))
    return means.between(moment, begin, end) if begin and end else None


def _between_alike(moment: Moment, first: Time, second: Time) -> Time | None:
    """A range written with a dash: its ends are of one kind ("May-July", not "May-2018")."""
    same_kind = first.grain == second.grain and first.clocked == second.clocked
    return means.between(moment, first, second) if same_kind else None


def _eod(moment: Moment) -> Time | None:
    return end_of_day(moment, _today(moment))


def _recurrence(moment: Moment, time: Time) -> Recurrence | None:
    return Recurrence(time) if time.cycle and not time.undetermined else None


def _long_ago(moment: Moment, length: Length, time: Time) -> Time | None:
    """ "more than two weeks before today"."""
    found = means.shifted(moment, length, -1, time)
    return means.bounded(moment, "before", found) if found else None


def _age(moment: Moment, length: Length) -> Time | None:
    """ "older than two years"."""
    found = means.shifted(moment, length, -1)
    return means.bounded(moment, "before", found) if found else None


def _plural_stretch(moment: Moment, which: Any, unit: Any) -> Time | None:
    """ "the coming weeks": a few of them."""
    count = 1 if moment.convention.whole_days else 3
    return means.stretch(moment, which, Length(((unit, count),)))


def _year(moment: Moment, number: int) -> Time | None:
    return means.year(moment, number)


def _nearest(moment: Moment, which: Any, time: Time) -> Time | None:
    return means.choose(moment, which, time) if time.cycle == "week" else None


_NUMBER_RULES: list[tuple[str, Action]] = [
    ("SmallNumber <- Digit|Teen|Tens", same),
    ("SmallNumber <- Tens -? Digit", lambda _, tens, ones: tens + ones),
    ("Number <- SmallNumber|Integer", same),
    ("Number <- Integer and? half", lambda _, whole: whole + 0.5),
    ("Ordinal <- OrdinalWord", same),
    ("Ordinal <- Tens -? OrdinalWord", lambda _, tens, ones: tens + ones if ones < 10 else None),
    ("Year <- PlainYear", same),
    (
        "Year <- Teen SmallNumber",
        lambda _, tens, rest: tens * 100 + rest if tens >= 15 and rest >= 10 else None,
    ),
    ("Year <- Teen hundred and? SmallNumber?", lambda _, tens, rest: tens * 100 + (rest or 0)),
    ("Year <- two thousand and? SmallNumber?", lambda _, rest: 2000 + (rest or 0)),
    ("Year <- twenty SmallNumber", lambda _, rest: 2000 + rest if rest >= 10 else None),
    ("DayNumber <- Ordinal|DayInteger", same),
    ("DayNumber <- the Ordinal", same),
]
_LENGTH_RULES: list[tuple[str, Action]] = [
    ("Length <- Number -? Units|Unit", _length),
    ("Length <- Number night|nights", lambda _, count: Length((("day", count),))),
    ("Amount <- Number Letter", _length),
    ("Length <- a|an|another|one|1 Unit", lambda _, unit: Length(((unit, 1),))),
    ("Length <- Few of? Units|Unit", _length),
    ("Length <- half a|an Unit", lambda _, unit: Length(((unit, 0.5),))),
    ("Length <- half Unit", lambda _, unit: Length(((unit, 0.5),))),
    ("Length <- ½ Unit", lambda _, unit: Length(((unit, 0.5),))),
    ("Length <- a|one Unit and a half", lambda _, unit: Length(((unit, 1.5),))),
    ("Length <- Number and a? half Unit|Units", lambda _, count, unit: Length(((unit, count + 0.5),))),
    (
        "Length <- Number and Number Units",
        lambda _, tens, ones, unit: (
            Length(((unit, tens + ones),))
            if tens in range(20, 100, 10) and ones < 10
            else Length(((unit, ones),))
            if tens
            else None
        ),
    ),
    ("Length <- all Unit", lambda _, unit: Length(((unit, 1),))),
    (
        "Length <- Number business|working Units",
        lambda _, count, unit: Length((("day", count),), business=True) if unit == "day" else None,
    ),
    ("Length <- Length and|, Length", _sum),
    ("Length <- Length Length", _sum),
]
_DATE_RULES: list[tuple[str, Action]] = [
    ("Time <- RelativeDay", means.relative_day),
    ("Time <- the day after", lambda m: means.relative_day(m, 1)),
    ("Time <- the next|following day", lambda m: means.relative_day(m, 1)),
    ("Time <- the day", lambda m: None if m.convention.bare else _bare(means.relative_day(m, 0))),
    ("MonthDay <- DayNumber of? Month .?", lambda m, day, month: means.month_day(m, month, day)),
    ("MonthDay <- SmallNumber of? Month", lambda m, day, month: means.month_day(m, month, day)),
    ("MonthDay <- the DayInteger of? Month .?", lambda m, day, month: means.month_day(m, month, day)),
    ("MonthDay <- Month .? ,? DayNumber", lambda m, month, day: means.month_day(m, month, day)),
    ("MonthDay <- Month -|/ DayInteger", lambda m, month, day: means.month_day(m, month, day)),
    ("MonthDay <- Slash", lambda m, parts: _bare(means.numeric_date(m, *parts, None))),
    ("SlashDay <- Dotted", lambda m, parts: means.numeric_date(m, *parts, None)),
    ("MonthDay <- Weekday|ShortWeekday ,? the? MonthDay", lambda m, _, day: day if day.cycle else None),
    ("MonthDay <- Weekday|ShortWeekday ,? SlashDay", lambda m, _, day: day if day.cycle else None),
    ("MonthDay <- Weekday|ShortWeekday ( MonthDay )", lambda m, _, day: day),
    ("Time <- MonthDay", lambda m, day: day),
    ("Time <- on SlashDay", lambda m, day: day),
    ("Time <- MonthDay ,|of|in|-|/? Year", _year_of_month_day),
    ("Time <- MonthDay , ShortYear", _short_year),
    (
        "Time <- DayNumber of? Month ,|of|'? ShortYear",
        lambda m, day, month, year: means.month_day(m, month, day, means.full_year(year, 2)),
    ),
    (
        "Time <- Month Ordinal ,? ShortYear",
        lambda m, month, day, year: means.month_day(m, month, day, means.full_year(year, 2)),
    ),
    (
        "Time <- DayInteger -|/|. Month -|/|. Year",
        lambda m, day, month, year: means.month_day(m, month, day, year),
    ),
    (
        "Time <- Year -|/ Month -|/ DayInteger",
        lambda m, year, month, day: means.month_day(m, month, day, year),
    ),
    ("Time <- DayInteger - Year - Month", lambda m, day, year, month: means.month_day(m, month, day, year)),
    ("Time <- YearFirst", lambda m, parts: means.month_day(m, parts[1], parts[2], parts[0])),
    ("Time <- YearLast", lambda m, parts: means.numeric_date(m, *parts)),
    ("Time <- Weekday|ShortWeekday , YearLast", lambda m, _, parts: means.numeric_date(m, *parts)),
    ("Time <- the? Weekday", lambda m, day: _bare(means.weekday(m, day))),
    ("Time <- on|this|by ShortWeekday", means.weekday),
    ("AnyWeekday <- Weekday|ShortWeekday", same),
    ("Time <- AnyWeekday ,? DayInteger|Ordinal", means.weekday_number),
    ("Time <- AnyWeekday ,? the DayInteger|Ordinal", means.weekday_the_number),
    ("Time <- on the DayInteger|Ordinal", means.month_number),
    ("TheNumber <- the Ordinal", means.month_number),
    ("Time <- the Ordinal", lambda m, day: _bare(means.month_number(m, day)) if m.convention.bare else None),
    (
        "Time <- the? Ordinal|DayInteger day? of Time",
        lambda m, day, month: means.nth(m, day, "day", month) if month.grain == "month" else None,
    ),
    ("Time <- Which AnyWeekday", lambda m, which, day: means.choose(m, which, means.weekday(m, day))),
    ("Time <- the? Nearest AnyWeekday", lambda m, which, day: means.choose(m, which, means.weekday(m, day))),
    ("Time <- Which AnyWeekday MonthDay", lambda m, which, _, day: means.choose(m, "this", day)),
    ("Time <- Which MonthDay", means.choose),
    ("Time <- Time ,? on|preferably? AnyWeekday", lambda m, week, day: means.weekday_in(m, day, week)),
    ("Time <- Time , preferably on AnyWeekday", lambda m, week, day: means.weekday_in(m, day, week)),
    ("Time <- AnyWeekday of|in? Time", lambda m, day, week: means.weekday_in(m, day, week)),
    (
        "Time <- the? Ordinal AnyWeekday of|in Time",
        lambda m, number, day, within: means.nth_weekday(m, number, day, within),
    ),
    ("Time <- the? last AnyWeekday of|in Time", lambda m, day, within: means.nth_weekday(m, -1, day, within)),
    ("Time <- Holiday", _holiday),
    ("Time <- the? Holiday ,|of|in? Year", _holiday_of),
    ("Time <- the? Which Holiday", lambda m, which, day: means.choose(m, which, _holiday(m, day))),
    ("Time <- the? Holiday weekend", lambda m, day: means.weekend_of(m, means.named(m, day[0]))),
    ("Time <- Span", means.season),
    ("Time <- the? Season", lambda m, name: _bare(_season(m, name))),
    ("Time <- in|during|over|for|come the? Season", _season),
    ("Time <- the? Which Season", _which_season),
    ("Time <- Season ,|of|in? Year", _season_of),
]
_CALENDAR_RULES: list[tuple[str, Action]] = [
    ("Time <- Month .?", lambda m, month: means.month(m, month, cue=False)),
    ("Time <- in|during|for the? Month", means.month),
    ("NamedMonth <- Month", means.month),
    ("Time <- Which Month", lambda m, which, month: means.choose(m, which, means.month(m, month))),
    ("Time <- Month .? ,|of|in|-|/? Year", lambda m, month, year: means.month(m, month, year)),
    ("Time <- Month of|' ShortYear", lambda m, month, year: means.month(m, month, means.full_year(year, 2))),
    ("Time <- Year ,|-|/? Month", lambda m, year, month: means.month(m, month, year)),
    ("Time <- MonthYear", lambda m, parts: means.month(m, *parts)),
    ("Time <- Year", lambda m, number: means.year(m, number, cue=False)),
    ("Time <- the? year of? Year", _year),
    ("Time <- in|from|of|during|circa|around Year", _year),
    ("Time <- Year ' s", _year),
    ("Time <- cy ShortYear", lambda m, year: means.year(m, means.full_year(year, 2))),
    ("Time <- fy|sy ShortYear|Year", _fiscal),
    ("Time <- Which? fiscal|school year Year?", _fiscal),
    ("Quarter <- q Integer", same),
    ("Quarter <- Ordinal quarter", same),
    ("Quarter <- last quarter", lambda _: 4),
    ("Time <- Quarter", lambda m, number: _bare(means.quarter(m, number))),
    ("Time <- the? Quarter of|in|-|,? Year", means.quarter),
    ("Time <- the? Quarter of|in the year", lambda m, number: means.quarter(m, number)),
    ("Time <- Year -? Quarter", lambda m, year, number: means.quarter(m, number, year)),
    ("Time <- Year -? h Integer", lambda m, year, number: means.quarter(m, number, year, parts=2)),
    ("Time <- h Integer -|of? Year", lambda m, number, year: means.quarter(m, number, year, parts=2)),
    ("Time <- the? Ordinal half of Year", lambda m, number, year: means.quarter(m, number, year, parts=2)),
    ("Time <- the? Decade", lambda m, decade: means.decade(m, *decade)),
    ("Time <- the? DecadeWord", lambda m, number: means.decade(m, number, 2)),
    (
        "Time <- the? Which Unit",
        lambda m, which, unit: means.unit(m, which, unit) if unit not in {"second", "minute"} else None,
    ),
    (
        "Time <- the? same Unit",
        lambda m, unit: (
            means.unit(m, "this", unit) if unit not in {"second", "minute", "hour", "day"} else None
        ),
    ),
    (
        "Time <- the Unit",
        lambda m, unit: (
            _bare(means.unit(m, "this", unit))
            if unit in {"week", "month", "year", "quarter", "fortnight"}
            else None
        ),
    ),
    ("Time <- the weekend", lambda m: means.unit(m, "this", "weekend")),
    ("Time <- over|at|for the? weekend", lambda m: means.unit(m, "this", "weekend")),
    ("Time <- weekend", lambda m: _bare(means.unit(m, "this", "weekend"))),
    ("Time <- the? Unit after next", lambda m, unit: means.unit(m, "next", unit, 2)),
    ("Time <- the? Unit before last", lambda m, unit: means.unit(m, "last", unit, 2)),
    ("Time <- week number? Integer", lambda m, number: means.week_number(m, number)),
    ("Time <- the? week of|beginning|commencing MonthDay", means.week_of),
    ("Time <- the? week of TheNumber", means.week_of),
    ("Time <- w / c MonthDay", means.week_of),
    (
        "Time <- the? Ordinal Unit of|in Time",
        lambda m, number, unit, within: (
            means.nth(m, number, unit, within) if unit != "quarter" or within.cue else None
        ),
    ),
    ("Time <- the? last Unit of|in Time", lambda m, unit, within: means.nth(m, -1, unit, within)),
    (
        "Time <- the? first Number Units of|in Time",
        lambda m, count, unit, within: means.nth(m, 1, unit, within, int(count)),
    ),
    (
        "Time <- the? last|final Number Units of|in Time",
        lambda m, count, unit, within: means.nth(m, -1, unit, within, int(count)),
    ),
    ("Time <- the? Edge -? Time", means.edge),
    ("Time <- the? Edge NamedMonth", means.edge),
    (
        "Time <- the? Edge Unit",
        lambda m, which, unit: (
            means.edge(m, which, means.unit(m, "this", unit))
            if unit in {"month", "year", "week", "quarter"}
            else None
        ),
    ),
    ("Time <- the? eoy", lambda m: means.edge(m, "late", means.unit(m, "this", "year"))),
    ("Time <- the? eom", lambda m: means.edge(m, "late", means.unit(m, "this", "month"))),
    ("Time <- the? eod", _eod),
    ("Time <- earlier in? Time", lambda m, time: means.so_far(m, time)),
    ("Time <- later in? Time", lambda m, time: means.still_to_come(m, time)),
    ("Time <- the? rest|remaining|remainder of Time", means.rest_of),
]
_MEASURED_RULES: list[tuple[str, Action]] = [
    (
        "Time <- the? Which Length",
        lambda m, which, length: means.stretch(m, which, length) if which != "this" else None,
    ),
    (
        "Time <- the? Which few Units",
        lambda m, which, unit: means.stretch(m, which, Length(((unit, 3),))) if which != "this" else None,
    ),
    (
        "Time <- the? Number Which Units",
        lambda m, count, which, unit: (
            means.stretch(m, which, Length(((unit, count),))) if which != "this" else None
        ),
    ),
    (
        "Time <- the? Which Units",
        lambda m, which, unit: _plural_stretch(m, which, unit) if which != "this" else None,
    ),
    ("Time <- within Length", means.within),
    ("Time <- within the? next Length", lambda m, length: means.stretch(m, "next", length, from_now=True)),
    ("Time <- within the last|past Length", lambda m, length: means.stretch(m, "last", length)),
    ("Shifted <- Length ago", lambda m, length: means.shifted(m, length, -1)),
    ("Shifted <- Length ago today", lambda m, length: means.day(m.shift(m.now, length, -1).date())),
    ("Shifted <- in Length", lambda m, length: means.shifted(m, length, 1)),
    ("Shifted <- Length later|hence", lambda m, length: means.shifted(m, length, 1)),
    ("Shifted <- Length from now", lambda m, length: means.shifted(m, length, 1)),
    ("Shifted <- Length from|after Time", lambda m, length, time: means.shifted(m, length, 1, time)),
    ("Shifted <- in Length since|from Time", lambda m, length, time: means.shifted(m, length, 1, time)),
    ("Shifted <- Length before Time", lambda m, length, time: means.shifted(m, length, -1, time)),
    ("Time <- Shifted", same),
    ("Time <- AnyWeekday ,? Shifted", lambda m, day, time: means.weekday_near(m, day, time)),
    ("Time <- Shifted ,|on? AnyWeekday", lambda m, time, day: means.weekday_near(m, day, time)),
    ("Time <- RelativeDay Length", lambda m, day, length: None),
    (
        "Time <- Length starting|beginning from|on? Time",
        lambda m, length, time: means.lasting(m, length, time),
    ),
    (
        "Time <- for Length ,? from|starting|beginning Time",
        lambda m, length, time: means.lasting(m, length, time),
    ),
    ("Time <- more than Length before Time", _long_ago),
    ("Time <- more than Length ago", _age),
    ("Time <- older than Length", _age),
]
_END_RULES: list[tuple[str, Action]] = [  # before the rest: "the end of May" as a border is its last day
    ("End <- the? Edge Time", means.brink),
    ("End <- the? Edge NamedMonth", means.brink),
    ("End <- Time", same),
    ("End <- NamedMonth", same),
    ("End <- TheNumber", same),
    ("End <- ShortWeekday", means.weekday),
]
_RANGE_RULES: list[tuple[str, Action]] = [
    ("Time <- from|in|on? End to|till|until|til|through|thru End", means.between),
    ("Time <- from|in|on? End -|–|—|~ End", _between_alike),
    ("Time <- between End and|to|-|~|–|till|until End", means.between),
    ("Time <- from Time ~to date", lambda m, time: means.between(m, time, _today(m))),
    ("Time <- from NamedMonth ~to date", lambda m, time: means.between(m, time, _today(m))),
    ("Time <- to date", _so_far_date),
    ("Time <- from|on? Month .? DayNumber - DayNumber", _weekdays_numbers),
    (
        "Time <- from? the? DayNumber ~to the? DayNumber of|in? Time",
        lambda m, first, last, within: _days_of(m, first, last, within),
    ),
    (
        "Time <- between the? DayNumber and the? DayNumber of|in? Time",
        lambda m, first, last, within: _days_of(m, first, last, within),
    ),
    (
        "Time <- from? the? DayNumber ~to the? DayNumber of? NamedMonth",
        lambda m, first, last, within: _days_of(m, first, last, within),
    ),
    ("Time <- Bound the? Time", lambda m, word, time: means.bounded(m, word, time)),
    ("Time <- Bound the? NamedMonth", lambda m, word, time: means.bounded(m, word, time)),
    (
        "Time <- before|until|by Edge Time",
        lambda m, which, time: means.bounded(m, "before", means.brink(m, which, time)),
    ),
    (
        "Time <- before|until|by Edge NamedMonth",
        lambda m, which, time: means.bounded(m, "before", means.brink(m, which, time)),
    ),
    (
        "Time <- before|until|by the Edge NamedMonth|Time",
        lambda m, which, time: means.bounded(m, "before", means.brink(m, which, time)),
    ),
    ("Time <- Time Afterwards", lambda m, time, word: means.bounded(m, word, time)),
    ("Time <- from Time on", lambda m, time: means.bounded(m, "since", time)),
    (
        "Time <- year greater|later than Year",
        lambda m, number: means.bounded(m, "after", means.year(m, number)),
    ),
    (
        "Time <- from Time",
        lambda m, time: (
            means.bounded(m, "since", time) if m.convention.inclusive and m.convention.whole_days else None
        ),
    ),
    (
        "Time <- from NamedMonth",
        lambda m, time: (
            means.bounded(m, "since", time) if m.convention.inclusive and m.convention.whole_days else None
        ),
    ),
]
_OTHER_RULES: list[tuple[str, Action]] = [
    ("Time <- Now", _now),
    ("OnOffer <- OnSale", lambda m, _: _now(m, _)),
    ("Time <- all day|night|week|weekend Time", lambda m, time: replace(time, cue=True)),
    ("Recurrence <- Weekdays", lambda m, day: Recurrence(means.weekday(m, day))),
    ("Recurrence <- Rhythm", lambda m, _: Recurrence(None)),
    (
        "Recurrence <- every|each|any|all Unit|Units",
        lambda m, unit: Recurrence(means.unit(m, "this", "weekend") if unit == "weekend" else None),
    ),
    ("Recurrence <- every other|second Time", _recurrence),
    ("Recurrence <- every other|second Unit", lambda m, unit: Recurrence(None)),
    ("Recurrence <- every Length", lambda m, length: Recurrence(None)),
    ("Recurrence <- every weekday", lambda m: Recurrence(None)),
    ("Recurrence <- once|twice|one a|per Unit", lambda m, unit: Recurrence(None)),
    ("Recurrence <- every|each Time", _recurrence),
    (
        "Recurrence <- Ordinal of every|each Unit",
        lambda m, day, unit: Recurrence(means.month_number(m, day)) if unit == "month" else None,
    ),
    ("Newness <- the? NewnessWord", lambda m, value: Newness(value)),
    (
        "Time <- Soon",
        lambda m, _: None if m.convention.whole_days else means.stretch(m, "next", Length((("week", 2),))),
    ),
    ("Time <- later today", lambda m: None if m.convention.whole_days else means.rest_of(m, _today(m))),
    (
        "Time <- earlier today",
        lambda m: None if m.convention.whole_days else means.fixed(Window(m.unit("day").start, m.now)),
    ),
]

GRAMMAR = Grammar(
    [
        *_END_RULES,
        *_NUMBER_RULES,
        *_LENGTH_RULES,
        *_DATE_RULES,
        *_CALENDAR_RULES,
        *_MEASURED_RULES,
        *_RANGE_RULES,
        *CLOCK_RULES,
        *_OTHER_RULES,
    ]
)
__all__ = ["GRAMMAR", "LEXICON", "read"]
