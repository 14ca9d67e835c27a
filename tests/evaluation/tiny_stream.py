"""A stream small enough to reckon by hand: three films, three users, one item that comes late."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from evaluation.replay.stream import DAY, Calendar, Kind, Stream
from schema import Item

CALENDAR = Calendar(
    warm=0.0, split=5.0, probe=10.0, burst_users=2, burst_seconds=20.0, evergreen=50.0, bin=100.0
)


def item(name: str, at: float | None = 0.0, **fields: Any) -> Item:
    published = None if at is None else datetime.fromtimestamp(at, UTC)
    return Item.model_validate(
        {"id": name, "domain": "news", "title": name, "published_at": published, **fields}
    )


def stream_of(
    items: dict[str, float],
    deeds: Sequence[tuple[float, str, str, Kind]],
    requests: Sequence[tuple[float, str, list[str], list[str], list[str]]],
    calendar: Calendar = CALENDAR,
    **fields: Any,
) -> Stream:
    """Items by id with their arrival; the rest as ``Stream.of`` takes it."""
    return Stream.of(
        "mind",
        "news",
        {name: (at, item(name, at, **fields), True) for name, at in items.items()},
        deeds,
        requests,
        calendar,
    )


def tiny() -> Stream:
    """a is clicked by two, then b by one; u asks at 10 and takes b, v at 30 and takes c, which came at 25."""
    return stream_of(
        {"a": 0.0, "b": 1.0, "c": 25.0},
        [
            (2.0, "a", "x", "click"),
            (3.0, "a", "y", "click"),
            (4.0, "b", "x", "click"),
            (10.0, "b", "u", "click"),
            (30.0, "c", "v", "click"),
            (70.0 + DAY, "a", "z", "view"),
        ],
        [(10.0, "u", ["b"], [], []), (30.0, "v", ["c"], [], [])],
    )
