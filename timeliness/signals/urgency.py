"""Urgency: how soon the window that holds now will end.

State: none. Events: none. Value: ``2 ** (-time left / half_life)`` for an item whose
validity ends, 0 for one that has no window or is not valid now.
"""

from datetime import UTC, datetime, tzinfo

from schema import Demand, Evidence, Item
from timeliness.signals.base import Signal
from timeliness.signals.weights import Weights
from timeliness.signals.wording import ending, is_chinese
from timeliness.validity import deadline

_SHOWN = frozenset({"video", "music"})
WORTH_SAYING = 0.05  # some four half-lives before the end


class Urgency(Signal):
    """How soon an item's chance is gone; ``zone`` is the reader's."""

    name = "urgency"

    def __init__(self, weights: Weights, zone: tzinfo = UTC) -> None:
        self._weights = weights
        self._zone = zone

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """1 at the end of the window, one half at a half-life before it."""
        if item.valid_until is None:
            return 0.0
        end = deadline(item, now)
        if end is None:
            return 0.0
        return float(2.0 ** -((end - now) / self._weights.of(item.domain).half_life.urgency))

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``ends tonight at 23:59``; always, where it is asked what ends, and then films and music leave."""
        asked = any(each.role == "end" for each in demand.times)
        if not asked and self.value(item, demand, now) < WORTH_SAYING:
            return None
        end = deadline(item, now)
        if end is None:
            return None
        words = ending(end.astimezone(self._zone), now.astimezone(self._zone), demand.language)
        leaves = asked and item.domain in _SHOWN
        if is_chinese(demand.language):
            return self._say(f"{words}{'下架' if leaves else '截止'}")
        return self._say(f"{'leaves' if leaves else 'ends'} {words}")
