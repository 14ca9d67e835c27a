"""Time expressions in English: words, and the rules that make intervals of them."""

from __future__ import annotations

import re
from re import Match

from timeliness.calendars import holiday, season_window
from timeliness.expressions.found import Found, Rule
from timeliness.expressions.intervals import Interval, Moment, Part, Unit

_NUMBERS = {
    word: n
    for n, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {"a": 1, "an": 1, "couple": 2, "couple of": 2, "few": 3, "several": 4}
_MONTHS = {
    name[:3]: n
    for n, name in enumerate(
        "january february march april may june july august september october november december".split(), 1
    )
}
_WEEKDAYS = {name: n for n, name in enumerate("mon tue wed thu fri sat sun".split())}
_DECADES = {
    word: 10 * n
    for n, word in enumerate(
        "twenties thirties forties fifties sixties seventies eighties nineties".split(), 2
    )
}
_SEASONS = {
    "christmas": "christmas|xmas",
    "new_year": "new year'?s(?: eve| day)?",
    "valentines": "valentine'?s(?: day)?",
    "chinese_new_year": "(?:chinese|lunar) new year|spring festival",
    "easter": "easter",
    "halloween": "hallow'?e'?en",
    "thanksgiving": "thanksgiving",
    "black_friday": "black friday",
    "cyber_monday": "cyber monday",
    "singles_day": "singles'? ?'?day|double eleven|11\\.11",
    "boxing_day": "boxing day",
    "mid_autumn": "mid-?autumn(?: festival)?",
    "diwali": "diwali",
    "eid": "eid(?: al-fitr)?",
    "ramadan": "ramadan",
}

_COUNT = rf"(?P<count>\d{{1,4}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?P<unit>minute|hour|day|week|month|year|decade)s?"
_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_WEEKDAY = r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_PART = r"(?P<part>morning|noon|afternoon|evening|night)"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_SEASON = "(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _SEASONS.items()) + ")"
_QUARTER = r"(?P<quarter>spring|summer|autumn|fall|winter)"
_OPEN = r"(?:(?P<open>since|after|before|until|till|by|up to)\s+(?:the\s+)?)"


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w$€£#]){pattern}(?!\w)", re.IGNORECASE)


def _count(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text.lower()]


def _opened(match: Match[str], interval: Interval, *, inclusive: bool = True) -> Interval:
    """``interval`` as "since", "after", "before", "until" or "by" makes it."""
    word = (match.groupdict().get("open") or "").lower()
    if word == "since":
        return interval.open_end()
    if word == "after":
        return Interval(interval.end, None)
    if word == "before":
        return interval.open_start()
    if word in {"until", "till", "by", "up to"}:
        return Interval(None, interval.end if inclusive else interval.start)
    return interval


def _day(match: Match[str], moment: Moment) -> Found:
    word = match.group("day").lower()
    offset = {"yesterday": -1, "last night": -1, "tomorrow": 1, "the day after tomorrow": 2}.get(word, 0)
    day = moment.unit("day", offset).start
    assert day is not None
    part = (match.group("part") or "").lower()
    if word in {"tonight", "last night"}:
        part = "night"
    interval = moment.part(day.date(), _part(part)) if part else moment.days(day.date())
    return Found(_opened(match, interval))


def _part(text: str) -> Part:
    return text.lower()  # type: ignore[return-value]  # the pattern admits the five names only


def _this_part(match: Match[str], moment: Moment) -> Found:
    return Found(moment.part(moment.today, _part(match.group("part"))))


def _relative_unit(match: Match[str], moment: Moment) -> Found:
    offset = {"this": 0, "the current": 0, "next": 1, "the coming": 1, "the following": 1}.get(
        match.group("which").lower(), -1
    )
    return Found(_opened(match, moment.unit(_unit(match.group("unit")), offset)))


def _unit(text: str) -> Unit:
    return text.lower()  # type: ignore[return-value]  # the pattern admits units only


def _relative_named(match: Match[str], moment: Moment) -> Found:
    """ "next Friday night", "last March", "this summer"."""
    which, groups = match.group("which").lower(), match.groupdict()
    if groups["weekday"]:
        number = _WEEKDAYS[groups["weekday"][:3].lower()]
        day = moment.weekday(number, week={"next": 1, "last": -1}.get(which, 0))
        return Found(moment.part(day, _part(groups["part"])) if groups["part"] else moment.days(day))
    if groups["month"]:
        number = _MONTHS[groups["month"][:3].lower()]
        year = moment.today.year + {"next": 1, "last": -1}.get(which, 0)
        if (which == "next" and number > moment.today.month) or (
            which == "last" and number < moment.today.month
        ):
            year = moment.today.year
        return Found(_opened(match, moment.month(number, year)))
    return Found(_opened(match, _quarter(groups["quarter"], moment, {"next": 1, "last": -1}.get(which, 0))))


def _quarter(name: str, moment: Moment, years: int = 0) -> Interval:
    season = {"fall": "autumn"}.get(name.lower(), name.lower())
    start, end = season_window(season, moment.now, zone=moment.zone, country=moment.country)
    if years == 1 and start > moment.now:
        years = 0
    shifted = [each.replace(year=each.year + years) for each in (start, end)]
    return Interval(*shifted)


def _stretch(match: Match[str], moment: Moment) -> Found:
    """ "the last two weeks", "in the next 3 days", "within a month"."""
    which = (match.group("which") or "next").lower()
    count = _count(match.group("count")) if match.group("count") else 1
    back = which in {"last", "past", "previous"}
    return Found(moment.span(_unit(match.group("unit")), count, back=back))


def _ago(match: Match[str], moment: Moment) -> Found:
    return Found(moment.ago(_unit(match.group("unit")), _count(match.group("count"))), "publication")


def _date(match: Match[str], moment: Moment) -> Found | None:
    groups = match.groupdict()
    month = groups["month"]
    number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    year = int(groups["year"]) if groups.get("year") else None
    interval = moment.date(number, int(groups["day"]), year)
    return Found(_opened(match, interval)) if interval else None


def _month_year(match: Match[str], moment: Moment) -> Found:
    year = int(match.group("year")) if match.group("year") else None
    word = (match.groupdict().get("open") or "").lower()
    interval = moment.month(_MONTHS[match.group("month")[:3].lower()], year, past=word in {"since", "after"})
    return Found(_opened(match, interval), "publication" if year and not word else None)


def _years(match: Match[str], moment: Moment) -> Found:
    first, last = int(match.group("year")), match.groupdict().get("last")
    count = int(last) - first + 1 if last else 1
    if count < 1:
        raise ValueError("the range runs backwards")
    return Found(_opened(match, moment.year(first, count)), "publication")


def _decade(match: Match[str], moment: Moment) -> Found:
    text = match.group("decade").lower().removesuffix("s").lstrip("'’")
    named = _DECADES.get(match.group("decade").lower())
    number = named if named is not None else int(text) % 100
    century = int(text) // 100 * 100 if named is None and len(text) == 4 else 1900 if number >= 30 else 2000
    first, count = century + number, 10
    if edge := (match.group("edge") or "").lower().rstrip("- "):
        first, count = {"early": (first, 4), "mid": (first + 3, 4), "late": (first + 6, 4)}[edge]
    return Found(_opened(match, moment.year(first, count)), "publication")


def _weekday(match: Match[str], moment: Moment) -> Found:
    day = moment.weekday(_WEEKDAYS[match.group("weekday")[:3].lower()])
    part = match.group("part")
    interval = moment.part(day, _part(part)) if part else moment.days(day)
    return Found(_opened(match, interval, inclusive=(match.groupdict().get("open") or "") != "until"))


def _season(match: Match[str], moment: Moment) -> Found:
    name = next(name for name in _SEASONS if match.group(name))
    window = season_window(name, moment.now, zone=moment.zone, country=moment.country)
    return Found(_opened(match, Interval(*window)), None)


def _holiday(match: Match[str], moment: Moment) -> Found | None:
    window = holiday(match.group("holiday"), moment.now, zone=moment.zone, country=moment.country)
    return Found(_opened(match, Interval(*window))) if window else None


def _now(match: Match[str], moment: Moment) -> Found:
    return Found(Interval(moment.local, moment.span("hour", 3, back=False).end))


def _recent(recency: float) -> Found:
    return Found(None, "publication", recency)


def _soon(match: Match[str], moment: Moment) -> Found:
    return Found(moment.span("week", 2, back=False))


RULES: tuple[Rule, ...] = (
    (
        _rule(
            rf"{_OPEN}?(?P<day>today|tonight|tomorrow|yesterday|last night|the day after tomorrow)(?:\s+{_PART})?"
        ),
        _day,
    ),
    (_rule(rf"this {_PART}"), _this_part),
    (
        _rule(
            rf"{_OPEN}?(?P<which>this|the current|next|the coming|the following|last|the past|the previous|previous)\s+(?P<unit>week|weekend|month|quarter|year|decade)"
        ),
        _relative_unit,
    ),
    (
        _rule(
            rf"{_OPEN}?(?P<which>this|next|last|coming)\s+(?:{_WEEKDAY}(?:\s+{_PART})?|{_MONTH}|{_QUARTER})"
        ),
        _relative_named,
    ),
    (
        _rule(
            rf"(?:in |over |from |of )?(?:the )?(?P<which>last|past|previous|next|coming)\s+{_COUNT}\s+{_UNIT}"
        ),
        _stretch,
    ),
    (_rule(rf"(?:with)?in (?P<which>)?(?:the next )?{_COUNT}\s+{_UNIT}(?! long)"), _stretch),
    (_rule(rf"{_COUNT}\s+{_UNIT} ago"), _ago),
    (_rule(rf"{_OPEN}?(?P<year>\d{{4}})-(?P<month>\d\d)-(?P<day>\d\d)"), _date),
    (_rule(rf"{_OPEN}?{_MONTH}\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?"), _date),
    (
        _rule(rf"{_OPEN}?(?:the )?(?P<day>\d\d?)(?:st|nd|rd|th)?(?: of)?\s+{_MONTH}\.?(?:,?\s+{_YEAR})?"),
        _date,
    ),
    (_rule(rf"(?:{_OPEN}|in |from |of )?{_MONTH}\s+{_YEAR}"), _month_year),
    (
        _rule(
            rf"(?:{_OPEN}|in |from |released in |all of )(?:early |late |mid-?)?{_MONTH}(?P<year>)(?!\s+\d)"
        ),
        _month_year,
    ),
    (_rule(rf"(?:between |from )?{_YEAR}\s*(?:-|–|to|and|until|through)\s*(?P<last>(?:19|20)\d\d)"), _years),
    (_rule(rf"(?:{_OPEN}|in |from |of |year ){_YEAR}(?P<last>)?"), _years),
    (_rule(rf"{_YEAR}(?P<last>)?(?= (?:film|movie|series|show|song|album|music|release|news)s?)"), _years),
    (
        _rule(
            rf"{_OPEN}?(?:the )?(?P<edge>early|mid|late)?[- ]?(?P<decade>['’]?\d0s|(?:19|20)\d0s|{'|'.join(_DECADES)})"
        ),
        _decade,
    ),
    (_rule(rf"(?:{_OPEN}|on |for |every |each |come ){_WEEKDAY}s?(?:\s+{_PART})?"), _weekday),
    (_rule(rf"{_WEEKDAY}\s+{_PART}"), _weekday),
    (_rule(rf"(?:{_OPEN}|for |at |over |this )?{_SEASON}(?: (?:weekend|season|holidays?))?"), _season),
    (
        _rule(
            rf"{_OPEN}?(?P<holiday>mother'?s day|father'?s day|memorial day|labou?r day|independence day|veterans day)"
        ),
        _holiday,
    ),
    (_rule(r"(?:right now|at the moment|currently|at this moment|now on|still on|on now)"), _now),
    (_rule(r"(?:breaking|just in|just happened|this minute)"), lambda _, __: _recent(1.0)),
    (_rule(r"(?:the )?(?:latest|newest|most recent|up[- ]to[- ]date)"), lambda _, __: _recent(0.8)),
    (_rule(r"(?:trending|what'?s hot|viral)"), lambda _, __: _recent(0.6)),
    (
        _rule(r"(?:recent|recently|lately|brand[- ]new|just released|new releases?|these days)"),
        lambda _, __: _recent(0.6),
    ),
    (
        _rule(
            r"(?:something|anything|any|some) new|new (?=films?|movies?|series|shows?|songs?|albums?|music|books?)"
        ),
        lambda _, __: _recent(0.5),
    ),
    (_rule(r"(?:soon|in the near future)"), _soon),
    (_rule(r"the weekend"), lambda _, moment: Found(moment.unit("weekend"))),
)
