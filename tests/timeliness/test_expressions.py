"""Time expressions of everyday requests, in two languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeliness.expressions import find_times

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # a Wednesday


def read(text: str, language: str = "en", zone: str = "UTC") -> list[tuple[str, str, str, str]]:
    found = find_times(text, NOW, language=language, zone=ZoneInfo(zone))
    return [
        (each.phrase, each.role, *(f"{side:%Y-%m-%dT%H}" if side else "" for side in (each.start, each.end)))
        for each in found
    ]


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
        ("双十一优惠", ("双十一", "offer", "2027-11-01T00", "2027-11-12T00")),
        ("今年发布的歌", ("今年", "publication", "2026-01-01T00", "2027-01-01T00")),
        ("3月15日", ("3月15日", "use", "2027-03-15T00", "2027-03-16T00")),
        ("过去两周", ("过去两周", "publication", "2026-11-11T15", "2026-11-25T15")),
    ],
)
def test_chinese_phrase_becomes_a_window_with_a_role(text: str, expected: tuple[str, ...]) -> None:
    assert read(text, "zh") == [expected]


@pytest.mark.parametrize("text", ["breaking news", "the latest songs", "something new to watch", "最新的歌"])
def test_newness_without_a_date_asks_for_recency(text: str) -> None:
    found = find_times(text, NOW, language="zh" if "最" in text else "en", zone=UTC)
    assert [(each.start, each.end) for each in found] == [(None, None)]
    assert found[0].recency >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "under 100 minutes",
        "a 90-minute film",
        "under $200",
        "2 players",
        "The 100",
        "24",
        "1917",
        "May I ask",
        "room 2020b",
    ],
)
def test_numbers_and_lengths_are_no_times(text: str) -> None:
    assert read(text) == []


def test_day_is_meant_in_the_speakers_zone() -> None:
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    (found,) = find_times("tomorrow", late, zone=ZoneInfo("Asia/Shanghai"))
    assert found.start == datetime(2026, 11, 27, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_day_on_which_clocks_change_is_whole() -> None:
    zone = ZoneInfo("Europe/Athens")
    (found,) = find_times("tomorrow", datetime(2026, 3, 28, 12, tzinfo=UTC), zone=zone)
    assert found.start and found.end
    assert (found.end.astimezone(UTC) - found.start.astimezone(UTC)).total_seconds() == 23 * 3600


_WORDS = st.sampled_from(
    "the last next two 3 weeks days Friday night since before 2015 90s March 15 christmas 今晚 下周 最近 三天前 9999 0 of".split()
)


@given(
    st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=8).map(" ".join)), st.sampled_from(["en", "zh"])
)
def test_any_text_gives_ordered_windows_that_stand_in_it(text: str, language: str) -> None:
    for each in find_times(text, NOW, language=language, zone=UTC):
        assert each.start is None or each.end is None or each.start < each.end
        assert each.span is not None and text[each.span[0] : each.span[1]].endswith(each.phrase)
    assert find_times(text, NOW, language=language, zone=UTC) == find_times(
        text, NOW, language=language, zone=UTC
    )
