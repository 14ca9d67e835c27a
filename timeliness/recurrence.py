"""Windows that repeat by a rule: RFC 5545, and RFC 7529's RSCALE=CHINESE for yearly lunisolar dates.

A window is the pair of instants ``(start, end)`` in UTC. A rule repeats its first window
in wall time of the zone that the first one carries, so that a day stays a day from
midnight to midnight when the clocks change. Windows are worked out four years at a time
and cached, so a lookup is a search in a short tuple.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from itertools import islice, takewhile

from dateutil.rrule import rrule, rrulestr

Window = tuple[datetime, datetime]

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
MOST_A_DAY = 4  # a finer rule floods the windows and says nothing that one window a day does not
_BLOCK_YEARS = 4
_HORIZON_BLOCKS = 16
_TRIAL_START = datetime(2000, 1, 1)  # a leap year, so that a rule for 29 February is found at once
_TRIAL_YEARS = 60
_LUNAR_YEARS = (1902, 2098)  # what `holidays` knows of the lunisolar calendar, less a year at each end

# Lowest and highest value of each numeric part; a negative one counts from the end.
_RANGES: dict[str, tuple[int, int, bool]] = {
    "INTERVAL": (1, 1000, False),
    "COUNT": (1, 10_000, False),
    "BYMONTH": (1, 12, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYSETPOS": (1, 366, True),
    "BYHOUR": (0, 23, False),
    "BYMINUTE": (0, 59, False),
    "BYSECOND": (0, 59, False),
}
_OTHERS = {"FREQ", "UNTIL", "WKST", "BYDAY", "RSCALE", "SKIP"}
_LUNAR_PARTS = {"FREQ", "RSCALE", "SKIP", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY"}
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"(\d{8})(?:T(\d{6})(Z?))?")


@dataclass(frozen=True)
class _Rule:
    """A rule that was read and found sound; ``parts`` by name, ``until`` naive unless it said UTC."""

    frequency: str
    lunar: bool
    interval: int
    count: int | None
    until: datetime | None
    parts: tuple[tuple[str, str], ...]

    def part(self, name: str) -> str | None:
        return dict(self.parts).get(name)


@dataclass(frozen=True)
class Series:
    """A rule with its first window, in wall time: what the cache knows a recurring item by.

    Aware datetimes of one instant are equal in every zone, so they cannot be the key.
    """

    rule: str
    start: datetime
    length: timedelta
    zone: tzinfo

    @classmethod
    def of(cls, rule: str, start: datetime, end: datetime) -> Series:
        """The series of ``rule`` whose first window is from ``start`` to ``end``, both aware."""
        zone = start.tzinfo or UTC
        first = start.replace(tzinfo=None)
        return cls(rule, first, end.astimezone(zone).replace(tzinfo=None) - first, zone)


def check_recurrence(rule: str) -> None:
    """Accept a rule that can be repeated, such as ``FREQ=YEARLY;BYMONTH=11;BYDAY=4TH``.

    Raises:
        ValueError: in one line, the part that is wrong and what it may be.
    """
    parsed = _parse(rule)
    if parsed.lunar:
        _lunar_days_wanted(parsed, _TRIAL_START.date())
        return
    unbounded = ";".join(f"{name}={value}" for name, value in parsed.parts if name not in {"UNTIL", "COUNT"})
    limit = _TRIAL_START.replace(year=_TRIAL_START.year + _TRIAL_YEARS)
    try:
        trial = _dateutil_rule(unbounded, _TRIAL_START).replace(until=limit)
        found = next(iter(trial), None)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(f"recurrence {rule!r}: {error}") from error
    if found is None:
        raise ValueError(f"recurrence {rule!r}: no day ever fits it; check BYMONTH with BYMONTHDAY")


def first_ending_after(series: Series, at: datetime) -> Window | None:
    """The earliest window of ``series`` that ends after ``at``; None where there is none within 60 years.

    A rule that cannot be read leaves the first window alone: a lookup never fails.
    """
    at = at.astimezone(UTC)
    first = _window(series, series.start)
    if first[1] > at:
        return first
    oldest = max(at.year - math.ceil(series.length / timedelta(days=365)) - 1, first[0].year - 1)
    for block in range(oldest // _BLOCK_YEARS, at.year // _BLOCK_YEARS + _HORIZON_BLOCKS):
        windows = _windows(series, block)
        place = bisect_right(windows, at, key=lambda window: window[1])
        if place < len(windows):
            return windows[place]
    return None


@lru_cache(maxsize=8192)
def _windows(series: Series, block: int) -> tuple[Window, ...]:
    """The windows that start in the wall-time years of ``block``, in order of their ends."""
    since, until = block * _BLOCK_YEARS, (block + 1) * _BLOCK_YEARS
    try:
        starts = _starts(_parse(series.rule), series, since, until)
        found = (_window(series, start) for start in starts if since <= start.year < until)
        return tuple(sorted(found, key=lambda window: window[1]))
    except (ValueError, TypeError, OverflowError):
        return ()


def _window(series: Series, start: datetime) -> Window:
    """The window that begins at wall time ``start``, as instants."""
    begin = start.replace(tzinfo=series.zone).astimezone(UTC)
    end = (start + series.length).replace(tzinfo=series.zone).astimezone(UTC)
    # Where the clocks skip the whole window, its exact length is what is left to keep.
    return (begin, end) if end > begin else (begin, begin + series.length)


def _starts(rule: _Rule, series: Series, since: int, until: int) -> Iterator[datetime]:
    """Wall times at which ``rule`` begins a window, up to the year ``until``; some may lie before ``since``."""
    last = rule.until
    if last is not None and last.tzinfo is not None:
        last = last.astimezone(series.zone).replace(tzinfo=None)
    limit = datetime(min(until, 9999), 1, 1)
    limit = min(limit, last) if last is not None else limit
    if rule.lunar:
        dates = _lunar_dates(rule, series.start.date())
        found: Iterator[datetime] = (datetime.combine(day, series.start.time()) for day in dates)
        return takewhile(lambda start: start <= limit, found)
    text = ";".join(f"{name}={value}" for name, value in rule.parts)
    if rule.count is not None:
        return takewhile(lambda start: start <= limit, iter(_dateutil_rule(text, series.start)))
    return iter(_dateutil_rule(text, _in_phase(rule, series.start, since)).replace(until=limit))


def _dateutil_rule(text: str, start: datetime) -> rrule:
    built = rrulestr(text, dtstart=start)
    if not isinstance(built, rrule):
        raise ValueError("one RRULE is meant, not a set of them")
    return built


def _in_phase(rule: _Rule, start: datetime, year: int) -> datetime:
    """A start shortly before ``year`` that gives the same series from there on, or ``start`` itself.

    A rule without COUNT depends on its start by phase alone, so whole multiples of its
    interval may be skipped: four times as many years keep 29 February.
    """
    if rule.frequency in {"DAILY", "WEEKLY"}:
        step = rule.interval * (7 if rule.frequency == "WEEKLY" else 1)
        steps = (datetime(max(year, 1), 1, 1) - start).days // step - 1
        return start + timedelta(days=step * steps) if steps > 0 else start
    step = 4 * rule.interval
    steps = (year - start.year) // step - 1
    try:
        return start.replace(year=start.year + step * steps) if steps > 0 else start
    except ValueError:
        return start


@lru_cache(maxsize=4096)
def _parse(text: str) -> _Rule:
    parts = _split(text)
    frequency = parts["FREQ"]
    scale = parts.pop("RSCALE", "GREGORIAN")
    skip = parts.get("SKIP", "OMIT")
    if frequency not in FREQUENCIES:
        raise ValueError(f"recurrence {text!r}: FREQ is {frequency}; it may be {', '.join(FREQUENCIES)}")
    if scale not in {"GREGORIAN", "CHINESE"}:
        raise ValueError(f"recurrence {text!r}: RSCALE is {scale}; it may be GREGORIAN or CHINESE")
    lunar = scale == "CHINESE"
    if skip not in {"OMIT", "BACKWARD", "FORWARD"} or (skip != "OMIT" and not lunar):
        raise ValueError(f"recurrence {text!r}: SKIP may be OMIT, and with RSCALE=CHINESE BACKWARD or FORWARD")
    if lunar and (frequency != "YEARLY" or set(parts) - _LUNAR_PARTS):
        raise ValueError(
            f"recurrence {text!r}: RSCALE=CHINESE takes FREQ=YEARLY with BYMONTH, BYMONTHDAY, INTERVAL,"
            " COUNT, UNTIL and SKIP only"
        )
    for name, value in parts.items():
        _check_part(text, name, value, frequency, lunar)
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValueError(f"recurrence {text!r}: give COUNT or UNTIL, not both")
    if math.prod(len(parts.get(name, "").split(",")) for name in ("BYHOUR", "BYMINUTE", "BYSECOND")) > MOST_A_DAY:
        raise ValueError(f"recurrence {text!r}: at most {MOST_A_DAY} windows a day; make the window longer")
    kept = {name: value for name, value in parts.items() if name != "UNTIL" and (lunar or name != "SKIP")}
    return _Rule(
        frequency=frequency,
        lunar=lunar,
        interval=int(parts.get("INTERVAL", "1")),
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(text, parts["UNTIL"]) if "UNTIL" in parts else None,
        parts=tuple(kept.items()),
    )


def _split(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, equals, value = (each.strip() for each in part.partition("="))
        if not equals or not value or (name not in _RANGES and name not in _OTHERS):
            known = ", ".join(["FREQ", *sorted({*_RANGES, *_OTHERS} - {"FREQ"})])
            raise ValueError(f"recurrence {text!r}: {part.strip()!r} is not NAME=VALUE with a name of {known}")
        if name in parts:
            raise ValueError(f"recurrence {text!r}: {name} is given twice")
        parts[name] = value
    if "FREQ" not in parts:
        raise ValueError(f"recurrence {text!r}: FREQ is missing; it may be {', '.join(FREQUENCIES)}")
    return parts


def _check_part(text: str, name: str, value: str, frequency: str, lunar: bool) -> None:
    if name == "BYDAY":
        for each in value.split(","):
            match = _WEEKDAY.fullmatch(each)
            if not match or (match[1] and (int(match[1]) == 0 or frequency not in {"YEARLY", "MONTHLY"})):
                raise ValueError(
                    f"recurrence {text!r}: BYDAY has {each!r}; it takes MO to SU, and with FREQ=YEARLY or"
                    " MONTHLY a number before it, such as 4TH or -1FR"
                )
    elif name == "WKST" and value not in {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}:
        raise ValueError(f"recurrence {text!r}: WKST is {value}; it may be MO, TU, WE, TH, FR, SA or SU")
    elif name in _RANGES:
        low, high, from_end = _RANGES[name]
        high = 30 if lunar and name == "BYMONTHDAY" else high
        values = value.split(",") if name.startswith("BY") else [value]
        for each in values:
            digits = each.removesuffix("L") if lunar and name == "BYMONTH" else each
            number = int(digits) if re.fullmatch(r"[+-]?\d{1,5}", digits) else None
            if number is None or not (low <= number <= high or (from_end and -high <= number <= -low)):
                span = f"{low} to {high}" + (f" or -{high} to -{low}" if from_end else "")
                raise ValueError(f"recurrence {text!r}: {name} has {each!r}; it may be {span}")


def _until(text: str, value: str) -> datetime:
    """The moment up to which the rule repeats; a bare date counts to its last microsecond."""
    match = _UNTIL.fullmatch(value)
    try:
        if match is None:
            raise ValueError
        day = datetime.strptime(match[1], "%Y%m%d").date()  # noqa: DTZ007 - naive until its zone is known
        clock = datetime.strptime(match[2], "%H%M%S").time() if match[2] else time.max  # noqa: DTZ007
    except ValueError:
        raise ValueError(f"recurrence {text!r}: UNTIL is {value}; write 20301231 or 20301231T235959Z") from None
    return datetime.combine(day, clock, tzinfo=UTC if match[3] else None)
