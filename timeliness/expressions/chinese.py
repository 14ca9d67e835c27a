"""Time expressions in Chinese: words, and the rules that make intervals of them."""

from __future__ import annotations

import re
from re import Match

from timeliness.calendars import season_window
from timeliness.expressions.found import Found, Rule
from timeliness.expressions.intervals import Interval, Moment, Part, Unit

_DIGITS = {char: n for n, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_DAYS = {"前天": -2, "昨天": -1, "昨": -1, "今天": 0, "今日": 0, "今": 0, "明天": 1, "明": 1, "后天": 2}
_PARTS: dict[str, Part] = {
    "早上": "morning", "上午": "morning", "早": "morning", "中午": "noon", "下午": "afternoon",
    "傍晚": "evening", "晚上": "night", "晚": "night", "夜里": "night",
}  # fmt: skip
_UNITS: dict[str, Unit] = {
    "分钟": "minute", "小时": "hour", "天": "day", "日": "day", "周末": "weekend", "周": "week", "星期": "week",
    "礼拜": "week", "个月": "month", "月": "month", "季度": "quarter", "年": "year",
}  # fmt: skip
_SEASONS = {
    "春节": "chinese_new_year", "过年": "chinese_new_year", "中秋": "mid_autumn", "双十一": "singles_day",
    "双11": "singles_day", "圣诞": "christmas", "元旦": "new_year", "情人节": "valentines", "万圣节": "halloween",
    "感恩节": "thanksgiving", "黑色星期五": "black_friday", "黑五": "black_friday", "六一八": "mid_year_618",
    "618": "mid_year_618", "复活节": "easter", "春天": "spring", "夏天": "summer", "秋天": "autumn", "冬天": "winter",
}  # fmt: skip
_WEEKDAYS = {char: n for n, char in enumerate("一二三四五六日")} | {"天": 6}
_COUNT = r"(?P<count>\d{1,4}|[一二两三四五六七八九十]{1,3}|几)"
_OPEN = r"(?P<open>以来|以后|之后|以前|之前)?"


def _any(words: object) -> str:
    return "|".join(sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


def _count(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text == "几":
        return 3
    tens, mark, ones = text.partition("十")
    if not mark:
        return _DIGITS[tens]
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _opened(match: Match[str], interval: Interval) -> Interval:
    word = match.groupdict().get("open")
    if word == "以来":
        return interval.open_end()
    if word in {"以后", "之后"}:
        return Interval(interval.end, None)
    if word in {"以前", "之前"}:
        return interval.open_start()
    return interval


def _day(match: Match[str], moment: Moment) -> Found:
    start = moment.unit("day", _DAYS[match.group("day")]).start
    assert start is not None
    part = match.group("part")
    return Found(moment.part(start.date(), _PARTS[part]) if part else moment.days(start.date()))


def _relative(match: Match[str], moment: Moment) -> Found:
    word = match.group("which")
    offset = {"这": 0, "本": 0, "今": 0, "下": 1, "明": 1, "后": 2, "前": -2}.get(word[0], -1)
    return Found(_opened(match, moment.unit(_UNITS[match.group("unit")], offset)))


def _stretch(match: Match[str], moment: Moment) -> Found:
    back = match.group("which") not in {"未来", "接下来", "之后"}
    return Found(moment.span(_UNITS[match.group("unit")], _count(match.group("count")), back=back))


def _ago(match: Match[str], moment: Moment) -> Found:
    unit, count = _UNITS[match.group("unit")], _count(match.group("count"))
    if match.group("side").endswith("前"):
        return Found(moment.ago(unit, count), "publication")
    return Found(moment.span(unit, count, back=False))


def _weekday(match: Match[str], moment: Moment) -> Found:
    which = match.group("which") or ""
    week = None if not which else {"下": 1, "上": -1}.get(which[0], 0)
    day = moment.weekday(_WEEKDAYS[match.group("weekday")], week=week)
    part = match.group("part")
    return Found(moment.part(day, _PARTS[part]) if part else moment.days(day))


def _date(match: Match[str], moment: Moment) -> Found | None:
    year = match.group("year")
    interval = moment.date(int(match.group("month")), int(match.group("day")), int(year) if year else None)
    return Found(_opened(match, interval)) if interval else None


def _month(match: Match[str], moment: Moment) -> Found:
    year = match.group("year")
    return Found(_opened(match, moment.month(int(match.group("month")), int(year) if year else None)))


def _year(match: Match[str], moment: Moment) -> Found:
    return Found(_opened(match, moment.year(int(match.group("year")))), "publication")


def _decade(match: Match[str], moment: Moment) -> Found:
    text = match.group("decade")
    number = int(text) if text.isdigit() else _count(text) if "十" in text else _count(text) * 10
    first = number if number > 99 else (1900 if number >= 30 else 2000) + number
    return Found(_opened(match, moment.year(first, 10)), "publication")


def _season(match: Match[str], moment: Moment) -> Found:
    name = _SEASONS[match.group("season")]
    return Found(Interval(*season_window(name, moment.now, zone=moment.zone, country=moment.country)))


def _newness(match: Match[str], moment: Moment) -> Found:
    word = match.group("new")
    recency = 1.0 if word in {"突发", "刚刚"} else 0.8 if word in {"最新", "新出"} else 0.6
    return Found(None, "publication", recency)


def _now(match: Match[str], moment: Moment) -> Found:
    return Found(Interval(moment.local, moment.span("hour", 3, back=False).end))


_RELATIVE_UNITS = "周末|周|星期|礼拜|个月|月|季度"

RULES: tuple[Rule, ...] = (
    (re.compile(rf"(?P<day>{_any(_DAYS)})(?P<part>{_any(_PARTS)})"), _day),
    (re.compile(r"(?P<day>前天|昨天|今天|今日|明天|后天)(?P<part>)"), _day),
    (
        re.compile(
            rf"(?P<which>这个?|本|下个?|上个?)(?P<unit>{_RELATIVE_UNITS})(?![一二三四五六日天]){_OPEN}"
        ),
        _relative,
    ),
    (re.compile(rf"(?P<which>前|去|今|明|后)(?P<unit>年)(?!代){_OPEN}"), _relative),
    (
        re.compile(r"(?<![上下这本])(?P<which>)(?P<unit>周末)"),
        lambda m, moment: Found(moment.unit("weekend")),
    ),
    (
        re.compile(rf"(?P<which>最近|过去|近|未来|接下来)(?:的)?{_COUNT}(?:个)?(?P<unit>{_any(_UNITS)})"),
        _stretch,
    ),
    (re.compile(rf"{_COUNT}(?:个)?(?P<unit>{_any(_UNITS)})(?P<side>以?前|以?后|之前|之后)"), _ago),
    (
        re.compile(
            rf"(?P<which>这个?|本|下个?|上个?)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])(?P<part>{_any(_PARTS)})?"
        ),
        _weekday,
    ),
    (
        re.compile(
            rf"(?:(?P<year>\d{{4}})年)?(?P<month>1[0-2]|0?[1-9])月(?P<day>[12]\d|3[01]|0?[1-9])[日号]{_OPEN}"
        ),
        _date,
    ),
    (re.compile(rf"(?:(?P<year>\d{{4}})年)?(?P<month>1[0-2]|0?[1-9])月(?:份)?(?!\d){_OPEN}"), _month),
    (re.compile(rf"(?P<year>(?:19|20)\d\d)年(?!代){_OPEN}"), _year),
    (re.compile(rf"(?P<decade>(?:19|20)?\d0|[二三四五六七八九]十){'年代'}{_OPEN}"), _decade),
    (re.compile(rf"(?P<season>{_any(_SEASONS)})(?:节|期间)?"), _season),
    (re.compile(r"(?P<new>突发|刚刚|最新|新出|最近|近期|热门|新上映|新发布)"), _newness),
    (re.compile(r"现在|此刻|目前|正在"), _now),
)
