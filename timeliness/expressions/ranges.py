"""The meaning of ranges from one time to another, and of open ones ("since March")."""

from __future__ import annotations

from dataclasses import replace

from timeliness.expressions.dates import day
from timeliness.expressions.moment import Moment, changed, first_from, fixed, last_until, recurring
from timeliness.expressions.values import DAY, NoReading, Time, Window

_BY_LENGTH = ("week", "month", "year")


def brink(moment: Moment, which: str, time: Time) -> Time:
    """The start, middle or end of something as the border of a range: an empty window there."""
    if time.point or time.bounded:
        raise NoReading("it has no start and end apart")

    def at(window: Window) -> Window:
        middle = (
            window.first.replace(day=16)
            if time.grain == "month"
            else window.first + (window.last - window.first) / 2
        )
        point = {"early": window.first, "mid": middle, "late": window.last}[which]
        return Window(point, point)

    return changed(moment, time, at, grain=time.grain)


def border(_: Moment, time: Time) -> Time:
    """A time that can begin or end a range; one that is itself a range in words, or open, can't."""
    if time.bounded or time.joined:
        raise NoReading("no border")
    return time


def between(moment: Moment, first: Time, second: Time) -> Time:
    """From one border to another; a date without a year takes the year that puts the two in order."""
    if moment.convention.whole_days and first.clocked != second.clocked:
        first, second = (_as_day(moment, each) for each in (first, second))
    if first.undetermined or second.undetermined:
        return replace(fixed(first.only), undetermined=True)
    clocked = first.clocked or second.clocked

    def join(begin: Window, end: Window) -> Window:
        closing = end.last if moment.convention.inclusive or second.clocked else end.first
        if begin.first >= closing:
            raise NoReading("it ends before it begins")
        return Window(begin.first, closing)

    if first.cycle and second.cycle:
        cycle = max(first.cycle, second.cycle, key=_BY_LENGTH.index)

        def occurs(each: int) -> Window:
            if cycle == first.cycle:
                return join(begin := first.at(each), first_from(second, begin.first))
            return join(last_until(first, (end := second.at(each)).first), end)

        found = recurring(moment, cycle, occurs, point=False, clocked=clocked, joined=True)
        holding = [each for each in found.windows if each.first <= moment.now < each.last + DAY]
        return replace(found, windows=tuple(holding)) if holding else found
    if first.cycle:
        return _joined(join(last_until(first, second.only.first), second.only), clocked)
    begin = first.only
    end = first_from(second, begin.first) if second.cycle else second.only
    return _joined(join(begin, end), clocked)


def _joined(window: Window, clocked: bool) -> Time:
    return replace(fixed(window, clocked=clocked), joined=True)


def _as_day(moment: Moment, time: Time) -> Time:
    """Today for now, where days count."""
    return day(moment.today) if time.grain == "second" and time.only.start == moment.now else time


def between_alike(moment: Moment, first: Time, second: Time) -> Time:
    """A range written with a dash: its ends are of one kind ("May-July", not "May-2018")."""
    if first.grain != second.grain or first.clocked != second.clocked:
        raise NoReading("the dash joins other things")
    return between(moment, first, second)


def bounded(moment: Moment, word: str, time: Time) -> Time:
    """Since, after, before, until or by something: a window with one open side.

    By the specification a day counts as a point, so that "after" it begins with it.
    """
    if time.bounded or time.joined or time.undetermined:
        raise NoReading("it is open or unknown as it is")
    as_point = time.clocked or (time.point and moment.convention.whole_days)

    def bound(window: Window) -> Window:
        if time.clocked and word in {"after", "before"} and not moment.convention.whole_days:
            day = moment.unit("day", at=window.first.date())  # "after five tomorrow" ends with the day
            return Window(window.last, day.end) if word == "after" else Window(day.start, window.first)
        if word == "since" or (word == "after" and as_point and time.point):
            return Window(window.first, None)
        if word == "after":
            return Window(window.last, None)
        return Window(None, window.last if word in {"until", "by"} and not as_point else window.first)

    windows = tuple(found for each in time.windows if (found := bound(each)).start != found.end)
    if not windows:
        raise NoReading("nothing is left of the day")
    return Time(windows, time.grain, point=False, clocked=time.clocked, bounded=True)
