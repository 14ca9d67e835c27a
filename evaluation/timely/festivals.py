"""Festivals of the Chinese calendar: their days as published, and the rules that repeat them.

The days are written down here, not computed, so that no calendar of ours judges itself
(Hong Kong Observatory, Gregorian-Lunar Calendar Conversion Tables).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True)
class Festival:
    """``rule`` repeats windows that begin ``before`` days before the festival and last ``days``."""

    english: str
    chinese: str
    rule: str
    before: int
    days: int
    dates: tuple[str, ...]

    @property
    def windows(self) -> tuple[tuple[datetime, datetime], ...]:
        """The recurring window around each known festival, in UTC days."""
        starts = [midnight_of(each) - timedelta(days=self.before) for each in self.dates]
        return tuple((each, each + timedelta(days=self.days)) for each in starts)


def midnight_of(day: str) -> datetime:
    """The beginning of an ISO date, in UTC."""
    return datetime.combine(date.fromisoformat(day), time(), UTC)


FESTIVALS = (
    Festival(
        "Chinese New Year",
        "春节",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1",
        0,
        15,
        (
            "2024-02-10",
            "2025-01-29",
            "2026-02-17",
            "2027-02-06",
            "2028-01-26",
            "2029-02-13",
            "2030-02-03",
            "2031-01-23",
        ),
    ),
    Festival(
        "the Dragon Boat Festival",
        "端午节",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1",
        4,
        5,
        (
            "2024-06-10",
            "2025-05-31",
            "2026-06-19",
            "2027-06-09",
            "2028-05-28",
            "2029-06-16",
            "2030-06-05",
            "2031-06-24",
        ),
    ),
    Festival(
        "the Mid-Autumn Festival",
        "中秋节",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=8",
        7,
        8,
        (
            "2024-09-17",
            "2025-10-06",
            "2026-09-25",
            "2027-09-15",
            "2028-10-03",
            "2029-09-22",
            "2030-09-12",
            "2031-10-01",
        ),
    ),
    Festival(
        "the Lantern Festival",
        "元宵节",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=13",
        2,
        3,
        (
            "2024-02-24",
            "2025-02-12",
            "2026-03-03",
            "2027-02-20",
            "2028-02-09",
            "2029-02-27",
            "2030-02-17",
            "2031-02-06",
        ),
    ),
)
