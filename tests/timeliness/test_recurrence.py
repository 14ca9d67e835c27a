from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from holidays.calendars.chinese import _ChineseLunisolar

from timeliness.lunisolar import lunar_months
from timeliness.recurrence import check_recurrence, starts


def days(rule: str, first: date, since: int, until: int) -> list[date]:
    begun = starts(rule, datetime.combine(first, datetime.min.time()), UTC, since, until)
    return [start.date() for start in begun if start.year >= since]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=11;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR",
        "freq=weekly;byday=sa,su",
        "FREQ=DAILY;UNTIL=20301231",
        "FREQ=YEARLY;UNTIL=20301231T235959Z",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "RSCALE=CHINESE;FREQ=YEARLY",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1",
        "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=15;SKIP=BACKWARD",
        "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT",
    ],
)
def test_sound_rules_are_accepted(rule: str) -> None:
    check_recurrence(rule)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("", "NAME=VALUE"),
        ("every Friday", "NAME=VALUE"),
        ("BYDAY=FR", "FREQ is missing"),
        ("FREQ=SECONDLY", "YEARLY, MONTHLY, WEEKLY, DAILY"),
        ("FREQ=YEARLY;FREQ=DAILY", "twice"),
        ("FREQ=YEARLY;BYMONTH=13", "1 to 12"),
        ("FREQ=YEARLY;BYMONTHDAY=0", "1 to 31"),
        ("FREQ=WEEKLY;BYDAY=XX", "MO to SU"),
        ("FREQ=WEEKLY;BYDAY=2MO", "YEARLY or"),
        ("FREQ=YEARLY;INTERVAL=0", "1 to 1000"),
        ("FREQ=YEARLY;COUNT=2;UNTIL=20300101", "not both"),
        ("FREQ=YEARLY;UNTIL=soon", "20301231"),
        ("FREQ=YEARLY;UNTIL=20301345", "20301231"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no day ever"),
        ("FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31", "no day ever"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,30", "4 windows a day"),
        ("FREQ=YEARLY;BYEASTER=0", "NAME=VALUE"),
        ("FREQ=YEARLY\nRDATE:20300101", "NAME=VALUE|may be"),
        ("FREQ=DAILY;BYSETPOS=2", "no meaning"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "no meaning"),
        ("FREQ=WEEKLY;BYDAY=TU;BYMONTH=0", "1 to 12"),
        ("RSCALE=HEBREW;FREQ=YEARLY", "GREGORIAN or CHINESE"),
        ("RSCALE=CHINESE;FREQ=MONTHLY", "FREQ=YEARLY"),
        ("RSCALE=CHINESE;FREQ=YEARLY;BYDAY=MO", "only"),
        ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTHDAY=31", "1 to 30"),
        ("RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=1L;BYMONTHDAY=1", "no day ever"),
        ("FREQ=YEARLY;SKIP=FORWARD", "SKIP"),
    ],
)
def test_a_bad_rule_is_refused_in_one_line(rule: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as caught:
        check_recurrence(rule)
    assert "\n" not in str(caught.value)


def test_a_megabyte_of_rule_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="longer than 1000") as caught:
        check_recurrence("FREQ=YEARLY;BYMONTHDAY=" + "1," * 500_000)
    assert len(str(caught.value)) < 300


def test_black_friday_falls_where_the_calendar_has_it() -> None:
    found = days(
        "FREQ=YEARLY;BYMONTH=11;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29", date(2020, 11, 27), 2024, 2028
    )
    assert found == [date(2024, 11, 29), date(2025, 11, 28), date(2026, 11, 27), date(2027, 11, 26)]


def test_an_interval_keeps_its_phase_however_far_ahead() -> None:
    assert days("FREQ=YEARLY;INTERVAL=4", date(1896, 4, 6), 2020, 2030) == [
        date(2020, 4, 6),
        date(2024, 4, 6),
        date(2028, 4, 6),
    ]
    every_third_day = days("FREQ=DAILY;INTERVAL=3", date(1990, 1, 1), 2026, 2027)
    assert all((day - date(1990, 1, 1)).days % 3 == 0 for day in every_third_day)
    assert len(every_third_day) in {121, 122}


def test_conditions_on_the_day_limit_daily_and_weekly_rules() -> None:
    thirteenths = days("FREQ=DAILY;BYMONTHDAY=+013;BYDAY=FR", date(2026, 1, 1), 2026, 2027)
    assert thirteenths == [date(2026, 2, 13), date(2026, 3, 13), date(2026, 11, 13)]
    assert days("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-1", date(2020, 1, 1), 2023, 2025) == [
        date(2023, 2, 28),
        date(2024, 2, 29),
    ]
    assert days("FREQ=WEEKLY;BYMONTH=12;BYDAY=SU;COUNT=2", date(2026, 1, 1), 2026, 2030) == [
        date(2026, 12, 6),
        date(2026, 12, 13),
    ]


def test_a_count_ends_a_series() -> None:
    assert days("FREQ=WEEKLY;COUNT=3", date(2026, 1, 5), 2020, 2030) == [
        date(2026, 1, 5),
        date(2026, 1, 12),
        date(2026, 1, 19),
    ]
    assert len(days("RSCALE=CHINESE;FREQ=YEARLY;COUNT=3", date(2026, 2, 17), 2020, 2040)) == 3


@pytest.mark.parametrize(
    ("month", "day", "festival"),
    [
        (1, 1, "lunar_new_year_date"),
        (3, 10, "hung_kings_date"),
        (4, 8, "buddha_birthday_date"),
        (5, 5, "dragon_boat_date"),
        (8, 15, "mid_autumn_date"),
        (9, 9, "double_ninth_date"),
    ],
)
def test_lunisolar_rules_agree_with_holidays_for_two_centuries(month: int, day: int, festival: str) -> None:
    of = getattr(_ChineseLunisolar(), festival)
    rule = f"RSCALE=CHINESE;FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"
    assert days(rule, of(1904)[0], 1904, 2098) == [of(year)[0] for year in range(1904, 2098)]


def test_leap_months_are_those_of_the_published_calendar() -> None:
    leaps = {year: month for year in range(2000, 2040) for month, leap, _ in lunar_months(year) if leap}
    assert leaps == {
        2001: 4, 2004: 2, 2006: 7, 2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4, 2023: 2, 2025: 6,
        2028: 5, 2031: 3, 2033: 11, 2036: 6, 2039: 5,
    }  # fmt: skip


def test_months_follow_one_another_without_a_gap() -> None:
    begun = [begin for year in range(1903, 2098) for _, _, begin in lunar_months(year)]
    assert {(later - earlier).days for earlier, later in pairwise(begun)} == {29, 30}


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        # Qixi, the seventh of the seventh month; 2006 and 2025 have leap months about it.
        (
            "BYMONTH=7;BYMONTHDAY=7",
            date(2024, 8, 10),
            [date(2024, 8, 10), date(2025, 8, 29), date(2026, 8, 19)],
        ),
        # New Year's Eve, the last day of a month of 29 or 30.
        (
            "BYMONTH=12;BYMONTHDAY=-1",
            date(2024, 2, 9),
            [date(2024, 2, 9), date(2025, 1, 28), date(2026, 2, 16)],
        ),
        # Without BYMONTH and BYMONTHDAY the first day says both (RFC 7529, section 4.2).
        ("", date(2024, 2, 10), [date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)]),
    ],
)
def test_lunisolar_days_without_a_table_are_right(rule: str, first: date, expected: list[date]) -> None:
    text = ";".join(filter(None, ["RSCALE=CHINESE;FREQ=YEARLY", rule]))
    assert days(text, first, 2024, 2027) == expected


def test_skip_says_what_becomes_of_a_leap_month() -> None:
    first, rule = date(2025, 7, 25), "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=6L;BYMONTHDAY=1"
    sixth, seventh = (
        {
            year: begin
            for year in (2025, 2026)
            for number, leap, begin in lunar_months(year)
            if number == month and not leap
        }
        for month in (6, 7)
    )
    assert days(rule, first, 2025, 2027) == [first]
    assert days(rule + ";SKIP=BACKWARD", first, 2025, 2027) == [first, sixth[2026]]
    assert days(rule + ";SKIP=FORWARD", first, 2025, 2027) == [first, seventh[2026]]


def test_skip_says_what_becomes_of_a_thirtieth_day() -> None:
    rule, first = "RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=30", date(2024, 2, 9)
    new_year = {year: lunar_months(year)[0][2] for year in range(2024, 2028)}
    assert days(rule, first, 2024, 2027) == [date(2024, 2, 9)]  # the months after have 29 days
    assert days(rule + ";SKIP=FORWARD", first, 2025, 2027) == [new_year[2025], new_year[2026]]
    assert days(rule + ";SKIP=BACKWARD", first, 2025, 2027) == [
        new_year[2025] - timedelta(1),
        new_year[2026] - timedelta(1),
    ]
