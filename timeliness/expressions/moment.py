"""The moment at which something is said, what is settled by agreement, and what recurs around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import Any

from dateutil.relativedelta import relativedelta

from timeliness.expressions.values import (
    DAY,
    HOUR,
    Cycle,
    Length,
    NoReading,
    Occurrence,
    Time,
    Unit,
    Window,
    known,
)

_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}
# Cycles to look back and ahead: over the years without a 29 February, the months without a Friday the 13th.
_REACH: Mapping[str, int] = {"year": 9, "month": 30, "week": 3}
_EXACT: Mapping[str, timedelta] = {
    "second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": HOUR, "day": DAY,
    "week": 7 * DAY, "weekend": 7 * DAY, "fortnight": 14 * DAY,
}  # fmt: skip


@dataclass(frozen=True)
class Convention:
    """What is settled by agreement and not by the words.

    parts: hours of a day's parts, counted from its midnight. inclusive: "from March to May"
    holds all of May. whole_days: "the next two weeks" begin tomorrow rather than now, and
    "after" a day counts from that day. bare: hours and days without a preposition count
    ("tomorrow three"). both_halves: "11-4" may also run from 23 to 4. joined: a day and a time of
    day are one expression. upcoming: a time of day that is over means the next day.
    """

    parts: Mapping[str, tuple[float, float]]
    inclusive: bool = True
    whole_days: bool = False
    bare: bool = False
    both_halves: bool = True
    joined: bool = True
    upcoming: bool = False


EVERYDAY = Convention(
    {
        "dawn": (5, 7), "morning": (5, 12), "noon": (11, 14), "afternoon": (12, 18), "evening": (17, 24),
        "night": (18, 28), "daytime": (8, 18), "breakfast": (6, 10), "lunch": (11, 14), "dinner": (17, 21),
        "hours": (8, 18), "day": (0, 24), "nightfall": (18, 28),
    }
)  # fmt: skip

LAST_SECOND = 24 - 1 / 3600
SPECIFICATION = Convention(
    {
        "dawn": (4, 8), "morning": (8, 12), "noon": (11, 13), "afternoon": (12, 16), "evening": (16, 20),
        "night": (20, LAST_SECOND), "daytime": (8, 18), "breakfast": (8, 12), "lunch": (11, 13),
        "dinner": (16, 20), "hours": (8, 18), "day": (0, 24), "nightfall": (16, 20),
    },
    inclusive=False,
    whole_days=True,
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """Now on the speaker's wall clock, and where that is."""

    now: datetime
    convention: Convention = EVERYDAY
    country: str = "US"
    zone: tzinfo | None = None

    @cached_property
    def today(self) -> date:
        """The speaker's date."""
        return self.now.date()

    def number(self, cycle: Cycle) -> int:
        """The number of the cycle that holds now."""
        return cycle_number(cycle, self.today)

    def shift(self, origin: datetime, length: Length, sign: int = 1) -> datetime:
        """``origin`` moved by a length; hours are counted in real time where the zone is known."""
        for unit, count in length.amounts:
            if unit in {"hour", "minute", "second"} and self.zone is not None:
                aware = (
                    origin.replace(tzinfo=self.zone).timestamp() + sign * count * _EXACT[unit].total_seconds()
                )
                origin = datetime.fromtimestamp(aware, self.zone).replace(tzinfo=None)
            elif unit in _EXACT:
                origin += sign * count * _EXACT[unit]
            else:
                whole, part = divmod(count * _MONTHS[unit], 1)
                origin += sign * relativedelta(months=int(whole), days=round(part * 30))
        return origin

    def unit(self, unit: Unit, offset: int = 0, at: date | None = None) -> Window:
        """The calendar unit that holds ``at`` (or today), moved by ``offset`` of them; weeks begin on Monday."""
        at = at or self.today
        if unit in {"second", "minute", "hour"}:
            start = self.now + offset * _EXACT[unit]
            return Window(start - _EXACT[unit], start) if offset < 0 else Window(start, start + _EXACT[unit])
        if unit == "day":
            return days(at + offset * DAY)
        if unit in {"week", "weekend", "fortnight"}:
            monday = at - at.weekday() * DAY + offset * _EXACT[unit]
            return days(monday + 5 * DAY, 2) if unit == "weekend" else days(monday, _EXACT[unit].days)
        index = at.year * 12 + at.month - 1
        first = index - index % _MONTHS[unit] + offset * _MONTHS[unit]
        return months(first, _MONTHS[unit])


def cycle_number(cycle: Cycle, day: date) -> int:
    """The number of the cycle that holds ``day``."""
    if cycle == "year":
        return day.year
    return day.year * 12 + day.month - 1 if cycle == "month" else (day.toordinal() - 1) // 7


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time())


def days(first: date, count: int = 1) -> Window:
    """Whole days from ``first`` on."""
    return Window(midnight(first), midnight(first + count * DAY))


def months(index: int, count: int = 1) -> Window:
    """Whole months from the one with a number (year * 12 + month - 1) on."""
    return Window(_month_start(index), _month_start(index + count))


def _month_start(index: int) -> datetime:
    if not 0 < index // 12 <= 9999:
        raise NoReading("a year beyond the calendar")
    return midnight(date(index // 12, index % 12 + 1, 1))


def recurring(moment: Moment, cycle: Cycle, occurs: Occurrence, **traits: Any) -> Time:
    """What comes in every cycle, with the occurrence before now and the one that holds now or comes next.

    Raises:
        NoReading: no cycle near now has it.
    """
    point = traits.get("point", True)
    border = moment.now if cycle == "year" else midnight(moment.today)
    number = moment.number(cycle)

    def is_past(window: Window) -> bool:
        return window.first < border if point else window.last <= moment.now

    earlier = (occurrence(occurs, each) for each in range(number + 1, number - _REACH[cycle], -1))
    later = (occurrence(occurs, each) for each in range(number - 1, number + _REACH[cycle]))
    past = next((each for each in earlier if each and is_past(each)), None)
    coming = next((each for each in later if each and not is_past(each)), None)
    windows = tuple(each for each in (past, coming) if each)
    if not windows:
        raise NoReading("it happens in none of the years around now")
    return Time(windows, cycle=cycle, occurs=occurs, **traits)


def occurrence(occurs: Occurrence, number: int) -> Window | None:
    """The occurrence with a number; None where that cycle has none (29 February)."""
    try:
        return occurs(number)
    except (ValueError, OverflowError):
        return None


def first_from(time: Time, start: datetime) -> Window:
    """The first occurrence that begins at or after ``start``."""
    found: Iterable[Window | None] = time.windows
    if time.cycle and time.occurs:
        number = cycle_number(time.cycle, start.date())
        found = (occurrence(time.occurs, each) for each in range(number - 1, number + _REACH[time.cycle]))
    return known(next((each for each in found if each and each.first >= start), None))


def last_until(time: Time, end: datetime) -> Window:
    """The last occurrence that begins at or before ``end``."""
    found: Iterable[Window | None] = reversed(time.windows)
    if time.cycle and time.occurs:
        number = cycle_number(time.cycle, end.date())
        found = (occurrence(time.occurs, each) for each in range(number + 1, number - _REACH[time.cycle], -1))
    return known(next((each for each in found if each and each.first <= end), None))


def changed(moment: Moment, time: Time, change: Callable[[Window], Window | None], **traits: Any) -> Time:
    """Every occurrence of ``time`` made into another window, or none.

    Raises:
        NoReading: none is left.
    """
    if time.cycle and time.occurs:
        occurs = time.occurs
        return recurring(
            moment, time.cycle, lambda each: change(found) if (found := occurs(each)) else None, **traits
        )
    windows = tuple(found for each in time.windows if (found := change(each)))
    if not windows:
        raise NoReading("nothing is left of it")
    return Time(windows, **traits)


def fixed(window: Window | None, grain: Unit = "day", *, point: bool = False, clocked: bool = False) -> Time:
    """What happens once.

    Raises:
        NoReading: there is no such window.
    """
    return Time((known(window),), grain, point=point, clocked=clocked)
