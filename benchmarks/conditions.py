"""Nine kinds of hard condition, each said three ways: as a demand, as Chroma's ``where`` and as a test of fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from schema import Item, Limits, TimeDemand

_ALWAYS, _NEVER = -1e12, 1e12

Where = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of condition: as a demand, as Chroma's ``where``, and as a test of one record's fields."""

    name: str
    demand: dict[str, Any]
    where: tuple[Where, ...]
    holds: Callable[[dict[str, Any]], bool]


def published(since: datetime, until: datetime) -> Kind:
    """Came out between the two."""
    low, high = since.timestamp(), until.timestamp()
    window = TimeDemand(phrase="then", role="publication", start=since, end=until)
    return Kind(
        f"published {since:%Y-%m-%d} to {until:%Y-%m-%d}",
        {"times": (window,)},
        ({"published_from": {"$lt": high}}, {"published_until": {"$gt": low}}),
        lambda fields: fields["published_from"] < high and fields["published_until"] > low,
    )


def kinds() -> list[Kind]:
    """From what rejects little to what rejects nearly all. Validity at ``NOW`` is a part of each."""
    year = published(datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
    month = published(datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 11, 1, tzinfo=UTC))
    return [
        Kind("valid now", {}, (), lambda fields: True),
        Kind(
            "two domains",
            {"domains": ("video", "music")},
            ({"domain": {"$in": ["video", "music"]}},),
            lambda fields: fields["domain"] in ("video", "music"),
        ),
        Kind("one domain", {"domains": ("news",)}, ({"domain": "news"},), lambda f: f["domain"] == "news"),
        Kind(
            "at most 100 minutes",
            {"limits": Limits(max_minutes=100)},
            ({"minutes": {"$lte": 100.0}},),
            lambda fields: fields["minutes"] <= 100,
        ),
        Kind(
            "at most 50 USD",
            {"limits": Limits(max_price=50, currency="USD")},
            ({"price": {"$lte": 50.0}}, {"currency": "USD"}),
            lambda fields: fields["price"] <= 50 and fields["currency"] == "USD",
        ),
        Kind(
            "in Chinese",
            {"limits": Limits(languages=("zh",))},
            ({"language": "zh"},),
            lambda fields: fields["language"] == "zh",
        ),
        year,
        month,
        Kind(
            "a film of 2024, at most 100 minutes",
            {**year.demand, "domains": ("video",), "limits": Limits(max_minutes=100)},
            (*year.where, {"domain": "video"}, {"minutes": {"$lte": 100.0}}),
            lambda fields: year.holds(fields) and fields["domain"] == "video" and fields["minutes"] <= 100,
        ),
    ]


def fields_of(item: Item) -> dict[str, Any]:
    """The hard conditions of an item as Chroma metadata; unknown numbers meet no condition."""
    came_out = item.published_window
    begins = item.valid_from or item.published_at
    return {
        "domain": item.domain,
        "language": item.language.split("-")[0],
        "currency": item.currency or "",
        "price": _NEVER if item.price is None else item.price,
        "minutes": _NEVER if item.duration_minutes is None else item.duration_minutes,
        "published_from": came_out[0].timestamp() if came_out else _NEVER,
        "published_until": came_out[1].timestamp() if came_out else _ALWAYS,
        "valid_from": begins.timestamp() if begins else _ALWAYS,
        "valid_until": item.valid_until.timestamp() if item.valid_until and not item.recurrence else _NEVER,
    }
