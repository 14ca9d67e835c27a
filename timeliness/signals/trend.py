"""Trend: how far an item's attention lies above its usual, in a burst of late.

State: the attention that the event log adds up to at the moment asked for; nothing that
happened after it counts. Events: every kind but a dislike; a user counts once a day,
however often they come, and one who floods an item not at all. Value: 0 unless the item
had a burst (Kleinberg's automaton, ``timeliness/bursts.py``) within four half-lives of its
domain; else ``log2((users + s) / (usual + s)) / log2(8)`` between 0 and 1, halving with
each half-life since the burst ended. The smoothing ``s`` keeps a handful from weighing much.
"""

from collections.abc import Sequence
from datetime import datetime

from schema import Demand, Domain, Evidence, Item
from timeliness.attention import LoggedAttention
from timeliness.events import EventLog
from timeliness.rises import Rise, rise_of
from timeliness.signals.base import Signal
from timeliness.signals.weights import Weights
from timeliness.topics import item_key


class Trend(Signal):
    """Whether an item draws more people now than it usually does; silent without a log."""

    name = "trend"

    def __init__(self, weights: Weights, log: EventLog | None = None) -> None:
        self._weights = weights
        self._attention = LoggedAttention(log) if log is not None else None
        self._found: dict[tuple[str, Domain], Rise | None] = {}
        self._found_at: datetime | None = None

    def follow(self) -> None:
        """Take in what the log holds by now."""
        if self._attention is not None:
            self._attention.follow()
            self._found_at = None

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """0 without a burst of late, 1 from eight times the usual on."""
        rise = self._rise(item.id, item.domain, now)
        return rise.strength if rise else 0.0

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``12 people in the last hour, 6 times its usual``."""
        rise = self._rise(item.id, item.domain, now)
        return self._say(rise.words(demand.language)) if rise else None

    def strongest(self, domains: dict[str, Domain], now: datetime, k: int) -> Sequence[tuple[str, float]]:
        """The ``k`` items of ``domains`` with the largest values above 0, by falling value."""
        rises = {each: self._rise(each, domain, now) for each, domain in domains.items()}
        found = [(each, rise.strength) for each, rise in rises.items() if rise and rise.strength > 0]
        return sorted(found, key=lambda each: (-each[1], each[0]))[:k]

    def rising(self, now: datetime, most: int) -> list[str]:
        """Ids of the ``most`` items, of any domain, whose count of late most exceeds their usual.

        A quick look at decayed counts, in bounded memory; ``strongest`` tells which are in a burst.
        """
        if self._attention is None:
            return []
        rising = self._attention.at(now).rising(now.timestamp(), most)
        return [each.name for each in rising if each.kind == "item"]

    def _rise(self, item_id: str, domain: Domain, now: datetime) -> Rise | None:
        """The item's rise at ``now``; value and evidence of one request ask for the same ones."""
        if self._attention is None:
            return None
        if now != self._found_at:
            self._found.clear()
            self._found_at = now
        key = item_id, domain
        if key not in self._found:
            visits = self._attention.at(now).visits(item_key(item_id))
            half_life = self._weights.of(domain).half_life.trend
            self._found[key] = rise_of(visits, now, half_life) if visits else None
        return self._found[key]
