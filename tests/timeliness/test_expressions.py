"""Time expressions of everyday requests, in two languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from timeliness.expressions import find_times

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # a Wednesday


def read(text: str, language: str = "en", zone: str = "UTC", country: str = "US") -> list[tuple[str, ...]]:
    found = find_times(text, NOW, language=language, zone=ZoneInfo(zone), country=country)
    return [
        (each.phrase, each.role, *(f"{side:%Y-%m-%dT%H}" if side else "" for side in (each.start, each.end)))
        for each in found
    ]


def window(text: str, language: str = "en", country: str = "US") -> tuple[str, str]:
    ((_, _, start, end),) = read(text, language, country=country)
    return start, end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a film for tonight", ("tonight", "use", "2026-11-25T18", "2026-11-26T04")),
        ("any deals this weekend?", ("this weekend", "offer", "2026-11-28T00", "2026-11-30T00")),
        ("read about the talks today", ("today", "use", "2026-11-25T00", "2026-11-26T00")),
        ("today's news", ("today", "publication", "2026-11-25T00", "2026-11-26T00")),
        ("music released this year", ("this year", "publication", "2026-01-01T00", "2027-01-01T00")),
        ("films from the 90s", ("the 90s", "publication", "1990-01-01T00", "2000-01-01T00")),
        ("late eighties pop", ("late eighties", "publication", "1986-01-01T00", "1990-01-01T00")),
        ("songs since 2015", ("since 2015", "publication", "2015-01-01T00", "")),
        ("before Friday", ("before Friday", "use", "", "2026-11-27T00")),
        ("every Friday night", ("every Friday night", "use", "2026-11-27T18", "2026-11-28T04")),
        ("between 1990 and 1995", ("between 1990 and 1995", "publication", "1990-01-01T00", "1996-01-01T00")),
        ("what was on last week?", ("last week", "use", "2026-11-16T00", "2026-11-23T00")),
        ("in the last two weeks", ("the last two weeks", "publication", "2026-11-11T15", "2026-11-25T15")),
        ("deals on Black Friday", ("Black Friday", "offer", "2026-11-26T00", "2026-12-01T00")),
        ("on 3 December", ("3 December", "use", "2026-12-03T00", "2026-12-04T00")),
        ("a gift for Mother's Day", ("Mother's Day", "use", "2027-05-09T00", "2027-05-10T00")),
        ("what's on sale until Monday?", ("until Monday", "offer", "", "2026-12-01T00")),
        ("a western that came out before 1970", ("before 1970", "publication", "", "1970-01-01T00")),
        ("the stock market since Monday", ("since Monday", "publication", "2026-11-23T00", "")),
        ("albums released in March", ("March", "publication", "2026-03-01T00", "2026-04-01T00")),
        ("a jazz album for dinner on Saturday", ("Saturday", "use", "2026-11-28T00", "2026-11-29T00")),
        ("music for a rainy Sunday", ("Sunday", "use", "2026-11-29T00", "2026-11-30T00")),
        ("from 7 to 9 pm tonight", ("7 to 9 pm tonight", "use", "2026-11-25T19", "2026-11-25T21")),
        ("a playlist for this summer", ("this summer", "use", "2027-06-01T00", "2027-09-01T00")),
        ("best films of this summer", ("this summer", "publication", "2026-06-01T00", "2026-09-01T00")),
        ("headphones on sale", ("on sale", "offer", "2026-11-25T15", "2026-11-25T18")),
        ("older than five years", ("older than five years", "publication", "", "2021-01-01T00")),
    ],
)
def test_english_phrase_becomes_a_window_with_a_role(text: str, expected: tuple[str, ...]) -> None:
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今晚看什么", ("今晚", "use", "2026-11-25T18", "2026-11-26T04")),
        ("这个周末", ("这个周末", "use", "2026-11-28T00", "2026-11-30T00")),
        ("上个月的新闻", ("上个月", "publication", "2026-10-01T00", "2026-11-01T00")),
        ("90年代的电影", ("90年代", "publication", "1990-01-01T00", "2000-01-01T00")),
        ("八十年代的老歌", ("八十年代", "publication", "1980-01-01T00", "1990-01-01T00")),
        ("双十一优惠", ("双十一", "offer", "2027-11-01T00", "2027-11-12T00")),
        ("今年发布的歌", ("今年", "publication", "2026-01-01T00", "2027-01-01T00")),
        ("3月15日", ("3月15日", "use", "2027-03-15T00", "2027-03-16T00")),
        ("过去两周", ("过去两周", "publication", "2026-11-11T15", "2026-11-25T15")),
        ("今天有什么科技新闻？", ("今天", "publication", "2026-11-25T00", "2026-11-26T00")),
        ("明天下午三点", ("明天下午三点", "use", "2026-11-26T15", "2026-11-26T16")),
        ("每周五晚上", ("每周五晚上", "use", "2026-11-27T18", "2026-11-28T04")),
        ("本周末有什么优惠", ("本周末", "offer", "2026-11-28T00", "2026-11-30T00")),
        ("2019年以后的电影", ("2019年以后", "publication", "2020-01-01T00", "")),
        ("中秋礼物", ("中秋", "use", "2027-09-08T00", "2027-09-16T00")),
        ("国庆去哪玩", ("国庆", "use", "2027-10-01T00", "2027-10-08T00")),
        ("春节看什么", ("春节", "use", "2027-01-30T00", "2027-02-21T00")),
        ("農曆八月十五", ("農曆八月十五", "use", "2027-09-15T00", "2027-09-16T00")),
        ("晚上看什么", ("晚上", "use", "2026-11-25T18", "2026-11-26T04")),
        ("给我昨天的新闻", ("昨天", "publication", "2026-11-24T00", "2026-11-25T00")),
        ("半年内发布的手机", ("半年内", "publication", "2026-05-25T15", "2026-11-25T15")),
    ],
)
def test_chinese_phrase_becomes_a_window_with_a_role(text: str, expected: tuple[str, ...]) -> None:
    assert read(text, "zh") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "breaking news",
        "the latest songs",
        "something new to watch",
        "what's new",
        "new sci-fi movies",
        "最新的歌",
    ],
)
def test_newness_without_a_date_asks_for_recency(text: str) -> None:
    found = find_times(text, NOW, language="zh" if "最" in text else "en", zone=UTC)
    assert [(each.start, each.end) for each in found] == [(None, None)]
    assert found[0].recency >= 0.5 and found[0].role == "publication"


def test_breaking_news_is_wanted_newer_than_latest_ones() -> None:
    breaking, latest, recent = (
        find_times(text, NOW, zone=UTC)[0].recency for text in ("breaking news", "latest news", "recent news")
    )
    assert breaking > latest > recent > 0


@pytest.mark.parametrize(
    "text",
    [
        "under 100 minutes", "a 90-minute film", "under two hours", "finish in under 90 minutes", "films in 3D",
        "under $200", "2 players", "for 5 to 7 people", "between 5 and 7 players", "a 16:10 monitor", "rated 4.5 stars",
        "The 100", "24", "1917", "films like 1917", "shows like Wednesday", "May I ask", "it may last all day",
        "room 2020b", "on the 2nd floor", "for the 3rd time", "easter eggs", "just in case", "Breaking Bad", "new headphones",
        "Good morning", "make that film about Friday", "no Sunday sermons", "call 555-2010-2015", "who plays on the second", "100% cotton", "a second opinion", "a cat",
    ],
)  # fmt: skip
def test_numbers_lengths_and_titles_are_no_times(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    "text", ["有一点无聊", "90分钟以内的电影", "一百块以下", "三星手机", "早上好", "我的电话是888-000-9999"]
)
def test_chinese_numbers_and_lengths_are_no_times(text: str) -> None:
    assert read(text, "zh") == []


@pytest.mark.parametrize(
    "text",
    ["a show I watched last night", "we saw it yesterday", "have you seen it lately", "我昨天看了一部电影"],
)
def test_what_the_user_did_then_is_no_demand(text: str) -> None:
    assert read(text, "zh" if "我" in text else "en") == []


def test_the_date_of_an_offer_replaces_on_sale() -> None:
    assert [each[0] for each in read("is it still on sale this week")] == ["this week"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tomorrow at 8:30", ("2026-11-26T08", "2026-11-26T09")),
        ("the first Friday of next month", ("2026-12-04T00", "2026-12-05T00")),
        ("the weekend after next", ("2026-12-12T00", "2026-12-14T00")),
        ("later this week", ("2026-11-26T00", "2026-11-30T00")),
        ("the rest of the week", ("2026-11-25T15", "2026-11-30T00")),
        ("December 24-26", ("2026-12-24T00", "2026-12-27T00")),
        ("from Monday to Wednesday", ("2026-11-23T00", "2026-11-26T00")),
        ("three days after Christmas Day", ("2026-12-28T00", "2026-12-29T00")),
        ("in two weeks", ("2026-12-09T00", "2026-12-10T00")),
        ("Q1 2027", ("2027-01-01T00", "2027-04-01T00")),
        ("Labor Day weekend", ("2027-09-04T00", "2027-09-07T00")),
        ("New Year's Eve", ("2026-12-31T00", "2027-01-01T00")),
        ("mid-2000s", ("2003-01-01T00", "2007-01-01T00")),
        ("tonight after 8", ("2026-11-25T20", "2026-11-26T04")),
        ("tonight at 2am", ("2026-11-26T02", "2026-11-26T03")),
        ("tomorrow after 5pm", ("2026-11-26T17", "2026-11-27T00")),
        ("before 9am", ("2026-11-26T00", "2026-11-26T09")),
        ("until midnight", ("2026-11-25T00", "2026-11-26T00")),
        ("over the past month", ("2026-10-25T15", "2026-11-25T15")),
        ("last month", ("2026-10-01T00", "2026-11-01T00")),
        ("every first Monday of the month", ("2026-12-07T00", "2026-12-08T00")),
        ("early nineteen eighties", ("1980-01-01T00", "1984-01-01T00")),
        ("the 1800s", ("1800-01-01T00", "1900-01-01T00")),
    ],
)
def test_parts_compose(text: str, expected: tuple[str, str]) -> None:
    assert window(text) == expected


def test_seasons_and_holidays_are_the_countrys_own() -> None:
    assert window("for the summer", country="AU") == ("2026-12-01T00", "2027-03-01T00")
    assert window("Labour Day", country="US") != window("Labour Day", country="NZ")


def test_day_is_meant_in_the_speakers_zone() -> None:
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    (found,) = find_times("tomorrow", late, zone=ZoneInfo("Asia/Shanghai"))
    assert found.start == datetime(2026, 11, 27, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_day_on_which_clocks_change_is_whole() -> None:
    zone = ZoneInfo("Europe/Athens")
    (found,) = find_times("tomorrow", datetime(2026, 3, 28, 12, tzinfo=UTC), zone=zone)
    assert found.start and found.end
    assert (found.end.astimezone(UTC) - found.start.astimezone(UTC)).total_seconds() == 23 * 3600


def test_hours_are_real_ones_over_a_change_of_clocks() -> None:
    zone = ZoneInfo("America/New_York")
    now = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30, half an hour before clocks go back
    (found,) = find_times("in two hours", now, zone=zone)
    assert found.start and (found.start.astimezone(UTC) - now).total_seconds() == 7200


def test_an_hour_that_clocks_leave_out_still_makes_a_window() -> None:
    (found,) = find_times(
        "at 2:30 am", datetime(2026, 3, 8, 5, tzinfo=UTC), zone=ZoneInfo("America/New_York")
    )
    assert found.start and found.end and found.start.astimezone(UTC) < found.end.astimezone(UTC)


def test_now_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        find_times("today", datetime(2026, 11, 25), zone=UTC)  # noqa: DTZ001
