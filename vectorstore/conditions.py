"""The hard conditions of one request: what an item must meet to be recommended at all.

``admits`` is the rule. ``net`` is wider and looks at the columns of many items at once, for
speed: it may let through what ``admits`` then rejects, never the reverse. Recurrence, sale
seasons, refused and demanded words and subtags of languages are left to ``admits``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import numpy as np

from schema import Demand, Domain, Interest, Item, Limits, TimeDemand, TimeRole
from settings import Settings
from vectorstore.columns import Booleans, Columns, Integers, code
from vectorstore.words import phrase

Window = tuple[datetime | None, datetime | None]

_MOMENT = timedelta(microseconds=1)
_LONGEST_PUBLICATION = 367 * 86_400.0  # seconds; a year is the vaguest that is known
# The first of these roles that is demanded says when something is to be on offer.
_OFFERED: tuple[TimeRole, ...] = ("offer", "use", "end")
_MADE = frozenset({"entity", "brand"})
# Told by measure, by judgement or by likeness, so that no field can prove them.
_UNPROVABLE = frozenset(
    {"cheap", "premium", "short", "long", "new", "classic", "popular", "lesser known", "well reviewed"}
    | {"beautiful", "small", "large", "gift"}
)


@dataclass(frozen=True)
class Conditions:
    """What a demand insists on at the moment ``now`` (zone-aware).

    ``refused`` holds what an item must not be, as comparable words, each with whether its
    makers count too ("nothing by Drake"); ``demanded`` what it must be ("must be waterproof").
    """

    now: datetime
    domains: tuple[Domain, ...] = ()
    limits: Limits = field(default_factory=Limits)
    times: tuple[TimeDemand, ...] = ()
    refused: tuple[tuple[str, bool], ...] = ()
    demanded: tuple[str, ...] = ()
    zone: tzinfo = UTC
    country: str = "US"
    _recurring: dict[Hashable, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, demand: Demand, now: datetime, settings: Settings | None = None) -> Self:
        """The conditions of ``demand``; ``settings`` say whose calendar sale seasons follow."""
        return cls(
            now=now,
            domains=demand.domains,
            limits=demand.limits,
            times=demand.times,
            refused=tuple(_refused(demand.interests)),
            demanded=tuple(each.text for each in demand.interests if is_demanded(each)),
            zone=settings.zone if settings else UTC,
            country=settings.country if settings else "US",
        )

    def admits(self, item: Item) -> bool:
        """Whether ``item`` may be recommended. An unknown field fails a condition on it."""
        from timeliness.matching import proves

        limits = self.limits
        return (
            (not self.domains or item.domain in self.domains)
            and item.id not in self.left_out
            and _within(item.price, limits.min_price, limits.max_price)
            and (self._currency is None or item.currency == self._currency)
            and _within(item.duration_minutes, limits.min_minutes, limits.max_minutes)
            and (not limits.languages or any(_speaks(item.language, each) for each in limits.languages))
            and not self._refuses(item)
            and all(proves(each, item) for each in self.demanded)
            and self._admits_in_time(item)
            and (not limits.on_offer or self._is_on_offer(item))
        )

    def _admits_in_time(self, item: Item) -> bool:
        """As ``validity.admits``, which many items of one rule (a festival's) ask for one answer."""
        from timeliness import validity

        if item.recurrence is None or item.valid_from is None:
            return validity.admits(item, self.times, self.now)
        dates = item.published_at, item.valid_from, item.valid_from.tzinfo, item.valid_until
        facts = item.recurrence, item.domain, item.attributes.get("year"), *dates
        if facts not in self._recurring:
            self._recurring[facts] = validity.admits(item, self.times, self.now)
        return self._recurring[facts]

    def net(self, columns: Columns) -> Booleans:
        """For each row, shape (rows,), whether it may meet the conditions; ``left_out`` is not looked at."""
        within = np.ones(len(columns), np.bool_)
        for each in (*self._fields(columns), *self._windows(columns)):
            within &= each
        return within

    @property
    def left_out(self) -> tuple[str, ...]:
        """Ids of items that are not wanted, or not again."""
        return (*self.limits.exclude_ids, *self.limits.shown_ids)

    @property
    def published(self) -> tuple[float, float]:
        """What ``published_from`` of an item that ``net`` lets through lies above and below, in seconds.

        That of events of the news is unknown.
        """
        windows = self._publication
        since = [_seconds(each.start) - _LONGEST_PUBLICATION if each.start else -np.inf for each in windows]
        until = [_seconds(each.end) if each.end else np.inf for each in windows]
        return min(since, default=-np.inf), max(until, default=np.inf)

    def _fields(self, columns: Columns) -> Iterator[Booleans]:
        limits = self.limits
        if self.domains:
            yield _one_of(columns.domain, self.domains)
        for values, low, high in (
            (columns.price, limits.min_price, limits.max_price),
            (columns.minutes, limits.min_minutes, limits.max_minutes),
        ):
            if low is not None:
                yield values >= low
            if high is not None:
                yield values <= high
        if self._currency is not None:
            yield columns.currency == code(self._currency)
        if limits.languages:
            yield _one_of(columns.language, [each.casefold() for each in limits.languages])
        if limits.on_offer:
            yield columns.may_be_on_offer

    def _windows(self, columns: Columns) -> Iterator[Booleans]:
        published = [_published_in(columns, each) for each in self._publication]
        if published:
            yield _any(published)
        for start, end in map(self._from_now_on, _asked(self.times, "end")):
            first = -np.inf if start is None else _seconds(start)
            last = np.finfo(np.float64).max if end is None else _seconds(end)
            yield columns.recurs | ((first < columns.valid_until) & (columns.valid_until <= last))
        asked = [*_asked(self.times, "use", "offer", "publication", "end"), (self.now, self.now)]
        starts, ends = [start for start, _ in asked if start], [end for _, end in asked if end]
        if len(ends) == len(asked):
            yield columns.valid_from <= _seconds(max(ends))
        if len(starts) == len(asked):
            yield columns.recurs | (columns.valid_until > _seconds(min(starts)))

    @property
    def _publication(self) -> list[TimeDemand]:
        return [each for each in self.times if each.role == "publication" and (each.start or each.end)]

    @property
    def _currency(self) -> str | None:
        """The currency that prices are limited in, where one is named."""
        limited = self.limits.max_price is not None or self.limits.min_price is not None
        return self.limits.currency if limited else None

    def _refuses(self, item: Item) -> bool:
        if not self.refused:
            return False
        kinds = [phrase(each) for each in (item.title, *item.categories, *_values(item, "mood"))]
        makers = [phrase(each) for each in (*item.creators, *_values(item, "cast"))]
        return any(
            words in each
            for words, made_by in self.refused
            for each in (*kinds, *(makers if made_by else ()))
        )

    def _is_on_offer(self, item: Item) -> bool:
        from timeliness import validity

        now = self.now, self.now + _MOMENT
        windows = next(filter(None, (_asked(self.times, each) for each in _OFFERED)), [now])
        return any(
            validity.on_offer(item, *self._from_now_on(each), zone=self.zone, country=self.country)
            for each in windows
        )

    def _from_now_on(self, window: Window) -> Window:
        """``window`` without what has passed, or whole where all of it has."""
        start, end = window
        return window if end is not None and end <= self.now else (max(start or self.now, self.now), end)


def _asked(times: Sequence[TimeDemand], *roles: TimeRole) -> list[Window]:
    return [(each.start, each.end) for each in times if each.role in roles and (each.start or each.end)]


def _published_in(columns: Columns, time: TimeDemand) -> Booleans:
    """That something came out in the window, or may be an event of the news that begins in it.

    Any other unknown date is NaN and fails.
    """
    unknown = np.isnan(columns.published_from)
    within = ~unknown
    happens = unknown & (columns.domain == code("news")) & np.isfinite(columns.valid_from)
    if time.end is not None:
        within &= columns.published_from < _seconds(time.end)
        happens &= columns.valid_from < _seconds(time.end)
    if time.start is not None:
        within &= columns.published_until > _seconds(time.start)
        happens &= columns.recurs | (columns.valid_from >= _seconds(time.start))
    within |= happens
    return within


def _seconds(at: datetime) -> float:
    return at.timestamp()


def is_demanded(interest: Interest) -> bool:
    """Whether an item must bear the wish out: it was put as a demand, and fields can tell."""
    wanted = interest.hard and interest.polarity > 0 and interest.kind != "item"
    return wanted and can_be_proven(interest)


def can_be_proven(interest: Interest) -> bool:
    """Whether fields of an item can tell what is wished."""
    return interest.text.casefold() not in _UNPROVABLE


def _refused(interests: Sequence[Interest]) -> Iterator[tuple[str, bool]]:
    for each in interests:
        words = phrase(each.text)
        if each.hard and each.polarity < 0 and words.strip():
            yield words, each.kind in _MADE


def _values(item: Item, name: str) -> tuple[str, ...]:
    value = item.attributes.get(name, ())
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def _within(value: float | None, low: float | None, high: float | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _speaks(language: str, wanted: str) -> bool:
    """Basic filtering of RFC 4647: "zh" is met by "zh" and "zh-Hant", "zh-Hant" not by "zh"."""
    tag, asked = language.casefold(), wanted.casefold()
    return tag == asked or tag.startswith(f"{asked}-")


def _one_of(column: Integers, names: Iterable[str]) -> Booleans:
    return _any([column == code(each) for each in names])


def _any(alternatives: Sequence[Booleans]) -> Booleans:
    held: Booleans = np.logical_or.reduce(alternatives)
    return held
