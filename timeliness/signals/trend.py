"""Trend: how far an item's attention lies above its usual.

State: for each item, its events in the order of time. Events: every kind but a dislike; a
user counts once, however often they come. Value: with ``recent`` the users of late, each
decayed by the half-life of the domain, and ``usual`` what the item's own past would lead
one to expect, ``log2((recent + s) / (usual + s)) / log2(FULL)`` between 0 and 1. The
smoothing ``s`` keeps a single view of a quiet item from being a trend.
"""

import math
from bisect import bisect_left, bisect_right, insort
from datetime import datetime, timedelta

from schema import Demand, Domain, Event, Evidence, Item
from timeliness.signals.base import Signal
from timeliness.signals.weights import Weights
from timeliness.signals.wording import is_chinese, span

SMOOTHING = 5.0
FULL = 8.0  # so many times the usual attention give 1
WORTH_SAYING = 0.25
FEWEST_USERS = 3
_HALF_LIVES = 4  # how far back "of late" reaches
_PAST = timedelta(days=28)
_DAY = timedelta(days=1)

_Seen = tuple[datetime, str, float]


class Trend(Signal):
    """Whether an item draws more people now than it usually does."""

    name = "trend"

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._events: dict[str, list[_Seen]] = {}

    def observe(self, event: Event) -> None:
        """Put the event in its place among those of its item."""
        if event.kind == "dislike" or event.weight == 0:
            return
        events = self._events.setdefault(event.item_id, [])
        seen = (event.at, event.user, event.weight)
        if not events or events[-1] <= seen:
            events.append(seen)
        else:
            insort(events, seen)

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """0 at or below the usual attention, 1 from ``FULL`` times it on."""
        return self.strength(item.id, item.domain, now)

    def strength(self, item_id: str, domain: Domain, now: datetime) -> float:
        """The value for an item of which only the id and domain are at hand."""
        if item_id not in self._events:
            return 0.0
        recent, usual, _ = self._attention(item_id, domain, now)
        lift = math.log2((recent + SMOOTHING) / (usual + SMOOTHING)) / math.log2(FULL)
        return min(max(lift, 0.0), 1.0)

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``12 people turned to it in the last day, 4 times the usual``."""
        if self.value(item, demand, now) < WORTH_SAYING:
            return None
        recent, usual, users = self._attention(item.id, item.domain, now)
        if users < FEWEST_USERS:
            return None
        chinese = is_chinese(demand.language)
        window = span(self._window(item.domain), demand.language).removeprefix("1 ")
        words = (
            f"最近{window}有{users}人关注" if chinese else f"{users} people turned to it in the last {window}"
        )
        times = round(recent / usual) if usual else 0
        if times >= 2:
            words += f"，是平时的{times}倍" if chinese else f", {times} times the usual"
        return self._say(words)

    def items(self) -> list[str]:
        """Ids of all items that drew any attention."""
        return list(self._events)

    def _window(self, domain: Domain) -> timedelta:
        return self._weights.of(domain).half_life.trend * _HALF_LIVES

    def _attention(self, item_id: str, domain: Domain, now: datetime) -> tuple[float, float, int]:
        """Decayed users of late, what was to be expected, and the users of late as a plain count."""
        half_life, window = self._weights.of(domain).half_life.trend, self._window(domain)
        events = self._events[item_id]
        last = bisect_right(events, now, key=lambda seen: seen[0])
        border = bisect_left(events, now - window, key=lambda seen: seen[0])
        users: dict[str, float] = {}
        for at, user, weight in events[border:last]:
            users[user] = max(users.get(user, 0.0), min(weight, 1.0) * 2.0 ** -((now - at) / half_life))
        oldest = bisect_left(events, now - window - _PAST, key=lambda seen: seen[0])
        past = events[oldest:border]
        if not past:
            return sum(users.values()), 0.0, len(users)
        visits = len({(user, (now - at) // _DAY) for at, user, _ in past})
        spell = min(max(now - window - past[0][0], _DAY), _PAST)
        # A steady rate, decayed without end, adds up to rate * half-life / ln 2.
        usual = visits / (spell / _DAY) * (half_life / _DAY) / math.log(2)
        return sum(users.values()), usual, len(users)
