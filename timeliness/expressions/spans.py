"""The meaning of what stands to now or to another time: relative units, lengths, parts of a span.

Every function takes the moment first, and raises NoReading where the words make no time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from timeliness.expressions.dates import day
from timeliness.expressions.moment import (
    Moment,
    changed,
    days,
    first_from,
    fixed,
    last_until,
    midnight,
    months,
)
from timeliness.expressions.values import DAY, Length, NoReading, Time, Unit, Window

Which = Literal["this", "next", "last", "coming", "past"]
_OFFSET: dict[str, int] = {"this": 0, "next": 1, "coming": 1, "last": -1, "past": -1}
_YEARLY: frozenset[str] = frozenset({"month", "quarter", "half", "year", "decade", "century"})
_SIZES = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}  # months


def unit(moment: Moment, which: Which, unit: Unit, count: int = 1) -> Time:
    """This, next or last week, month ...; ``count`` for "the week after next"."""
    window = moment.unit(unit, _OFFSET[which] * count)
    return fixed(window, unit, point=unit == "day", clocked=unit in {"hour", "minute", "second"})


def choose(moment: Moment, which: Which, time: Time) -> Time:
    """This, next or last Friday, March, Easter ..."""
    if not time.cycle:
        raise NoReading("it happens but once")
    number = moment.number(time.cycle)
    if time.cycle == "week" and which in {"this", "next", "last"}:
        window = time.at(number + _OFFSET[which])
    elif which == "this":
        holding = [each for each in time.windows if each.first <= moment.now < each.last]
        window = holding[0] if holding else time.at(number)
    elif which in {"next", "coming"}:
        window = first_from(time, midnight(moment.today + DAY))
    else:
        window = last_until(time, midnight(moment.today) - (DAY if time.point else 0 * DAY))
        if not time.point and window.last > moment.now:
            window = last_until(time, window.first - DAY)
    if which == "this" and window.last <= moment.now and not moment.convention.whole_days:
        return replace(time, cue=True)  # "this summer" in autumn may be the one past or the one to come
    return replace(time, windows=(window,), cycle=None, occurs=None, cue=True)


def stretch(moment: Moment, which: Which, length: Length, *, from_now: bool = False) -> Time:
    """ "the last two weeks", "the next 5 years"."""
    forward = _OFFSET[which] > 0
    if which == "this":
        raise NoReading("a length is not this one")
    if length.clocked or not moment.convention.whole_days:
        other = moment.shift(moment.now, length, 1 if forward else -1)
        window = Window(moment.now, other) if forward else Window(other, moment.now)
        return fixed(window, "hour" if length.clocked else "day", clocked=length.clocked)
    if length.business:
        return fixed(_business_days(moment.today, int(length.amounts[0][1]), forward))
    end = midnight(moment.today)
    if forward:
        begin = end if from_now else end + DAY
        return fixed(Window(begin, moment.shift(begin, length)))
    if length.amounts[0][0] == "quarter":
        end = moment.unit("quarter").first
    return fixed(Window(moment.shift(end, length, -1), end))


def soon(moment: Moment, weeks: int = 2) -> Time:
    """ "soon", "last chance": the next weeks in everyday speech."""
    if moment.convention.whole_days:
        raise NoReading("it says no days")
    return stretch(moment, "next", Length((("week", weeks),)))


def _business_days(today: date, count: int, forward: bool) -> Window:
    found: list[date] = []
    each = today
    while len(found) < max(1, min(count, 1000)):
        each += DAY if forward else -DAY
        if each.weekday() < 5:
            found.append(each)
    return Window(midnight(min(found)), midnight(max(found) + DAY))


def within(moment: Moment, length: Length) -> Time:
    """ "within two weeks": of those to come, or in everyday speech of those past."""
    ahead = stretch(moment, "next", length, from_now=True)
    if moment.convention.whole_days:
        return ahead
    return replace(ahead, windows=(stretch(moment, "last", length).only, ahead.only))


def lasting(moment: Moment, length: Length, start: Time) -> Time:
    """ "three days from Monday on": a length that begins with something."""
    begin = start.only.first
    return fixed(
        _ordered(Window(begin, moment.shift(begin, length))), clocked=length.clocked or start.clocked
    )


def _ordered(window: Window) -> Window:
    if window.first >= window.last:
        raise NoReading("it ends before it begins")
    return window


def shifted(moment: Moment, length: Length, sign: int, origin: Time | None = None) -> Time:
    """ "two weeks ago", "in three days", "a month after Easter"."""
    from_now = origin is None or (length.clocked and not origin.clocked)
    found = moment.shift(moment.now if from_now or origin is None else origin.only.first, length, sign)
    grain = length.amounts[-1][0]
    if length.clocked or (origin is not None and origin.clocked):
        return fixed(Window(found, found), grain, point=True, clocked=True)
    if (
        grain in _YEARLY and length.amounts[-1][1] >= 1 and not moment.convention.whole_days
    ):  # "two years ago" is not meant to the day
        return fixed(moment.unit(grain, at=found.date()), grain)
    return day(found.date())


def weekday_near(_: Moment, weekday: int, time: Time) -> Time:
    """ "Friday, two weeks from now": the weekday of that week."""
    return day(time.only.first.date() + (weekday - time.only.first.weekday()) * DAY)


def nth(moment: Moment, number: int, of: Unit, within: Time, count: int = 1) -> Time:
    """ "the first week of March", "the last two days of the year"; ``number`` -1 is the last."""
    return changed(
        moment,
        within,
        lambda window: _nth(window, number, of, count),
        grain=of,
        point=of == "day" and count == 1,
    )


def _nth(window: Window, number: int, of: Unit, count: int) -> Window | None:
    """A week belongs to the month or year that holds its Thursday (ISO 8601)."""
    if of in {"week", "weekend"}:
        begin, end = (_monday(each) for each in (window.first, window.last))
        start = begin + (number - 1) * 7 * DAY if number > 0 else end + (number + 1 - count) * 7 * DAY
        return days((start + 5 * DAY).date(), 2) if of == "weekend" else days(start.date(), 7 * count)
    if of == "day":
        start = window.first + (number - 1) * DAY if number > 0 else window.last + (number + 1 - count) * DAY
        return days(start.date(), count) if window.first <= start < window.last else None
    if of not in _SIZES:
        return None
    low, high = (each.year * 12 + each.month - 1 for each in (window.first, window.last))
    index = low + (number - 1) * _SIZES[of] if number > 0 else high + (number + 1 - count) * _SIZES[of]
    return months(index, _SIZES[of] * count) if low <= index < high else None


def _monday(border: datetime) -> datetime:
    """The first Monday of the weeks that belong to what begins at ``border``."""
    monday = border - border.weekday() * DAY
    return monday if border.weekday() <= 3 else monday + 7 * DAY


def nth_weekday(moment: Moment, number: int, weekday: int, within: Time) -> Time:
    """ "the first Monday of next month"; ``number`` -1 is the last."""

    def found(window: Window) -> Window | None:
        if number > 0:
            day = window.first + ((weekday - window.first.weekday()) % 7 + 7 * (number - 1)) * DAY
        else:
            last = window.last - DAY
            day = last - ((last.weekday() - weekday) % 7 - 7 * (number + 1)) * DAY
        return days(day.date()) if window.first <= day < window.last else None

    return changed(moment, within, found)


def weekday_in(moment: Moment, weekday: int, week: Time) -> Time:
    """ "next week Wednesday"."""
    if week.grain != "week":
        raise NoReading("not a week")
    return nth_weekday(moment, 1, weekday, week)


def edge(moment: Moment, which: str, time: Time) -> Time:
    """Early, mid or late in something: its first or second half, or what lies around its middle."""
    if time.point or time.bounded or time.clocked:
        raise NoReading("it has no early part")
    found = changed(
        moment, time, lambda window: _edge(window, which, time.grain), grain=time.grain, point=False
    )
    return replace(found, undetermined=time.undetermined)


def _edge(window: Window, which: str, grain: Unit) -> Window:
    first, last = window.first, window.last
    if grain in {"year", "decade", "century"}:
        parts: dict[str, tuple[float, float]] = {"early": (0, 6), "late": (6, 12), "mid": (4, 8)}
        if grain != "year":  # the late 1980s begin with 1986
            parts = {"early": (0, 4.8), "late": (7.2, 12), "mid": (3.6, 8.4)}
        size = last.year - first.year
        begins, ends = (round(each * size) for each in parts[which])
        return months(first.year * 12 + begins, ends - begins)
    length = (last - first).days
    half = length // 2
    if grain == "month":
        start, end = {"early": (0, 15), "late": (15, length), "mid": (9, 20)}[which]
    else:
        start, end = {"early": (0, half), "late": (half, length), "mid": (length // 4, length - length // 4)}[
            which
        ]
    return days((first + start * DAY).date(), end - start)


def so_far(moment: Moment, time: Time) -> Time:
    """ "earlier this week": its first half, or what of it is over where that is less."""
    found = edge(moment, "early", time)
    begin, end = found.only.first, min(found.only.last, midnight(moment.today))
    return (
        replace(found, windows=(Window(begin, end),)) if begin < end and _holds_now(moment, time) else found
    )


def still_to_come(moment: Moment, time: Time) -> Time:
    """ "later this week": its second half, or what of it is left where that is less."""
    found = edge(moment, "late", time)
    begin = max(found.only.first, midnight(moment.today))
    return replace(found, windows=(Window(begin, found.only.last),)) if _holds_now(moment, time) else found


def rest_of(moment: Moment, time: Time) -> Time:
    """ "the rest of the week": from now or today to its end."""
    if not _holds_now(moment, time):
        raise NoReading("nothing is left of it")
    if moment.convention.whole_days:  # up to its last day
        return replace(time, windows=(_ordered(Window(midnight(moment.today), time.only.last - DAY)),))
    return replace(time, windows=(Window(moment.now, time.only.last),))


def _holds_now(moment: Moment, time: Time) -> bool:
    return time.only.first <= moment.now < time.only.last
