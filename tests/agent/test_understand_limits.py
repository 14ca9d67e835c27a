"""Prices, lengths, languages, counts and offers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.understand.limits import Found, LimitReader
from agent.understand.numerals import value
from agent.understand.utterance import Utterance
from schema import Domain

SHOPPING: tuple[Domain, ...] = ("shopping",)
VIDEO: tuple[Domain, ...] = ("video",)


@pytest.fixture(scope="module")
def reader() -> LimitReader:
    return LimitReader.load("USD")


def find(reader: LimitReader, text: str, domains: tuple[Domain, ...] = (), language: str = "en") -> Found:
    return reader.find(Utterance(text), language, domains)


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("headphones under $200", None, 200, "USD"),
        ("less than 50 euros", None, 50, "EUR"),
        ("between 100 and 200 dollars", 100, 200, "USD"),
        ("$20-$30 candles", 20, 30, "USD"),
        ("from £10 to £15", 10, 15, "GBP"),
        ("phones 300-500 euros", 300, 500, "EUR"),
        ("phones over $500 but below $700", 500, 700, "USD"),
        ("at least 100 bucks, at most 150", 100, 150, "USD"),
        ("no more than thirty-five euros", None, 35, "EUR"),
        ("I don't want to spend more than 40 quid", None, 40, "GBP"),
        ("€25 or less", None, 25, "EUR"),
        ("my budget is 1,200 USD", None, 1200, "USD"),
        ("up to 1.2k dollars", None, 1200, "USD"),
        ("a hundred and twenty dollars max", None, 120, "USD"),
        ("at least $80", 80, None, "USD"),
        ("¥3000 camera", None, 3000, "JPY"),
        ("19,99 € at most", None, 19.99, "EUR"),
        ("something for free", None, 0, None),
        ("under 100", None, 100, None),
        ("budget 900", None, 900, None),
    ],
)
def test_a_price_is_read_with_its_bounds(
    reader: LimitReader, text: str, low: float | None, high: float | None, currency: str | None
) -> None:
    limits = find(reader, text, SHOPPING).limits
    assert (limits.min_price, limits.max_price, limits.currency) == (low, high, currency)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("200元以下的耳机", None, 200),
        ("不超过两百五十块", None, 250),
        ("100到200元", 100, 200),
        ("预算300", None, 300),
        ("￥50以内", None, 50),
        ("一千五百元以上", 1500, None),
    ],
)
def test_a_chinese_price_is_read(
    reader: LimitReader, text: str, low: float | None, high: float | None
) -> None:
    limits = find(reader, text, SHOPPING, "zh").limits
    assert (limits.min_price, limits.max_price) == (low, high)
    assert limits.currency in {"CNY", None}


def test_around_a_price_admits_a_little_less_and_more(reader: LimitReader) -> None:
    limits = find(reader, "around 30 euros", SHOPPING).limits
    assert limits.min_price is not None and limits.max_price is not None
    assert 20 <= limits.min_price < 30 < limits.max_price <= 40


def test_the_users_own_dollar_is_meant_by_its_sign() -> None:
    assert find(LimitReader.load("CAD"), "under $50", SHOPPING).limits.currency == "CAD"
    assert find(LimitReader.load("EUR"), "under $50", SHOPPING).limits.currency == "USD"


@pytest.mark.parametrize(
    "text",
    [
        "films from 1990 to 2000",
        "Ocean's 11",
        "over 50 people at the party",
        "under 10 minutes",
        "a game for 2 players",
        "the top 40",
        "less than 5 pages",
    ],
)
def test_other_numbers_are_no_price(reader: LimitReader, text: str) -> None:
    limits = find(reader, text).limits
    assert limits.min_price is None and limits.max_price is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("under 100 minutes", None, 100),
        ("under two hours", None, 120),
        ("no longer than an hour and a half", None, 90),
        ("I've got an hour and a half", None, 90),
        ("we only have 45 minutes", None, 45),
        ("we've got two hours before the babysitter leaves", None, 120),
        ("at least 3 hours long", 180, None),
        ("between 60 and 90 minutes", 60, 90),
        ("between half an hour and 45 minutes", 30, 45),
        ("a comedy under an hour forty", None, 100),
        ("1h30 max", None, 90),
        ("half an hour at most", None, 30),
        ("不超过两小时", None, 120),
        ("一个半小时以内", None, 90),
        ("90分钟以内", None, 90),
        ("under 90", None, 90),
    ],
)
def test_a_length_is_read_in_minutes(
    reader: LimitReader, text: str, low: float | None, high: float | None
) -> None:
    limits = find(reader, text, VIDEO).limits
    assert (limits.min_minutes, limits.max_minutes) == (low, high)


@pytest.mark.parametrize(
    "text",
    [
        "what happened in the last two hours",
        "published two hours ago",
        "in two hours",
        "every 30 minutes",
        "20 hours of battery",
    ],
)
def test_a_moment_is_no_length(reader: LimitReader, text: str) -> None:
    limits = find(reader, text).limits
    assert limits.min_minutes is None and limits.max_minutes is None


def test_the_length_of_the_thing_itself_is_approximate(reader: LimitReader) -> None:
    limits = find(reader, "a 90-minute film", VIDEO).limits
    assert limits.min_minutes is not None and limits.max_minutes is not None
    assert 70 <= limits.min_minutes < 90 < limits.max_minutes <= 110


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("films in French", ("fr",)),
        ("Spanish-language pop", ("es",)),
        ("in Hindi or Tamil", ("hi", "ta")),
        ("法语电影", ("fr",)),
        ("a French film", ()),
        ("with subtitles in English", ()),
        ("not in English", ()),
    ],
)
def test_the_language_of_the_thing(reader: LimitReader, text: str, languages: tuple[str, ...]) -> None:
    assert find(reader, text, VIDEO).limits.languages == languages


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("three films with Tom Hanks", 3),
        ("top 5 songs", 5),
        ("give me ten", 10),
        ("a couple of good books", 2),
        ("just one please", 1),
        ("三部电影", 3),
        ("can I have two more?", 2),
        ("a two-hour film", None),
        ("for two people", None),
        ("a film", None),
        ("5 star films", None),
        ("the second one", None),
        ("season 2 of the series", None),
    ],
)
def test_the_number_of_answers(reader: LimitReader, text: str, count: int | None) -> None:
    assert find(reader, text).count == count


def test_more_answers_than_are_shown_are_capped(reader: LimitReader) -> None:
    found = find(reader, "recommend 200 songs")
    assert (found.count, found.capped) == (50, True)


@pytest.mark.parametrize(
    "text", ["any deals?", "only on sale", "discounted shoes", "有打折的吗", "laptop bargains"]
)
def test_an_offer_is_asked_for(reader: LimitReader, text: str) -> None:
    assert find(reader, text).limits.on_offer


@pytest.mark.parametrize("text", ["the trade deal", "peace deal talks", "it's no big deal", "not on sale"])
def test_other_deals_are_no_offer(reader: LimitReader, text: str) -> None:
    assert not find(reader, text).limits.on_offer


@given(st.integers(0, 999_999))
def test_a_number_in_digits_is_itself(number: int) -> None:
    assert value(str(number)) == number
    assert value(f"{number:,}") == number


@given(st.integers(1, 99_999), st.sampled_from(["$", "€", "£"]))
def test_any_amount_after_under_is_a_ceiling(number: int, sign: str) -> None:
    limits = find(LimitReader.load("USD"), f"a thing under {sign}{number}, please", SHOPPING).limits
    assert (limits.max_price, limits.min_price) == (number, None)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("two hundred and five", 205),
        ("a thousand", 1000),
        ("seventeen", 17),
        ("ninety-nine", 99),
        ("三百五", 350),
        ("两百零五", 205),
        ("十五", 15),
        ("一万二", 12_000),
        ("1.5k", 1500),
    ],
)
def test_number_words(words: str, number: float) -> None:
    assert value(words) == number


def test_found_spans_hold_the_words(reader: LimitReader) -> None:
    text = "three comedies under 100 minutes for less than $5"
    found: Any = find(reader, text, VIDEO)
    assert [text[start:end] for start, end in found.spans] == ["three", "under 100 minutes", "less than $5"]
