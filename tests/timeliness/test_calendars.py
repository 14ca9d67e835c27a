"""Named days and seasons."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeliness.calendars import SEASONS, holiday, season_window

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("season", "first", "end"),
    [
        ("black_friday", "2026-11-26", "2026-12-01"),
        ("christmas", "2026-12-01", "2026-12-27"),
        ("chinese_new_year", "2027-01-30", "2027-02-21"),
        ("easter", "2027-03-26", "2027-03-30"),
        ("autumn", "2026-09-01", "2026-12-01"),
        ("winter", "2026-12-01", "2027-03-01"),
    ],
)
def test_window_that_holds_now_or_comes_next(season: str, first: str, end: str) -> None:
    window = season_window(season, NOW, zone=UTC)
    assert [each.date() for each in window] == [date.fromisoformat(first), date.fromisoformat(end)]


def test_seasons_are_turned_round_in_the_south() -> None:
    assert season_window("summer", NOW, zone=UTC, country="AU")[0].month == 12


def test_holiday_is_the_countrys_own() -> None:
    window = holiday("labor day", NOW, zone=UTC, country="US")
    assert window and window[0].date() == date(2027, 9, 6)
    assert holiday("no such day", NOW, zone=UTC) is None


@given(st.sampled_from(SEASONS), st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(0, 23))
def test_every_window_is_ordered_and_not_over(season: str, day: date, hour: int) -> None:
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    start, end = season_window(season, now, zone=UTC)
    assert start < end and end > now
    assert start < now + timedelta(days=400)
