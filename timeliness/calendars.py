"""Named days and seasons as windows, in a zone and for a country. Movable feasts come from ``holidays``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

Days = tuple[date, date]  # half-open
_SOUTH = frozenset({"AR", "AU", "BO", "BR", "BW", "CL", "FJ", "LS", "MG", "NA", "NZ", "PE", "PY", "UY", "ZA"})


def _span(first: date, days: int) -> Days:
    return first, first + timedelta(days=days)


def _thanksgiving(year: int) -> date:
    """The fourth Thursday of November, from which the shopping days are counted everywhere."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)


def _easter(year: int, _: str) -> Days:
    from dateutil.easter import easter

    return _span(easter(year) - timedelta(days=2), 4)


def _lunar(name: str, before: int, days: int) -> Callable[[int, str], Days]:
    """Days around a festival of the Chinese lunisolar calendar."""

    def window(year: int, _: str) -> Days:
        from holidays.calendars.chinese import _ChineseLunisolar

        day, _estimated = getattr(_ChineseLunisolar(), f"{name}_date")(year)
        return _span(day - timedelta(days=before), days)

    return window


def _islamic_dates(name: str, year: int) -> list[date]:
    """When a festival of the Islamic calendar begins in ``year``: once, or in some years twice."""
    from holidays.calendars.islamic import _IslamicLunar

    found = {day for day, _estimated in getattr(_IslamicLunar(), f"{name}_dates")(year)}
    return sorted(day for day in found if day.year == year)


def _islamic(name: str, days: int) -> Callable[[int, str], Days]:
    def window(year: int, _: str) -> Days:
        dates = _islamic_dates(name, year)
        if not dates:
            raise ValueError(f"the date of {name} in {year} is not known")
        return _span(dates[0], days)

    return window


def _hanukkah(year: int, _: str) -> Days:
    """Eight days from the evening before the first."""
    from holidays.calendars.hebrew import _HebrewLunisolar

    first = min(day for day in _HebrewLunisolar().hanukkah_date(year) if day.year == year)
    return _span(first - timedelta(days=1), 9)


def _diwali(year: int, _: str) -> Days:
    from holidays.calendars.hindu import _HinduLunisolar

    day, _estimated = _HinduLunisolar().diwali_date(year)
    if day is None:
        raise ValueError(f"the date of Diwali in {year} is not known")
    return _span(day - timedelta(days=2), 5)


def _quarter(northern_month: int) -> Callable[[int, str], Days]:
    """A meteorological season: three whole months, six months apart in the south."""

    def window(year: int, country: str) -> Days:
        month = (northern_month + (6 if country in _SOUTH else 0) - 1) % 12 + 1
        end = date(year + (month + 3 > 12), (month + 2) % 12 + 1, 1)
        return date(year, month, 1), end

    return window


_WINDOWS: dict[str, Callable[[int, str], Days]] = {
    "new_year": lambda year, _: (date(year - 1, 12, 31), date(year, 1, 2)),
    "valentines": lambda year, _: (date(year, 2, 7), date(year, 2, 15)),
    "award_season": lambda year, _: (date(year, 1, 1), date(year, 3, 16)),
    "chinese_new_year": _lunar("lunar_new_year", 7, 22),
    "easter": _easter,
    "ramadan": _islamic("ramadan_beginning", 30),
    "eid": _islamic("eid_al_fitr", 3),
    "mid_year_618": lambda year, _: (date(year, 6, 1), date(year, 6, 21)),
    "back_to_school": lambda year, _: (date(year, 7, 15), date(year, 9, 11)),
    "mid_autumn": _lunar("mid_autumn", 7, 8),
    "halloween": lambda year, _: (date(year, 10, 15), date(year, 11, 1)),
    "diwali": _diwali,
    "singles_day": lambda year, _: (date(year, 11, 1), date(year, 11, 12)),
    "thanksgiving": lambda year, _: _span(_thanksgiving(year), 4),
    "black_friday": lambda year, _: _span(_thanksgiving(year), 5),
    "cyber_monday": lambda year, _: _span(_thanksgiving(year) + timedelta(days=4), 1),
    "hanukkah": _hanukkah,
    "christmas": lambda year, _: (date(year, 12, 1), date(year, 12, 27)),
    "boxing_day": lambda year, _: (date(year, 12, 26), date(year + 1, 1, 1)),
    "spring": _quarter(3),
    "summer": _quarter(6),
    "autumn": _quarter(9),
    "winter": _quarter(12),
}
SEASONS = tuple(_WINDOWS)
_ISLAMIC = {"ramadan": "ramadan_beginning", "eid": "eid_al_fitr"}


def season_window(
    season: str, now: datetime, *, zone: tzinfo, country: str = "US"
) -> tuple[datetime, datetime]:
    """The window of ``season`` that holds ``now``, or else the next; half-open, in ``zone``.

    Args:
        season: one of ``SEASONS``.
        now: zone-aware.
        zone: whose midnights bound the days.
        country: ISO 3166; tells the hemisphere.

    Raises:
        KeyError: the season is unknown.
        ValueError: the calendar does not reach so far (lunar ones end with 2099).
    """
    today = now.astimezone(zone).date()
    for year in range(today.year - 1, today.year + 3):
        for first, end in _windows(season, year, country):
            if end > today:
                return _midnight(first, zone), _midnight(end, zone)
    raise ValueError(f"no {season} is known after {today}")


def season_days(season: str, year: int, country: str = "US") -> Days:
    """First day and end (exclusive) of ``season`` in ``year``; a KeyError or ValueError as above."""
    return _windows(season, year, country)[0]


@lru_cache(maxsize=1024)
def _windows(season: str, year: int, country: str) -> tuple[Days, ...]:
    first = _WINDOWS[season](year, country)
    if season not in _ISLAMIC:
        return (first,)
    length = first[1] - first[0]
    return tuple((day, day + length) for day in _islamic_dates(_ISLAMIC[season], year))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


@lru_cache(maxsize=64)
def _named_days(country: str, year: int) -> dict[str, date]:
    """English names, in lower case, of a country's holidays of all kinds; empty for an unknown country."""
    import holidays

    try:
        kinds = holidays.country_holidays(country).supported_categories
        found = holidays.country_holidays(country, years=[year], categories=kinds, language="en_US")
    except NotImplementedError:
        return {}
    names: dict[str, date] = {}
    for day, text in sorted(found.items()):
        for name in text.split("; "):
            if "observed" not in name and "substituted" not in name:
                names.setdefault(name.casefold(), day)
    return names


def _weekday_of(month: int, weekday: int, number: int) -> Callable[[int], date]:
    """The ``number``-th such weekday of a month, Monday being 0; -1 is the last."""

    def day(year: int) -> date:
        first = date(year, month, 1)
        found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (max(number, 1) - 1))
        if number < 0:
            while (found + timedelta(days=7)).month == month:
                found += timedelta(days=7)
        return found

    return day


def _on(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _easter_and(days: int) -> Callable[[int], date]:
    from dateutil.easter import easter

    return lambda year: easter(year) + timedelta(days=days)


def _chinese(name: str, days: int = 0) -> Callable[[int], date]:
    """A festival of the lunisolar calendar, or the day so many days from it."""

    def day(year: int) -> date:
        from holidays.calendars.chinese import _ChineseLunisolar

        found, _estimated = getattr(_ChineseLunisolar(), f"{name}_date")(year)
        if found is None:
            raise ValueError(f"the date of {name} in {year} is not known")
        return date.fromordinal(found.toordinal() + days)

    return day


def _first_of(window: Callable[[int, str], Days], days: int = 0) -> Callable[[int], date]:
    return lambda year: window(year, "US")[0] + timedelta(days=days)


_DAYS: dict[str, Callable[[int], date]] = {
    "new year's day": _on(1, 1), "new year's eve": _on(12, 31), "groundhog day": _on(2, 2), "valentine's day": _on(2, 14),
    "women's day": _on(3, 8), "saint patrick's day": _on(3, 17), "april fools' day": _on(4, 1), "earth day": _on(4, 22),
    "workers' day": _on(5, 1), "star wars day": _on(5, 4), "cinco de mayo": _on(5, 5), "children's day": _on(6, 1),
    "juneteenth": _on(6, 19), "canada day": _on(7, 1), "independence day": _on(7, 4), "bastille day": _on(7, 14),
    "teachers' day": _on(9, 10), "national day": _on(10, 1), "halloween": _on(10, 31), "guy fawkes night": _on(11, 5),
    "veterans day": _on(11, 11), "singles' day": _on(11, 11), "christmas day": _on(12, 25), "boxing day": _on(12, 26),
    "martin luther king": _weekday_of(1, 0, 3), "presidents' day": _weekday_of(2, 0, 3), "mother's day": _weekday_of(5, 6, 2),
    "memorial day": _weekday_of(5, 0, -1), "father's day": _weekday_of(6, 6, 3), "labor day": _weekday_of(9, 0, 1),
    "columbus day": _weekday_of(10, 0, 2), "thanksgiving": _thanksgiving, "easter": _easter_and(0),
    "black friday": lambda year: _thanksgiving(year) + timedelta(days=1),
    "cyber monday": lambda year: _thanksgiving(year) + timedelta(days=4),
    "mardi gras": _easter_and(-47), "ash wednesday": _easter_and(-46), "palm sunday": _easter_and(-7),
    "good friday": _easter_and(-2), "easter monday": _easter_and(1), "pentecost": _easter_and(49),
    "chinese new year": _chinese("lunar_new_year"), "lunar new year's eve": _chinese("lunar_new_year", -1),
    "lantern festival": _chinese("lunar_new_year", 14), "dragon boat": _chinese("dragon_boat"),
    "mid-autumn": _chinese("mid_autumn"), "double ninth": _chinese("double_ninth"), "qingming": _chinese("qingming"),
    "eid al-fitr": _first_of(_islamic("eid_al_fitr", 1)), "eid al-adha": _first_of(_islamic("eid_al_adha", 1)),
    "ramadan": _first_of(_islamic("ramadan_beginning", 1)), "diwali": _first_of(_diwali, 2), "hanukkah": _first_of(_hanukkah, 1),
}  # fmt: skip
NAMED_DAYS = tuple(_DAYS)
_OF_THE_COUNTRY = frozenset(
    {"mother's day", "father's day", "labor day", "memorial day", "independence day", "national day", "thanksgiving",
     "children's day", "teachers' day", "women's day", "workers' day", "veterans day", "columbus day"}
)  # fmt: skip


def named_day(name: str, year: int, country: str = "US") -> date | None:
    """The day of a holiday in ``year``: the country's own where it has one of that name, else the usual one.

    Args:
        name: one of ``NAMED_DAYS``, or how any holiday of the country begins.

    Returns:
        None for a name that neither knows, or a year that the calendar does not reach.
    """
    if name in _OF_THE_COUNTRY or name not in _DAYS:
        spellings = (name, name.replace("labor", "labour"))
        for known, day in _named_days(country, year).items():
            if known.startswith(spellings):
                return day
    try:
        return _DAYS[name](year) if name in _DAYS else None
    except (ValueError, TypeError, OverflowError):
        return None
