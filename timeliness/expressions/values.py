"""What time expressions mean: windows, days and longer, times of day, lengths.

All of it is wall-clock time without a zone; the zone is put on at the very end, so that
days on which clocks change come out whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import Literal

from dateutil.relativedelta import relativedelta

Unit = Literal[
    "second", "minute", "hour", "day", "week", "fortnight", "weekend", "month", "quarter", "half", "year", "decade", "century"
]  # fmt: skip
Cycle = Literal["week", "month", "year"]
Kind = Literal["date", "daterange", "time", "timerange", "datetime", "datetimerange"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12, "decade": 120, "century": 1200}
_EXACT: Mapping[str, timedelta] = {
    "second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": HOUR, "day": DAY,
    "week": 7 * DAY, "weekend": 7 * DAY, "fortnight": 14 * DAY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open ``[start, end)``; None leaves that side open."""

    start: datetime | None
    end: datetime | None

    @property
    def first(self) -> datetime:
        """The start of a window that has one."""
        if self.start is None:
            raise ValueError("the window is open at its start")
        return self.start

    @property
    def last(self) -> datetime:
        """The end of a window that has one."""
        if self.end is None:
            raise ValueError("the window is open at its end")
        return self.end


Occurrence = Callable[[int], Window | None]  # of a cycle, by its number


@dataclass(frozen=True)
class Time:
    """Something dated: its possible windows, the past one before the coming one.

    ``occurs`` gives the window of the ``cycle`` with a number (year, year * 12 + month - 1,
    or week counted from day 1) and is None for what happens once. ``point`` tells a date or
    instant from a range; ``clocked``, whether a time of day is part of it. ``cue`` is False
    where the words alone ("1998", "may") might mean something else.
    """

    windows: tuple[Window, ...]
    grain: Unit = "day"
    point: bool = True
    clocked: bool = False
    cycle: Cycle | None = None
    occurs: Occurrence | None = field(default=None, compare=False)
    cue: bool = True
    undetermined: bool = False
    bounded: bool = False

    @property
    def kind(self) -> Kind:
        """The class of the expression."""
        if self.clocked:
            return "datetime" if self.point else "datetimerange"
        return "date" if self.point else "daterange"

    @property
    def only(self) -> Window:
        """The coming window, or the only one."""
        return self.windows[-1]

    def at(self, number: int) -> Window | None:
        """The occurrence with a number, or None."""
        return self.occurs(number) if self.occurs else None


@dataclass(frozen=True)
class Clock:
    """A time of day, or a range of them: offsets from midnight; more than one where a.m. or p.m. is open.

    ``part`` names a part of the day ("evening"). A length after 24 hours lies on the next day.
    """

    spans: tuple[tuple[timedelta | None, timedelta | None], ...]
    point: bool = True
    part: str | None = None
    cue: bool = True
    bounded: bool = False
    minutes: bool = False

    @property
    def kind(self) -> Kind:
        """The class of the expression."""
        return "time" if self.point else "timerange"

    @property
    def sure(self) -> bool:
        """Whether morning or afternoon is settled."""
        return len(self.spans) == 1


@dataclass(frozen=True)
class Length:
    """An amount of time, by unit, in the order in which it was said."""

    amounts: tuple[tuple[Unit, float], ...]
    business: bool = False

    @property
    def clocked(self) -> bool:
        """Whether it counts hours or less."""
        return any(unit in {"second", "minute", "hour"} for unit, _ in self.amounts)


@dataclass(frozen=True)
class Recurrence:
    """ "every Friday": what recurs, None where only the rhythm is known ("daily")."""

    of: Time | Clock | None


@dataclass(frozen=True)
class Newness:
    """Now-ness without a date ("latest"): how much newer is better, 0..1."""

    recency: float


@dataclass(frozen=True)
class Convention:
    """What is settled by agreement and not by the words.

    parts: hours of a day's parts, counted from its midnight. inclusive: "from March to May"
    holds all of May. whole_days: "the next two weeks" begin tomorrow rather than now, and
    "after" a day counts from that day. bare: hours and days without a preposition count
    ("tomorrow three").
    """

    parts: Mapping[str, tuple[float, float]]
    inclusive: bool = True
    whole_days: bool = False
    bare: bool = False
    both_halves: bool = True


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
                origin += relativedelta(months=round(sign * count * _MONTHS[unit]))
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
        raise ValueError("a year beyond the calendar")
    return datetime(index // 12, index % 12 + 1, 1)


def recurring(moment: Moment, cycle: Cycle, occurs: Occurrence, **traits: object) -> Time | None:
    """What comes in every cycle, with the occurrence before now and the one that holds now or comes next."""
    point = bool(traits.get("point", True))
    number = moment.number(cycle)
    reach = {"year": 9, "month": 14, "week": 3}[cycle] if cycle != "month" else 30
    border = moment.now if cycle == "year" else midnight(moment.today)
    past: Window | None = None
    for each in range(number + 1, number - reach, -1):
        window = _safe(occurs, each)
        if window and (window.first < border if point else window.last <= moment.now):
            past = window
            break
    coming: Window | None = None
    for each in range(number - 1, number + reach):
        window = _safe(occurs, each)
        if window and (window.first >= border if point else window.last > moment.now):
            coming = window
            break
    windows = tuple(window for window in (past, coming) if window)
    if not windows:
        return None
    return replace(Time(windows, cycle=cycle, occurs=occurs), **traits)  # type: ignore[arg-type]


def _safe(occurs: Occurrence, number: int) -> Window | None:
    try:
        return occurs(number)
    except (ValueError, OverflowError):
        return None


def first_from(time: Time, start: datetime) -> Window | None:
    """The first occurrence that begins at or after ``start``."""
    if not time.cycle:
        return next((each for each in time.windows if each.first >= start), None)
    number = cycle_number(time.cycle, start.date())
    found = (_safe(time.at, each) for each in range(number - 1, number + 14))
    return next((each for each in found if each and each.first >= start), None)


def last_until(time: Time, end: datetime) -> Window | None:
    """The last occurrence that begins at or before ``end``."""
    if not time.cycle:
        return next((each for each in reversed(time.windows) if each.first <= end), None)
    number = cycle_number(time.cycle, end.date())
    found = (_safe(time.at, each) for each in range(number + 1, number - 14, -1))
    return next((each for each in found if each and each.first <= end), None)
