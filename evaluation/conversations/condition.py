"""Conditions on a recommended item, read from the item alone and the moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pydantic import AwareDatetime, Field, model_validator

from evaluation.conversations.words import Words, is_one_of, stands_in
from schema import Frozen, Item
from timeliness.validity import is_valid, overlaps

_TICK = timedelta(microseconds=1)


class Condition(Frozen):
    """What an item is to be; all that is given must hold. A field that the item lacks does not hold.

    ``a|b`` is either; a list must hold in full. ``text`` looks into title, makers, categories,
    description and attributes; ``attribute`` into one attribute each. ``valid``: may be recommended
    at the moment of the turn; ``valid_at``: at that moment; ``valid_within``: at some moment between
    the two. Dates of publication are half-open: from ``published_from``, before ``published_before``.
    """

    domain: Words | None = None
    category: Words | None = None
    text: Words | None = None
    creator: Words | None = None
    attribute: Mapping[str, Words] | None = None
    language: Words | None = None
    id: Words | None = None
    price_at_most: float | None = None
    price_at_least: float | None = None
    minutes_at_most: float | None = None
    minutes_at_least: float | None = None
    published_from: AwareDatetime | None = None
    published_before: AwareDatetime | None = None
    published_within_days: float | None = Field(default=None, gt=0)
    year_at_least: int | None = None
    year_at_most: int | None = None
    valid: bool | None = None
    valid_at: AwareDatetime | None = None
    valid_within: tuple[AwareDatetime, AwareDatetime] | None = None

    @model_validator(mode="after")
    def _asks_something(self) -> Condition:
        if not self.model_fields_set:
            raise ValueError("a condition needs at least one field, such as 'category: comedy'")
        return self

    def unmet(self, item: Item, now: datetime) -> list[str]:
        """The names of the fields that ``item`` does not meet at ``now``."""
        given = {name: value for name in CHECKS if (value := getattr(self, name)) is not None}
        return [name for name, value in given.items() if not CHECKS[name](value, item, now)]


def _all_text(item: Item) -> str:
    return f"{item.passage} {' '.join(map(str, item.attributes.values()))}"


def _year(item: Item) -> int | None:
    year = item.published_at.year if item.published_at else item.attributes.get("year")
    return year if isinstance(year, int) else None


def _at_most(value: float | None, bound: float) -> bool:
    return value is not None and value <= bound


def _at_least(value: float | None, bound: float) -> bool:
    return value is not None and value >= bound


def _within(item: Item, since: datetime | None, until: datetime | None) -> bool:
    at = item.published_at
    return at is not None and (since is None or at >= since) and (until is None or at < until)


Check = Callable[..., bool]  # of the field's value, the item and the moment of the turn

CHECKS: Mapping[str, Check] = {
    "domain": lambda words, item, _: all(is_one_of(each, [item.domain]) for each in words),
    "category": lambda words, item, _: all(is_one_of(each, item.categories) for each in words),
    "text": lambda words, item, _: all(stands_in(each, _all_text(item)) for each in words),
    "creator": lambda words, item, _: all(stands_in(each, ", ".join(item.creators)) for each in words),
    "attribute": lambda wanted, item, _: all(
        stands_in(each, str(item.attributes.get(name, "")))
        for name, words in wanted.items()
        for each in words
    ),
    "language": lambda words, item, _: all(is_one_of(each, [item.language]) for each in words),
    "id": lambda words, item, _: all(is_one_of(each, [item.id]) for each in words),
    "price_at_most": lambda bound, item, _: _at_most(item.price, bound),
    "price_at_least": lambda bound, item, _: _at_least(item.price, bound),
    "minutes_at_most": lambda bound, item, _: _at_most(item.duration_minutes, bound),
    "minutes_at_least": lambda bound, item, _: _at_least(item.duration_minutes, bound),
    "published_from": lambda since, item, _: _within(item, since, None),
    "published_before": lambda until, item, _: _within(item, None, until),
    "published_within_days": lambda days, item, now: _within(item, now - timedelta(days=days), now + _TICK),
    "year_at_least": lambda year, item, _: _at_least(_year(item), year),
    "year_at_most": lambda year, item, _: _at_most(_year(item), year),
    "valid": lambda wanted, item, now: is_valid(item, now) is wanted,
    "valid_at": lambda at, item, _: is_valid(item, at),
    "valid_within": lambda window, item, _: overlaps(item, *window),
}
