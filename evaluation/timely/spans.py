"""Windows of time as the generator means them: plain date arithmetic, in the zone of ``now``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
INSTANT = timedelta(seconds=1)


@dataclass(frozen=True)
class Span:
    """A half-open window; None leaves a side open."""

    start: datetime | None
    end: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether ``at`` lies inside."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def meets(self, other: Span) -> bool:
        """Whether the two share a moment."""
        begins = self.start is None or other.end is None or self.start < other.end
        return begins and (other.start is None or self.end is None or other.start < self.end)


@dataclass(frozen=True)
class Asked:
    """A window that a phrase asks for: ``core`` by every reading of it, ``outer`` by some.

    What lies between the two is counted neither right nor wrong. Both are bounded.
    """

    phrase: str
    core: Span
    outer: Span

    @property
    def start(self) -> datetime:
        """Where the core begins."""
        assert self.core.start is not None
        return self.core.start

    @property
    def end(self) -> datetime:
        """Where the core ends."""
        assert self.core.end is not None
        return self.core.end

    @property
    def earliest(self) -> datetime:
        """Where the outer window begins."""
        assert self.outer.start is not None
        return self.outer.start

    @property
    def latest(self) -> datetime:
        """Where the outer window ends."""
        assert self.outer.end is not None
        return self.outer.end


def asked(
    phrase: str, start: datetime, end: datetime, *, before: timedelta = 0 * DAY, after: timedelta = 0 * DAY
) -> Asked:
    """The window of ``phrase``; ``before`` and ``after`` are what some readings add on its sides."""
    return Asked(phrase, Span(start, end), Span(start - before, end + after))


def midnight(now: datetime, days: int = 0) -> datetime:
    """The beginning of the day that is ``days`` from that of ``now``, in the zone of ``now``."""
    return datetime.combine(now.date() + timedelta(days=days), time(), now.tzinfo)


def at_hour(now: datetime, hour: int, days: int = 0) -> datetime:
    """A full hour of a day, in the zone of ``now``."""
    return datetime.combine(now.date() + timedelta(days=days), time(hour), now.tzinfo)


def month_start(now: datetime, months: int = 0) -> datetime:
    """The first of a month, ``months`` from that of ``now``."""
    count = now.year * 12 + now.month - 1 + months
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=now.tzinfo)
