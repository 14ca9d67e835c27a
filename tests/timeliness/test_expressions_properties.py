"""What holds of every text, moment and zone."""

from datetime import UTC, datetime
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from timeliness.expressions import find_times, resolve

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
_WORDS = st.sampled_from(
    "the last next two 3 weeks days Friday night since before until 2015 90s March 15 15th christmas eve from to and - , "
    "at 8 pm in on of first week end early ago this morning 7:30 every now latest sale 12/25 2026-01-31 q1 half past "
    "今晚 下周 最近 三天 前 上午 十点 到 2019年 3月 日 每 周五 农历 初一 9999 0 𝟛 ² é".split()
)
_TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(_WORDS, max_size=9).map(" ".join),
    st.lists(_WORDS, max_size=9).map("".join),
)
_ZONES = st.sampled_from(
    ["UTC", "America/New_York", "Europe/Athens", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Apia"]
)
_LANGUAGES = st.sampled_from(["en", "zh"])
_FIRST, _LAST = datetime(1990, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001  # bounds have no zone
_MOMENTS = st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))


@settings(max_examples=300, deadline=None)
@given(_TEXTS, _LANGUAGES, _MOMENTS, _ZONES)
def test_any_text_gives_ordered_windows_that_stand_in_it(
    text: str, language: str, now: datetime, zone: str
) -> None:
    found = find_times(text, now, language=language, zone=ZoneInfo(zone))
    assert found == find_times(text, now, language=language, zone=ZoneInfo(zone))
    place = 0
    for each in found:
        assert each.start is None or each.end is None or each.start.astimezone(UTC) < each.end.astimezone(UTC)
        assert each.start or each.end or each.recency
        assert each.span is not None and place <= each.span[0] < each.span[1]
        assert text[each.span[0] : each.span[1]].endswith(each.phrase) and each.phrase
        place = each.span[1]


@settings(max_examples=200, deadline=None)
@given(_TEXTS, _LANGUAGES, st.datetimes(_FIRST, _LAST))
def test_any_text_can_be_written_out(text: str, language: str, now: datetime) -> None:
    for each in resolve(text, now, language):
        assert text[each.start :].startswith(each.text)


@given(_MOMENTS, _ZONES)
@settings(max_examples=60, deadline=None)
def test_this_weekend_is_this_weeks_saturday_and_sunday(now: datetime, zone: str) -> None:
    (found,) = find_times("this weekend", now, zone=ZoneInfo(zone))
    assert found.start and found.end
    local = now.astimezone(ZoneInfo(zone))
    assert found.start.weekday() == 5 and found.end.weekday() == 0
    assert found.start.isocalendar()[:2] == local.isocalendar()[:2]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("a" * 1_000_000, "en"),
        ("from 1 to 2 to 3 to 4 " * 60_000, "en"),
        ("first week of last week of " * 200, "en"),
        ("2010年到" * 600, "zh"),
        ("今天下午三点到五点" * 500, "zh"),
        ("<script>tomorrow</script>" * 100, "en"),
    ],
)
def test_long_and_hostile_texts_are_read_in_bounded_time(text: str, language: str) -> None:
    begun = process_time()
    find_times(text, NOW, language=language, zone=UTC)
    assert process_time() - begun < 3


def test_a_sentence_takes_less_than_two_milliseconds() -> None:
    sentences = [
        "something light and funny for tonight, under 100 minutes, no horror",
        "Noise-cancelling headphones under $200, any deals this weekend?",
        "what happened in tech in the past two hours, and what is on next Friday night",
    ]
    for sentence in sentences:
        find_times(sentence, NOW, zone=UTC)
    begun = process_time()
    for _ in range(100):
        for sentence in sentences:
            find_times(sentence, NOW, zone=UTC)
    assert (process_time() - begun) / 300 < 0.002
