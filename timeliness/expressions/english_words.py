"""English tokens and words of time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from re import Match
from typing import Any

from timeliness.expressions.words import Lexicon, Reader, Token, table, tokens

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
    verb = token.text == "last" and _VERBS.fullmatch(before) and before != "to the"
    if token.text in {"may", "march"} and spelled.islower() and not after[:1].isdigit():
        verb = verb or not _BEFORE_MAY.fullmatch(before)
    if token.text == "may" and after in {"i", "we", "you", "be", "not", "have"}:
        verb = True
    return Token(f"{token.text}(verb)", token.start, token.end) if verb else token


def _cut(text: str) -> list[Token]:
    return tokens(text, _PATTERN, _READERS)


def read(text: str) -> list[Token]:
    """The tokens of an English text."""
    found = []
    raw = _cut(text)
    for place, token in enumerate(raw):
        if token.text in {"last", "may", "march"}:
            before = raw[place - 1].text if place else ""
            after = raw[place + 1].text if place + 1 < len(raw) else ""
            token = _word_class(text, token, before, after)
        elif token.text == "new" and _is_newness(raw, place):
            token = Token(token.text, token.start, token.end, (("NewnessWord", 0.6),))
        elif token.text == "breaking" and place + 1 < len(raw) and raw[place + 1].text in _NEWS:
            token = Token(token.text, token.start, token.end, (("NewnessWord", 1.0),))
        pair = re.fullmatch(r"(\d+[-/.]\d+[-/.]\d+)(-)(\d+[-/.]\d+[-/.]\d+)", token.text)
        if pair is None:
            found.append(token)
            continue
        for group in (1, 2, 3):
            meanings = tuple(_date_of(pair.group(group))) if group != 2 else ()
            found.append(
                Token(
                    pair.group(group),
                    token.start + pair.start(group),
                    token.start + pair.end(group),
                    meanings,
                )
            )
    return found


_UNITS = "second minute hour day week fortnight weekend month quarter year decade century".split()
_MONTHS = "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct november|nov december|dec"
_LONG_DAYS = "monday tuesday|tues|tue wednesday|weds thursday|thurs|thur|thu friday|fri saturday sunday"
_DAY_NAMES = {
    "new year's day": "new year's day|new year day|new years day|new year's|new years|new year",
    "new year's eve": "new year's eve|new years eve|new year eve|nye", "groundhog day": "groundhog day",
    "valentine's day": "valentine's day|valentines day|valentine day|valentine's|valentines",
    "women's day": "women's day|womens day|international women's day",
    "saint patrick's day": "saint patrick's day|st patrick's day|st . patrick's day|saint patrick|st patrick|st patricks day",
    "april fools' day": "april fool's day|april fools day|april fools|april fool", "earth day": "earth day",
    "workers' day": "workers day|workers' day|worker's day|international workers' day|international worker's day|may day",
    "cinco de mayo": "cinco de mayo", "star wars day": "star wars day|may the fourth", "children's day": "children's day|childrens day",
    "juneteenth": "juneteenth|freedom day|jubilee day", "canada day": "canada day", "bastille day": "bastille day",
    "independence day": "independence day", "teachers' day": "teacher's day|teachers day|teachers' day",
    "halloween": "halloween|hallowe'en|halloween day", "guy fawkes night": "guy fawkes night|guy fawkes day|bonfire night",
    "veterans day": "veterans day|veteran's day|veterans' day|remembrance day|armistice day",
    "singles' day": "singles day|singles' day|single's day|double eleven|double 11|11.11|11/11", "christmas day": "christmas day|christmas|xmas|xmas day|x-mas",
    "christmas eve": "christmas eve|xmas eve", "boxing day": "boxing day", "martin luther king": "mlk day|martin luther king day|martin luther king jr day",
    "presidents' day": "presidents day|president's day|presidents' day", "mother's day": "mother's day|mothers day|mothers' day",
    "memorial day": "memorial day", "father's day": "father's day|fathers day|fathers' day", "labor day": "labor day|labour day",
    "columbus day": "columbus day", "thanksgiving": "thanksgiving|thanksgiving day|turkey day", "easter": "easter|easter sunday|easter day",
    "black friday": "black friday", "cyber monday": "cyber monday", "mardi gras": "mardi gras|fat tuesday|shrove tuesday",
    "ash wednesday": "ash wednesday", "palm sunday": "palm sunday", "good friday": "good friday", "easter monday": "easter monday",
    "pentecost": "pentecost", "chinese new year": "chinese new year|lunar new year|spring festival",
    "lantern festival": "lantern festival", "dragon boat": "dragon boat festival|dragon boat day",
    "mid-autumn": "mid - autumn|mid - autumn festival|mid autumn festival|moon festival", "double ninth": "double ninth festival",
    "qingming": "qingming|tomb sweeping day", "national day": "national day", "eid al-fitr": "eid|eid al - fitr|eid al fitr",
    "eid al-adha": "eid al - adha|eid al adha", "ramadan": "ramadan", "diwali": "diwali", "hanukkah": "hanukkah|chanukah",
}  # fmt: skip
_FESTIVE = {  # what goes on for days, or is shopped and watched for over weeks
    "christmas day": "christmas", "new year's day": "new_year", "valentine's day": "valentines", "halloween": "halloween",
    "thanksgiving": "thanksgiving", "black friday": "black_friday", "cyber monday": "cyber_monday", "easter": "easter",
    "singles' day": "singles_day", "boxing day": "boxing_day", "chinese new year": "chinese_new_year", "mid-autumn": "mid_autumn",
    "eid al-fitr": "eid", "ramadan": "ramadan", "diwali": "diwali", "hanukkah": "hanukkah",
}  # fmt: skip


def _holidays() -> dict[str, tuple[str, str | None]]:
    """Phrase -> the day, and the season around it where the name leaves open which is meant."""
    found: dict[str, tuple[str, str | None]] = {}
    for name, phrases in _DAY_NAMES.items():
        for phrase in phrases.split("|"):
            exact = phrase.endswith((" day", " sunday", " monday")) and name in {
                "christmas day",
                "easter",
                "halloween",
            }
            found[phrase] = (name, None if exact or phrase == "new year's day" else _FESTIVE.get(name))
    return found


LEXICON = Lexicon(
    {
        "Digit": table("one two three four five six seven eight nine", range(1, 10)),
        "Teen": table("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", range(10, 20)),
        "Tens": table("twenty thirty forty fifty sixty seventy eighty ninety", range(20, 100, 10)),
        "OrdinalWord": table("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth", range(1, 20))
        | {"twentieth": 20, "thirtieth": 30},
        "DecadeWord": {"noughties": 0} | table("twenties thirties forties fifties sixties seventies eighties nineties", range(20, 100, 10)),
        "Few": {"few": 3, "a few": 3, "several": 3, "some": 3, "couple": 2, "a couple": 2, "a couple of": 2, "couple of": 2},
        "Month": table(_MONTHS, range(1, 13)),
        "Weekday": table(_LONG_DAYS, range(7)),
        "ShortWeekday": {"mon": 0, "wed": 2, "sat": 5, "sun": 6},
        "Weekdays": table("mondays tuesdays wednesdays thursdays fridays saturdays sundays", range(7)),
        "Unit": {unit: unit for unit in _UNITS} | {"min": "minute", "hr": "hour", "sec": "second", "h": "hour"},
        "Units": {f"{unit}s": unit for unit in _UNITS if unit != "century"}
        | {"centuries": "century", "mins": "minute", "hrs": "hour", "secs": "second"},
        "Letter": {"m": "minute", "s": "second", "d": "day", "w": "week", "y": "year"},
        "Which": {"this": "this", "current": "this", "next": "next", "last": "last", "previous": "last", "past": "last",
                  "coming": "next", "upcoming": "next", "following": "next"},
        "Nearest": {"coming": "coming", "upcoming": "coming", "this coming": "coming", "this past": "past", "past": "past"},
        "RelativeDay": {"today": 0, "tomorrow": 1, "tmr": 1, "tmrw": 1, "tomorow": 1, "yesterday": -1, "the day after tomorrow": 2,
                        "day after tomorrow": 2, "the day before yesterday": -2, "day before yesterday": -2, "otd": 0},
        "Part": {"morning": "morning", "noontime": "noon", "afternoon": "afternoon", "evening": "evening", "night": "night", "daytime": "daytime", "lunchtime": "lunch", "dinnertime": "dinner", "bedtime": "night"},
        "Parts": {"mornings": "morning", "afternoons": "afternoon", "evenings": "evening", "nights": "night"},
        "Meal": {"breakfast": "breakfast", "lunch": "lunch", "dinner": "dinner"},
        "Early": {"early": "early", "earlier": "early", "late": "late", "later": "late"},
        "Edge": {"early": "early", "late": "late", "mid": "mid", "the middle of": "mid", "middle of": "mid", "the end of": "late",
                 "end of": "late", "the beginning of": "early", "the start of": "early", "beginning of": "early", "start of": "early"},
        "Bound": {"since": "since", "after": "after", "before": "before", "until": "until", "till": "until", "by": "by",
                  "up to": "until", "no later than": "until", "as late as": "until", "prior to": "before",
                  "starting": "since", "starting from": "since", "starting on": "since", "starting in": "since", "beginning": "since",
                  "beginning on": "since", "as early as": "since", "as of": "since", "later than": "after", "earlier than": "before",
                  "any time from": "since", "anytime from": "since", "newer than": "after", "older than": "before"},
        "Afterwards": {"or later": "since", "and later": "since", "and greater": "since", "or greater": "since", "onwards": "since", "onward": "since", "or newer": "since", "and newer": "since", "or earlier": "until",
                       "and earlier": "until", "or older": "until"},
        "~to": dict.fromkeys(("to", "-", "–", "—", "~", "till", "until", "til", "through", "thru"), "to"),
        "Season": {"spring": "spring", "summer": "summer", "autumn": "autumn", "fall": "autumn", "winter": "winter",
                   "summertime": "summer", "wintertime": "winter"},
        "Span": {"back to school": "back_to_school", "back - to - school": "back_to_school", "award season": "award_season",
                 "awards season": "award_season", "christmas season": "christmas", "holiday season": "christmas",
                 "the holidays": "christmas", "christmas time": "christmas", "christmastime": "christmas", "christmas holidays": "christmas",
                 "festive season": "christmas", "black friday weekend": "black_friday", "thanksgiving weekend": "thanksgiving",
                 "easter weekend": "easter", "spooky season": "halloween", "halloween season": "halloween"},
        "Holiday": _holidays(),
        "Now": dict.fromkeys(("right now", "at present", "at the present time", "at this time", "at the moment", "at this moment",
                              "at the minute", "currently", "as soon as possible", "asap", "this minute", "this very moment", "still on", "on now", "now on",
                              "on right now"), "now"),
        "NewnessWord": {"just in": 1.0, "just happened": 1.0, "latest": 0.8, "newest": 0.8, "most recent": 0.8,
                    "up to date": 0.7, "up - to - date": 0.7, "brand new": 0.7, "brand - new": 0.7, "just released": 0.8, "new releases": 0.7, "new release": 0.7,
                    "newly released": 0.7, "just out": 0.8, "recently released": 0.7, "recently": 0.5, "recent": 0.5, "lately": 0.5, "these days": 0.5, "nowadays": 0.4,
                    "trending": 0.6, "viral": 0.6, "hot right now": 0.7, "what's hot": 0.6, "current events": 0.8},
        "Ignored": dict.fromkeys(("good morning", "good afternoon", "good evening", "good night", "day after day", "day by day", "day to day", "may or may not",
                                  "second hand", "second-hand", "one to one", "one on one", "the day before", "the other day", "save the date", "happy new year", "merry christmas", "happy holidays", "happy easter",
                                  "happy halloween", "happy thanksgiving", "just in case", "just in time", "easter egg", "easter eggs", "how are you today", "how are you doing today",
                                  "how are you tonight", "how are you this evening", "how are you doing this evening", "how are you", "vampire weekend", "time of day", "state of the art"), "nothing"),
        "BareNow": {"now": "now"},
        "OnSale": dict.fromkeys(("on sale", "still on sale", "currently on sale", "on sale now", "on sale right now", "on offer", "on special", "reduced right now"), "now"),
        "Soon": dict.fromkeys(("soon", "in the near future", "any day now", "shortly"), "soon"),
        "Rhythm": dict.fromkeys(("daily", "weekly", "monthly", "quarterly", "yearly", "annually", "annual", "everyday", "fortnightly", "biweekly"), "rhythm"),
        "Zone": dict.fromkeys(("est", "edt", "et", "pst", "pdt", "pt", "cst", "cdt", "ct", "mst", "mdt", "mt", "gmt", "utc", "bst", "cet", "cest", "ist", "jst", "aest",
                               "aedt", "acdt", "acst", "sgt", "hkt", "eastern", "central", "pacific", "mountain", "eastern time", "central time", "pacific time",
                               "mountain time", "mountain timezone", "time zone", "singapore time", "local time", "beijing time", "utc + 8", "( cet )", "( utc + 8 )", "london time"), "zone"),
    },
    _cut,
)  # fmt: skip
