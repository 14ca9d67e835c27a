"""Popularity: how many people an item has reached, those of long ago counting less.

State: for each item, when each of its users first turned to it, beyond 1,024 users a sample of
them (``timeliness/distinct.py``, which states its error). Events: every kind but a dislike and a feed's mention. Value: ``attributes["popularity"]`` (0..1) or the users up to now, whichever says
more; users count by their logarithm, a thousand of them giving 1, and each halves with every
half-life of the domain (weights.toml). The decay is what real clicks and ratings ask for:
docs/timeliness.md, Replay.
"""

import math
from datetime import datetime

import numpy as np

from schema import Demand, Domain, Event, Evidence, Item
from timeliness.distinct import DistinctUsers
from timeliness.signals.base import Signal
from timeliness.signals.weights import Weights, load_weights
from timeliness.signals.wording import is_chinese
from timeliness.visits import NO_VISIT

FULL = 1000  # users at which more of them say no more
WORTH_SAYING = 0.6
FEWEST_USERS = 5


class Popularity(Signal):
    """How many people an item has reached."""

    name = "popularity"

    def __init__(self, weights: Weights | None = None, users: DistinctUsers | None = None) -> None:
        self._weights = weights or load_weights()
        self.users = DistinctUsers() if users is None else users

    def observe(self, event: Event) -> None:
        """Note when the event's user first turned to its item."""
        if event.kind in NO_VISIT:
            return
        self.users.add(event.item_id, event.user, event.at.timestamp())

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """The source's own figure or the logarithm of the users, whichever is larger."""
        users = self._decayed(item.id, item.domain, now)
        return max(_stated(item), min(1.0, math.log1p(users) / math.log1p(FULL)))

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``popularity 87 of 100`` or ``120 people have turned to it``."""
        if self.value(item, demand, now) < WORTH_SAYING:
            return None
        chinese = is_chinese(demand.language)
        stated, (users, exact) = _stated(item), self._users(item.id, now)
        if stated >= WORTH_SAYING or users < FEWEST_USERS:
            mark = round(100 * stated)
            return self._say(f"热度{mark}（满分100）" if chinese else f"popularity {mark} of 100")
        if exact:
            return self._say(f"已有{users}人关注" if chinese else f"{users} people have turned to it")
        return self._say(f"已有约{users}人关注" if chinese else f"about {users:,} people have turned to it")

    def _users(self, item_id: str, now: datetime) -> tuple[int, bool]:
        """How many users there were up to ``now``, to two digits where they are not exactly known."""
        times, each = self.users.times(item_id)
        kept = int(np.searchsorted(times, now.timestamp(), side="right"))
        return (kept, True) if each == 1 else (int(float(f"{kept * each:.2g}")), False)

    def _decayed(self, item_id: str, domain: Domain, now: datetime) -> float:
        times, each = self.users.times(item_id)
        moment = now.timestamp()
        half_life = self._weights.of(domain).half_life.popularity.total_seconds()
        ages = moment - times[: np.searchsorted(times, moment, side="right")]
        return each * float(np.exp2(-ages / half_life).sum())


def _stated(item: Item) -> float:
    stated = item.attributes.get("popularity")
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not math.isfinite(stated):
        return 0.0
    return min(max(float(stated), 0.0), 1.0)
