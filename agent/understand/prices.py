"""Prices in a request: "under $200", "between 100 and 200 dollars", "200元以下", "around 30"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.understand.bounds import bound_of, window
from agent.understand.numerals import NUMBER, value
from schema import Span

_SYMBOLS = {
    "us$": "USD", "usd": "USD", "a$": "AUD", "au$": "AUD", "aud": "AUD", "c$": "CAD", "ca$": "CAD", "cad": "CAD",
    "nz$": "NZD", "hk$": "HKD", "hkd": "HKD", "s$": "SGD", "sgd": "SGD", "r$": "BRL", "mx$": "MXN",
    "eur": "EUR", "€": "EUR", "gbp": "GBP", "£": "GBP", "cny": "CNY", "rmb": "CNY", "cn¥": "CNY", "jpy": "JPY",
    "₹": "INR", "inr": "INR", "rs.": "INR", "₩": "KRW", "krw": "KRW", "chf": "CHF", "₽": "RUB", "₺": "TRY",
    "sar": "SAR", "aed": "AED", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "zł": "PLN", "pln": "PLN",
}  # fmt: skip
_WORDS = {
    r"us dollars?|american dollars?|美元|美金|刀": "USD", r"australian dollars?|澳元": "AUD", r"canadian dollars?|加元": "CAD",
    r"euros?|欧元": "EUR", r"pounds?(?: sterling)?|quid|英镑": "GBP", r"yen|日元|円": "JPY",
    r"yuan|renminbi|元|块钱|块|人民币": "CNY", r"rupees?|卢比": "INR", r"won|韩元": "KRW", r"swiss francs?|francs?": "CHF",
    r"hong kong dollars?|港币|港元": "HKD", r"riyals?": "SAR", r"dirhams?": "AED", r"zlotys?": "PLN",
    r"swedish kron(?:a|or)|kronor": "SEK", r"rubles?|roubles?|卢布": "RUB", r"reais|real": "BRL",
}  # fmt: skip
_DOLLARS = {"USD", "AUD", "CAD", "NZD", "HKD", "SGD", "MXN"}
_CENTS = r"cents?|pence"

_SYMBOL = "|".join(sorted((re.escape(each) for each in (*_SYMBOLS, "$", "¥", "￥")), key=len, reverse=True))
_WORD = "|".join((*_WORDS, r"dollars?|bucks?", _CENTS))
_CODE = "|".join(each for each in _SYMBOLS if each.isalpha() or not each.isascii())
_AMOUNT = re.compile(
    rf"(?<![\w$])(?P<symbol>{_SYMBOL})\s?(?P<number>{NUMBER})(?:\s?(?P<also>{_WORD})(?![a-z]))?"
    rf"|(?P<number2>{NUMBER})[\s-]?(?P<word>{_WORD}|{_CODE}|\$)(?![a-z])"
)
_JOIN = r"\s*(?:-|–|~|to|and|or|到|至|和)\s*"
_RANGE_START = re.compile(rf"(?:between|from|从)?\s*(?P<symbol>{_SYMBOL})?\s?(?P<low>{NUMBER}){_JOIN}$")
# Words after a bare number that make it no price.
_UNITS = (
    r"\s?-?(?:min|hour|hr|h\b|sec|day|week|month|year|decade|century|people|person|player|page|episode"
    r"|song|film|movie|track"
    r"|album|item|star|inch|cm|mm|km|mile|metre|meter|kg|gram|gb|tb|mb|watt|w\b|bpm|degree|percent|%|°|s\b"
    r"|st\b|nd\b|rd\b|th\b"
    r"|am\b|pm\b|o'clock|:|times|star|点|分|小时|个|部|首|本|条|岁|年|月|日|天|集|寸|季)"
)
_BARE = re.compile(
    rf"(?P<cue>\b(?:under|below|less than|cheaper than|no more than|not more than|at most|up to|around"
    rf"|about|over|above"
    rf"|more than|at least|max(?:imum)?(?: of)?|budget(?: is| of|:)?|spend(?: up to| at most| about| around)?"
    rf"|costs?(?: less than| under| below)|priced (?:under|below|at))"
    rf"|不超过|低于|预算(?:是|为)?|最多|价格(?:在)?)\s*(?P<number>{NUMBER})(?!{_UNITS})(?![\w%])"
)
_MONEY_CUE = re.compile(r"budget|spend|cost|price|cheap|预算|价格")
_BARE_RANGE = re.compile(
    rf"(?:between|price[sd]? (?:range )?(?:of |from )?|budget (?:of |is )?|spend "
    rf")\s*(?P<low>{NUMBER}){_JOIN}(?P<high>{NUMBER})"
    rf"(?!{_UNITS})(?![\w%])"
)
_FREE = re.compile(r"\b(?:for free|free of charge|at no cost)\b|免费")


@dataclass(frozen=True)
class Price:
    """A price window with the currency that was named (None: none) and where it stands."""

    low: float | None
    high: float | None
    currency: str | None
    span: Span


def find_price(view: str, *, home: str, chinese: bool, bare: bool) -> Price | None:
    """The first price in ``view``.

    ``home`` is the user's currency: it decides which dollar "$" is. ``bare`` admits a
    number without currency after a word of comparison ("under 200"); a word of money
    ("budget 200") always does.
    """
    free = _FREE.search(view)
    if free:
        return Price(None, 0.0, None, free.span())
    named = list(_all_named(view, home, chinese))
    if not named:
        return _unnamed(view, bare)
    return _met(named, _unnamed(_blanked(view, [each.span for each in named]), True))


_ONLY_CURRENCY = re.compile(rf"^\W*(?:(?:in|no|sorry|i mean|i meant)\b[\s,]*)*(?P<word>{_WORD}|{_CODE})\W*$")


def named_currency(view: str, home: str) -> str | None:
    """The currency that is all that ``view`` says ("dollars", "in euros"); None where it says more."""
    found = _ONLY_CURRENCY.match(view)
    return (
        _currency(found["word"], home, False) if found and not re.fullmatch(_CENTS, found["word"]) else None
    )


def _all_named(view: str, home: str, chinese: bool) -> Iterator[Price]:
    """Every price with a currency, left to right."""
    found = _AMOUNT.search(view)
    while found:
        price = _named(view, found, home, chinese)
        if price:
            yield price
        found = _AMOUNT.search(view, max(found.end(), price.span[1] if price else 0))


def _met(named: Sequence[Price], other: Price | None) -> Price:
    """The first price, closed by a later one that bounds the other side ("over $500 but below $700").

    What cannot be ("over $300 and under $100") is kept as it was said: nothing fits it, and the answer says so.
    """
    first = named[0]
    for each in (*named[1:], *([other] if other else [])):
        low, high = (
            first.low if each.low is None else each.low,
            first.high if each.high is None else each.high,
        )
        one_sided = (first.low is None) != (first.high is None) and (each.low is None) != (each.high is None)
        if one_sided and low is not None and high is not None and (low < high or each.currency):
            span = min(first.span[0], each.span[0]), max(first.span[1], each.span[1])
            return Price(low, high, first.currency, span)
    return first


def _blanked(view: str, spans: Sequence[Span]) -> str:
    for start, end in spans:
        view = view[:start] + "\0" * (end - start) + view[end:]
    return view


def _named(view: str, found: re.Match[str], home: str, chinese: bool) -> Price | None:
    amount = value(found["number"] or found["number2"])
    if amount is None:
        return None
    word = found["symbol"] or found["word"]
    currency = _currency(word, home, chinese)
    if re.fullmatch(_CENTS, word):
        amount /= 100
    opening = _RANGE_START.search(view, 0, found.start())
    if opening and (low := value(opening["low"])) is not None and low < amount:
        return Price(low, amount, currency, (opening.start(), found.end()))
    closing = re.compile(rf"{_JOIN}(?P<high>{NUMBER})(?:\s?(?:{_WORD}|{_SYMBOL})(?![a-z]))?").match(
        view, found.end()
    ) or re.compile(rf"{_JOIN}(?:{_SYMBOL})\s?(?P<high>{NUMBER})").match(view, found.end())
    if closing and (high := value(closing["high"])) is not None and high > amount:
        start = re.compile(r"(?:between|from|从)\s*$").search(view, 0, found.start())
        return Price(amount, high, currency, (start.start() if start else found.start(), closing.end()))
    bound, span = bound_of(view, found.span())
    low_high = window(bound, amount)
    return Price(*low_high, currency, span)


def _unnamed(view: str, bare: bool) -> Price | None:
    for found in _BARE_RANGE.finditer(view):
        low, high = value(found["low"]), value(found["high"])
        if low is not None and high is not None and low < high and (bare or _MONEY_CUE.search(found.group())):
            return Price(low, high, None, found.span())
    for found in _BARE.finditer(view):
        amount = value(found["number"])
        if amount is None or not (bare or _MONEY_CUE.search(found["cue"])):
            continue
        bound, span = bound_of(view, found.span("number"))
        return Price(*window(bound, amount), None, (min(found.start(), span[0]), span[1]))
    return None


def _currency(word: str, home: str, chinese: bool) -> str:
    if word in _SYMBOLS:
        return _SYMBOLS[word]
    if word in {"¥", "￥"}:
        return "CNY" if chinese or home == "CNY" else "JPY"
    for pattern, code in _WORDS.items():
        if re.fullmatch(pattern, word):
            return code
    if word == "pence":
        return "GBP"
    return home if home in _DOLLARS else "USD"
