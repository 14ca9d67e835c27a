"""Whether reasons are true, by the benchmark's own check (``evaluation.timely.truth``) in a script's world."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from dateutil.rrule import rrulestr

from evaluation.timely.scenario import Need, Said, Scenario
from evaluation.timely.spans import Asked, Span
from evaluation.timely.truth import Truth
from evaluation.timely.world import World
from schema import Demand, Event, Evidence, Item, Reply, TimeDemand

_AROUND = timedelta(days=800)
_FAR = timedelta(days=365 * 1000)


class ReasonCheck:
    """Holds evidence against the items and the events of one conversation.

    What a reason says of the request is held against the demand of its reply; whether that demand is what
    was said is for other expectations to tell. Left out are seasons of the Chinese calendar, which that check
    cannot work out.
    """

    def __init__(self, items: Iterable[Item], events: Iterable[Event], at: datetime, zone: str) -> None:
        self._zone = zone
        self._world = World(events=list(events))
        for item in items:
            self._world.put(item, _occurrences(item, at))
        self._truth = Truth(self._world)

    def untrue(self, said: str, reply: Reply, liked: Collection[str]) -> list[str]:
        """The reasons with evidence that does not hold, in words; ``liked`` are titles."""
        demand = reply.demand or Demand(text=said)
        windows = [None, *(_asked(each, reply.now) for each in demand.times)]
        judged = [
            self._truth.claims(self._scenario(said, reply.now, window), reply.recommendations)
            for window in windows
        ]
        return [
            f"{claims[0].item_id}: “{claims[0].reason}” ({proof.kind} {proof.name}: {proof.value})"
            for claims in zip(*judged, strict=True)
            if all(each.true is False for each in claims)
            and not self._holds(claims[0].item_id, proof := claims[0].evidence, demand, liked)
        ]

    def _scenario(self, said: str, now: datetime, window: Asked | None) -> Scenario:
        need = Need(domain="video", used=window, published=window)
        return Scenario(
            id="conversation", family="conversation", said=(Said(said, now),), need=need, zone=self._zone
        )

    def _holds(self, item_id: str, proof: Evidence, demand: Demand, liked: Collection[str]) -> bool:
        item = self._world.items.get(item_id)
        if item is None:
            return False
        if proof.kind == "demand":
            return proof.value in _asked_for(demand) or _number(proof.value) in _bounds_of(demand)
        if proof.name == "taste":
            return proof.value in liked
        if proof.kind == "item" and proof.name == "published" and item.published_at is None:
            return _is_year_within(proof.value, item, demand)
        return proof.name == "season" and "RSCALE" in (item.recurrence or "")


def _is_year_within(value: str, item: Item, demand: Demand) -> bool:
    """Whether the item's year is the one named, and lies in a window of publication that was understood."""
    year = item.attributes.get("year")
    if not isinstance(year, int) or value != str(year):
        return False
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC)
    windows = [each for each in demand.times if each.role == "publication"]
    return any(
        (each.start is None or each.start <= first) and (each.end is None or last < each.end)
        for each in windows
    )


def _asked(time: TimeDemand, now: datetime) -> Asked:
    """The window that was understood, its open sides far away."""
    span = Span(time.start or now - _FAR, time.end or now + _FAR)
    return Asked(time.phrase, span, span)


def _asked_for(demand: Demand) -> set[str]:
    return {
        *(each.text for each in demand.interests),
        *(each.phrase for each in demand.times),
        *demand.limits.languages,
    }


def _bounds_of(demand: Demand) -> set[float | None]:
    limits = demand.limits
    bounds = (limits.min_price, limits.max_price, limits.min_minutes, limits.max_minutes)
    return {each for each in bounds if each is not None}


def _number(words: str) -> float | None:
    found = re.search(r"\d[\d,]*(?:\.\d+)?", words)
    return float(found[0].replace(",", "")) if found else None


def _occurrences(item: Item, at: datetime) -> list[tuple[datetime, datetime]]:
    """The windows of a Gregorian rule around ``at``, by dateutil."""
    if not item.recurrence or "RSCALE" in item.recurrence or not (item.valid_from and item.valid_until):
        return []
    length = item.valid_until - item.valid_from
    rule = rrulestr(item.recurrence, dtstart=item.valid_from)
    return [(each, each + length) for each in rule.between(at - _AROUND, at + _AROUND, inc=True)]
