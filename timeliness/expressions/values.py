"""What time expressions mean: windows, dated times, times of day, lengths of time.

All of it is wall-clock time without a zone; the zone is put on at the very end, so that
days on which clocks change come out whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal, TypeVar

Unit = Literal[
    "second", "minute", "hour", "day", "week", "fortnight", "weekend", "month", "quarter", "half", "year", "decade", "century"
]  # fmt: skip
Cycle = Literal["week", "month", "year"]
Kind = Literal["date", "daterange", "time", "timerange", "datetime", "datetimerange"]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Half-open ``[start, end)``; None leaves that side open."""

    start: datetime | None
    end: datetime | None

    @property
    def first(self) -> datetime:
        """The start of a window that has one."""
        if self.start is None:
            raise NoReading("the window is open at its start")
        return self.start

    @property
    def last(self) -> datetime:
        """The end of a window that has one."""
        if self.end is None:
            raise NoReading("the window is open at its end")
        return self.end


class NoReading(ValueError):
    """The words have no such meaning."""


Occurrence = Callable[[int], Window | None]  # of a cycle, by its number


@dataclass(frozen=True)
class Time:
    """Something dated: its possible windows, the past one before the coming one.

    ``occurs`` gives the window of the ``cycle`` with a number (year, year * 12 + month - 1,
    or week counted from day 1) and is None for what happens once. ``point`` tells a date or
    instant from a range; ``clocked``, whether a time of day is part of it. ``cue`` is False
    where the words alone ("1998", "may") might mean something else. ``undetermined``: a time is meant
    but which cannot be said; ``bounded``: one side is open; ``joined``: it has both ends in words.
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
    joined: bool = False

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

    def at(self, number: int) -> Window:
        """The occurrence with a number."""
        return known(self.occurs(number) if self.occurs else None)


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

    def __add__(self, other: Length) -> Length:
        """ "a year and two months"; of four units at most."""
        if len(self.amounts) + len(other.amounts) > 4:
            raise NoReading("too many units")
        return Length(self.amounts + other.amounts)

    @property
    def clocked(self) -> bool:
        """Whether it counts hours or less."""
        return any(unit in {"second", "minute", "hour"} for unit, _ in self.amounts)


@dataclass(frozen=True)
class Recurrence:
    """ "every Friday": what recurs, None where only the rhythm is known ("daily")."""

    of: Time | Clock | None
    cue: bool = True


@dataclass(frozen=True)
class Newness:
    """Now-ness without a date ("latest"): how much newer is better, 0..1."""

    recency: float


def known(window: Window | None) -> Window:
    """The window, if there is one."""
    if window is None:
        raise NoReading("there is no such time")
    return window


Cued = TypeVar("Cued", Time, Clock)


def uncued(value: Cued) -> Cued:
    """A reading that wants a cue beside its words."""
    return replace(value, cue=False)
