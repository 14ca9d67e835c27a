"""The meaning of times of day, alone and joined with days; shared by the grammars of all languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from timeliness.expressions.moment import LAST_SECOND, Moment
from timeliness.expressions.values import (
    DAY,
    HOUR,
    Clock,
    Length,
    NoReading,
    Occurrence,
    Recurrence,
    Time,
    Window,
)

NOON = 12 * HOUR
_FIRST_DAY = frozenset({"month", "year", "week"})
_NIGHTS = frozenset({"night", "nightfall"})
_MORNING = frozenset({"morning", "dawn", "breakfast"})


def clock(
    _: Moment,
    hour: int,
    minute: int = 0,
    second: int = 0,
    half: str | None = None,
    *,
    cue: bool = True,
    full: bool = False,
) -> Clock:
    """A time of day; ``half`` is "am" or "pm", ``full`` a reading on the 24-hour clock only."""
    if not (0 <= hour <= 24 and 0 <= minute < 60 and 0 <= second < 60) or (hour == 24 and minute):
        raise NoReading("there is no such time of day")
    if half and not 1 <= hour <= 12:
        if half == "am" and hour > 12:
            raise NoReading("not in the morning")
        half = None
    rest = timedelta(minutes=minute, seconds=second)
    if half:
        points = [(hour % 12 + (12 if half == "pm" else 0)) * HOUR + rest]
    elif full or hour == 0 or hour > 12:
        points = [hour * HOUR + rest]
    elif hour == 12:
        points = [NOON + rest, rest]
    else:
        points = [hour * HOUR + rest, (hour + 12) * HOUR + rest]
    return Clock(tuple((each, each) for each in points), cue=cue, minutes=bool(minute))


def part_of_day(moment: Moment, name: str, which: str | None = None) -> Clock:
    """Morning, afternoon ..., or with ``which`` "early" or "late" a half of it."""
    begin, end = (each * HOUR for each in moment.convention.parts[name])
    if which:
        middle = round((begin + (end - begin) / 2) / HOUR) * HOUR
        begin, end = (begin, middle) if which == "early" else (middle, end)
    return Clock(((begin, end),), point=False, part=name)


def past_hour(moment: Moment, minutes: float, time: Clock, sign: int = 1) -> Clock:
    """ "ten past nine", "a quarter to six"."""
    if not time.point or time.minutes or not 0 < minutes < 60:
        raise NoReading("not a whole hour")
    shift = sign * timedelta(minutes=minutes)
    points = [start + shift for start, _ in time.spans if start is not None]
    return replace(time, spans=tuple((each % DAY, each % DAY) for each in points), minutes=True, cue=True)


def in_part(moment: Moment, time: Clock, part: Clock) -> Clock:
    """ "eight in the evening": the reading that lies there."""
    if part.part is None or time.part is not None:
        raise NoReading("not a time of day and a part of the day")
    name = part.part

    def fits(start: timedelta) -> bool:
        if name in _MORNING:
            return start < NOON
        if name in _NIGHTS:
            return start >= 17 * HOUR or start < 5 * HOUR
        if name in {"noon", "lunch"}:
            return 11 * HOUR <= start < 15 * HOUR
        return start >= NOON

    spans = tuple(each for each in time.spans if each[0] is not None and fits(each[0]))
    if name in _NIGHTS and len(spans) == 2:  # twelve at night is midnight
        spans = spans[1:]
    if not spans and not time.sure:
        raise NoReading("it does not lie there")
    if name in _NIGHTS and not moment.convention.whole_days:  # two at night is on the next day
        spans = tuple((_after_midnight(start), _after_midnight(end)) for start, end in spans or time.spans)
    return replace(time, spans=spans or time.spans, cue=True)


def _after_midnight(offset: timedelta | None) -> timedelta | None:
    return offset + DAY if offset is not None and offset < 5 * HOUR else offset


def clock_range(moment: Moment, first: Clock, second: Clock) -> Clock:
    """From one time of day to another; the one that says morning or afternoon decides for both."""
    if first.bounded or second.bounded or not first.point or not second.point:
        raise NoReading("not two points")
    if not moment.convention.joined and (first.cue or first.minutes or second.minutes):
        raise NoReading("each stands alone")
    begins = [each[0] for each in first.spans if each[0] is not None]
    ends = [each[1] for each in second.spans if each[1] is not None]
    pairs: list[tuple[timedelta | None, timedelta | None]]
    if second.sure and not first.sure:
        before = [each for each in begins if each < ends[0]] or [max(begins) - DAY / 2]
        pairs = [(max(before), ends[0])]
    elif first.sure:
        after = [each for each in ends if each > begins[0]] or [ends[0] + DAY]
        pairs = [(begins[0], min(after))]
    else:
        pairs = []
        for begin in begins:
            later = [each for end in ends for each in (end, end + DAY) if each > begin]
            pairs.append((begin, min(later)))
        crossing = begins[0] > ends[0]
        if crossing and (not moment.convention.both_halves or first.minutes or second.minutes):
            pairs = pairs[:1]
    return Clock(tuple(pairs), point=False, cue=first.cue or second.cue)


def lasting_from(moment: Moment, length: Length, start: Clock) -> Clock:
    """ "from two for three hours"; a bare hour is meant on the 24-hour clock."""
    begin = start.spans[0][0]
    if not length.clocked or not start.point or begin is None:
        raise NoReading("not hours from a point on")
    return Clock(((begin, begin + (moment.shift(moment.now, length) - moment.now)),), point=False)


def bounded_clock(moment: Moment, word: str, time: Clock) -> Clock:
    """Since, after, before or until a time of day."""
    if time.bounded or not moment.convention.joined:
        raise NoReading("it is open as it is, or stands alone")
    spans: list[tuple[timedelta | None, timedelta | None]] = []
    for start, end in time.spans:
        if word in {"since", "after"}:
            spans.append((start if word == "since" or time.point else end, None))
        else:
            spans.append((None, start))
    return replace(time, spans=tuple(spans), point=False, bounded=True, cue=True)


def on(moment: Moment, time: Time, clock: Clock) -> Time:
    """A day with a time of day."""
    takes_clock = (
        time.point or time.grain == "weekend" or (moment.convention.upcoming and time.grain in _FIRST_DAY)
    )
    if time.clocked or time.bounded or time.undetermined or not takes_clock or not moment.convention.joined:
        raise NoReading("it takes no time of day")
    clock = closed(moment, clock, 0 * DAY, DAY)
    windows = tuple(_place(each, span) for span in clock.spans for each in time.windows)
    placed = Time(windows, "hour", point=clock.point, clocked=True, bounded=clock.bounded)
    if time.cycle and clock.sure and not clock.bounded:
        occurs: Occurrence = lambda number: _place(time.at(number), clock.spans[0])  # noqa: E731
        return replace(placed, cycle=time.cycle, occurs=occurs)
    return placed


def _place(window: Window, span: tuple[timedelta | None, timedelta | None]) -> Window:
    start, end = (None if each is None else window.first + each for each in span)
    return Window(start, end)


def closed(moment: Moment, clock: Clock, begin: timedelta, end: timedelta) -> Clock:
    """ "Friday before noon", "tonight after eight": in everyday speech within that day or evening."""
    if moment.convention.whole_days or not clock.bounded:
        return clock
    spans = tuple(
        (begin if start is None else start, end if stop is None else stop or DAY)
        for start, stop in clock.spans
    )
    return replace(clock, spans=spans, bounded=False)


def in_day_part_from(moment: Moment, day: tuple[Time, Clock], word: str, hour: Clock) -> Time:
    """ "tonight after eight"."""
    begin, end = day[1].spans[0]
    clock = bounded_clock(moment, word, in_part(moment, hour, day[1]))
    return on(moment, day[0], closed(moment, clock, begin or 0 * DAY, end or DAY))


def end_of_day(_: Moment, time: Time) -> Time:
    """ "the end of tomorrow": its last second."""
    if not time.point or time.clocked:
        raise NoReading("not a day")
    last = timedelta(hours=LAST_SECOND)
    at = tuple(Window(each.first + last, each.first + last) for each in time.windows)
    return Time(at, "second", clocked=True)


def today_at(moment: Moment, clock: Clock) -> Time:
    """A time of day alone, as today's or, where that is over, tomorrow's."""
    clock = closed(moment, clock, 0 * DAY, DAY)
    found = []
    for span in clock.spans:
        window = _place(moment.unit("day"), span)
        over = window.end or window.start
        if over is not None and over < moment.now and not clock.bounded:
            window = _place(moment.unit("day", 1), span)
        found.append(window)
    return Time(tuple(found), "hour", point=clock.point, clocked=True, bounded=clock.bounded)


DayPart = tuple[Time, Clock]  # "Friday evening", still open for "at eight"


def day_part(moment: Moment, time: Time, name: str) -> DayPart:
    """A part of a day."""
    if not time.point or time.clocked or time.bounded:
        raise NoReading("not a day")
    return time, part_of_day(moment, name)


def in_day_part(moment: Moment, day: DayPart, clock: Clock) -> Time:
    """ "Friday evening at eight"."""
    return on(moment, day[0], in_part(moment, clock, day[1]))


def recurs(_: Moment, time: Time) -> Recurrence:
    """ "every Friday"."""
    if not time.cycle or time.undetermined:
        raise NoReading("it happens but once")
    return Recurrence(time)


def recurs_at(moment: Moment, recurrence: Recurrence, clock: Clock) -> Recurrence:
    """ "every Friday at eight"."""
    return Recurrence(on(moment, recurrence.of, clock) if isinstance(recurrence.of, Time) else clock)
