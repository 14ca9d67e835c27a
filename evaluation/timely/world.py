"""The world of one seed: a catalogue whose items have known windows, and what people turned to when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from evaluation.timely.spans import Span
from schema import Event, Item


@dataclass
class World:
    """Items with their state at every moment.

    ``windows`` lists the windows of items that recur, around the time of the scenarios;
    ``bursts`` when unusually many turned to an item; ``unjudged`` items belong to a
    catalogue whose categories do not say whether they fit a topic.
    """

    items: dict[str, Item] = field(default_factory=dict)
    windows: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    bursts: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    unjudged: set[str] = field(default_factory=set)

    def put(self, item: Item, windows: Iterable[tuple[datetime, datetime]] = ()) -> None:
        """Add or replace an item; ``windows`` are those of its recurrence."""
        self.items[item.id] = item
        if spans := tuple(Span(*each) for each in windows):
            self.windows[item.id] = spans

    def windows_of(self, item: Item) -> tuple[Span, ...]:
        """When ``item`` may be had, as the schema says: never before it came out."""
        if item.id in self.windows:
            return self.windows[item.id]
        return (Span(item.valid_from or item.published_at, item.valid_until),)
