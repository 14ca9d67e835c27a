"""The grammar of Chinese time expressions: ranges, times of day, what recurs, and all parts put together."""

from __future__ import annotations

from timeliness.expressions import clocks, dates, ranges, spans
from timeliness.expressions.chart import Action, Grammar, as_is
from timeliness.expressions.chinese_dates import CALENDAR_RULES, DATE_RULES, LENGTH_RULES, NUMBER_RULES
from timeliness.expressions.clocks import DayPart
from timeliness.expressions.moment import Moment, fixed
from timeliness.expressions.values import Clock, Newness, Recurrence, Time, Window


def _now(moment: Moment) -> Time:
    return fixed(Window(moment.now, moment.now), "second", point=True, clocked=True)


def _years(moment: Moment, first: int, _: str, second: int) -> Time:
    """ "1995-1997年"."""
    return ranges.between(moment, dates.year(moment, first), dates.year(moment, second))


def _clock(moment: Moment, hour: float, minute: float | None = None, second: float | None = None) -> Clock:
    return clocks.clock(moment, int(hour), int(minute or 0), int(second or 0), cue=False)


def _short_day_part(moment: Moment, offset: int, name: str) -> DayPart:
    """ "今晚"."""
    return clocks.day_part(moment, dates.relative_day(moment, offset), name)


_RANGE_RULES: list[tuple[str, Action]] = [
    ("End <- Time|DayEnd", ranges.border),
    ("Time <- 从? End To End 之? 间?", lambda m, first, _, second: ranges.between(m, first, second)),
    ("Time <- 在? End 和|与|跟|到|至 End 之 间", ranges.between),
    ("Time <- PlainYear To Year 之? 间?", _years),
    ("Time <- ShortYear To Year", lambda m, first, to, second: _years(m, dates.full_year(first, 2), to, second)),
    ("Time <- 自|从 Time 起", lambda m, time: ranges.bounded(m, "since", time)),
    ("Time <- 自|从? Time Since", lambda m, time, word: ranges.bounded(m, word, time)),
    ("Time <- Time After", lambda m, time, word: ranges.bounded(m, word, time)),
    ("Time <- Time Before|Until", lambda m, time, word: ranges.bounded(m, word, time)),
]  # fmt: skip
_CLOCK_RULES: list[tuple[str, Action]] = [
    ("Clock <- HourMinute", lambda m, parts: clocks.clock(m, *parts, cue=False)),
    ("Clock <- HourMinute Half", lambda m, parts, half: clocks.clock(m, parts[0], parts[1], 0, half) if len(parts) == 2 else clocks.clock(m, parts[0], parts[1], parts[2], half)),
    ("Clock <- Number 点|时 整|钟?", _clock),
    ("Clock <- Number 点|时 Number 分?", _clock),
    ("Clock <- Number 点|时 零 Number 分?", _clock),
    ("Clock <- Number 点|时 Number 分 Number 秒", _clock),
    ("Clock <- 零 点", lambda m: clocks.clock(m, 0)),
    ("Clock <- Number 点 半", lambda m, hour: _clock(m, hour, 30)),
    ("Clock <- Number 点 一 刻", lambda m, hour: _clock(m, hour, 15)),
    ("Clock <- Number 点 三 刻", lambda m, hour: _clock(m, hour, 45)),
    ("Clock <- Part", clocks.part_of_day),
    ("Clock <- Part|ShortPart 的? Clock", lambda m, name, clock: clocks.in_part(m, clock, clocks.part_of_day(m, name))),
    ("Clock <- 从? Clock To Clock 之? 间?", lambda m, first, _, second: clocks.clock_range(m, first, second)),
    ("Clock <- Clock Since", lambda m, clock, word: clocks.bounded_clock(m, word, clock)),
    ("Clock <- Clock After|Before|Until", lambda m, clock, word: clocks.bounded_clock(m, word, clock)),
    ("Clock <- 大? 约|大|概|左|右 Clock", as_is),
    ("DayPart <- Time 的? Part|ShortPart", clocks.day_part),
    ("DayPart <- ShortDay ShortPart", _short_day_part),
    ("Time <- DayPart 上?", lambda m, day: clocks.on(m, *day)),
    ("Time <- DayPart 的? Clock", clocks.in_day_part),
    ("Time <- 从? Time 的? Clock", clocks.on),
]  # fmt: skip
_OTHER_RULES: list[tuple[str, Action]] = [
    ("Time <- Now", lambda m, _: _now(m)),
    ("Recurrence <- 每 一? 个? Unit", lambda m, unit: Recurrence(spans.unit(m, "this", "weekend") if unit == "weekend" else None)),
    ("Recurrence <- 每 隔? Length", lambda m, length: Recurrence(None)),
    ("Recurrence <- 每 个? Time", clocks.recurs),
    ("Recurrence <- Recurrence 的? Clock", clocks.recurs_at),
    ("Newness <- NewnessWord", lambda m, value: Newness(value)),
    ("Time <- Soon", lambda m, _: spans.soon(m, 1)),
    ("Ending <- EndingWord", lambda m, _: spans.soon(m)),
    ("Trend <- TrendWord", lambda m, _: None if m.convention.whole_days else _now(m)),
]  # fmt: skip

GRAMMAR = Grammar(
    [*NUMBER_RULES, *LENGTH_RULES, *DATE_RULES, *CALENDAR_RULES, *_RANGE_RULES, *_CLOCK_RULES, *_OTHER_RULES]
)
