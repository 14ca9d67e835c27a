"""Rules that repeat a window: RFC 5545, and RFC 7529's RSCALE=CHINESE for yearly lunisolar dates.

Works in wall time: at which local times a rule begins a window. `timeliness.validity`
makes instants of them.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice, takewhile

from dateutil.rrule import rrule, rrulestr

from timeliness.lunisolar import KNOWN_YEARS, lunar_date, lunar_months

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
MOST_A_DAY = 4  # a finer rule floods the windows and says nothing that one window a day does not
_LONGEST = 1000
_LONGEST_SHOWN = 100
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

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
# Parts that have no meaning at a frequency (RFC 5545, section 3.3.10).
_SENSELESS = {
    "YEARLY": set[str](),
    "MONTHLY": {"BYYEARDAY", "BYWEEKNO"},
    "WEEKLY": {"BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYMONTHDAY"},
    "DAILY": {"BYYEARDAY", "BYWEEKNO", "BYSETPOS"},
}
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

    def values(self, name: str) -> list[str]:
        return next((value.split(",") for each, value in self.parts if each == name), [])

    def without(self, *names: str) -> str:
        return ";".join(f"{name}={value}" for name, value in self.parts if name not in names)


def check_recurrence(rule: str) -> None:
    """Accept a rule that can be repeated, such as ``FREQ=YEARLY;BYMONTH=11;BYDAY=4TH``.

    Raises:
        ValueError: in one line, the part that is wrong and what it may be.
    """
    parsed = _parse(rule)
    # From a leap year and in every phase, so that a rule for 29 February is found at once.
    parts = tuple(each for each in parsed.parts if each[0] not in {"COUNT", "INTERVAL"})
    unbounded = replace(parsed, interval=1, count=None, until=None, parts=parts)
    first, limit = (datetime.combine(date(year, 1, 1), time()) for year in (2000, 2060))
    try:
        found = next(_starts(unbounded, first, first.year, limit), None)
    except (ValueError, TypeError, OverflowError) as error:
        raise _unfit(rule, str(error)) from error
    if found is None:
        raise _unfit(rule, "no day ever fits it; check BYMONTH with BYMONTHDAY")


def starts(text: str, first: datetime, zone: tzinfo, since: int, until: int) -> Iterator[datetime]:
    """Wall times at which a rule begins a window, in order, before the year ``until``.

    Args:
        text: the rule.
        first: wall time (naive) of the first window's start.
        zone: the zone of that wall time.
        since: year of interest; a start may be left out, or given still, before it.
        until: the year at which to stop.

    Raises:
        ValueError: as ``check_recurrence``.
    """
    rule = _parse(text)
    limit = datetime.combine(date(min(until, 9999), 1, 1), time())
    if rule.until is not None:
        zoned = rule.until.tzinfo is not None
        limit = min(limit, rule.until.astimezone(zone).replace(tzinfo=None) if zoned else rule.until)
    return islice(_starts(rule, first, since, limit), rule.count)


def _starts(rule: _Rule, first: datetime, since: int, limit: datetime) -> Iterator[datetime]:
    if rule.lunar:
        days = _lunar_dates(rule, first.date())
        return takewhile(lambda start: start <= limit, (datetime.combine(day, first.time()) for day in days))
    begin = first if rule.count is not None else _in_phase(rule, first, since)
    if rule.frequency in {"YEARLY", "MONTHLY"}:
        return takewhile(lambda start: start <= limit, iter(_dateutil_rule(rule.without("COUNT"), begin)))
    # A day or week that never comes would keep dateutil searching to the year 9999 day by
    # day, so these frequencies run without conditions on the day, which are put on after.
    bare = _dateutil_rule(rule.without("COUNT", "BYMONTH", "BYMONTHDAY"), begin)
    if rule.frequency == "DAILY":
        bare = _dateutil_rule(rule.without("COUNT", "BYMONTH", "BYMONTHDAY", "BYDAY"), begin)
    return (start for start in takewhile(lambda start: start <= limit, iter(bare)) if _fits(rule, start))


def _fits(rule: _Rule, start: datetime) -> bool:
    months, days, weekdays = rule.values("BYMONTH"), rule.values("BYMONTHDAY"), rule.values("BYDAY")
    to_end = monthrange(start.year, start.month)[1] - start.day + 1
    return (
        (not months or str(start.month) in months)
        and (not days or str(start.day) in days or f"-{to_end}" in days)
        and (not weekdays or _WEEKDAYS[start.weekday()] in weekdays)
    )


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
        steps = (date(max(year, 1), 1, 1) - start.date()).days // step - 1
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
        raise _unfit(text, f"FREQ is {frequency!r}; it may be {', '.join(FREQUENCIES)}")
    if scale not in {"GREGORIAN", "CHINESE"}:
        raise _unfit(text, f"RSCALE is {scale!r}; it may be GREGORIAN or CHINESE")
    lunar = scale == "CHINESE"
    if skip not in {"OMIT", "BACKWARD", "FORWARD"} or (skip != "OMIT" and not lunar):
        raise _unfit(text, "SKIP may be OMIT, and with RSCALE=CHINESE BACKWARD or FORWARD")
    if lunar and (frequency != "YEARLY" or set(parts) - _LUNAR_PARTS):
        raise _unfit(
            text,
            "RSCALE=CHINESE takes FREQ=YEARLY with BYMONTH, BYMONTHDAY, INTERVAL, COUNT, UNTIL and SKIP only",
        )
    for name, value in parts.items():
        if name in _SENSELESS[frequency]:
            raise _unfit(text, f"{name} has no meaning with FREQ={frequency}")
        parts[name] = _checked(text, name, value, frequency, lunar)
    if "COUNT" in parts and "UNTIL" in parts:
        raise _unfit(text, "give COUNT or UNTIL, not both")
    times = (parts.get(name, "").count(",") + 1 for name in ("BYHOUR", "BYMINUTE", "BYSECOND"))
    if math.prod(times) > MOST_A_DAY:
        raise _unfit(text, f"at most {MOST_A_DAY} windows a day; make the window longer")
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
    if len(text) > _LONGEST:
        raise _unfit(text, f"it is longer than {_LONGEST} characters")
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, equals, value = (each.strip() for each in part.partition("="))
        if not equals or not value or (name not in _RANGES and name not in _OTHERS):
            known = ", ".join(["FREQ", *sorted({*_RANGES, *_OTHERS} - {"FREQ"})])
            raise _unfit(text, f"{part.strip()!r} is not NAME=VALUE with a name of {known}")
        if name in parts:
            raise _unfit(text, f"{name} is given twice")
        parts[name] = value
    if "FREQ" not in parts:
        raise _unfit(text, f"FREQ is missing; it may be {', '.join(FREQUENCIES)}")
    return parts


def _checked(text: str, name: str, value: str, frequency: str, lunar: bool) -> str:
    """The part's value, its numbers without signs and zeros that say nothing."""
    if name == "BYDAY":
        for each in value.split(","):
            match = _WEEKDAY.fullmatch(each)
            if not match or (match[1] and (int(match[1]) == 0 or frequency not in {"YEARLY", "MONTHLY"})):
                raise _unfit(
                    text,
                    f"BYDAY has {each!r}; it takes MO to SU, and with FREQ=YEARLY or"
                    " MONTHLY a number before it, such as 4TH or -1FR",
                )
    elif name == "WKST" and value not in _WEEKDAYS:
        raise _unfit(text, f"WKST is {value!r}; it may be MO, TU, WE, TH, FR, SA or SU")
    elif name in _RANGES:
        low, high, from_end = _RANGES[name]
        high = 30 if lunar and name == "BYMONTHDAY" else high
        numbers = []
        for each in value.split(",") if name.startswith("BY") else [value]:
            leap = "L" if lunar and name == "BYMONTH" and each.endswith("L") else ""
            digits = each.removesuffix(leap)
            number = int(digits) if re.fullmatch(r"[+-]?\d{1,5}", digits) else None
            if number is None or not (low <= number <= high or (from_end and -high <= number <= -low)):
                span = f"{low} to {high}" + (f" or -{high} to -{low}" if from_end else "")
                raise _unfit(text, f"{name} has {each!r}; it may be {span}")
            numbers.append(f"{number}{leap}")
        return ",".join(numbers)
    return value


def _unfit(rule: str, what: str) -> ValueError:
    shown = rule if len(rule) <= _LONGEST_SHOWN else f"{rule[:_LONGEST_SHOWN]}..."
    return ValueError(f"recurrence {shown!r}: {what}")


def _until(text: str, value: str) -> datetime:
    """The moment up to which the rule repeats; a bare date counts to its last microsecond."""
    match = _UNTIL.fullmatch(value)
    try:
        if match is None:
            raise ValueError
        day = datetime.strptime(match[1], "%Y%m%d").date()  # noqa: DTZ007 - naive until its zone is known
        clock = datetime.strptime(match[2], "%H%M%S").time() if match[2] else time.max  # noqa: DTZ007
    except ValueError:
        raise _unfit(text, f"UNTIL is {value!r}; write 20301231 or 20301231T235959Z") from None
    return datetime.combine(day, clock, tzinfo=UTC if match[3] else None)


def _lunar_days_wanted(rule: _Rule, first: date) -> list[tuple[int, bool, int]]:
    """(month, whether its leap double, day) that the rule names; what it leaves out comes from ``first``."""
    days = rule.values("BYMONTHDAY")
    month, leap, day = lunar_date(first)
    months = rule.values("BYMONTH") or [f"{month}{'L' if leap and not days else ''}"]
    return [
        (int(each.removesuffix("L")), each.endswith("L"), int(number))
        for each in months
        for number in days or [str(day)]
    ]


@lru_cache(maxsize=4096)
def _lunar_dates(rule: _Rule, first: date) -> tuple[date, ...]:
    """Every day from ``first`` on that fits a RSCALE=CHINESE rule, within the known lunar years."""
    year = next(each for each in (first.year, first.year - 1) if lunar_months(each)[0][2] <= first)
    wanted = _lunar_days_wanted(rule, first)
    skip = next(iter(rule.values("SKIP")), "OMIT")
    return tuple(
        day
        for each in range(year, KNOWN_YEARS[1] + 1, rule.interval)
        for day in sorted(_lunar_days(each, wanted, skip))
        if day >= first
    )


def _lunar_days(year: int, wanted: Sequence[tuple[int, bool, int]], skip: str) -> set[date]:
    found = (_lunar_day(year, *each, skip) for each in wanted)
    return {day for day in found if day is not None}


def _lunar_day(year: int, month: int, leap: bool, day: int, skip: str) -> date | None:
    """The day in a lunar year; where there is none, what SKIP says (RFC 7529, section 4.1)."""
    months = lunar_months(year)
    starts = [begin for _, _, begin in months] + [lunar_months(year + 1)[0][2]]
    places = {(number, doubled): place for place, (number, doubled, _) in enumerate(months)}
    place = places.get((month, leap))
    if place is None:
        if skip == "OMIT":
            return None
        place = places[month, False] + (skip == "FORWARD")
    length = (starts[place + 1] - starts[place]).days
    if day < 0:
        return starts[place] + timedelta(days=length + day) if -day <= length else None
    if day > length:
        return {"OMIT": None, "BACKWARD": starts[place + 1] - timedelta(days=1)}.get(skip, starts[place + 1])
    return starts[place] + timedelta(days=day - 1)
