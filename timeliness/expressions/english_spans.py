"""The grammar of English months, years, parts of them, and what is counted from now or another time."""

from __future__ import annotations

from dataclasses import replace

from timeliness.expressions import clocks, dates, ranges, spans
from timeliness.expressions.chart import Action, as_is
from timeliness.expressions.moment import Moment, fixed
from timeliness.expressions.values import Length, Time, Unit, uncued


def _fiscal(moment: Moment, *_: object) -> Time:
    return replace(spans.unit(moment, "this", "year"), undetermined=True, cue=False)


def _past(moment: Moment, unit: Unit) -> Time:
    """ "over the past month": in everyday speech the one that ends now."""
    if moment.convention.whole_days:
        return spans.unit(moment, "last", unit)
    return spans.stretch(moment, "last", Length(((unit, 1),)))


def _plural_stretch(moment: Moment, which: spans.Which, unit: Unit) -> Time:
    """ "the coming weeks": a few of them."""
    return spans.stretch(moment, which, Length(((unit, 1 if moment.convention.whole_days else 3),)))


def _long_before(moment: Moment, length: Length, time: Time) -> Time:
    """ "more than two weeks before today"."""
    return ranges.bounded(moment, "before", spans.shifted(moment, length, -1, time))


def _older(moment: Moment, length: Length) -> Time:
    """ "older than two years"."""
    return ranges.bounded(moment, "before", spans.shifted(moment, length, -1))


CALENDAR_RULES: list[tuple[str, Action]] = [
    ("Time <- Month .?", lambda m, month: dates.month(m, month, cue=False)),
    ("Time <- in|during|for the? Month", dates.month),
    ("NamedMonth <- Month", dates.month),
    ("Time <- Which Month", lambda m, which, month: spans.choose(m, which, dates.month(m, month))),
    ("Time <- Month .? ,|of|in|-|/? Year", lambda m, month, year: dates.month(m, month, year)),
    ("Time <- Month of? ' ShortYear", lambda m, month, year: dates.month(m, month, dates.full_year(year, 2))),
    ("Time <- Month of|' ShortYear", lambda m, month, year: dates.month(m, month, dates.full_year(year, 2))),
    ("Time <- Year ,|-|/? Month", lambda m, year, month: dates.month(m, month, year)),
    ("Time <- MonthYear", lambda m, parts: dates.month(m, *parts)),
    ("Time <- Year", lambda m, number: dates.year(m, number, cue=False)),
    ("Time <- the? year of? Year", dates.year),
    ("Time <- in|from|of|during|circa|around Year", dates.year),
    ("Time <- Year ' s", dates.year),
    ("Time <- cy ShortYear", lambda m, year: dates.year(m, dates.full_year(year, 2))),
    ("Time <- fy|sy ShortYear|Year", _fiscal),
    ("Time <- Which? fiscal|school year Year?", _fiscal),
    ("Quarter <- q Integer", as_is),
    ("Quarter <- Ordinal quarter", as_is),
    ("Quarter <- last quarter", lambda _: 4),
    ("Time <- Quarter", lambda m, number: uncued(dates.quarter(m, number))),
    ("Time <- the? Quarter of|in|-|,? Year", dates.quarter),
    ("Time <- the? Quarter of|in the year", lambda m, number: dates.quarter(m, number)),
    ("Time <- Year -? Quarter", lambda m, year, number: dates.quarter(m, number, year)),
    ("Time <- Year -? h Integer", lambda m, year, number: dates.quarter(m, number, year, parts=2)),
    ("Time <- h Integer -|of? Year", lambda m, number, year: dates.quarter(m, number, year, parts=2)),
    ("Time <- the? Ordinal half of Time", lambda m, number, within: spans.nth(m, number, "half", within)),
    ("Time <- the? Ordinal half of Year", lambda m, number, year: dates.quarter(m, number, year, parts=2)),
    ("Time <- the? Ordinal century", dates.century),
    ("Time <- the? Decade", lambda m, decade: dates.decade(m, *decade)),
    ("Time <- the? Teen DecadeWord", lambda m, hundreds, number: dates.decade(m, hundreds * 100 + number, 4)),
    ("Time <- the? DecadeWord", lambda m, number: dates.decade(m, number, 2)),
    ("Time <- the? Which Unit", lambda m, which, unit: spans.unit(m, which, unit) if unit not in {"second", "minute"} else None),
    ("Time <- the? same Unit", lambda m, unit: spans.unit(m, "this", unit) if unit not in {"second", "minute", "hour", "day"} else None),
    ("Time <- the Unit", lambda m, unit: uncued(spans.unit(m, "this", unit)) if unit in {"week", "month", "year", "quarter", "fortnight"} else None),
    ("Time <- the weekend", lambda m: spans.unit(m, "this", "weekend")),
    ("Time <- the? weekend of MonthDay", lambda m, day: fixed(m.unit("weekend", at=day.only.first.date()), "weekend")),
    ("Time <- over|at|for the? weekend", lambda m: spans.unit(m, "this", "weekend")),
    ("Time <- weekend", lambda m: uncued(spans.unit(m, "this", "weekend"))),
    ("Time <- the? Unit after next", lambda m, unit: spans.unit(m, "next", unit, 2)),
    ("Time <- the? Unit before last", lambda m, unit: spans.unit(m, "last", unit, 2)),
    ("Time <- week number? Integer ,|of|in? Year?", dates.week_number),
    ("Time <- the? week of|beginning|commencing MonthDay", dates.week_of),
    ("Time <- the? week of TheNumber", dates.week_of),
    ("Time <- w / c MonthDay", dates.week_of),
    ("Time <- the? Ordinal Unit of|in Time", lambda m, number, unit, within: spans.nth(m, number, unit, within) if unit != "quarter" or within.cue else None),
    ("Time <- the? last Unit of|in Time", lambda m, unit, within: spans.nth(m, -1, unit, within)),
    ("Time <- the? first Number Units of|in Time", lambda m, count, unit, within: spans.nth(m, 1, unit, within, int(count))),
    ("Time <- the? last|final Number Units of|in Time", lambda m, count, unit, within: spans.nth(m, -1, unit, within, int(count))),
    ("Time <- the? Edge -? Time", spans.edge),
    ("Time <- the? Edge NamedMonth", spans.edge),
    ("Time <- the? Edge Unit", lambda m, which, unit: spans.edge(m, which, spans.unit(m, "this", unit)) if unit in {"month", "year", "week", "quarter"} else None),
    ("Time <- the? eoy", lambda m: spans.edge(m, "late", spans.unit(m, "this", "year"))),
    ("Time <- the? eom", lambda m: spans.edge(m, "late", spans.unit(m, "this", "month"))),
    ("Time <- eod Time", clocks.end_of_day),
    ("Time <- the? end of day Time", clocks.end_of_day),
    ("Time <- the? eod", lambda m: clocks.end_of_day(m, dates.relative_day(m, 0))),
    ("Time <- earlier in? Time", lambda m, time: spans.so_far(m, time)),
    ("Time <- later in? Time", lambda m, time: spans.still_to_come(m, time)),
    ("Time <- the? rest|remaining|remainder of Time", spans.rest_of),
    ("Time <- the? rest|remaining|remainder of my|our Unit", lambda m, unit: spans.rest_of(m, spans.unit(m, "this", unit))),
]  # fmt: skip
MEASURED_RULES: list[tuple[str, Action]] = [
    ("Time <- the? Which Length", lambda m, which, length: spans.stretch(m, which, length) if which != "this" else None),
    ("Time <- the? Which few Units", lambda m, which, unit: spans.stretch(m, which, Length(((unit, 3),))) if which != "this" else None),
    ("Time <- the? Number Which Units", lambda m, count, which, unit: spans.stretch(m, which, Length(((unit, count),))) if which != "this" else None),
    ("Time <- the? Which Units", lambda m, which, unit: _plural_stretch(m, which, unit) if which != "this" else None),
    ("Time <- over|during|in|within? the past Unit", _past),
    ("Time <- over|during|in|within the last Unit", _past),
    ("Time <- within Length", spans.within),
    ("Time <- within the? next Length", lambda m, length: spans.stretch(m, "next", length, from_now=True)),
    ("Time <- within the last|past Length", lambda m, length: spans.stretch(m, "last", length)),
    ("Shifted <- Length ago", lambda m, length: spans.shifted(m, length, -1)),
    ("Shifted <- Length ago today", lambda m, length: dates.day(m.shift(m.now, length, -1).date())),
    ("Shifted <- in Length", lambda m, length: spans.shifted(m, length, 1)),
    ("Shifted <- Length later|hence", lambda m, length: spans.shifted(m, length, 1) if m.convention.whole_days else None),
    ("Shifted <- Length from now", lambda m, length: spans.shifted(m, length, 1)),
    ("Shifted <- Length from|after Time", lambda m, length, time: spans.shifted(m, length, 1, time)),
    ("Shifted <- in Length since|from Time", lambda m, length, time: spans.shifted(m, length, 1, time)),
    ("Shifted <- Length before Time", lambda m, length, time: spans.shifted(m, length, -1, time)),
    ("Time <- Shifted", as_is),
    ("Time <- AnyWeekday ,? Shifted", lambda m, day, time: spans.weekday_near(m, day, time)),
    ("Time <- Shifted ,|on? AnyWeekday", lambda m, time, day: spans.weekday_near(m, day, time)),
    ("Time <- RelativeDay Length", lambda m, day, length: None),
    ("Time <- Length starting|beginning from|on? Time", lambda m, length, time: spans.lasting(m, length, time)),
    ("Time <- for Length ,? from|starting|beginning Time", lambda m, length, time: spans.lasting(m, length, time)),
    ("Time <- more than Length before Time", _long_before),
    ("Time <- more than Length ago", _older),
    ("Time <- older than Length", _older),
]  # fmt: skip
