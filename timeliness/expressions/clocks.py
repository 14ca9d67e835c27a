"""The meaning of times of day, alone and joined with days; shared by the grammars of all languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from timeliness.expressions.semantics import fixed
from timeliness.expressions.values import (
    DAY,
    HOUR,
    LAST_SECOND,
    Clock,
    Length,
    Moment,
    Time,
    Window,
    recurring,
)

NOON = 12 * HOUR
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
) -> Clock | None:
    """A time of day; ``half`` is "am" or "pm", ``full`` a reading on the 24-hour clock only."""
    if not (0 <= hour <= 24 and 0 <= minute < 60 and 0 <= second < 60) or (hour == 24 and minute):
        return None
    if half and not 1 <= hour <= 12:
        if (half == "pm" and hour > 12) or hour == 0:
            half = None
        else:
            return None
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
        middle = begin + (end - begin) / 2
        begin, end = (begin, middle) if which == "early" else (middle, end)
    return Clock(((begin, end),), point=False, part=name)


def past_hour(moment: Moment, minutes: float, time: Clock, sign: int = 1) -> Clock | None:
    """ "ten past nine", "a quarter to six"."""
    if not time.point or time.minutes or not 0 < minutes < 60:
        return None
    shift = sign * timedelta(minutes=minutes)
    spans = tuple((start + shift, start + shift) for start, _ in time.spans if start is not None)
    return (
        replace(time, spans=spans, minutes=True, cue=True)
        if all(each[0] >= timedelta() for each in spans)
        else None
    )


def in_part(moment: Moment, time: Clock, part: Clock) -> Clock | None:
    """ "eight in the evening": the reading that lies there."""
    if part.part is None or time.part is not None or not part.spans:
        return None
    name = part.part

    def fits(start: timedelta) -> bool:
        if name in _MORNING:
            return start < NOON
        if name in {"night", "nightfall"}:
            return start >= 17 * HOUR or start < 5 * HOUR
        if name in {"noon", "lunch"}:
            return 11 * HOUR <= start < 15 * HOUR
        return start >= NOON

    spans = tuple(each for each in time.spans if each[0] is not None and fits(each[0]))
    if name in {"night", "nightfall"} and len(spans) == 2:  # twelve at night is midnight
        spans = spans[1:]
    return replace(time, spans=spans, cue=True) if spans else replace(time, cue=True) if time.sure else None


def clock_range(moment: Moment, first: Clock, second: Clock) -> Clock | None:
    """From one time of day to another; the one that says morning or afternoon decides for both."""
    if first.bounded or second.bounded or not first.point or not second.point:
        return None
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


def lasting_from(moment: Moment, length: Length, start: Clock) -> Clock | None:
    """ "from two for three hours"; a bare hour is meant on the 24-hour clock."""
    if not length.clocked or not start.point:
        return None
    begin = start.spans[0][0]
    if begin is None:
        return None
    end = moment.shift(moment.now, length) - moment.now
    return Clock(((begin, begin + end),), point=False)


def bounded_clock(_: Moment, word: str, time: Clock) -> Clock | None:
    """Since, after, before or until a time of day."""
    if time.bounded:
        return None
    spans: list[tuple[timedelta | None, timedelta | None]] = []
    for start, end in time.spans:
        if word in {"since", "after"}:
            spans.append((start if word == "since" or time.point else end, None))
        else:
            spans.append((None, start))
    return replace(time, spans=tuple(spans), point=False, bounded=True, cue=True)


def on(moment: Moment, time: Time, clock: Clock) -> Time | None:
    """A day with a time of day."""
    if time.clocked or time.bounded or (not time.point and time.grain != "weekend"):
        return None
    windows = tuple(_place(each, span) for span in clock.spans for each in time.windows)
    placed = Time(windows, "hour", point=clock.point, clocked=True, bounded=clock.bounded)
    if time.cycle and clock.sure and not clock.bounded:
        span = clock.spans[0]
        again = recurring(
            moment,
            time.cycle,
            lambda each: _place(window, span) if (window := time.at(each)) else None,
            point=clock.point,
            clocked=True,
            grain="hour",
        )
        if again:
            return replace(placed, cycle=again.cycle, occurs=again.occurs)
    return placed


def _place(window: Window, span: tuple[timedelta | None, timedelta | None]) -> Window:
    start, end = (None if each is None else window.first + each for each in span)
    return Window(start, end)


def end_of_day(_: Moment, time: Time) -> Time | None:
    """ "the end of tomorrow": its last second."""
    if not time.point or time.clocked:
        return None
    last = timedelta(hours=LAST_SECOND)
    at = tuple(Window(each.first + last, each.first + last) for each in time.windows)
    return Time(at, "second", clocked=True)


def today_at(moment: Moment, clock: Clock) -> Time | None:
    """A time of day alone, as today's, or tomorrow's where that is over; for uses that need a date."""
    found = []
    for start, end in clock.spans:
        window = _place(moment.unit("day"), (start, end))
        over = window.end if window.end is not None else window.start
        if over is not None and over < moment.now and not clock.bounded:
            window = _place(moment.unit("day", 1), (start, end))
        found.append(window)
    return replace(
        fixed(found[0], "hour", point=clock.point, clocked=True), windows=tuple(found), bounded=clock.bounded
    )
