"""The meaning of dates and longer stretches, shared by the grammars of all languages.

Every function takes the moment first and gives a value, or None where the words make none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from timeliness.calendars import named_day, season_days
from timeliness.expressions.values import (
    DAY,
    Length,
    Moment,
    Time,
    Unit,
    Window,
    days,
    first_from,
    last_until,
    midnight,
    months,
    recurring,
)

Which = Literal["this", "next", "last", "coming", "past"]
_OFFSET: dict[str, int] = {"this": 0, "next": 1, "coming": 1, "last": -1, "past": -1}
_YEARLY: frozenset[str] = frozenset({"month", "quarter", "half", "year", "decade", "century"})


def fixed(window: Window, grain: Unit = "day", *, point: bool = False, clocked: bool = False) -> Time:
    """What happens once."""
    return Time((window,), grain, point=point, clocked=clocked)


def day(day: date) -> Time:
    """One day."""
    return fixed(days(day), point=True)


def relative_day(moment: Moment, offset: int) -> Time:
    """Today, tomorrow, yesterday ..."""
    return day(moment.today + offset * DAY)


def year(_: Moment, number: int, *, cue: bool = True) -> Time | None:
    """A calendar year."""
    return replace(fixed(months(number * 12, 12), "year"), cue=cue) if 1 <= number < 9999 else None


def full_year(number: int, digits: int = 4) -> int:
    """A year written with two digits in full: to 29 this century, from 30 on the last."""
    return number if digits > 2 else 2000 + number if number < 30 else 1900 + number


def month(moment: Moment, number: int, of: int | None = None, *, cue: bool = True) -> Time | None:
    """A month, of a year or of every year."""
    if of is not None:
        return fixed(months(of * 12 + number - 1), "month")
    return recurring(
        moment, "year", lambda each: months(each * 12 + number - 1), grain="month", point=False, cue=cue
    )


def quarter(moment: Moment, number: int, of: int | None = None, *, parts: int = 4) -> Time | None:
    """A quarter (or half, with ``parts`` 2) of a year or of every year."""
    size = 12 // parts
    if not 1 <= number <= parts:
        return None
    grain: Unit = "quarter" if parts == 4 else "half"
    if of is not None:
        return fixed(months(of * 12 + (number - 1) * size, size), grain)
    return recurring(
        moment, "year", lambda each: months(each * 12 + (number - 1) * size, size), grain=grain, point=False
    )


def month_day(moment: Moment, month: int, number: int, of: int | None = None) -> Time | None:
    """A date; one that no year has is there but undetermined."""
    if not (1 <= month <= 12 and 1 <= number <= 31):
        return None
    try:
        date(of or 2000, month, number)
    except ValueError:
        return replace(day(moment.today), undetermined=True)
    if of is not None:
        return day(date(of, month, number))
    return recurring(moment, "year", lambda each: days(date(each, month, number)))


def numeric_date(
    moment: Moment, first: int, second: int, year: int | None, digits: int = 4, *, day_first: bool = False
) -> Time | None:
    """ "5/12/2019", the month first unless it can't be; a short year that is doubtful gives both."""
    month, number = (second, first) if day_first else (first, second)
    if month > 12 >= number:
        month, number = number, month
    if year is None:
        return month_day(moment, month, number)
    if digits == 2 and 30 <= year < 40:
        both = [month_day(moment, month, number, century + year) for century in (1900, 2000)]
        found = [each for each in both if each and not each.undetermined]
        return replace(found[0], windows=tuple(each.only for each in found)) if found else None
    return month_day(moment, month, number, full_year(year, digits))


def month_number(moment: Moment, number: int) -> Time | None:
    """ "the 18th" of every month."""
    if not 1 <= number <= 31:
        return None
    return recurring(moment, "month", lambda each: days(date(each // 12, each % 12 + 1, number)))


def weekday(moment: Moment, number: int) -> Time | None:
    """A day of every week; Monday is 0."""
    return recurring(moment, "week", lambda each: days(date.fromordinal(each * 7 + 1 + number)))


def weekday_number(moment: Moment, weekday: int, number: int) -> Time | None:
    """ "Friday 13": in the months that have such a day."""

    def occurs(each: int) -> Window | None:
        found = date(each // 12, each % 12 + 1, number)
        return days(found) if found.weekday() == weekday else None

    return recurring(moment, "month", occurs) if 1 <= number <= 31 else None


def weekday_the_number(moment: Moment, _: int, number: int) -> Time | None:
    """ "Friday the 26th": of this month."""
    return day(moment.today.replace(day=number)) if 1 <= number <= 31 else None


def named(moment: Moment, name: str, of: int | None = None, *, before: int = 0) -> Time | None:
    """A holiday, ``before`` days earlier for its eve."""

    def occurs(each: int) -> Window | None:
        found = named_day(name, each, moment.country)
        return days(found - before * DAY) if found else None

    if of is not None:
        window = occurs(of)
        return fixed(window, point=True) if window else None
    return recurring(moment, "year", occurs)


def season(moment: Moment, name: str, of: int | None = None) -> Time | None:
    """A season or the days around a festival."""

    def occurs(each: int) -> Window | None:
        first, end = season_days(name, each, moment.country)
        return Window(midnight(first), midnight(end))

    if of is not None:
        window = occurs(of)
        return fixed(window, "quarter") if window else None
    return recurring(moment, "year", occurs, grain="quarter", point=False)


def weekend_of(moment: Moment, time: Time) -> Time | None:
    """The days off around a holiday: Saturday to Monday around a Monday, else to Sunday."""

    def around(window: Window | None) -> Window | None:
        if window is None:
            return None
        saturday = window.first - (window.first.weekday() - 5) % 7 * DAY
        if window.first.weekday() in {1, 2, 3, 4}:
            saturday += 7 * DAY
        return days(saturday.date(), 3 if window.first.weekday() == 0 else 2)

    if time.cycle:
        return recurring(moment, time.cycle, lambda each: around(time.at(each)), grain="weekend", point=False)
    return fixed(around(time.only) or time.only, "weekend")


def unit(moment: Moment, which: Which, unit: Unit, count: int = 1) -> Time:
    """This, next or last week, month ...; ``count`` for "the week after next"."""
    window = moment.unit(unit, _OFFSET[which] * count)
    return fixed(window, unit, point=unit == "day", clocked=unit in {"hour", "minute", "second"})


def choose(moment: Moment, which: Which, time: Time) -> Time | None:
    """This, next or last Friday, March, Easter ..."""
    if not time.cycle or not time.occurs:
        return None
    number = moment.number(time.cycle)
    window: Window | None
    if time.cycle == "week" and which in {"this", "next", "last"}:
        window = time.at(number + _OFFSET[which])
    elif which == "this":
        holding = [each for each in time.windows if each.first <= moment.now < each.last]
        window = holding[0] if holding else time.at(number)
    elif which in {"next", "coming"}:
        window = first_from(time, midnight(moment.today + DAY))
    else:
        window = last_until(time, midnight(moment.today) - (DAY if time.point else 0 * DAY))
        if window and not time.point and window.last > moment.now:
            window = last_until(time, window.first - DAY)
    if which == "this" and window and window.last <= moment.now and not moment.convention.whole_days:
        return replace(time, cue=True)  # "this summer" in autumn may be the one past or the one to come
    return replace(time, windows=(window,), cycle=None, occurs=None, cue=True) if window else None


def within(moment: Moment, length: Length) -> Time:
    """ "within two weeks": of those to come, or of those past."""
    ahead = stretch(moment, "next", length, from_now=True)
    if moment.convention.whole_days:
        return ahead
    return replace(ahead, windows=(stretch(moment, "last", length).only, ahead.only))


def stretch(moment: Moment, which: Which, length: Length, *, from_now: bool = False) -> Time:
    """ "the last two weeks", "the next 5 years", "within 3 days"."""
    forward = which in {"next", "coming"}
    if length.clocked or not moment.convention.whole_days:
        other = moment.shift(moment.now, length, 1 if forward else -1)
        window = Window(moment.now, other) if forward else Window(other, moment.now)
        return fixed(window, "hour" if length.clocked else "day", clocked=length.clocked)
    today = midnight(moment.today)
    if length.amounts[0][0] == "quarter" and not forward:
        end = moment.unit("quarter").first
        return fixed(Window(moment.shift(end, length, -1), end))
    if length.business:
        return fixed(_business_days(moment.today, int(length.amounts[0][1]), forward))
    begin = today + DAY if forward and not from_now else today
    return fixed(
        Window(begin, moment.shift(begin, length))
        if forward
        else Window(moment.shift(today, length, -1), today)
    )


def _business_days(today: date, count: int, forward: bool) -> Window:
    found: list[date] = []
    each = today
    while len(found) < min(count, 1000):
        each += DAY if forward else -DAY
        if each.weekday() < 5:
            found.append(each)
    return Window(midnight(min(found)), midnight(max(found) + DAY)) if found else days(today)


def lasting(moment: Moment, length: Length, start: Time) -> Time | None:
    """ "three days from Monday on": a length that begins with something."""
    begin = start.windows[-1].first
    end = moment.shift(begin, length)
    return fixed(Window(begin, end), clocked=length.clocked or start.clocked) if end > begin else None


def shifted(moment: Moment, length: Length, sign: int, origin: Time | None = None) -> Time | None:
    """ "two weeks ago", "in three days", "a month after Easter"."""
    if origin is None or (length.clocked and not origin.clocked):
        begin = moment.now
    else:
        begin = origin.windows[-1].first
    found = moment.shift(begin, length, sign)
    if length.clocked or (origin is not None and origin.clocked):
        return fixed(Window(found, found), length.amounts[-1][0], point=True, clocked=True)
    grain = length.amounts[-1][0]
    if grain in _YEARLY and not moment.convention.whole_days:  # "two years ago" is not meant to the day
        return fixed(moment.unit(grain, at=found.date()), grain)
    return day(found.date())


def weekday_near(moment: Moment, weekday: int, time: Time) -> Time | None:
    """ "Friday, two weeks from now": the weekday of that week."""
    monday = time.only.first.date() - time.only.first.weekday() * DAY
    return day(monday + weekday * DAY)


def nth(moment: Moment, number: int, of: Unit, within: Time, count: int = 1) -> Time | None:
    """ "the first week of March", "the last two days of the year"; ``number`` -1 is the last.

    A week belongs to the month or year that holds its Thursday (ISO 8601).
    """

    def occurs(window: Window | None) -> Window | None:
        return _nth(window, number, of, count) if window else None

    if within.cycle:
        return recurring(
            moment,
            within.cycle,
            lambda each: occurs(within.at(each)),
            grain=of,
            point=of == "day" and count == 1,
        )
    window = occurs(within.only)
    return fixed(window, of, point=of == "day" and count == 1) if window else None


def _nth(window: Window, number: int, of: Unit, count: int) -> Window | None:
    first, last = window.first, window.last
    if of in {"week", "weekend"}:
        monday = window.first - window.first.weekday() * DAY
        begin = monday if window.first.weekday() <= 3 else monday + 7 * DAY
        end = (window.last - DAY) - (window.last - DAY).weekday() * DAY
        last = end + 7 * DAY if (window.last - DAY).weekday() >= 3 else end
        start = begin + (number - 1) * 7 * DAY if number > 0 else last + (number + 1 - count) * 7 * DAY
        if of == "weekend":
            return days(start.date() + 5 * DAY, 2)
        return days(start.date(), 7 * count)
    if of == "day":
        begin = first + (number - 1) * DAY if number > 0 else last + (number + 1 - count) * DAY
        return days(begin.date(), count) if first <= begin < last else None
    size = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120}.get(of)
    if size is None:
        return None
    low, high = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    index = low + (number - 1) * size if number > 0 else high + (number + 1 - count) * size
    return months(index, size * count) if low <= index < high else None


def nth_weekday(moment: Moment, number: int, weekday: int, within: Time) -> Time | None:
    """ "the first Monday of next month"; ``number`` -1 is the last."""

    def occurs(window: Window | None) -> Window | None:
        if window is None:
            return None
        first = window.first + (weekday - window.first.weekday()) % 7 * DAY
        last = window.last - DAY - ((window.last - DAY).weekday() - weekday) % 7 * DAY
        found = first + (number - 1) * 7 * DAY if number > 0 else last + (number + 1) * 7 * DAY
        return days(found.date()) if window.first <= found < window.last else None

    if within.cycle:
        return recurring(moment, within.cycle, lambda each: occurs(within.at(each)))
    window = occurs(within.only)
    return fixed(window, point=True) if window else None


def weekday_in(moment: Moment, weekday: int, week: Time) -> Time | None:
    """ "next week Wednesday"."""
    return nth_weekday(moment, 1, weekday, week) if week.grain == "week" else None


def week_of(moment: Moment, time: Time) -> Time | None:
    """The week that holds a date."""

    def around(window: Window | None) -> Window | None:
        return moment.unit("week", at=window.first.date()) if window else None

    windows = tuple(found for each in time.windows if (found := around(each)))
    return Time(windows, "week", point=False)


def week_number(moment: Moment, number: int, of: int | None = None) -> Time | None:
    """A week by its ISO 8601 number."""
    return fixed(days(date.fromisocalendar(of or moment.today.year, number, 1), 7), "week")


def decade(moment: Moment, number: int, digits: int) -> Time | None:
    """ "the 1990s", "the 90s": of two digits the last such decade that has begun, but for the spoken "twenties"."""
    if digits > 2:
        return fixed(months(number * 12, 120), "decade")
    century = moment.today.year // 100 * 100
    begun = century + number if century + number <= moment.today.year else century - 100 + number
    if not moment.convention.whole_days:
        return fixed(months(begun * 12, 120), "decade")
    century = 1900
    return Time(
        (months((century + number) * 12, 120), months((century + 100 + number) * 12, 120)),
        "decade",
        point=False,
    )


def edge(moment: Moment, which: str, time: Time) -> Time | None:
    """Early, mid or late in something: its first or second half, or what lies around its middle."""
    if time.point:
        return None

    def part(window: Window | None) -> Window | None:
        return _edge(window, which, time.grain) if window else None

    if time.cycle:
        return recurring(moment, time.cycle, lambda each: part(time.at(each)), grain=time.grain, point=False)
    windows = tuple(found for each in time.windows if each.start and each.end and (found := part(each)))
    return replace(time, windows=windows, cue=True) if windows else None


def _edge(window: Window, which: str, grain: Unit) -> Window:
    first, last = window.first, window.last
    if grain in {"year", "decade", "century"}:
        size = (last.year - first.year) * 12
        index = first.year * 12
        begin, end = {"early": (0, 6), "late": (6, 12), "mid": (4, 8)}[which]
        if grain != "year":
            begin, end = {"early": (0, 4.8), "late": (7.2, 12), "mid": (3.6, 8.4)}[which]
        return months(index + round(begin * size / 12), round((end - begin) * size / 12))
    length = (last - first).days
    if grain == "month":
        begin, end = {"early": (0, 15), "late": (15, length), "mid": (9, 20)}[which]
    else:
        half = length // 2
        begin, end = {"early": (0, half), "late": (half, length), "mid": (length // 4, length - length // 4)}[
            which
        ]
    return days((first + begin * DAY).date(), end - begin)


def so_far(moment: Moment, time: Time) -> Time | None:
    """ "earlier this week": its first half, or what of it is over where that is less."""
    found = edge(moment, "early", time)
    if found is None or not time.only.first <= moment.now < time.only.last:
        return found
    end = (
        min(found.only.last, midnight(moment.today))
        if moment.today > time.only.first.date()
        else found.only.last
    )
    return replace(found, windows=(Window(found.only.first, end),))


def still_to_come(moment: Moment, time: Time) -> Time | None:
    """ "later this week": its second half, or what of it is left where that is less."""
    found = edge(moment, "late", time)
    if found is None or not time.only.first <= moment.now < time.only.last:
        return found
    start = max(found.only.first, midnight(moment.today))
    return replace(found, windows=(Window(start, found.only.last),))


def rest_of(moment: Moment, time: Time) -> Time | None:
    """ "the rest of the week": from now or today to its end."""
    if not time.only.first <= moment.now < time.only.last:
        return None
    if moment.convention.whole_days:
        return replace(time, windows=(Window(midnight(moment.today), time.only.last - DAY),))
    return replace(time, windows=(Window(moment.now, time.only.last),))


def brink(moment: Moment, which: str, time: Time) -> Time | None:
    """The start, middle or end of something as the border of a range: an empty window there."""
    if time.point:
        return None

    def at(window: Window | None) -> Window | None:
        if window is None:
            return None
        middle = (
            window.first.replace(day=16)
            if time.grain == "month"
            else window.first + (window.last - window.first) / 2
        )
        point = {"early": window.first, "mid": middle, "late": window.last}[which]
        return Window(point, point)

    if time.cycle:
        return recurring(moment, time.cycle, lambda each: at(time.at(each)), grain=time.grain)
    return Time(tuple(found for each in time.windows if (found := at(each))), time.grain)


def between(moment: Moment, first: Time, second: Time) -> Time | None:
    """From one to another; a date without a year takes the year that puts the two in order."""
    if first.bounded or second.bounded:
        return None
    if moment.convention.whole_days and first.clocked != second.clocked:
        first, second = (_as_day(moment, each) for each in (first, second))
    if first.undetermined or second.undetermined:
        return replace(fixed(first.only), undetermined=True)
    clocked = first.clocked or second.clocked

    def join(begin: Window | None, end: Window | None) -> Window | None:
        if begin is None or end is None:
            return None
        closing = _closing(moment, end, second)
        return Window(begin.first, closing) if begin.first < closing else None

    if first.cycle:
        if second.cycle:
            cycle = max((first.cycle, second.cycle), key=("week", "month", "year").index)
            if cycle == first.cycle:
                found = recurring(
                    moment,
                    cycle,
                    lambda each: (
                        join(begin, first_from(second, begin.first)) if (begin := first.at(each)) else None
                    ),
                    point=False,
                    clocked=clocked,
                )
            else:
                found = recurring(
                    moment,
                    cycle,
                    lambda each: (
                        join(last_until(first, end.first), end) if (end := second.at(each)) else None
                    ),
                    point=False,
                    clocked=clocked,
                )
            holding = (
                [each for each in found.windows if each.first <= moment.now < each.last + DAY]
                if found
                else []
            )
            return replace(found, windows=tuple(holding)) if found and holding else found
        window = join(last_until(first, second.only.first), second.only)
    else:
        begin = first.windows[-1]
        end = first_from(second, begin.first) if second.cycle else second.only
        window = join(begin, end)
    return fixed(window, clocked=clocked) if window else None


def _as_day(moment: Moment, time: Time) -> Time:
    """Today for now, where days count."""
    return day(moment.today) if time.grain == "second" and time.only.start == moment.now else time


def _closing(moment: Moment, end: Window, second: Time) -> datetime:
    return end.last if moment.convention.inclusive or second.clocked else end.first


def bounded(moment: Moment, word: str, time: Time) -> Time | None:
    """Since, after, before, until or by something: a window with one open side."""
    if time.bounded or any(each.start is None or each.end is None for each in time.windows):
        return None
    loose = time.point and moment.convention.whole_days  # a day counts as a point there

    def bound(window: Window) -> Window:
        if word == "since":
            return Window(window.first, None)
        if word == "after":
            return Window(window.first if loose or (time.clocked and time.point) else window.last, None)
        if word == "until" and not loose and not time.clocked:
            return Window(None, window.last)
        if word == "by" and not loose and not time.clocked:
            return Window(None, window.last)
        return Window(None, window.first)

    return replace(
        time,
        windows=tuple(map(bound, time.windows)),
        point=False,
        cycle=None,
        occurs=None,
        cue=True,
        bounded=True,
    )


def lunar_day(moment: Moment, month: int, number: int, of: int | None = None) -> Time | None:
    """A date of the Chinese lunisolar calendar, of a year or of every year."""
    from timeliness.lunisolar import lunar_months

    def occurs(each: int) -> Window | None:
        begin = next(
            (first for known, leap, first in lunar_months(each) if known == month and not leap), None
        )
        return days(begin + (number - 1) * DAY) if begin else None

    if not (1 <= month <= 12 and 1 <= number <= 30):
        return None
    if of is not None:
        window = occurs(of)
        return fixed(window, point=True) if window else None
    return recurring(moment, "year", occurs)


def golden_week(moment: Moment) -> Time | None:
    """The holidays around China's National Day."""
    return recurring(moment, "year", lambda each: days(date(each, 10, 1), 7), grain="week", point=False)
