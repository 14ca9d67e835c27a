"""The Chinese lunisolar calendar: months, leap months and dates, for 1903 to 2098."""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import cache

KNOWN_YEARS = (1902, 2098)  # what `holidays` knows of the festivals, less a year at each end


def lunar_date(day: date) -> tuple[int, bool, int]:
    """The lunisolar date of ``day``: month, whether a leap month, day of the month."""
    if not KNOWN_YEARS[0] < day.year <= KNOWN_YEARS[1]:
        raise ValueError(f"the lunisolar calendar is known from {KNOWN_YEARS[0] + 1} to {KNOWN_YEARS[1]}")
    months = (*lunar_months(day.year - 1), *lunar_months(day.year))
    month, leap, begin = next(each for each in reversed(months) if each[2] <= day)
    return month, leap, (day - begin).days + 1


@cache
def lunar_months(year: int) -> tuple[tuple[int, bool, date], ...]:
    """The months of the Chinese year that begins in ``year``: number, whether leap, first day.

    New moons are computed; the festivals that `holidays` tabulates settle the day of the
    month that they lie in (a new moon within minutes of midnight, as in 2057).
    """
    from holidays.calendars.chinese import _ChineseLunisolar

    both = (*_solstice_months(year), *_solstice_months(year + 1))
    first = next(place for place, each in enumerate(both) if each[:2] == (1, False))
    months = both[
        first : next(place for place in range(first + 2, len(both)) if both[place][:2] == (1, False))
    ]
    known = _ChineseLunisolar()
    festivals = (
        (1, 1, known.lunar_new_year_date),
        (4, 8, known.buddha_birthday_date),
        (5, 5, known.dragon_boat_date),
        (8, 15, known.mid_autumn_date),
        (9, 9, known.double_ninth_date),
    )
    sure = {month: found - timedelta(days=day - 1) for month, day, of in festivals if (found := of(year)[0])}
    return tuple((month, leap, begin if leap else sure.get(month, begin)) for month, leap, begin in months)


def _solstice_months(year: int) -> list[tuple[int, bool, date]]:
    """The months from the 11th of the lunar year before, which holds the winter solstice, to the 10th.

    Where there are thirteen, the first in which the sun enters no new sign is the leap
    month (the rule of 1645; Aslaksen, The Mathematics of the Chinese Calendar, 2010).
    """
    begin, end = _solstice_moon(year - 1), _solstice_moon(year)
    days = [_new_moon(each) for each in range(begin, end + 1)]
    leap = -1
    if end - begin == 13:
        signs = [int(_sun_longitude(day) // 30) for day in days]
        leap = next(place for place in range(13) if signs[place] == signs[place + 1])
    numbers = [place - (0 <= leap <= place) for place in range(end - begin)]
    return [((number + 10) % 12 + 1, place == leap, days[place]) for place, number in enumerate(numbers)]


def _solstice_moon(year: int) -> int:
    """Number, from the first of 2000, of the last new moon up to the winter solstice of ``year``."""
    from holidays.calendars.chinese import _ChineseLunisolar

    solstice, _ = _ChineseLunisolar().winter_solstice_date(year)
    number = math.ceil((year + 1 - 2000) * 12.3685) + 1
    return next(each for each in range(number, number - 5, -1) if _new_moon(each) <= solstice)


# Periodic terms of the new moon: days, then multiples of sun's and moon's anomaly and moon's latitude.
_MOON_TERMS = (
    (-0.40720, 0, 1, 0), (0.17241, 1, 0, 0), (0.01608, 0, 2, 0), (0.01039, 0, 0, 2), (0.00739, -1, 1, 0),
    (-0.00514, 1, 1, 0), (0.00208, 2, 0, 0), (-0.00111, 0, 1, -2), (-0.00057, 0, 1, 2), (0.00056, 1, 2, 0),
    (-0.00042, 0, 3, 0), (0.00042, 1, 0, 2), (0.00038, 1, 0, -2), (-0.00024, -1, 2, 0),
)  # fmt: skip
_BEIJING_DAY_ZERO = 1721424.5 - 8 / 24 + 70 / 86400  # Julian date of ordinal 0 at midnight, in dynamical time


def _new_moon(number: int) -> date:
    """The day in Beijing of the ``number``-th new moon from 2000 (Meeus, Astronomical Algorithms, ch. 49)."""
    sun = math.radians(2.5534 + 29.10535670 * number)
    moon = math.radians(201.5643 + 385.81693528 * number)
    latitude = math.radians(160.7108 + 390.67050284 * number)
    periodic = sum(size * math.sin(s * sun + m * moon + f * latitude) for size, s, m, f in _MOON_TERMS)
    return date.fromordinal(math.floor(2451550.09766 + 29.530588861 * number + periodic - _BEIJING_DAY_ZERO))


def _sun_longitude(day: date) -> float:
    """Apparent longitude of the sun at midnight in Beijing, in degrees, to 0.01 (Meeus, ch. 25)."""
    centuries = (day.toordinal() + _BEIJING_DAY_ZERO - 2451545.0) / 36525
    anomaly = math.radians(357.52911 + 35999.05029 * centuries)
    centre = (1.914602 - 0.004817 * centuries) * math.sin(anomaly) + 0.019993 * math.sin(2 * anomaly)
    return (280.46646 + 36000.76983 * centuries + centre - 0.00569) % 360
