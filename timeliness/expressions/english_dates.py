"""The grammar of English numbers, lengths of time and dates."""

from __future__ import annotations

from timeliness.expressions import dates, spans
from timeliness.expressions.chart import Action, as_is
from timeliness.expressions.moment import Moment
from timeliness.expressions.values import Length, Time, Unit, uncued


def _length(_: Moment, count: float, unit: Unit) -> Length:
    return Length(((unit, count),))


NUMBER_RULES: list[tuple[str, Action]] = [
    ("SmallNumber <- Digit|Teen|Tens", as_is),
    ("SmallNumber <- Tens -? Digit", lambda _, tens, ones: tens + ones),
    ("Number <- SmallNumber|Integer", as_is),
    ("Number <- Integer and? half", lambda _, whole: whole + 0.5),
    ("Ordinal <- OrdinalWord", as_is),
    ("Ordinal <- Tens -? OrdinalWord", lambda _, tens, ones: tens + ones if ones < 10 else None),
    ("Year <- PlainYear", as_is),
    ("Year <- Teen SmallNumber", lambda _, tens, rest: tens * 100 + rest if tens >= 15 and rest >= 10 else None),
    ("Year <- Teen hundred and? SmallNumber?", lambda _, tens, rest: tens * 100 + (rest or 0)),
    ("Year <- two thousand and? SmallNumber?", lambda _, rest: 2000 + (rest or 0)),
    ("Year <- twenty SmallNumber", lambda _, rest: 2000 + rest if rest >= 10 else None),
    ("DayNumber <- Ordinal|DayInteger", as_is),
    ("DayNumber <- the Ordinal", as_is),
]  # fmt: skip
LENGTH_RULES: list[tuple[str, Action]] = [
    ("Length <- Number -? Units|Unit", _length),
    ("Length <- Number night|nights", lambda _, count: Length((("day", count),))),
    ("Amount <- Number Letter", _length),
    ("Length <- a|an|another|one|1 Unit", lambda _, unit: Length(((unit, 1),))),
    ("Length <- Few of? Units|Unit", _length),
    ("Length <- half a|an Unit", lambda _, unit: Length(((unit, 0.5),))),
    ("Length <- half Unit", lambda _, unit: Length(((unit, 0.5),))),
    ("Length <- ½ Unit", lambda _, unit: Length(((unit, 0.5),))),
    ("Length <- a|one Unit and a half", lambda _, unit: Length(((unit, 1.5),))),
    ("Length <- Number and a? half Unit|Units", lambda _, count, unit: Length(((unit, count + 0.5),))),
    ("Length <- Number and Number Units", lambda _, tens, ones, unit: Length(((unit, tens + ones),)) if tens in range(20, 100, 10) and ones < 10 else Length(((unit, ones),)) if tens else None),
    ("Length <- all Unit", lambda _, unit: Length(((unit, 1),))),
    ("Length <- Number business|working Units", lambda _, count, unit: Length((("day", count),), business=True) if unit == "day" else None),
    ("Length <- Length and|, Length", lambda _, first, second: first + second),
    ("Length <- Length Length", lambda _, first, second: first + second),
]  # fmt: skip


def _numbered(moment: Moment, day: Time) -> Time:
    """ "on the 4th": by the specification surely a day, else perhaps a floor."""
    return day if moment.convention.whole_days else uncued(day)


def _which_season(moment: Moment, which: spans.Which, name: str) -> Time:
    return spans.choose(moment, which, dates.time_of_year(moment, name))


DATE_RULES: list[tuple[str, Action]] = [
    ("Time <- RelativeDay", dates.relative_day),
    ("Time <- the day after", lambda m: dates.relative_day(m, 1)),
    ("Time <- the next|following day", lambda m: dates.relative_day(m, 1)),
    ("Time <- the day", lambda m: None if m.convention.bare else uncued(dates.relative_day(m, 0))),
    ("MonthDay <- DayNumber of? Month .?", lambda m, day, month: dates.month_day(m, month, day)),
    ("MonthDay <- SmallNumber of? Month", lambda m, day, month: dates.month_day(m, month, day)),
    ("MonthDay <- the DayInteger of? Month .?", lambda m, day, month: dates.month_day(m, month, day)),
    ("MonthDay <- Month .? ,? DayNumber", lambda m, month, day: dates.month_day(m, month, day)),
    ("MonthDay <- DayInteger -|/ Month", lambda m, day, month: dates.month_day(m, month, day)),
    ("MonthDay <- Month -|/ DayInteger", lambda m, month, day: dates.month_day(m, month, day)),
    ("MonthDay <- Slash", lambda m, parts: uncued(dates.numeric_date(m, *parts))),
    ("SlashDay <- Dotted", lambda m, parts: dates.numeric_date(m, *parts)),
    ("MonthDay <- Weekday|ShortWeekday ,? the? MonthDay", lambda m, _, day: day if day.cycle else None),
    ("MonthDay <- Weekday|ShortWeekday ,? SlashDay", lambda m, _, day: day if day.cycle else None),
    ("MonthDay <- Weekday|ShortWeekday ( MonthDay )", lambda m, _, day: day),
    ("Time <- MonthDay", lambda m, day: day),
    ("Time <- on SlashDay", lambda m, day: day),
    ("Time <- MonthDay ,|of|in|-|/? Year", dates.in_year),
    ("Time <- MonthDay , ShortYear", lambda m, time, year: dates.in_year(m, time, dates.full_year(year, 2))),
    ("Time <- DayNumber of? Month ,|of|'? ShortYear", lambda m, day, month, year: dates.month_day(m, month, day, dates.full_year(year, 2))),
    ("Time <- Month Ordinal ,? ShortYear", lambda m, month, day, year: dates.month_day(m, month, day, dates.full_year(year, 2))),
    ("Time <- DayInteger -|/|. Month -|/|. Year", lambda m, day, month, year: dates.month_day(m, month, day, year)),
    ("Time <- Year -|/ Month -|/ DayInteger", lambda m, year, month, day: dates.month_day(m, month, day, year)),
    ("Time <- DayInteger - Year - Month", lambda m, day, year, month: dates.month_day(m, month, day, year)),
    ("Time <- YearFirst", lambda m, parts: dates.month_day(m, parts[1], parts[2], parts[0])),
    ("Time <- YearLast", lambda m, parts: dates.numeric_date(m, *parts)),
    ("Time <- Weekday|ShortWeekday , YearLast", lambda m, _, parts: dates.numeric_date(m, *parts)),
    ("Time <- the? Weekday", lambda m, day: uncued(dates.weekday(m, day))),
    ("Time <- on|this|by ShortWeekday", dates.weekday),
    ("AnyWeekday <- Weekday|ShortWeekday", as_is),
    ("Time <- AnyWeekday ,? DayInteger|Ordinal", dates.weekday_number),
    ("Time <- AnyWeekday ,? the DayInteger|Ordinal", dates.weekday_the_number),
    ("Time <- on the DayInteger|Ordinal", lambda m, day: _numbered(m, dates.month_number(m, day))),
    ("TheNumber <- the Ordinal", dates.month_number),
    ("Time <- the Ordinal", lambda m, day: uncued(dates.month_number(m, day)) if m.convention.bare or not m.convention.whole_days else None),
    ("Time <- the? Ordinal|DayInteger day? of Time", lambda m, day, month: spans.nth(m, day, "day", month) if month.grain == "month" else None),
    ("Time <- Which AnyWeekday", lambda m, which, day: spans.choose(m, which, dates.weekday(m, day))),
    ("Time <- the? Nearest AnyWeekday", lambda m, which, day: spans.choose(m, which, dates.weekday(m, day))),
    ("Time <- Which AnyWeekday MonthDay", lambda m, which, _, day: spans.choose(m, "this", day)),
    ("Time <- Which MonthDay", spans.choose),
    ("Time <- Time ,? on|preferably? AnyWeekday", lambda m, week, day: spans.weekday_in(m, day, week)),
    ("Time <- Time , preferably on AnyWeekday", lambda m, week, day: spans.weekday_in(m, day, week)),
    ("Time <- AnyWeekday of|in? Time", lambda m, day, week: spans.weekday_in(m, day, week)),
    ("Time <- the? Ordinal AnyWeekday of|in Time", lambda m, number, day, within: spans.nth_weekday(m, number, day, within)),
    ("Time <- the? last AnyWeekday of|in Time", lambda m, day, within: spans.nth_weekday(m, -1, day, within)),
    ("Time <- Holiday", dates.festival),
    ("Time <- the? Holiday ,|of|in? Year", dates.festival),
    ("Time <- the? Which Holiday", lambda m, which, day: spans.choose(m, which, dates.festival(m, day))),
    ("Time <- the? Holiday weekend", lambda m, day: dates.weekend_of(m, dates.named(m, day[0]))),
    ("Time <- Span", dates.season),
    ("Time <- the? Season", lambda m, name: uncued(dates.time_of_year(m, name))),
    ("Time <- in|during|over|for|come the? Season", dates.time_of_year),
    ("Time <- the? Which Season", _which_season),
    ("Time <- in? the? Season ,|of|in? Year", dates.time_of_year),
]  # fmt: skip
