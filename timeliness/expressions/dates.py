"""The meaning of dates, months, years and named days; shared by the grammars of all languages.

Every function takes the moment first. Where the words make no time it raises NoReading, or what the
calendar raises (ValueError, OverflowError).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from timeliness.calendars import named_day, season_days
from timeliness.expressions.moment import Moment, changed, days, fixed, midnight, months, recurring
from timeliness.expressions.values import DAY, NoReading, Occurrence, Time, Unit, Window


def day(day: date) -> Time:
    """One day."""
    return fixed(days(day), point=True)


def relative_day(moment: Moment, offset: int) -> Time:
    """Today, tomorrow, yesterday ..."""
    return day(moment.today + offset * DAY)


def no_such_day(moment: Moment) -> Time:
    """A date that is meant as one but that no calendar has ("30 February")."""
    return replace(day(moment.today), undetermined=True)


def year(_: Moment, number: int, *, cue: bool = True) -> Time:
    """A calendar year."""
    return replace(fixed(months(number * 12, 12), "year"), cue=cue)


def full_year(number: int, digits: int = 4) -> int:
    """A year written with two digits in full: to 29 this century, from 30 on the last."""
    return number if digits > 2 else 2000 + number if number < 30 else 1900 + number


def _yearly(
    moment: Moment, occurs: Occurrence, of: int | None, grain: Unit = "day", *, point: bool = False
) -> Time:
    if of is not None:
        return fixed(occurs(of), grain, point=point)
    return recurring(moment, "year", occurs, grain=grain, point=point)


def month(moment: Moment, number: int, of: int | None = None, *, cue: bool = True) -> Time:
    """A month, of a year or of every year."""
    return replace(_yearly(moment, lambda each: months(each * 12 + number - 1), of, "month"), cue=cue)


def every_month(moment: Moment) -> Time:
    """Any month."""
    return recurring(moment, "month", months, grain="month", point=False)


def quarter(moment: Moment, number: int, of: int | None = None, *, parts: int = 4) -> Time:
    """A quarter (or half, with ``parts`` 2) of a year or of every year."""
    size = 12 // parts
    if not 1 <= number <= parts:
        raise NoReading("there is no such quarter")
    grain: Unit = "quarter" if parts == 4 else "half"
    return _yearly(moment, lambda each: months(each * 12 + (number - 1) * size, size), of, grain)


def month_day(moment: Moment, month: int, number: int, of: int | None = None) -> Time:
    """A date of a year or of every year; one that no year has is there but undetermined."""
    if not (1 <= month <= 12 and 1 <= number <= 31):
        raise NoReading("there is no such date")
    try:
        date(of or 2000, month, number)
    except ValueError:
        return no_such_day(moment)
    return _yearly(moment, lambda each: days(date(each, month, number)), of, point=True)


def numeric_date(
    moment: Moment,
    first: int,
    second: int,
    year: int | None = None,
    digits: int = 4,
    *,
    day_first: bool = False,
) -> Time:
    """ "5/12/2019", the month first unless it can't be; a short year that is doubtful gives both."""
    month, number = (second, first) if day_first else (first, second)
    if month > 12 >= number:
        month, number = number, month
    if year is None:
        return month_day(moment, month, number)
    if digits == 2 and 30 <= year < 40:
        found = [month_day(moment, month, number, century + year) for century in (1900, 2000)]
        sure = [each.only for each in found if not each.undetermined]
        return replace(found[0], windows=tuple(sure), undetermined=False) if sure else found[0]
    return month_day(moment, month, number, full_year(year, digits))


def month_number(moment: Moment, number: int) -> Time:
    """ "the 18th" of every month."""
    return recurring(moment, "month", lambda each: days(date(each // 12, each % 12 + 1, number)))


def weekday(moment: Moment, number: int) -> Time:
    """A day of every week; Monday is 0."""
    return recurring(moment, "week", lambda each: days(date.fromordinal(each * 7 + 1 + number)))


def weekday_number(moment: Moment, weekday: int, number: int) -> Time:
    """ "Friday 13": in the months that have such a day."""

    def occurs(each: int) -> Window | None:
        found = date(each // 12, each % 12 + 1, number)
        return days(found) if found.weekday() == weekday else None

    return recurring(moment, "month", occurs)


def weekday_the_number(moment: Moment, _: int, number: int) -> Time:
    """ "Friday the 26th": of this month."""
    return day(moment.today.replace(day=number))


def named(moment: Moment, name: str, of: int | None = None, *, before: int = 0) -> Time:
    """A holiday, ``before`` days earlier for its eve."""

    def occurs(each: int) -> Window | None:
        found = named_day(name, each, moment.country)
        return days(found - before * DAY) if found else None

    return _yearly(moment, occurs, of, point=True)


def season(moment: Moment, name: str, of: int | None = None) -> Time:
    """A season or the days around a festival."""

    def occurs(each: int) -> Window:
        first, end = season_days(name, each, moment.country)
        return Window(midnight(first), midnight(end))

    return _yearly(moment, occurs, of, "quarter")


def weekend_of(moment: Moment, time: Time) -> Time:
    """The days off around a holiday: Saturday to Monday around a Monday, else to Sunday."""

    def around(window: Window) -> Window:
        weekday = window.first.weekday()
        saturday = window.first + (5 - weekday if weekday else -2) * DAY
        return days(saturday.date(), 2 if weekday else 3)

    return changed(moment, time, around, grain="weekend", point=False)


def week_of(moment: Moment, time: Time) -> Time:
    """The week that holds a date."""
    windows = tuple(moment.unit("week", at=each.first.date()) for each in time.windows)
    return Time(windows, "week", point=False)


def week_number(moment: Moment, number: int, of: int | None = None) -> Time:
    """A week by its ISO 8601 number."""
    return fixed(days(date.fromisocalendar(of or moment.today.year, number, 1), 7), "week")


def decade(moment: Moment, number: int, digits: int) -> Time:
    """ "the 1990s", "the 90s": of two digits the last that has begun, and by the specification the next too."""
    if digits > 2:
        whole_century = number % 100 == 0 and number < 2000  # "the 1800s", but "the 2000s" are ten years
        return (
            century(moment, number // 100 + 1) if whole_century else fixed(months(number * 12, 120), "decade")
        )
    this = moment.today.year // 100 * 100
    if not moment.convention.whole_days:
        begun = this + number if this + number <= moment.today.year else this - 100 + number
        return fixed(months(begun * 12, 120), "decade")
    both = tuple(months((century + number) * 12, 120) for century in (1900, 2000))
    return Time(both, "decade", point=False)


def century(_: Moment, number: int) -> Time:
    """A century by its number; the 20th begins with 1900."""
    if not 2 <= number <= 30:
        raise NoReading("there is no such century")
    return fixed(months((number - 1) * 1200, 1200), "century")


def lunar_day(moment: Moment, month: int, number: int, of: int | None = None) -> Time:
    """A date of the Chinese lunisolar calendar, of a year or of every year."""
    from timeliness.lunisolar import lunar_months

    def occurs(each: int) -> Window | None:
        begin = next(
            (first for known, leap, first in lunar_months(each) if known == month and not leap), None
        )
        return days(begin + (number - 1) * DAY) if begin else None

    if not (1 <= month <= 12 and 1 <= number <= 30):
        raise NoReading("there is no such date")
    return _yearly(moment, occurs, of, point=True)


def golden_week(moment: Moment) -> Time:
    """The holidays around China's National Day."""
    return _yearly(moment, lambda each: days(date(each, 10, 1), 7), None, "week")


def festival(
    moment: Moment, holiday: tuple[str, str | None], of: int | None = None, *, before: int = 0
) -> Time:
    """A holiday by its day and, where it has one, the season around it; everyday requests mean the season."""
    name, around = holiday
    if around and not before and not moment.convention.whole_days:
        return season(moment, around, of)
    return named(moment, name, of, before=before)


def time_of_year(moment: Moment, name: str, of: int | None = None) -> Time:
    """Spring, summer, autumn or winter; the specification leaves their days open."""
    return replace(season(moment, name, of), undetermined=moment.convention.whole_days)


def in_year(moment: Moment, time: Time, year: int) -> Time:
    """A date of every year, in one year."""
    if time.undetermined:
        return time
    if time.cycle != "year" or not time.point or time.clocked:
        raise NoReading("not a date of every year")
    try:
        return fixed(time.at(year), point=True)
    except ValueError:
        return no_such_day(moment)
