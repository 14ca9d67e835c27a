"""The grammar of English times of day, and of days with them."""

from __future__ import annotations

from dataclasses import replace

from timeliness.expressions import clocks, dates, ranges, spans
from timeliness.expressions.chart import Action, as_is
from timeliness.expressions.clocks import DayPart
from timeliness.expressions.moment import Moment, fixed
from timeliness.expressions.values import Clock, NoReading, Recurrence, Time, Window, uncued


def _spoken(moment: Moment, hour: int, minute: int) -> Clock:
    """ "three thirty"."""
    if not (1 <= hour <= 12 and 10 <= minute < 60):
        raise NoReading("not a time of day")
    return clocks.clock(moment, hour, minute, cue=False)


def _with_half(moment: Moment, parts: tuple[int, ...], half: str) -> Clock:
    """ "8:30 pm"."""
    hour, minute, *second = parts
    return clocks.clock(moment, hour, minute, second[0] if second else 0, half)


def _timestamp(moment: Moment, day: tuple[int, int, int], parts: tuple[int, ...]) -> Time:
    """ "2016-12-16T12:23:59"."""
    year, month, number = day
    date = dates.month_day(moment, month, number, year)
    hour, minute, *second = parts
    return clocks.on(moment, date, clocks.clock(moment, hour, minute, second[0] if second else 0, full=True))


def _early_part(moment: Moment, which: str, name: str) -> Clock:
    return clocks.part_of_day(moment, name, which)


def _this_part(moment: Moment, which: str, name: str) -> DayPart:
    day = dates.relative_day(moment, {"this": 0, "next": 1, "last": -1}[which])
    return clocks.day_part(moment, day, name)


def _early_day_part(moment: Moment, which: str, day: DayPart) -> Time:
    return clocks.on(moment, day[0], clocks.part_of_day(moment, day[1].part or "day", which))


def _bare_range(moment: Moment, first: Clock, second: Clock) -> Clock:
    return uncued(clocks.clock_range(moment, first, second))


def _until_later_day(moment: Moment, first: Clock, second: Time) -> Time:
    """ "from 2pm till tomorrow 4:30pm"."""
    if not second.clocked or not first.point:
        raise NoReading("not two points in time")
    return ranges.between(moment, clocks.today_at(moment, first), second)


def _nth_weekday_at(moment: Moment, number: int, weekday: int, clock: Clock, within: Time) -> Time:
    """ "the first Monday at 1pm of next month"."""
    return clocks.on(moment, spans.nth_weekday(moment, number, weekday, within), clock)


CLOCK_RULES: list[tuple[str, Action]] = [
    ("Clock <- HourMinute", lambda m, parts: clocks.clock(m, *parts, cue=False)),
    ("Clock <- HourMinute Half", _with_half),
    ("Clock <- DottedTime|Dotted Half", _with_half),
    ("Clock <- at|around DottedTime", lambda m, parts: clocks.clock(m, *parts)),
    ("Clock <- HourInteger|SmallNumber Half", lambda m, hour, half: clocks.clock(m, hour, 0, 0, half)),
    ("Clock <- Military|ShortMilitary Half", _with_half),
    ("Clock <- SmallNumber SmallNumber Half", lambda m, hour, minute, half: clocks.clock(m, hour, minute, 0, half)),
    ("Clock <- at SmallNumber SmallNumber minutes?", _spoken),
    ("SpokenTime <- Digit|Teen Tens|Teen|SmallNumber", _spoken),
    ("Hour <- HourInteger|SmallNumber", lambda m, hour: clocks.clock(m, hour, cue=False)),
    ("Hour <- SpokenTime", as_is),
    ("Clock <- HourInteger|SmallNumber oclock|o'clock Half", lambda m, hour, half: clocks.clock(m, hour, 0, 0, half)),
    ("Clock <- at Military", lambda m, parts: clocks.clock(m, *parts)),
    ("Clock <- HourInteger|SmallNumber oclock|o'clock", lambda m, hour: clocks.clock(m, hour)),
    ("Clock <- HourInteger ish", lambda m, hour: replace(clocks.clock(m, hour, full=True), cue=True) if hour <= 24 else None),
    ("Clock <- at|around|about HourInteger|SmallNumber", lambda m, hour: clocks.clock(m, hour, cue=False)),
    ("Clock <- Number min|mins|minutes? past Hour|Clock", lambda m, minutes, hour: clocks.past_hour(m, minutes, hour)),
    ("Clock <- half past Hour|Clock", lambda m, hour: clocks.past_hour(m, 30, hour)),
    ("Clock <- a? quarter past|after Hour|Clock", lambda m, hour: clocks.past_hour(m, 15, hour)),
    ("Clock <- a? quarter to|of Hour|Clock", lambda m, hour: clocks.past_hour(m, 15, hour, -1)),
    ("Clock <- Number min|mins|minutes to Hour|Clock", lambda m, minutes, hour: clocks.past_hour(m, minutes, hour, -1)),
    ("Clock <- noon|noonish|midday", lambda m: clocks.clock(m, 12, full=True, cue=False)),
    ("Clock <- midnight", lambda m: clocks.clock(m, 0, cue=False)),
    ("Clock <- mid night", lambda m: clocks.clock(m, 0)),
    ("Clock <- at|around|about|for Clock", lambda m, clock: replace(clock, cue=True) if clock.part is None else clock),
    ("Zone <- Zone +|- Integer|HourMinute h?", lambda _, zone, offset: zone),
    ("Clock <- mid -? afternoon", lambda m: clocks.clock(m, 14, full=True)),
    ("Clock <- mid -? morning", lambda m: clocks.clock(m, 10, full=True)),
    ("Clock <- during? business|working|office hours", lambda m: clocks.part_of_day(m, "hours")),
    ("Time <- YearFirst t HourMinute z?", _timestamp),
    ("Clock <- Clock Zone", lambda m, clock, _: clock),
    ("Clock <- the? Part", lambda m, name: uncued(clocks.part_of_day(m, name))),
    ("Clock <- at dawn", lambda m: clocks.part_of_day(m, "dawn")),
    ("Clock <- in|during|at the? Part", lambda m, name: clocks.part_of_day(m, name)),
    ("Clock <- Early -? Part", _early_part),
    ("Clock <- Early in the Part", _early_part),
    ("Clock <- in the early|late Part", lambda m, name: clocks.part_of_day(m, name, "early")),
    ("Clock <- around|during|over|at Meal", lambda m, name: clocks.part_of_day(m, name)),
    ("Clock <- Early in the day", lambda m, which: clocks.part_of_day(m, "day", which)),
    ("Meal <- Meal time", as_is),
    ("Clock <- before|after Meal", lambda m, name: clocks.bounded_clock(m, "before", clocks.part_of_day(m, name))),
    ("Clock <- Clock Clock", lambda m, clock, part: clocks.in_part(m, clock, part) if part.cue or clock.cue else None),
    ("Clock <- Clock Clock", lambda m, part, clock: clocks.in_part(m, clock, part)),
    ("Clock <- Hour Clock", lambda m, hour, part: clocks.in_part(m, hour, part) if part.cue else None),
    ("Clock <- in the Part Hour", lambda m, name, hour: clocks.in_part(m, hour, clocks.part_of_day(m, name))),
    ("Clock <- from|between|at Clock|Hour ~to|and Clock|Hour", lambda m, first, second: clocks.clock_range(m, first, second)),
    ("Clock <- between Clock|Hour and Clock|Hour", lambda m, first, second: clocks.clock_range(m, first, second)),
    ("Clock <- from Hour ~to Hour", _bare_range),
    ("Clock <- Clock ~to Clock|Hour", clocks.clock_range),
    ("Clock <- Hour ~to Clock", clocks.clock_range),
    ("HourRange <- Hour ~to Hour", clocks.clock_range),
    ("Clock <- between|from Military -|to|and Military", lambda m, first, second: clocks.clock_range(m, clocks.clock(m, *first), clocks.clock(m, *second))),
    ("Clock <- from Clock|Hour for Length", lambda m, start, length: clocks.lasting_from(m, length, start)),
    ("Clock <- for Length from Clock|Hour", clocks.lasting_from),
    ("Clock <- Bound Clock", lambda m, word, clock: clocks.bounded_clock(m, word, clock)),
    ("Clock <- Bound Hour", lambda m, word, hour: clocks.bounded_clock(m, word, hour) if m.convention.bare else None),
    ("Clock <- Clock Afterwards", lambda m, clock, word: clocks.bounded_clock(m, word, clock)),
    ("Time <- Time Clock", clocks.on),
    ("Time <- Time ,|on|for|- Clock", clocks.on),
    ("Time <- Clock ,|on|of|in|-? Time", lambda m, clock, time: clocks.on(m, time, clock)),
    ("Time <- Time HourRange", clocks.on),
    ("Time <- HourRange on? Time", lambda m, clock, time: clocks.on(m, time, clock)),
    ("Time <- Time Hour", lambda m, time, hour: uncued(clocks.on(m, time, hour)) if m.convention.bare else None),
    ("Time <- Ordinal AnyWeekday Clock of Time", _nth_weekday_at),
    ("DayPart <- tonight|tonite", lambda m: (dates.relative_day(m, 0), clocks.part_of_day(m, "night"))),
    ("DayPart <- last night", lambda m: (dates.relative_day(m, -1), clocks.part_of_day(m, "night"))),
    ("DayPart <- Which Part", _this_part),
    ("DayPart <- Time ,? Part", clocks.day_part),
    ("DayPart <- the? Part of Time|TheNumber", lambda m, name, time: clocks.day_part(m, time, name)),
    ("Time <- DayPart", lambda m, day: clocks.on(m, *day)),
    ("Time <- DayPart Clock|HourRange", clocks.in_day_part),
    ("Time <- Clock|Hour|HourRange on? DayPart", lambda m, clock, day: clocks.in_day_part(m, day, clock)),
    ("Time <- DayPart Bound Hour|Clock", clocks.in_day_part_from),
    ("Time <- DayPart at|around Hour", clocks.in_day_part),
    ("Time <- Early -? DayPart", _early_day_part),
    ("Time <- Early this Part", lambda m, which, name: clocks.on(m, dates.relative_day(m, 0), clocks.part_of_day(m, name, which))),
    ("Time <- the? end of the? Time", clocks.end_of_day),
    ("Time <- the? end of day", lambda m: clocks.end_of_day(m, dates.relative_day(m, 0))),
    ("Time <- from? Clock ~to Time", _until_later_day),
    ("Time <- to? from now ~to Shifted", lambda m, end: ranges.between(m, fixed(Window(m.now, m.now), clocked=True), end)),
    ("Recurrence <- every|each Part", lambda m, name: Recurrence(clocks.part_of_day(m, name))),
    ("Recurrence <- Parts", lambda m, name: Recurrence(clocks.part_of_day(m, name), cue=False)),
    ("Recurrence <- Recurrence on|at? Clock", clocks.recurs_at),
    ("Recurrence <- Clock Recurrence", lambda m, clock, recurrence: clocks.recurs_at(m, recurrence, clock) if clock.cue else None),
]  # fmt: skip
