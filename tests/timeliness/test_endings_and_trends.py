"""What ends at a time, and what draws attention at one: told from when it is used, out or new."""

from datetime import UTC, datetime

import pytest

from schema import TimeDemand
from timeliness.expressions import find_times

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)  # a Wednesday


def read(text: str) -> list[TimeDemand]:
    chinese = any("\u3400" <= letter <= "\u9fff" for letter in text)
    return find_times(text, NOW, language="zh" if chinese else "en", zone=UTC)


def hours(time: TimeDemand) -> tuple[str, str]:
    start, end = ("" if each is None else each.isoformat()[:13] for each in (time.start, time.end))
    return start, end


SOON = ("2026-11-25T15", "2026-12-09T15")


@pytest.mark.parametrize(
    ("text", "phrase", "window"),
    [
        ("which documentaries are leaving before Friday?", "leaving before Friday", ("", "2026-11-27T00")),
        ("offers on chairs that end before Friday", "that end before Friday", ("", "2026-11-27T00")),
        ("deals expiring this week", "expiring this week", ("2026-11-23T00", "2026-11-30T00")),
        (
            "what leaves Netflix this month?",
            "leaves Netflix this month",
            ("2026-11-01T00", "2026-12-01T00"),
        ),
        ("what left Netflix last week?", "left Netflix last week", ("2026-11-16T00", "2026-11-23T00")),
        ("anything leaving Friday?", "leaving Friday", ("2026-11-27T00", "2026-11-28T00")),
        ("a flash sale ending at 6 pm", "ending at 6 pm", ("2026-11-25T18", "2026-11-25T19")),
        ("films expiring soon", "expiring soon", SOON),
        ("last chance to see a horror film", "last chance", SOON),
        ("anything about to expire?", "about to expire", SOON),
        ("本周下架的电影", "本周下架", ("2026-11-23T00", "2026-11-30T00")),
        ("周五前到期的优惠", "周五前到期", ("", "2026-11-27T00")),
        ("即将到期的优惠", "即将到期", SOON),
    ],
)
def test_what_ends_at_a_time_is_asked_by_its_end(text: str, phrase: str, window: tuple[str, str]) -> None:
    (time,) = read(text)
    assert (time.phrase, time.role, hours(time)) == (phrase, "end", window)


def test_a_last_chance_with_a_date_is_that_of_the_date() -> None:
    chance, leaving = read("last chance: thrillers that leave before 4 December")
    assert hours(chance) == ("", "") and hours(leaving) == ("", "2026-12-04T00")
    assert chance.role == leaving.role == "end"


@pytest.mark.parametrize(
    "text",
    [
        "I'm leaving on Friday, an audiobook for the flight",
        "something short before we leave tomorrow",
        "a book with a happy ending this weekend",
        "songs about autumn leaves this weekend",
        "a film that ends before 10 pm",
        "can I watch Leaving Las Vegas tonight?",
        "my holiday ends on Sunday, something relaxing",
        "films from the end of the 1990s",
        "周末结束前看什么",
    ],
)
def test_who_leaves_and_what_is_over_by_then_are_no_ends_of_offers(text: str) -> None:
    assert [each.role for each in read(text)] in (["use"], ["publication"])


@pytest.mark.parametrize(
    "text",
    [
        "trending shows",
        "what is everybody watching",
        "what are people talking about these days",
        "which crime stories is everyone reading at the moment?",
        "popular at the moment",
        "what's hot right now",
        "buzzing tech stories",
        "what is trending in food news right now?",
        "热门新闻",
        "现在大家都在看什么",
        "最近流行什么歌",
    ],
)
def test_what_draws_attention_now_is_no_wish_for_the_new(text: str) -> None:
    found = read(text)
    assert found and all(each.role == "trend" and not each.recency for each in found)
    assert {hours(each) for each in found} == {("", "")}


@pytest.mark.parametrize("text", ["popular films this week", "what's popular on TV this week"])
def test_attention_may_be_asked_of_a_stretch_that_goes_on(text: str) -> None:
    (time,) = read(text)
    assert (time.role, hours(time)) == ("trend", ("2026-11-23T00", "2026-11-30T00"))


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("news right now", ["publication"]),
        ("what can I watch right now", ["use"]),
        ("popular deals right now", ["offer"]),
        ("popular films this year", ["publication"]),
        ("trending films for tonight", ["trend", "use"]),
        ("the latest trending songs", ["publication", "trend"]),
        ("hot chocolate maker", []),
    ],
)
def test_other_times_keep_their_role_beside_it(text: str, roles: list[str]) -> None:
    assert [each.role for each in read(text)] == roles
