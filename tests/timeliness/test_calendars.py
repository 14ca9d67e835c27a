"""Named days and seasons."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeliness.calendars import NAMED_DAYS, SEASONS, named_day, season_days, season_window

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
_DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("season", "first", "end"),
    [
        ("black_friday", "2026-11-26", "2026-12-01"),
        ("christmas", "2026-12-01", "2026-12-27"),
        ("chinese_new_year", "2027-01-30", "2027-02-21"),
        ("easter", "2027-03-26", "2027-03-30"),
        ("singles_day", "2027-11-01", "2027-11-12"),
        ("autumn", "2026-09-01", "2026-12-01"),
        ("winter", "2026-12-01", "2027-03-01"),
    ],
)
def test_window_that_holds_now_or_comes_next(season: str, first: str, end: str) -> None:
    window = season_window(season, NOW, zone=UTC)
    assert [each.date() for each in window] == [date.fromisoformat(first), date.fromisoformat(end)]


def test_seasons_are_turned_round_in_the_south() -> None:
    assert season_window("summer", NOW, zone=UTC, country="AU")[0].month == 12


def test_unknown_season_is_an_error() -> None:
    with pytest.raises(KeyError):
        season_window("no_such_season", NOW, zone=UTC)


def test_holiday_is_the_countrys_own() -> None:
    assert named_day("labor day", 2027, "US") == date(2027, 9, 6)
    assert named_day("labor day", 2027, "NZ") == date(2027, 10, 25)
    assert named_day("no such day", 2027) is None
    assert named_day("thanksgiving", 2026, "CA") == date(2026, 10, 12)
    assert named_day("thanksgiving", 2026, "US") == date(2026, 11, 26)
    assert named_day("thanksgiving", 2026, "??") == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("mother's day", date(2026, 5, 10)),
        ("memorial day", date(2026, 5, 25)),
        ("good friday", date(2026, 4, 3)),
        ("mid-autumn", date(2026, 9, 25)),
        ("dragon boat", date(2026, 6, 19)),
        ("chinese new year", date(2026, 2, 17)),
        ("lantern festival", date(2026, 3, 3)),
        ("qingming", date(2026, 4, 5)),
        ("eid al-fitr", date(2026, 3, 20)),
        ("diwali", date(2026, 11, 8)),
    ],
)
def test_movable_days_fall_where_calendars_have_them(name: str, day: date) -> None:
    assert named_day(name, 2026) == day


@given(
    st.sampled_from(SEASONS),
    _DAYS,
    st.integers(0, 23),
    st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"]),
)
@settings(deadline=None)
def test_every_window_is_ordered_and_not_over(season: str, day: date, hour: int, zone: str) -> None:
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    start, end = season_window(season, now, zone=ZoneInfo(zone))
    assert start < end and end > now
    assert start < now + timedelta(days=400)


@given(st.sampled_from(SEASONS), st.integers(2020, 2090))
@settings(deadline=None)
def test_a_moment_within_a_season_is_given_that_season(season: str, year: int) -> None:
    first, end = season_days(season, year)
    middle = first + (end - first) / 2
    now = datetime(middle.year, middle.month, middle.day, 12, tzinfo=UTC)
    if now.date() < end:
        start, stop = season_window(season, now, zone=UTC)
        assert start <= now < stop


@given(st.sampled_from(NAMED_DAYS), st.integers(1950, 2090), st.sampled_from(["US", "GB", "CN", "AU", "??"]))
@settings(deadline=None, max_examples=60)
def test_a_named_day_lies_in_its_year(name: str, year: int, country: str) -> None:
    day = named_day(name, year, country)
    assert day is None or day.year == year
