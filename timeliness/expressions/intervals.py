"""Half-open windows of local time and the few operations that time expressions are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

from dateutil.relativedelta import relativedelta

Unit = Literal["minute", "hour", "day", "week", "weekend", "month", "quarter", "year", "decade"]
Part = Literal["morning", "noon", "afternoon", "evening", "night"]

# Hours of a day's parts, counted from its midnight; a night runs into the next day.
PARTS: dict[Part, tuple[int, int]] = {
    "morning": (5, 12),
    "noon": (11, 14),
    "afternoon": (12, 18),
    "evening": (17, 24),
    "night": (18, 28),
}
_MONTHS: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12, "decade": 120}


@dataclass(frozen=True)
class Interval:
    """``[start, end)``, zone-aware; None leaves a side open."""

    start: datetime | None
    end: datetime | None

    def open_start(self) -> Interval:
        """Everything before this begins."""
        return Interval(None, self.start)

    def open_end(self) -> Interval:
        """Everything from this on."""
        return Interval(self.start, None)


@dataclass(frozen=True)
class Moment:
    """Now, in the zone in which the speaker means days."""

    now: datetime
    zone: tzinfo
    country: str

    @property
    def local(self) -> datetime:
        """Now on the speaker's wall clock."""
        return self.now.astimezone(self.zone)

    @property
    def today(self) -> date:
        """The speaker's date."""
        return self.local.date()

    def at(self, day: date, hour: int = 0) -> datetime:
        """Wall-clock ``hour`` of ``day``; 24 and more run into the next."""
        return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), self.zone)

    def days(self, first: date, count: int = 1) -> Interval:
        """Whole days from ``first`` on."""
        return Interval(self.at(first), self.at(first + timedelta(days=count)))

    def part(self, day: date, part: Part) -> Interval:
        """A part of ``day``."""
        begins, ends = PARTS[part]
        return Interval(self.at(day, begins), self.at(day, ends))

    def unit(self, unit: Unit, offset: int = 0) -> Interval:
        """The calendar unit that holds now, moved by ``offset`` of them; weeks begin on Monday."""
        if unit in {"minute", "hour"}:
            step = timedelta(**{f"{unit}s": 1})
            start = self.local.replace(
                minute=self.local.minute if unit == "minute" else 0, second=0, microsecond=0
            )
            return Interval(start + offset * step, start + (offset + 1) * step)
        if unit == "day":
            return self.days(self.today + timedelta(days=offset))
        if unit in {"week", "weekend"}:
            monday = self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=offset)
            return self.days(monday, 7) if unit == "week" else self.days(monday + timedelta(days=5), 2)
        months = _MONTHS[unit]
        index = self.today.year * 12 + self.today.month - 1
        first = index - index % months + offset * months
        return Interval(self.at(_month(first)), self.at(_month(first + months)))

    def span(self, unit: Unit, count: float, *, back: bool) -> Interval:
        """The stretch of ``count`` units that ends (``back``) or begins now."""
        if unit in {"minute", "hour", "day", "week", "weekend"}:
            length: timedelta | relativedelta = timedelta(
                **{f"{'week' if unit == 'weekend' else unit}s": count}
            )
        else:
            length = relativedelta(months=round(count * _MONTHS[unit]))
        now = self.local
        return Interval(now - length, now) if back else Interval(now, now + length)

    def ago(self, unit: Unit, count: float) -> Interval:
        """The calendar unit in which the moment ``count`` units ago lies."""
        at = self.span(unit, count, back=True).start
        assert at is not None
        grain: Unit = "day" if unit in {"day", "week", "weekend"} else unit
        return Moment(at, self.zone, self.country).unit(grain)

    def weekday(self, weekday: int, *, week: int | None = None) -> date:
        """The next such day, today included; or, with ``week``, the one of that week from this on."""
        if week is None:
            return self.today + timedelta(days=(weekday - self.today.weekday()) % 7)
        return self.today - timedelta(days=self.today.weekday()) + timedelta(weeks=week, days=weekday)

    def month(self, month: int, year: int | None = None, *, past: bool = False) -> Interval:
        """A month of ``year``; without it the next (this included) or the latest past one."""
        if year is None:
            year = self.today.year
            if past and month > self.today.month:
                year -= 1
            elif not past and month < self.today.month:
                year += 1
        first = year * 12 + month - 1
        return Interval(self.at(_month(first)), self.at(_month(first + 1)))

    def year(self, year: int, count: int = 1) -> Interval:
        """Whole years from ``year`` on."""
        return Interval(self.at(date(year, 1, 1)), self.at(date(year + count, 1, 1)))

    def date(self, month: int, day: int, year: int | None = None) -> Interval | None:
        """A date; without a year the next one, today included. None if there is no such day."""
        for candidate in (year,) if year else (self.today.year, self.today.year + 1):
            try:
                found = date(candidate, month, day)
            except ValueError:
                continue
            if year or found >= self.today:
                return self.days(found)
        return None


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)
