"""Follow-ups that are measured by what was shown: "cheaper", "shorter", "newer", "too expensive".

The mark is the median of the shown items that have the field (or the one item that is
pointed at): "cheaper" then means cheaper than the usual of what was shown. The cheapest as
the mark would leave nothing after one or two such turns; the dearest would change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median_low
from typing import Literal

from schema import Item, Limits, Span, TimeDemand

Way = Literal["cheaper", "dearer", "shorter", "longer", "newer", "older"]

_WAYS: tuple[tuple[Way, re.Pattern[str]], ...] = (
    (
        "cheaper",
        re.compile(
            r"\b(?:(?:something |anything |a bit |much |even )?cheaper|less (?:expensive|pricey|costly)|lower[- ]priced?|lower price|(?:(?:too|so|very|not (?:so|too|as)) )(?:expensive|pricey|costly|dear)|overpriced|costs? too much|more affordable"
            r"|(?:over|above|out of) my budget|can't afford)\b|便宜(?:一?点|些)?的?|太贵了?|更便宜"
        ),
    ),
    ("dearer", re.compile(r"\b(?:more (?:expensive|premium|luxurious|upmarket|high[- ]end)|(?:too|so) cheap|fancier|pricier|higher[- ]end)\b|贵一?点|更贵|高档一?点|太便宜")),
    ("shorter", re.compile(r"\b(?:shorter|not (?:so|too|that|as) long|(?:too|so|far too|way too) long|less long|quicker)\b|短一?点|更短|太长了?")),
    ("longer", re.compile(r"\b(?:longer|(?:too|so) short|not (?:so|too) short)\b(?! than \d)|长一?点|更长|太短了?")),
    ("newer", re.compile(r"\b(?:newer|more (?:recent|modern|current|up[- ]to[- ]date)|(?:too|so) old|not (?:so|too|as) old|old news|outdated|fresher|a later one)\b|新一?点|更新的|太老了?|太旧了?")),
    ("older", re.compile(r"\b(?:older(?! (?:kids|children|people|adults|brother|sister|son|daughter))|(?:too|so) (?:new|recent|modern)|less (?:recent|modern)|an earlier one)\b|老一?点|更老|旧一?点|太新了?")),
)  # fmt: skip
SOON = timedelta(seconds=1)


@dataclass(frozen=True)
class Comparison:
    """One measured wish and where it stands."""

    way: Way
    span: Span


@dataclass(frozen=True)
class Marks:
    """What the comparisons come to: limits and publication windows; ``unmet`` had nothing to measure by."""

    limits: Limits
    times: tuple[TimeDemand, ...]
    unmet: tuple[Comparison, ...]


def find_comparisons(view: str) -> list[Comparison]:
    """The measured wishes of a message."""
    return list(_find(view))


def _find(view: str) -> Iterator[Comparison]:
    for way, pattern in _WAYS:
        found = pattern.search(view)
        if found:
            yield Comparison(way, found.span())


def measure(comparisons: Sequence[Comparison], shown: Sequence[Item], standing: Limits, text: str) -> Marks:
    """Turn comparisons into limits below or above the mark of ``shown``, on top of ``standing``."""
    limits, times, unmet = standing, [], []
    for each in comparisons:
        phrase = text[each.span[0] : each.span[1]]
        if each.way in {"cheaper", "dearer"}:
            changed = _price(each.way, shown, limits)
        elif each.way in {"shorter", "longer"}:
            changed = _length(each.way, shown, limits)
        else:
            window = _published(each, shown, phrase)
            times += [window] if window else []
            changed = limits if window else None
        if changed is None:
            unmet.append(each)
        else:
            limits = changed
    return Marks(limits, tuple(times), tuple(unmet))


def _price(way: Way, shown: Sequence[Item], limits: Limits) -> Limits | None:
    priced = [item for item in shown if item.price is not None]
    currencies = {item.currency for item in priced}
    if limits.currency in currencies:
        priced, currencies = [item for item in priced if item.currency == limits.currency], {limits.currency}
    if not priced:
        if limits.max_price is None:
            return None
        return (
            limits.model_copy(update={"max_price": round(limits.max_price * 0.75, 2)})
            if way == "cheaper"
            else limits
        )
    mark = median_low([item.price for item in priced if item.price is not None])
    currency = currencies.pop() if len(currencies) == 1 else None
    if way == "dearer":
        ceiling = None if limits.max_price is not None and limits.max_price <= mark else limits.max_price
        return limits.model_copy(
            update={"min_price": _beyond(mark, 0.01), "max_price": ceiling, "currency": currency}
        )
    below = max(0.0, _beyond(mark, -0.01))
    if limits.max_price is not None and limits.currency in (None, currency):
        below = min(below, limits.max_price)
    floor = None if limits.min_price is not None and limits.min_price >= below else limits.min_price
    return limits.model_copy(update={"max_price": below, "min_price": floor, "currency": currency})


def _length(way: Way, shown: Sequence[Item], limits: Limits) -> Limits | None:
    lengths = [item.duration_minutes for item in shown if item.duration_minutes]
    if not lengths:
        if limits.max_minutes is None:
            return None
        return (
            limits.model_copy(update={"max_minutes": limits.max_minutes * 0.75})
            if way == "shorter"
            else limits
        )
    mark = median_low(lengths)
    step = 1.0 if mark > 10 else 0.25
    if way == "longer":
        ceiling = (
            None if limits.max_minutes is not None and limits.max_minutes <= mark else limits.max_minutes
        )
        return limits.model_copy(update={"min_minutes": _beyond(mark, step), "max_minutes": ceiling})
    below = max(_beyond(mark, -step), mark / 2)
    if limits.max_minutes is not None:
        below = min(below, limits.max_minutes)
    floor = None if limits.min_minutes is not None and limits.min_minutes >= below else limits.min_minutes
    return limits.model_copy(update={"max_minutes": below, "min_minutes": floor})


def _published(comparison: Comparison, shown: Sequence[Item], phrase: str) -> TimeDemand | None:
    dates = sorted(date for item in shown if (date := published(item)) is not None)
    if not dates:
        return None
    mark = dates[(len(dates) - 1) // 2]
    if comparison.way == "newer":
        return TimeDemand(
            phrase=phrase, role="publication", start=mark + SOON, recency=0.7, span=comparison.span
        )
    return TimeDemand(phrase=phrase, role="publication", end=mark, span=comparison.span)


def published(item: Item) -> datetime | None:
    """When ``item`` came out: its date, or the start of its year."""
    if item.published_at:
        return item.published_at
    year = item.attributes.get("year")
    return (
        datetime(int(year), 1, 1, tzinfo=UTC) if isinstance(year, int | float) and 1 <= year <= 9998 else None
    )


def _beyond(mark: float, step: float) -> float:
    return round(mark + step, 2)
