"""The grammar of Chinese numbers, lengths of time, dates and what is counted from them."""

from __future__ import annotations

from timeliness.expressions import dates, ranges, spans
from timeliness.expressions.chart import Action, as_is
from timeliness.expressions.moment import Moment, fixed
from timeliness.expressions.values import Length, NoReading, Time, Unit


def _which(offset: int) -> spans.Which:
    return "next" if offset > 0 else "last" if offset else "this"


def _unit(moment: Moment, offset: int, unit: Unit) -> Time:
    """ "下下周"; days and years have words of their own."""
    if unit in {"day", "year", "decade", "second"}:
        raise NoReading("said otherwise")
    if unit in {"hour", "minute"}:
        return spans.stretch(moment, _which(offset), Length(((unit, abs(offset)),)))
    return spans.unit(moment, _which(offset), unit, abs(offset))


def _weekday(moment: Moment, offset: int, weekday: int) -> Time:
    return fixed(dates.weekday(moment, weekday).at(moment.number("week") + offset), point=True)


def _relative_year(moment: Moment, offset: int) -> int:
    return moment.today.year + offset


def _lunar(moment: Moment, year: int | None, month: int, day: int) -> Time:
    """A date of the lunisolar calendar; the specification keeps its numbers."""
    if moment.convention.whole_days:
        return dates.month_day(moment, month, day, year)
    return dates.lunar_day(moment, month, day, year)


def _season(moment: Moment, year: int | None, name: str) -> Time:
    return dates.time_of_year(moment, name, year)


def _decade(moment: Moment, century: int | None, number: int) -> Time:
    if number % 10:
        raise NoReading("not a decade")
    if century:
        return dates.decade(moment, (century - 1) * 100 + number, 4)
    return dates.decade(moment, number, 4 if number > 99 else 2)


def _part_of(moment: Moment, place: int, within: Time, length: Length) -> Time:
    """ "去年的前10天"; ``place`` -1 for the last ones."""
    (unit, count), *more = length.amounts
    if more:
        raise NoReading("one unit only")
    return spans.nth(moment, place, unit, within, int(count))


def _within(moment: Moment, length: Length) -> Time:
    """ "半年内"; "90分钟以内" is how long something lasts."""
    if length.clocked and not moment.convention.whole_days:
        raise NoReading("a length and no time")
    return spans.within(moment, length)


def _half_year(moment: Moment, number: int, year: int | None = None) -> Time:
    return dates.quarter(moment, number, year or moment.today.year, parts=2)


def _edge(moment: Moment, time: Time, which: str) -> Time:
    if time.grain not in {"month", "year", "decade", "century"}:
        raise NoReading("said of months and longer")
    return spans.edge(moment, which, time)


NUMBER_RULES: list[tuple[str, Action]] = [
    ("Small <- Digit", as_is),
    ("Small <- 十", lambda _: 10),
    ("Small <- 十 Digit", lambda _, ones: 10 + ones),
    ("Small <- Digit 十", lambda _, tens: tens * 10),
    ("Small <- Digit 十 Digit", lambda _, tens, ones: tens * 10 + ones),
    ("Number <- Small|Integer", as_is),
    ("Figure <- Digit|Zero", as_is),
    ("WrittenYear <- Figure Figure Figure Figure", lambda _, a, b, c, d: a * 1000 + b * 100 + c * 10 + d),
    ("WrittenYear <- Figure Figure", lambda _, a, b: dates.full_year(a * 10 + b, 2)),
    ("Year <- PlainYear|WrittenYear 年", as_is),
    ("Year <- ShortYear 年", lambda _, year: dates.full_year(year, 2)),
    ("Year <- Era Number 年", lambda _, era, number: era + int(number)),
    ("Year <- Era 元 年", lambda _, era: era + 1),
    ("Year <- RelativeYear", _relative_year),
    ("Month <- Number 月 份?", lambda _, number: number if number in range(1, 13) else None),
    ("Month <- 正 月", lambda _: 1),
    ("Day <- Number 日|号", lambda _, number: number if number in range(1, 32) else None),
    ("LunarDay <- 初 Small", lambda _, number: number if number <= 10 else None),
    ("LunarDay <- 廿 Digit", lambda _, number: 20 + number),
    ("LunarDay <- Small", as_is),
]  # fmt: skip
LENGTH_RULES: list[tuple[str, Action]] = [
    ("Count <- Small", as_is),
    ("Length <- Count Measure", lambda _, count, unit: Length(((unit, count),))),
    ("Length <- 几|数 Measure", lambda _, unit: Length(((unit, 3),))),
    ("Length <- 半 个? Unit", lambda _, unit: Length(((unit, 0.5),)) if unit not in {"decade"} else None),
    ("Length <- Number Measure 半", lambda _, count, unit: Length(((unit, count + 0.5),))),
    ("Length <- Number 个 半 Unit", lambda _, count, unit: Length(((unit, count + 0.5),))),
    ("Length <- Length 又? Length", lambda _, first, second: first + second),
]  # fmt: skip
DATE_RULES: list[tuple[str, Action]] = [
    ("Time <- RelativeDay", dates.relative_day),
    ("Time <- Offset 的? Unit", _unit),
    ("Time <- 周 末", lambda m: spans.unit(m, "this", "weekend")),
    ("Time <- Weekday", dates.weekday),
    ("Time <- Offset Weekday", _weekday),
    ("Time <- Month 的? Day", dates.month_day),
    ("Time <- Month Small", lambda m, month, day: dates.month_day(m, month, day) if day > 10 else None),
    ("Time <- Year 的? Month Day", lambda m, year, month, day: dates.month_day(m, month, day, year)),
    ("Time <- Time ，|,|（|(? Weekday ）|)?", lambda m, day, _: day if day.point and (not day.clocked) else None),
    ("Time <- YearFirst", lambda m, parts: dates.month_day(m, parts[1], parts[2], parts[0])),
    ("Time <- YearLast", lambda m, parts: dates.numeric_date(m, *parts, day_first=True)),
    ("Time <- Slash", lambda m, parts: dates.numeric_date(m, *parts)),
    ("Time <- Integer|Small 日", lambda m, number: dates.month_number(m, int(number))),
    ("Time <- Integer|Small 号", lambda m, number: None if m.convention.whole_days else dates.month_number(m, int(number))),
    ("Time <- Offset 月 Day", lambda m, offset, day: spans.nth(m, day, "day", fixed(m.unit("month", offset), "month"))),
    ("DayEnd <- Day", dates.month_number),
    ("Time <- 农 历 Year? Month LunarDay 日?", _lunar),
    ("Time <- 农 历 Year? Month Day", _lunar),
    ("Time <- 阴 历 Year? Month LunarDay 日?", _lunar),
    ("Time <- Month 初 Small", lambda m, month, day: _lunar(m, None, month, day)),
    ("Time <- Holiday", dates.festival),
    ("Time <- Year 的? Holiday", lambda m, year, holiday: dates.festival(m, holiday, year)),
    ("Time <- Span", dates.season),
    ("Time <- 国 庆 节?", lambda m: dates.named(m, "national day") if m.convention.whole_days else dates.golden_week(m)),
    ("Time <- 十 一 假 期", dates.golden_week),
    ("Time <- Year? 的? Season", _season),
    ("Time <- Offset 个? Season", lambda m, offset, name: spans.choose(m, _which(offset), dates.time_of_year(m, name))),
]  # fmt: skip
CALENDAR_RULES: list[tuple[str, Action]] = [
    ("Time <- Month", dates.month),
    ("Time <- Number To Month", lambda m, first, _, last: ranges.between(m, dates.month(m, int(first)), dates.month(m, last))),
    ("Ignored <- 第 Number Measure", lambda m, number, _: number),
    ("Time <- Year 的? Month", lambda m, year, month: dates.month(m, month, year)),
    ("Time <- Year", dates.year),
    ("Time <- PlainYear", lambda m, year: dates.year(m, year, cue=False)),
    ("Time <- Year? 的? 第? Number 个? 季 度", lambda m, year, number: dates.quarter(m, int(number), year)),
    ("Time <- 上 半 年", lambda m: _half_year(m, 1)),
    ("Time <- 下 半 年", lambda m: _half_year(m, 2)),
    ("Time <- Year 的? 上 半 年?", lambda m, year: _half_year(m, 1, year)),
    ("Time <- Year 的? 下 半 年?", lambda m, year: _half_year(m, 2, year)),
    ("Time <- 上 半 月", lambda m: spans.edge(m, "early", spans.unit(m, "this", "month"))),
    ("Time <- 下 半 月", lambda m: spans.edge(m, "late", spans.unit(m, "this", "month"))),
    ("Century <- Number 世 纪", lambda _, number: int(number)),
    ("Time <- Century", dates.century),
    ("Time <- Century? Number 年 代", _decade),
    ("Time <- 上 世 纪 Number 年 代", lambda m, number: _decade(m, 20, number)),
    ("Time <- 本 世 纪 Number 年 代", lambda m, number: _decade(m, 21, number)),
    ("Time <- Time Edge", _edge),
    ("Brink <- Time Edge", lambda m, time, which: ranges.brink(m, which, time)),
    ("Brink <- 年 底|末", lambda m: ranges.brink(m, "late", spans.unit(m, "this", "year"))),
    ("Brink <- 月 底|末", lambda m: ranges.brink(m, "late", spans.unit(m, "this", "month"))),
    ("Time <- Brink Before", lambda m, time, word: ranges.bounded(m, word, time)),
    ("Time <- 年 初|伊 始?", lambda m: spans.edge(m, "early", spans.unit(m, "this", "year"))),
    ("Time <- 年 末|底|尾", lambda m: spans.edge(m, "late", spans.unit(m, "this", "year"))),
    ("Time <- 月 初", lambda m: spans.edge(m, "early", spans.unit(m, "this", "month"))),
    ("Time <- 月 末|底", lambda m: spans.edge(m, "late", spans.unit(m, "this", "month"))),
    ("Time <- Time 的? 第 Number 个? Unit", lambda m, within, number, unit: spans.nth(m, int(number), unit, within)),
    ("Time <- Time 的? 前 Length", lambda m, within, length: _part_of(m, 1, within, length)),
    ("Time <- Time 的? 最 后 Length", lambda m, within, length: _part_of(m, -1, within, length)),
    ("Time <- Time 的? 最 后 一 个? Unit", lambda m, within, unit: spans.nth(m, -1, unit, within)),
    ("Time <- Time 的? 最 后 一? 个? Weekday", lambda m, within, day: spans.nth_weekday(m, -1, day, within)),
    ("Time <- Time 的? 第 Number 个? Weekday", lambda m, within, number, day: spans.nth_weekday(m, int(number), day, within)),
    ("Time <- Back Length 里|内?", spans.stretch),
    ("Time <- Ahead Length 里|内?", spans.stretch),
    ("Time <- Length 之|以? 内", _within),
    ("Time <- Length Before", lambda m, length, _: spans.shifted(m, length, -1)),
    ("Time <- Length After", lambda m, length, _: spans.shifted(m, length, 1)),
    ("Time <- Time Length After", lambda m, time, length, _: spans.shifted(m, length, 1, time) if time.point else None),
]  # fmt: skip
