"""The grammar of Chinese time expressions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from timeliness.expressions import clocks, semantics
from timeliness.expressions.chart import Action, Grammar
from timeliness.expressions.chinese_words import LEXICON, read
from timeliness.expressions.values import Clock, Length, Moment, Newness, Recurrence, Time, Window

DayPart = tuple[Time, Clock]


def same(_: Moment, value: Any) -> Any:
    """The value as it is."""
    return value


def _unit(moment: Moment, offset: int, unit: Any) -> Time | None:
    if unit in {"day", "year", "decade", "second"}:
        return None
    which = "next" if offset > 0 else "last" if offset else "this"
    if unit in {"hour", "minute"}:
        return semantics.stretch(moment, which, Length(((unit, abs(offset)),))) if offset else None
    return semantics.unit(moment, which, unit, abs(offset) or 1)  # type: ignore[arg-type]


def _weekday(moment: Moment, offset: int, weekday: int) -> Time | None:
    found = semantics.weekday(moment, weekday)
    window = found.at(moment.number("week") + offset) if found else None
    return semantics.fixed(window, point=True) if window else None


def _relative_year(moment: Moment, offset: int) -> int:
    return moment.today.year + offset


def _lunar(moment: Moment, year: int | None, month: int, day: int) -> Time | None:
    """A date of the lunisolar calendar; the specification keeps its numbers."""
    if moment.convention.whole_days:
        return semantics.month_day(moment, month, day, year)
    return semantics.lunar_day(moment, month, day, year)


def _holiday(moment: Moment, holiday: tuple[str, str | None], year: int | None = None) -> Time | None:
    name, season = holiday
    if season and not moment.convention.whole_days:
        return semantics.season(moment, season, year)
    return semantics.named(moment, name, year)


def _season(moment: Moment, year: int | None, name: str) -> Time | None:
    found = semantics.season(moment, name, year)
    return replace(found, undetermined=moment.convention.whole_days) if found else None


def _day_of_month(moment: Moment, number: int) -> Time | None:
    return semantics.month_number(moment, number)


def _decade(moment: Moment, century: int | None, number: int) -> Time | None:
    if number % 10 and number < 1000:
        return None
    if century:
        return semantics.decade(moment, (century - 1) * 100 + number, 4)
    return semantics.decade(moment, number, 4 if number > 99 else 2)


def _clock(moment: Moment, hour: int, minute: int | None = None, second: int | None = None) -> Clock | None:
    return clocks.clock(moment, int(hour), int(minute or 0), int(second or 0), cue=False)


def _part(moment: Moment, name: str) -> Clock:
    return replace(clocks.part_of_day(moment, name), cue=False)


def _at_part(moment: Moment, name: str, clock: Clock) -> Clock | None:
    return clocks.in_part(moment, clock, clocks.part_of_day(moment, name))


def _day_part(moment: Moment, day: Time, name: str) -> DayPart | None:
    return (
        (day, clocks.part_of_day(moment, name)) if day.point and not day.clocked and not day.bounded else None
    )


def _short_day_part(moment: Moment, offset: int, name: str) -> DayPart:
    return semantics.relative_day(moment, offset), clocks.part_of_day(moment, name)


def _in_day_part(moment: Moment, day: DayPart, clock: Clock) -> Time | None:
    found = clocks.in_part(moment, clock, day[1])
    return clocks.on(moment, day[0], found) if found else None


def _years(moment: Moment, first: int, second: int) -> Time | None:
    begin, end = semantics.year(moment, first), semantics.year(moment, second)
    return semantics.between(moment, begin, end) if begin and end else None


def _short_years(moment: Moment, first: int, second: int) -> Time | None:
    return _years(moment, semantics.full_year(first, 2), second)


def _nth(moment: Moment, within: Time, number: float, unit: Any) -> Time | None:
    return semantics.nth(moment, int(number), unit, within)


def _first(moment: Moment, within: Time, length: Length) -> Time | None:
    unit, count = length.amounts[0]
    return semantics.nth(moment, 1, unit, within, int(count)) if len(length.amounts) == 1 else None


def _last(moment: Moment, within: Time, length: Length) -> Time | None:
    unit, count = length.amounts[0]
    return semantics.nth(moment, -1, unit, within, int(count)) if len(length.amounts) == 1 else None


def _half_month(moment: Moment, which: str) -> Time | None:
    return semantics.edge(moment, which, semantics.unit(moment, "this", "month"))


def _half_year(moment: Moment, number: int, year: int | None = None) -> Time | None:
    return semantics.quarter(moment, number, year or moment.today.year, parts=2)


def _quarter(moment: Moment, year: int | None, number: float) -> Time | None:
    return semantics.quarter(moment, int(number), year)


def _recurrence(moment: Moment, time: Time) -> Recurrence | None:
    return Recurrence(time) if time.cycle else None


def _recurring_part(moment: Moment, recurrence: Recurrence, clock: Clock) -> Recurrence | None:
    if not isinstance(recurrence.of, Time):
        return Recurrence(clock)
    found = clocks.on(moment, recurrence.of, clock)
    return Recurrence(found) if found else None


def _sum(_: Moment, first: Length, second: Length) -> Length | None:
    return Length(first.amounts + second.amounts) if len(first.amounts) + len(second.amounts) < 5 else None


_NUMBER_RULES: list[tuple[str, Action]] = [
    ("Small <- Digit", same),
    ("Small <- 十", lambda _: 10),
    ("Small <- 十 Digit", lambda _, ones: 10 + ones),
    ("Small <- Digit 十", lambda _, tens: tens * 10),
    ("Small <- Digit 十 Digit", lambda _, tens, ones: tens * 10 + ones),
    ("Number <- Small|Integer", same),
    ("Figure <- Digit|Zero", same),
    ("WrittenYear <- Figure Figure Figure Figure", lambda _, a, b, c, d: a * 1000 + b * 100 + c * 10 + d),
    ("WrittenYear <- Figure Figure", lambda _, a, b: semantics.full_year(a * 10 + b, 2)),
    ("Year <- PlainYear|WrittenYear 年", same),
    ("Year <- ShortYear 年", lambda _, year: semantics.full_year(year, 2)),
    ("Year <- Era Number 年", lambda _, era, number: era + int(number)),
    ("Year <- Era 元 年", lambda _, era: era + 1),
    ("Year <- RelativeYear", _relative_year),
    ("Month <- Number 月 份?", lambda _, number: number if number in range(1, 13) else None),
    ("Month <- 正 月", lambda _: 1),
    ("Day <- Number 日|号", lambda _, number: number if number in range(1, 32) else None),
    ("LunarDay <- 初 Small", lambda _, number: number if number <= 10 else None),
    ("LunarDay <- 廿 Digit", lambda _, number: 20 + number),
    ("LunarDay <- Small", same),
]
_LENGTH_RULES: list[tuple[str, Action]] = [
    ("Count <- Small", same),
    ("Length <- Count Measure", lambda _, count, unit: Length(((unit, count),))),
    ("Length <- 几|数 Measure", lambda _, unit: Length(((unit, 3),))),
    ("Length <- 半 个? Unit", lambda _, unit: Length(((unit, 0.5),)) if unit not in {"decade"} else None),
    ("Length <- Number Measure 半", lambda _, count, unit: Length(((unit, count + 0.5),))),
    ("Length <- Number 个 半 Unit", lambda _, count, unit: Length(((unit, count + 0.5),))),
    ("Length <- Length 又? Length", _sum),
]
_DATE_RULES: list[tuple[str, Action]] = [
    ("Time <- RelativeDay", semantics.relative_day),
    ("Time <- Offset 的? Unit", _unit),
    ("Time <- 周 末", lambda m: semantics.unit(m, "this", "weekend")),
    ("Time <- Weekday", semantics.weekday),
    ("Time <- Offset Weekday", _weekday),
    ("Time <- Month 的? Day", semantics.month_day),
    ("Time <- Month Small", lambda m, month, day: semantics.month_day(m, month, day) if day > 10 else None),
    ("Time <- Year 的? Month Day", lambda m, year, month, day: semantics.month_day(m, month, day, year)),
    (
        "Time <- Time ，|,|（|(? Weekday ）|)?",
        lambda m, day, _: day if day.point and not day.clocked else None,
    ),
    ("Time <- YearFirst", lambda m, parts: semantics.month_day(m, parts[1], parts[2], parts[0])),
    ("Time <- YearLast", lambda m, parts: semantics.numeric_date(m, *parts, day_first=True)),
    ("Time <- Slash", lambda m, parts: semantics.numeric_date(m, *parts, None)),
    ("Time <- Integer|Small 日", lambda m, number: _day_of_month(m, int(number))),
    (
        "Time <- Integer|Small 号",
        lambda m, number: None if m.convention.whole_days else _day_of_month(m, int(number)),
    ),
    (
        "Time <- Offset 月 Day",
        lambda m, offset, day: semantics.nth(
            m, day, "day", semantics.fixed(m.unit("month", offset), "month")
        ),
    ),
    ("DayEnd <- Day", _day_of_month),
    ("Time <- 农 历 Year? Month LunarDay 日?", _lunar),
    ("Time <- 农 历 Year? Month Day", _lunar),
    ("Time <- 阴 历 Year? Month LunarDay 日?", _lunar),
    ("Time <- Month 初 Small", lambda m, month, day: _lunar(m, None, month, day)),
    ("Time <- Holiday", _holiday),
    ("Time <- Year 的? Holiday", lambda m, year, holiday: _holiday(m, holiday, year)),
    ("Time <- Span", semantics.season),
    (
        "Time <- 国 庆 节?",
        lambda m: semantics.named(m, "national day") if m.convention.whole_days else semantics.golden_week(m),
    ),
    ("Time <- 十 一 假 期", lambda m: semantics.golden_week(m)),
    ("Time <- Year? 的? Season", _season),
    (
        "Time <- Offset 个? Season",
        lambda m, offset, name: semantics.choose(
            m, "next" if offset > 0 else "last" if offset else "this", semantics.season(m, name)
        ),
    ),
]
_CALENDAR_RULES: list[tuple[str, Action]] = [
    ("Time <- Month", semantics.month),
    ("Time <- Year 的? Month", lambda m, year, month: semantics.month(m, month, year)),
    ("Time <- Year", semantics.year),
    ("Time <- PlainYear", lambda m, year: semantics.year(m, year, cue=False)),
    ("Time <- Year? 的? 第? Number 个? 季 度", _quarter),
    ("Time <- 上 半 年", lambda m: _half_year(m, 1)),
    ("Time <- 下 半 年", lambda m: _half_year(m, 2)),
    ("Time <- Year 的? 上 半 年?", lambda m, year: _half_year(m, 1, year)),
    ("Time <- Year 的? 下 半 年?", lambda m, year: _half_year(m, 2, year)),
    ("Time <- 上 半 月", lambda m: _half_month(m, "early")),
    ("Time <- 下 半 月", lambda m: _half_month(m, "late")),
    ("Century <- Number 世 纪", lambda _, number: int(number) if 1 <= number <= 30 else None),
    (
        "Time <- Century",
        lambda m, number: semantics.fixed(
            Window(semantics.months((number - 1) * 1200).first, semantics.months(number * 1200).first),
            "century",
        ),
    ),
    ("Time <- Century? Number 年 代", _decade),
    ("Time <- 上 世 纪 Number 年 代", lambda m, number: _decade(m, 20, number)),
    ("Time <- 本 世 纪 Number 年 代", lambda m, number: _decade(m, 21, number)),
    (
        "Time <- Time Edge",
        lambda m, time, which: (
            semantics.edge(m, which, time) if time.grain in {"month", "year", "decade", "century"} else None
        ),
    ),
    ("Brink <- Time Edge", lambda m, time, which: semantics.brink(m, which, time)),
    ("Brink <- 年 底|末", lambda m: semantics.brink(m, "late", semantics.unit(m, "this", "year"))),
    ("Brink <- 月 底|末", lambda m: semantics.brink(m, "late", semantics.unit(m, "this", "month"))),
    ("Time <- Brink Before", lambda m, time, word: semantics.bounded(m, word, time)),
    ("Time <- 年 初|伊 始?", lambda m: semantics.edge(m, "early", semantics.unit(m, "this", "year"))),
    ("Time <- 年 末|底|尾", lambda m: semantics.edge(m, "late", semantics.unit(m, "this", "year"))),
    ("Time <- 月 初", lambda m: semantics.edge(m, "early", semantics.unit(m, "this", "month"))),
    ("Time <- 月 末|底", lambda m: semantics.edge(m, "late", semantics.unit(m, "this", "month"))),
    ("Time <- Time 的? 第 Number 个? Unit", _nth),
    ("Time <- Time 的? 前 Length", _first),
    ("Time <- Time 的? 最 后 Length", _last),
    ("Time <- Time 的? 最 后 一 个? Unit", lambda m, within, unit: semantics.nth(m, -1, unit, within)),
    (
        "Time <- Time 的? 最 后 一? 个? Weekday",
        lambda m, within, day: semantics.nth_weekday(m, -1, day, within),
    ),
    (
        "Time <- Time 的? 第 Number 个? Weekday",
        lambda m, within, number, day: semantics.nth_weekday(m, int(number), day, within),
    ),
    ("Time <- Back Length 里|内?", semantics.stretch),
    ("Time <- Ahead Length 里|内?", semantics.stretch),
    ("Time <- Length 之? 内", semantics.within),
    ("Time <- Length Before", lambda m, length, _: semantics.shifted(m, length, -1)),
    ("Time <- Length After", lambda m, length, _: semantics.shifted(m, length, 1)),
    (
        "Time <- Time Length After",
        lambda m, time, length, _: semantics.shifted(m, length, 1, time) if time.point else None,
    ),
]
_RANGE_RULES: list[tuple[str, Action]] = [
    ("End <- Time|DayEnd", same),
    ("Time <- 从? End To End 之? 间?", lambda m, first, _, second: semantics.between(m, first, second)),
    ("Time <- 在? End 和|与|跟|到|至 End 之 间", semantics.between),
    ("Time <- PlainYear To Year 之? 间?", lambda m, first, _, second: _years(m, first, second)),
    ("Time <- ShortYear To Year", lambda m, first, _, second: _short_years(m, first, second)),
    ("Time <- 自|从 Time 起", lambda m, time: semantics.bounded(m, "since", time)),
    ("Time <- 自|从? Time Since", lambda m, time, word: semantics.bounded(m, word, time)),
    ("Time <- Time After", lambda m, time, word: semantics.bounded(m, word, time)),
    ("Time <- Time Before|Until", lambda m, time, word: semantics.bounded(m, word, time)),
]
_CLOCK_RULES: list[tuple[str, Action]] = [
    ("Clock <- HourMinute", lambda m, parts: clocks.clock(m, *parts, cue=False)),
    ("Clock <- HourMinute Half", lambda m, parts, half: clocks.clock(m, *((*parts, 0)[:3]), half)),
    ("Clock <- Number 点|时 整|钟?", _clock),
    ("Clock <- Number 点|时 Number 分?", _clock),
    ("Clock <- Number 点|时 零 Number 分?", _clock),
    ("Clock <- Number 点|时 Number 分 Number 秒", _clock),
    ("Clock <- Number 点 半", lambda m, hour: _clock(m, hour, 30)),
    ("Clock <- Number 点 一 刻", lambda m, hour: _clock(m, hour, 15)),
    ("Clock <- Number 点 三 刻", lambda m, hour: _clock(m, hour, 45)),
    ("Clock <- Part", _part),
    ("Clock <- Part|ShortPart 的? Clock", _at_part),
    ("Clock <- 从? Clock To Clock 之? 间?", lambda m, first, _, second: clocks.clock_range(m, first, second)),
    ("Clock <- Clock Since", lambda m, clock, word: clocks.bounded_clock(m, word, clock)),
    ("Clock <- Clock After|Before|Until", lambda m, clock, word: clocks.bounded_clock(m, word, clock)),
    ("Clock <- 大? 约|大|概|左|右 Clock", same),
    ("DayPart <- Time 的? Part|ShortPart", _day_part),
    ("DayPart <- ShortDay ShortPart", _short_day_part),
    ("Time <- DayPart 上?", lambda m, day: clocks.on(m, *day)),
    ("Time <- DayPart 的? Clock", _in_day_part),
    ("Time <- 从? Time 的? Clock", clocks.on),
]
_OTHER_RULES: list[tuple[str, Action]] = [
    ("Time <- Now", lambda m, _: semantics.fixed(Window(m.now, m.now), "second", point=True, clocked=True)),
    (
        "Recurrence <- 每 一? 个? Unit",
        lambda m, unit: Recurrence(semantics.unit(m, "this", "weekend") if unit == "weekend" else None),
    ),
    ("Recurrence <- 每 隔? Length", lambda m, length: Recurrence(None)),
    ("Recurrence <- 每 个? Time", _recurrence),
    ("Recurrence <- Recurrence 的? Clock", _recurring_part),
    ("Newness <- NewnessWord", lambda m, value: Newness(value)),
    (
        "Time <- Soon",
        lambda m, _: (
            None if m.convention.whole_days else semantics.stretch(m, "next", Length((("week", 1),)))
        ),
    ),
]

GRAMMAR = Grammar(
    [
        *_NUMBER_RULES,
        *_LENGTH_RULES,
        *_DATE_RULES,
        *_CALENDAR_RULES,
        *_RANGE_RULES,
        *_CLOCK_RULES,
        *_OTHER_RULES,
    ]
)
__all__ = ["GRAMMAR", "LEXICON", "read"]
