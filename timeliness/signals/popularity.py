"""Popularity: how many people an item has reached, those of long ago counting less.

State: for each item, when each of its users first turned to it. Events: every kind but a
dislike. Value: ``attributes["popularity"]`` (0..1) or the users up to now, whichever says
more; users count by their logarithm, a thousand of them giving 1, and each halves with every
half-life of the domain (weights.toml). The decay is what real clicks and ratings ask for:
docs/timeliness.md, Replay.
"""

import math
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from schema import Demand, Domain, Event, Evidence, Item
from timeliness.signals.base import Signal
from timeliness.signals.weights import Weights, load_weights
from timeliness.signals.wording import is_chinese

FULL = 1000  # users at which more of them say no more
WORTH_SAYING = 0.6
FEWEST_USERS = 5


class Popularity(Signal):
    """How many people an item has reached."""

    name = "popularity"

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or load_weights()
        self._first: dict[str, dict[str, datetime]] = {}
        self._ordered: dict[str, NDArray[np.float64]] = {}

    def observe(self, event: Event) -> None:
        """Note when the event's user first turned to its item."""
        if event.kind == "dislike":
            return
        users = self._first.setdefault(event.item_id, {})
        if event.user not in users or event.at < users[event.user]:
            users[event.user] = event.at
            self._ordered.pop(event.item_id, None)

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """The source's own figure or the logarithm of the users, whichever is larger."""
        users = self._decayed(item.id, item.domain, now)
        return max(_stated(item), min(1.0, math.log1p(users) / math.log1p(FULL)))

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``popularity 87 of 100`` or ``120 people have turned to it``."""
        if self.value(item, demand, now) < WORTH_SAYING:
            return None
        chinese = is_chinese(demand.language)
        stated, users = _stated(item), self._users(item.id, now)
        if stated >= WORTH_SAYING or users < FEWEST_USERS:
            mark = round(100 * stated)
            return self._say(f"热度{mark}（满分100）" if chinese else f"popularity {mark} of 100")
        return self._say(f"已有{users}人关注" if chinese else f"{users} people have turned to it")

    def _users(self, item_id: str, now: datetime) -> int:
        return int(np.searchsorted(self._times(item_id), now.timestamp(), side="right"))

    def _decayed(self, item_id: str, domain: Domain, now: datetime) -> float:
        if item_id not in self._first:
            return 0.0
        half_life = self._weights.of(domain).half_life.popularity.total_seconds()
        ages = now.timestamp() - self._times(item_id)[: self._users(item_id, now)]
        return float(np.exp2(-ages / half_life).sum())

    def _times(self, item_id: str) -> NDArray[np.float64]:
        """When each user first turned to the item, seconds since 1970, in order."""
        if item_id not in self._ordered:
            times = sorted(each.timestamp() for each in self._first.get(item_id, {}).values())
            self._ordered[item_id] = np.array(times, np.float64)
        return self._ordered[item_id]


def _stated(item: Item) -> float:
    stated = item.attributes.get("popularity")
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not math.isfinite(stated):
        return 0.0
    return min(max(float(stated), 0.0), 1.0)
