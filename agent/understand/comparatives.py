"""Follow-ups that are measured by what was shown: "cheaper", "shorter", "newer", "too expensive".

The mark is the median of the shown items that have the field (or the one item that is
pointed at): "cheaper" then means cheaper than the usual of what was shown. The cheapest as
the mark would leave nothing after one or two such turns; the dearest would change nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median_low
from typing import Literal, get_args

from agent.understand.cues import Cues, load_cues
from schema import Interest, Item, Limits, Span, TimeDemand

Way = Literal["cheaper", "dearer", "shorter", "longer", "newer", "older"]

SOON = timedelta(seconds=1)
CENT = 0.01
# Without anything to measure by, a standing limit is tightened to this share.
TIGHTER = 0.75
# What a comparison wishes for where nothing shown has the field.
_QUALITIES: dict[Way, str] = {
    "cheaper": "cheap",
    "dearer": "premium",
    "shorter": "short",
    "longer": "long",
    "newer": "new",
    "older": "classic",
}


@dataclass(frozen=True)
class Comparison:
    """One measured wish and where it stands."""

    way: Way
    span: Span

    @property
    def quality(self) -> Interest:
        """The same wish as a quality, for where it cannot be measured."""
        return Interest(text=_QUALITIES[self.way], kind="attribute", span=self.span)


@dataclass(frozen=True)
class Marks:
    """What the comparisons come to: limits and publication windows; ``unmet`` had nothing to measure by."""

    limits: Limits
    times: tuple[TimeDemand, ...]
    unmet: tuple[Comparison, ...]


@dataclass(frozen=True)
class ComparisonReader:
    """The cues of ``cues/comparatives.toml``."""

    cues: Cues

    @classmethod
    def load(cls) -> ComparisonReader:
        """Read the committed cues."""
        return cls(load_cues("comparatives"))

    def find(self, view: str) -> tuple[Comparison, ...]:
        """The measured wishes of a message."""
        ways: tuple[Way, ...] = get_args(Way)
        return tuple(Comparison(way, found.span()) for way in ways if (found := self.cues[way].search(view)))


def measure(comparisons: Sequence[Comparison], shown: Sequence[Item], standing: Limits, text: str) -> Marks:
    """Turn comparisons into limits below or above the mark of ``shown``, on top of ``standing``."""
    limits = standing
    times: list[TimeDemand] = []
    unmet: list[Comparison] = []
    for each in comparisons:
        changed: Limits | None = limits
        if each.way in {"cheaper", "dearer"}:
            changed = _price(each.way, shown, limits)
        elif each.way in {"shorter", "longer"}:
            changed = _length(each.way, shown, limits)
        else:
            window = _published(each, shown, text[each.span[0] : each.span[1]])
            times += [window] if window else []
            changed = limits if window else None
        if changed is None:
            unmet.append(each)
        else:
            limits = changed
    return Marks(limits, tuple(times), tuple(unmet))


def _price(way: Way, shown: Sequence[Item], limits: Limits) -> Limits | None:
    priced = [item for item in shown if item.price is not None]
    same = [item for item in priced if item.currency == limits.currency]
    priced = same or priced
    if not priced:
        if limits.max_price is None:
            return None
        tighter = round(limits.max_price * TIGHTER, 2)
        return limits.model_copy(update={"max_price": tighter}) if way == "cheaper" else limits
    mark = median_low([item.price for item in priced if item.price is not None])
    currencies = {item.currency for item in priced}
    currency = currencies.pop() if len(currencies) == 1 else None
    if way == "dearer":
        ceiling = limits.max_price if limits.max_price is not None and limits.max_price > mark else None
        return limits.model_copy(
            update={"min_price": round(mark + CENT, 2), "max_price": ceiling, "currency": currency}
        )
    below = max(0.0, round(mark - CENT, 2))
    if limits.max_price is not None and limits.currency in (None, currency):
        below = min(below, limits.max_price)
    floor = limits.min_price if limits.min_price is not None and limits.min_price < below else None
    return limits.model_copy(update={"max_price": below, "min_price": floor, "currency": currency})


def _length(way: Way, shown: Sequence[Item], limits: Limits) -> Limits | None:
    lengths = [item.duration_minutes for item in shown if item.duration_minutes]
    if not lengths:
        if limits.max_minutes is None:
            return None
        tighter = limits.max_minutes * TIGHTER
        return limits.model_copy(update={"max_minutes": tighter}) if way == "shorter" else limits
    mark = median_low(lengths)
    step = 1.0 if mark > 10 else 0.25
    if way == "longer":
        ceiling = limits.max_minutes if limits.max_minutes is not None and limits.max_minutes > mark else None
        return limits.model_copy(update={"min_minutes": round(mark + step, 2), "max_minutes": ceiling})
    below = max(round(mark - step, 2), mark / 2)
    if limits.max_minutes is not None:
        below = min(below, limits.max_minutes)
    floor = limits.min_minutes if limits.min_minutes is not None and limits.min_minutes < below else None
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
