"""Trend: how far an item's attention lies above its usual, in a burst of late.

State: the attention that the event log adds up to at the moment asked for; nothing that
happened after it counts. Events: every kind but a dislike; a user counts once a day,
however often they come, and one who floods an item not at all. Value: 0 unless the item
had a burst (Kleinberg's automaton, ``timeliness/bursts.py``) within four half-lives of its
domain; else ``log2((users + s) / (usual + s)) / log2(8)`` between 0 and 1, halving with
each half-life since the burst ended. The smoothing ``s`` keeps a handful from weighing much.
Or how many independent feeds took it up at once (``timeliness/carried.py``), if that says more;
the evidence is of the one that gave the value.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from schema import Demand, Domain, Evidence, Item
from timeliness.attention import LoggedAttention
from timeliness.carried import Carriage
from timeliness.events import EventLog
from timeliness.rises import WINDOW, Rise, rise_of
from timeliness.signals.base import Signal
from timeliness.signals.weights import Weights
from timeliness.topics import item_key


class Trend(Signal):
    """Whether an item draws more people now than it usually does; silent without a log."""

    name = "trend"

    def __init__(self, weights: Weights, log: EventLog | None = None, zone: tzinfo = UTC) -> None:
        """``zone`` is the reader's, in which times are worded."""
        self._weights = weights
        self._zone = zone
        self._attention = LoggedAttention(log, snapshot=log.trend_snapshot) if log is not None else None
        self._found: dict[tuple[str, Domain], Rise | Carriage | None] = {}
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
        """``12 people in the last hour, 6 times its usual`` or ``carried by 3 feeds since 09:00``."""
        rise = self._rise(item.id, item.domain, now)
        if isinstance(rise, Carriage):
            return self._say(rise.words(now.astimezone(self._zone), demand.language))
        return self._say(rise.words(demand.language)) if rise else None

    def strongest(self, domains: dict[str, Domain], now: datetime, k: int) -> Sequence[tuple[str, float]]:
        """The ``k`` items of ``domains`` with the largest values above 0, by falling value."""
        rises = {each: self._rise(each, domain, now) for each, domain in domains.items()}
        found = [(each, rise.strength) for each, rise in rises.items() if rise and rise.strength > 0]
        return sorted(found, key=lambda each: (-each[1], each[0]))[:k]

    def rising(self, now: datetime, most: int) -> list[str]:
        """Ids of at most ``most`` items, of any domain, that many feeds carry or whose count most exceeds the usual.

        A quick look at decayed counts, in bounded memory; ``strongest`` tells which are in a burst.
        """
        if self._attention is None:
            return []
        attention = self._attention.at(now)
        rising = [each.name for each in attention.rising(now.timestamp(), most) if each.kind == "item"]
        carried = attention.carried.candidates(
            (now - WINDOW * self._weights.longest_trend).timestamp(), most // 4
        )
        return list(dict.fromkeys((*carried, *rising)))[:most]

    def _rise(self, item_id: str, domain: Domain, now: datetime) -> Rise | Carriage | None:
        """The item's rise at ``now``; value and evidence of one request ask for the same ones."""
        if self._attention is None:
            return None
        if now != self._found_at:
            self._found.clear()
            self._found_at = now
        key = item_id, domain
        if key not in self._found:
            attention = self._attention.at(now)
            visits = attention.visits(item_key(item_id))
            half_life = self._weights.of(domain).half_life.trend
            found = (
                rise_of(visits, now, half_life) if visits else None,
                attention.carried.of(item_id, now, half_life),
            )
            self._found[key] = max(
                (each for each in found if each), key=lambda each: each.strength, default=None
            )
        return self._found[key]
