"""The grammar of English times of day, and of days with them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from timeliness.expressions import clocks as means
from timeliness.expressions.chart import Action
from timeliness.expressions.semantics import between, fixed, nth_weekday, relative_day
from timeliness.expressions.values import Clock, Moment, Recurrence, Time, Window

DayPart = tuple[Time, Clock]


def same(_: Moment, value: Any) -> Any:
    """The value as it is."""
    return value


def _uncued(clock: Clock | None) -> Clock | None:
    return replace(clock, cue=False) if clock else None


def _uncued_time(time: Time | None) -> Time | None:
    return replace(time, cue=False) if time else None


def _spoken(moment: Moment, hour: int, minute: int) -> Clock | None:
    """ "three thirty"."""
    return means.clock(moment, hour, minute, cue=False) if 1 <= hour <= 12 and 10 <= minute < 60 else None


def _part(moment: Moment, name: str) -> Clock:
    return replace(means.part_of_day(moment, name), cue=False)


def _early_part(moment: Moment, which: str, name: str) -> Clock:
    return means.part_of_day(moment, name, which)


def _this_part(moment: Moment, which: str, name: str) -> DayPart | None:
    offset = {"this": 0, "next": 1, "last": -1}.get(which)
    return None if offset is None else (relative_day(moment, offset), means.part_of_day(moment, name))


def _day_part(moment: Moment, time: Time, name: str) -> DayPart | None:
    return (
        (time, means.part_of_day(moment, name))
        if time.point and not time.clocked and not time.bounded
        else None
    )


def _in_day_part(moment: Moment, day: DayPart, clock: Clock) -> Time | None:
    found = means.in_part(moment, clock, day[1])
    return means.on(moment, day[0], found) if found else None


def _hour_in_day_part(moment: Moment, day: DayPart, hour: Clock) -> Time | None:
    return _in_day_part(moment, day, hour)


def _early_day_part(moment: Moment, which: str, day: DayPart) -> Time | None:
    part = day[1].part
    return means.on(moment, day[0], means.part_of_day(moment, part, which)) if part else None


def _range(moment: Moment, first: Clock, second: Clock) -> Clock | None:
    return means.clock_range(moment, first, second)


def _bare_range(moment: Moment, first: Clock, second: Clock) -> Clock | None:
    return _uncued(means.clock_range(moment, first, second))


def _until_later_day(moment: Moment, first: Clock, second: Time) -> Time | None:
    """ "from 2pm till tomorrow 4:30pm"."""
    return between(moment, means.today_at(moment, first), second) if second.clocked and first.point else None


def _recurring(_: Moment, recurrence: Recurrence, clock: Clock) -> Recurrence:
    return recurrence if isinstance(recurrence.of, Time) else Recurrence(clock)


def _recurring_part(moment: Moment, recurrence: Recurrence, clock: Clock) -> Recurrence | None:
    if not isinstance(recurrence.of, Time):
        return Recurrence(clock)
    found = means.on(moment, recurrence.of, clock)
    return Recurrence(found) if found else None


def _nth_with(moment: Moment, number: int, weekday: int, clock: Clock, within: Time) -> Time | None:
    day = nth_weekday(moment, number, weekday, within)
    return means.on(moment, day, clock) if day else None


CLOCK_RULES: list[tuple[str, Action]] = [
    # points
    ("Clock <- HourMinute", lambda m, parts: means.clock(m, *parts, cue=False)),
    ("Clock <- HourMinute Half", lambda m, parts, half: means.clock(m, *((*parts, 0)[:3]), half)),
    ("Clock <- DottedTime|Dotted Half", lambda m, parts, half: means.clock(m, *parts, 0, half)),
    ("Clock <- at|around DottedTime", lambda m, parts: means.clock(m, *parts)),
    ("Clock <- HourInteger|SmallNumber Half", lambda m, hour, half: means.clock(m, hour, 0, 0, half)),
    ("Clock <- Military|ShortMilitary Half", lambda m, parts, half: means.clock(m, *parts, 0, half)),
    (
        "Clock <- SmallNumber SmallNumber Half",
        lambda m, hour, minute, half: means.clock(m, hour, minute, 0, half),
    ),
    ("Clock <- at SmallNumber SmallNumber minutes?", _spoken),
    ("SpokenTime <- Digit|Teen Tens|Teen|SmallNumber", _spoken),
    ("Hour <- HourInteger|SmallNumber", lambda m, hour: means.clock(m, hour, cue=False)),
    ("Hour <- SpokenTime", same),
    ("Clock <- HourInteger|SmallNumber oclock|o'clock", lambda m, hour: means.clock(m, hour)),
    (
        "Clock <- HourInteger ish",
        lambda m, hour: replace(means.clock(m, hour, full=True), cue=True) if hour <= 24 else None,
    ),
    ("Clock <- at|around|about HourInteger|SmallNumber", lambda m, hour: means.clock(m, hour, cue=False)),
    (
        "Clock <- Number min|mins|minutes? past Hour",
        lambda m, minutes, hour: means.past_hour(m, minutes, hour),
    ),
    ("Clock <- half past Hour", lambda m, hour: means.past_hour(m, 30, hour)),
    ("Clock <- a? quarter past|after Hour", lambda m, hour: means.past_hour(m, 15, hour)),
    ("Clock <- a? quarter to|of Hour", lambda m, hour: means.past_hour(m, 15, hour, -1)),
    (
        "Clock <- Number min|mins|minutes to Hour",
        lambda m, minutes, hour: means.past_hour(m, minutes, hour, -1),
    ),
    ("Clock <- noon|noonish|midday", lambda m: means.clock(m, 12, full=True)),
    ("Clock <- midnight", lambda m: means.clock(m, 0)),
    ("Clock <- mid night", lambda m: means.clock(m, 0)),
    (
        "Clock <- at|around|about|for Clock",
        lambda m, clock: replace(clock, cue=True) if clock.part is None else clock,
    ),
    ("Clock <- Clock Zone", lambda m, clock, _: clock),
    # parts
    ("Clock <- the? Part", _part),
    ("Clock <- at dawn", lambda m: means.part_of_day(m, "dawn")),
    ("Clock <- in|during|at the? Part", lambda m, name: means.part_of_day(m, name)),
    ("Clock <- Early -? Part", _early_part),
    ("Clock <- Early in the Part", _early_part),
    ("Clock <- in the early|late Part", lambda m, name: means.part_of_day(m, name, "early")),
    ("Clock <- around|during|over|at Meal", lambda m, name: means.part_of_day(m, name)),
    ("Clock <- Early in the day", lambda m, which: means.part_of_day(m, "day", which)),
    ("Meal <- Meal time", same),
    (
        "Clock <- before|after Meal",
        lambda m, name: means.bounded_clock(m, "before", means.part_of_day(m, name)),
    ),
    (
        "Clock <- Clock Clock",
        lambda m, clock, part: means.in_part(m, clock, part) if part.cue or clock.cue else None,
    ),
    ("Clock <- Clock Clock", lambda m, part, clock: means.in_part(m, clock, part)),
    ("Clock <- Hour Clock", lambda m, hour, part: means.in_part(m, hour, part) if part.cue else None),
    ("Clock <- in the Part Hour", lambda m, name, hour: means.in_part(m, hour, means.part_of_day(m, name))),
    # ranges
    (
        "Clock <- from|between|at Clock|Hour ~to|and Clock|Hour",
        lambda m, first, second: means.clock_range(m, first, second),
    ),
    (
        "Clock <- between Clock|Hour and Clock|Hour",
        lambda m, first, second: means.clock_range(m, first, second),
    ),
    ("Clock <- from Hour ~to Hour", _bare_range),
    ("Clock <- Clock ~to Clock|Hour", _range),
    ("Clock <- Hour ~to Clock", _range),
    ("HourRange <- Hour ~to Hour", _range),
    (
        "Clock <- between|from Military -|to|and Military",
        lambda m, first, second: means.clock_range(m, means.clock(m, *first), means.clock(m, *second)),
    ),
    ("Clock <- from Clock|Hour for Length", lambda m, start, length: means.lasting_from(m, length, start)),
    ("Clock <- for Length from Clock|Hour", means.lasting_from),
    ("Clock <- Bound Clock", lambda m, word, clock: means.bounded_clock(m, word, clock)),
    (
        "Clock <- Bound Hour",
        lambda m, word, hour: means.bounded_clock(m, word, hour) if m.convention.bare else None,
    ),
    ("Clock <- Clock Afterwards", lambda m, clock, word: means.bounded_clock(m, word, clock)),
    # with days
    ("Time <- Time Clock", means.on),
    ("Time <- Time ,|on|for|- Clock", means.on),
    ("Time <- Clock ,|on|of|in|-? Time", lambda m, clock, time: means.on(m, time, clock)),
    ("Time <- Time HourRange", means.on),
    ("Time <- HourRange on? Time", lambda m, clock, time: means.on(m, time, clock)),
    (
        "Time <- Time Hour",
        lambda m, time, hour: _uncued_time(means.on(m, time, hour)) if m.convention.bare else None,
    ),
    (
        "Time <- Ordinal AnyWeekday Clock of Time",
        lambda m, number, day, clock, within: _nth_with(m, number, day, clock, within),
    ),
    (
        "DayPart <- tonight|tonite|tongiht|tonigh",
        lambda m: (relative_day(m, 0), means.part_of_day(m, "night")),
    ),
    ("DayPart <- last night", lambda m: (relative_day(m, -1), means.part_of_day(m, "night"))),
    ("DayPart <- Which Part", _this_part),
    ("DayPart <- Time ,? Part", _day_part),
    ("Time <- DayPart", lambda m, day: means.on(m, *day)),
    ("Time <- DayPart Clock|HourRange", _in_day_part),
    ("Time <- Clock|Hour|HourRange on? DayPart", lambda m, clock, day: _in_day_part(m, day, clock)),
    ("Time <- DayPart at|around Hour", _hour_in_day_part),
    ("Time <- Early -? DayPart", _early_day_part),
    (
        "Time <- Early this Part",
        lambda m, which, name: means.on(m, relative_day(m, 0), means.part_of_day(m, name, which)),
    ),
    ("Time <- the? end of the? Time", means.end_of_day),
    ("Time <- the? end of day", lambda m: means.end_of_day(m, relative_day(m, 0))),
    ("Time <- from? Clock ~to Time", _until_later_day),
    (
        "Time <- to? from now ~to Shifted",
        lambda m, end: between(m, fixed(Window(m.now, m.now), clocked=True), end),
    ),
    # recurring
    ("Recurrence <- every|each Part", lambda m, name: Recurrence(means.part_of_day(m, name))),
    ("Recurrence <- Parts", lambda m, name: Recurrence(means.part_of_day(m, name))),
    ("Recurrence <- Recurrence on|at? Clock", _recurring_part),
    ("Recurrence <- Clock Recurrence", lambda m, clock, recurrence: _recurring_part(m, recurrence, clock)),
]
