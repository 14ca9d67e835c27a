"""English tokens, and which of the words that look like times are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from re import Match
from typing import Any

from timeliness.expressions.words import Reader, Token, tokens

_PATTERN = re.compile(
    r"""
    (?P<opaque> [$€£¥][ ]?\w[\w,.]*\w | [$€£¥][ ]?\w | \d+(?:[.,]\d+)?[ ]?(?:%|percent\b) | \b24/7\b
      | \#\w+ | @\w+ | \d+\.\d+/[\d.]+ | \d+/\d+\.\d+ | \(\d{3}\)[ ]?\d+-\d+ | \d{1,3}(?:,\d{3})+ | \b[a-z]*\d+[a-z]+\d\w*\b(?<![ap]m) )
    | (?P<pair> (?<![\d/.-])\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)-\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)(?![\d/-]) )
    | (?P<date> (?<![\d./])(?:\d{4}(?P<a>[/.])\d{1,2}(?P=a)\d{1,2}|\d{1,2}(?P<b>[/.])\d{1,2}(?P=b)(?:\d{4}|\d\d))(?!\d)
      | (?<!\d)(?<!\d-)(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-(?:\d{4}|\d\d))(?!\d|-\d{3}) )
    | (?P<code> (?<!\w)\d+(?:-\d+){2,} )
    | (?P<compact> (?<![\d])(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d) )
    | (?P<time> (?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:]) )
    | (?P<slash> (?<![\w./])\d{1,2}/\d{1,2}(?![\d/]) )
    | (?P<dotted> (?<![\w.])\d{1,2}\.\d{1,2}(?![\d.]\d) )
    | (?P<monthyear> (?<![\w/-])\d{1,2}[-/]\d{4}(?![\d-]) | (?<![\d-])\d{4}[ ]?-[ ]?\d{2}(?![\d:-]) | (?<![\d/-])\d{4}[-/]\d{1,2}(?![\d:/-]) | (?<![\d-])\d{2}[ ]-[ ]\d{4}(?!\d) )
    | (?P<decade> (?:['’]|\b(?:1[1-9]|20)|\b)\d0['’]?s\b )
    | (?P<ordinal> \b\d{1,2}(?:st|nd|rd|th)\b )
    | (?P<decimal> (?<![\d.])\d+\.\d+(?![\d.]) )
    | (?P<int> \d+ )
    | (?P<half> (?<![a-z])[ap][ ]?\.?[ ]?m(?![a-z])(?:[ ]?\.(?=[ ]?\W|$|[ ][a-z]))? | (?<=\d)[ap](?![a-z]) )
    | (?P<word> [^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)? )
    | (?P<mark> [^\w\s] )
    """,
    re.IGNORECASE | re.VERBOSE,
)


def _date(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield from _date_of(match.group())


def _date_of(text: str) -> Iterator[tuple[str, Any]]:
    parts = re.split(r"[-/.]", text)
    first, second, third = map(int, parts)
    if len(parts[0]) == 4:
        yield "YearFirst", (first, second, third)
    else:
        yield "YearLast", (first, second, third, len(parts[2]))


def _compact(match: Match[str]) -> Iterator[tuple[str, Any]]:
    text = match.group()
    yield "YearFirst", (int(text[:4]), int(text[4:6]), int(text[6:]))


def _time(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "HourMinute", tuple(map(int, match.group().split(":")))


def _slash(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "Slash", tuple(map(int, match.group().split("/")))


def _dotted(match: Match[str]) -> Iterator[tuple[str, Any]]:
    first, second = match.group().split(".")
    yield "Dotted", (int(first), int(second))
    if len(second) == 2:
        yield "DottedTime", (int(first), int(second))
    yield "Number", float(match.group())


def _month_year(match: Match[str]) -> Iterator[tuple[str, Any]]:
    first, second = (int(each) for each in re.split(r"\s?[-/]\s?", match.group()))
    month, year = (second, first) if first > 1000 else (first, second)
    if 1 <= month <= 12 and 1500 <= year <= 2100:
        yield "MonthYear", (month, year)


def _decade(match: Match[str]) -> Iterator[tuple[str, Any]]:
    digits = re.sub(r"\D", "", match.group())
    yield "Decade", (int(digits), len(digits))


def _ordinal(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "Ordinal", int(match.group()[:-2])


def _decimal(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "Number", float(match.group())


def _int(match: Match[str]) -> Iterator[tuple[str, Any]]:
    text = match.group()
    number = int(text[:9])
    if len(text) <= 4:
        yield "Integer", number
    if len(text) <= 2:
        if 1 <= number <= 31:
            yield "DayInteger", number
        if number <= 24:
            yield "HourInteger", number
        if len(text) == 2:
            yield "ShortYear", number
    elif len(text) == 4 and 1500 <= number <= 2100:
        yield "PlainYear", number
    if len(text) in {3, 4} and number // 100 <= 24 and number % 100 < 60:
        yield "Military" if len(text) == 4 else "ShortMilitary", (number // 100, number % 100)


def _half(match: Match[str]) -> Iterator[tuple[str, Any]]:
    yield "Half", match.group()[0].lower() + "m"


_READERS: Mapping[str, Reader] = {
    "date": _date, "compact": _compact, "time": _time, "slash": _slash, "dotted": _dotted, "monthyear": _month_year,
    "decade": _decade, "ordinal": _ordinal, "decimal": _decimal, "int": _int, "half": _half,
}  # fmt: skip


_PAIR = re.compile(r"(\d+[-/.]\d+[-/.]\d+)(-)(\d+[-/.]\d+[-/.]\d+)")
_VERBS = re.compile(
    r"(?:will|would|should|can|could|must|may|might|to|does|do|did|that|which|they|it|not|\w+n't|\w+'ll)"
)
_BEFORE_MAY = re.compile(
    r"(?:in|of|since|until|till|by|before|after|next|last|to|through|from|early|late|mid|and|between|-|\d+(?:st|nd|rd|th)?|the)"
)


_MEDIA = frozenset(
    "film films movie movies series show shows song songs album albums music book books release releases episode episodes single singles "
    "track tracks podcast podcasts stuff arrivals artists bands game games videos documentaries thrillers comedies gadgets".split()
)
_NEWS = frozenset({"news", "story", "stories", "headline", "headlines", "developments", "updates"})
_ASKS_NEW = frozenset({"something", "anything", "whats", "everything", "nothing"})
_STOPS = frozenset("for to with and or in on from about that which . , ! ? ; :".split())
_NAMES = frozenset(
    {"year", "years", "year's", "york", "zealand", "orleans", "order", "jersey", "delhi", "mexico"}
)


def _is_newness(raw: list[Token], place: int) -> bool:
    """Whether "new" asks for what has just come out."""
    before = [token.text for token in raw[max(0, place - 3) : place]]
    if before and (before[-1] in _ASKS_NEW or before == ["what", "'", "s"]):
        return True
    following = [token.text for token in raw[place + 1 : place + 6]]
    if not following or following[0] in _NAMES:
        return False
    reach = next((n for n, each in enumerate(following) if each in _STOPS), len(following))
    return any(each in _MEDIA for each in following[:reach])


def _word_class(text: str, token: Token, before: str, after: str) -> Token:
    """Mark a verb that is spelled like a word of time ("may", "to last")."""
    spelled = text[token.start : token.end]
    verb = token.text == "last" and _VERBS.fullmatch(before) is not None
    if token.text in {"may", "march"} and spelled.islower() and not after[:1].isdigit():
        verb = verb or not _BEFORE_MAY.fullmatch(before)
    if token.text == "may" and after in {"i", "we", "you", "be", "not", "have"}:
        verb = True
    return Token(f"{token.text}(verb)", token.start, token.end) if verb else token


def cut(text: str) -> list[Token]:
    """The tokens as they are spelled, as phrases of the lexicon are cut."""
    return tokens(text, _PATTERN, _READERS)


def read(text: str) -> list[Token]:
    """The tokens of an English text."""
    found = []
    raw = cut(text)
    for place, token in enumerate(raw):
        if token.text in {"last", "may", "march"}:
            before = raw[place - 1].text if place else ""
            after = raw[place + 1].text if place + 1 < len(raw) else ""
            token = _word_class(text, token, before, after)
        elif token.text == "new" and _is_newness(raw, place):
            token = Token(token.text, token.start, token.end, (("NewnessWord", 0.6),))
        elif token.text == "breaking" and place + 1 < len(raw) and raw[place + 1].text in _NEWS:
            token = Token(token.text, token.start, token.end, (("NewnessWord", 1.0),))
        pair = _PAIR.fullmatch(token.text)
        found += _halves(token, pair) if pair else [token]
    return found


def _halves(token: Token, pair: Match[str]) -> list[Token]:
    """ "10-1-2018-10-7-2018": a date, the dash between, and a date."""
    return [
        Token(
            part,
            token.start + begin,
            token.start + begin + len(part),
            tuple(_date_of(part)) if part != "-" else (),
        )
        for part, begin in ((pair.group(n), pair.start(n)) for n in (1, 2, 3))
    ]
