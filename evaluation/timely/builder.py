"""Dresses real items with times, so that some are right for a request and others only look so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from random import Random
from typing import Any

from errors import SourceError
from evaluation.timely.scenario import Topic, load_topics
from evaluation.timely.spans import DAY, HOUR, Asked, Span
from evaluation.timely.world import World
from schema import Domain, Event, Item

Window = tuple[datetime, datetime]
RIGHT, STALE, EARLY = 4, 3, 3  # items of each kind that one request gets
EACH = RIGHT + STALE + EARLY
_MINUTE = timedelta(minutes=1)
_TIMELESS: dict[str, Any] = {
    "published_at": None,
    "valid_from": None,
    "valid_until": None,
    "recurrence": None,
    "added_at": None,
}
_TIMED_ATTRIBUTES = frozenset({"seasons", "popularity"})


class Builder:
    """Hands out items that no other request has, and puts them dressed into the world.

    Args:
        items: real items; their own times are taken off when they are dressed.
        base: the first moment at which anything is asked.
        rng: seeded; the only source of chance.
    """

    def __init__(self, world: World, items: Sequence[Item], base: datetime, rng: Random) -> None:
        self.world = world
        self.base = base
        self.rng = rng
        self.items = items
        self._free: dict[Topic, list[Item]] = {}
        for topic in load_topics():
            found = [each for each in items if topic.holds(each)]
            rng.shuffle(found)
            self._free[topic] = found
        self._taken: set[str] = set()

    def moment(self, zone: tzinfo = UTC, *, hours: tuple[int, int] = (8, 21), within: int = 400) -> datetime:
        """A moment of the ``within`` days from the base on, at a usual hour."""
        day = self.base.date() + timedelta(days=self.rng.randrange(within))
        hour = self.rng.randrange(*hours)
        return datetime(day.year, day.month, day.day, hour, self.rng.randrange(60), tzinfo=zone)

    def topic(self, domains: Iterable[Domain], count: int = EACH) -> Topic:
        """A topic of ``domains`` that has ``count`` items left; domains come equally often.

        Raises:
            SourceError: there is none.
        """
        left = {
            domain: [
                topic for topic in self._free if topic.domain == domain and len(self._free_of(topic)) >= count
            ]
            for domain in domains
        }
        open_domains = [domain for domain, topics in left.items() if topics]
        if not open_domains:
            raise SourceError(
                f"no topic of {', '.join(domains)} has {count} items left: ask for fewer scenarios (--n),"
                " or set KAIROS_DATA to the folder of public data sets"
            )
        return self.rng.choice(left[self.rng.choice(open_domains)])

    def _free_of(self, topic: Topic) -> list[Item]:
        self._free[topic] = [each for each in self._free[topic] if each.id not in self._taken]
        return self._free[topic]

    def take(self, topic: Topic, count: int) -> list[Item]:
        """``count`` items of ``topic`` that nobody has had, without any time of their own."""
        found = self._free_of(topic)[:count]
        self._taken.update(each.id for each in found)
        return [timeless(each) for each in found]

    def take_with(self, topic: Topic, condition: Callable[[Item], bool]) -> Item | None:
        """One item of ``topic`` that meets ``condition``, as it is; None where there is none."""
        found = next((each for each in self._free_of(topic) if condition(each)), None)
        if found is not None:
            self._taken.add(found.id)
        return found

    def rest(self, items: Sequence[Item]) -> list[Item]:
        """Those of ``items`` that nobody has had."""
        return [each for each in items if each.id not in self._taken]

    # Windows

    def offers(self, topic: Topic, wanted: Asked, now: datetime, counts: Sequence[int] = ()) -> list[str]:
        """Items with windows that meet ``wanted``, have ended by then, or begin after it; ids of the first."""
        right, stale, early = counts or (RIGHT, STALE, EARLY)
        items = iter(self.take(topic, right + stale + early))
        met = [self.window(next(items), self._meeting(wanted, now)) for _ in range(right)]
        for _ in range(stale):
            self.window(next(items), self._ended(wanted, now))
        for _ in range(early):
            start = wanted.latest + self.span(HOUR, 9 * DAY)
            self.window(next(items), (start, start + self.span(DAY, 6 * DAY)))
        return met

    def window(self, item: Item, window: Window) -> str:
        """Put ``item`` in with one window."""
        start, end = (each.replace(second=0, microsecond=0) for each in window)
        kept = {} if item.published_at is None else {"published_at": min(item.published_at, start)}
        self.world.put(item.model_copy(update={"valid_from": start, "valid_until": end, **kept}))
        return item.id

    def _meeting(self, wanted: Asked, now: datetime) -> Window:
        length = wanted.end - wanted.start
        if self.rng.random() < 0.5 or length < HOUR:  # open already, and still at some time of what is wanted
            start = now - self.span(HOUR, 6 * DAY)
            return start, wanted.start + length * self.rng.uniform(0.3, 0.9) + self.span(HOUR, 5 * DAY)
        start = wanted.start + length * self.rng.uniform(0.1, 0.6) + _MINUTE  # opens only then
        return start, start + self.span(3 * HOUR, 4 * DAY)

    def _ended(self, wanted: Asked, now: datetime) -> Window:
        gap = wanted.earliest - now
        if gap > 3 * HOUR and self.rng.random() < 0.6:  # open now, but not then
            return now - self.span(HOUR, 5 * DAY), now + gap * self.rng.uniform(0.3, 0.9)
        end = min(now, wanted.earliest) - self.span(HOUR, 12 * DAY)
        return end - self.span(DAY, 6 * DAY), end

    def recurring(self, item: Item, first: Window, rule: str, windows: Iterable[Window]) -> str:
        """Put ``item`` in with a window that ``rule`` repeats, at ``windows``."""
        update = {"valid_from": first[0], "valid_until": first[1], "recurrence": rule}
        self.world.put(item.model_copy(update=update), windows)
        return item.id

    # Publication

    def publish(self, topic: Topic, wanted: Asked, now: datetime, counts: Sequence[int] = ()) -> list[str]:
        """Items that came out in ``wanted``, before it, or come out only after ``now``; ids of the first.

        Where ``wanted`` lies wholly in the past, half of the last kind came out between it and now.
        """
        right, stale, early = counts or (RIGHT, STALE, EARLY)
        items = iter(self.take(topic, right + stale + early))
        length = wanted.end - wanted.start
        met = [
            self._published(next(items), wanted.start + length * self.rng.uniform(0.02, 0.95))
            for _ in range(right)
        ]
        for _ in range(stale):
            self._published(next(items), wanted.earliest - self.span(HOUR, 20 * DAY))
        for place in range(early):
            between = now - wanted.latest
            later = place % 2 and between > HOUR
            at = wanted.latest + between * self.rng.uniform(0.05, 0.95) if later else None
            self._published(next(items), at or now + self.span(HOUR, 8 * DAY))
        return met

    def _published(self, item: Item, at: datetime) -> str:
        self.world.put(item.model_copy(update={"published_at": at.replace(second=0, microsecond=0)}))
        return item.id

    def old(self, item: Item, now: datetime) -> str:
        """Put ``item`` in as one that came out long before ``now``."""
        return self._published(item, now - self.span(200 * DAY, 900 * DAY))

    # Attention

    def attention(self, item_id: str, window: Window, users: int) -> None:
        """``users`` different people turn to an item at times spread over ``window``."""
        length = window[1] - window[0]
        for place in range(users):
            at = window[0] + length * self.rng.random()
            name = f"{item_id[-8:]}-{window[0]:%j%H}-{place}"
            self.world.events.append(Event(item_id=item_id, kind="view", user=name, at=at))

    def burst(self, item_id: str, window: Window, users: int) -> None:
        """Unusually many turn to an item in ``window``; it counts as bursting for two hours more."""
        self.attention(item_id, window, users)
        known = self.world.bursts.get(item_id, ())
        self.world.bursts[item_id] = (*known, Span(window[0], window[1] + 2 * HOUR))

    def span(self, shortest: timedelta, longest: timedelta) -> timedelta:
        """A length by chance."""
        return shortest + (longest - shortest) * self.rng.random()


def timeless(item: Item) -> Item:
    """``item`` without any time of its own."""
    kept: Mapping[str, Any] = {
        name: value for name, value in item.attributes.items() if name not in _TIMED_ATTRIBUTES
    }
    return item.model_copy(update={**_TIMELESS, "attributes": kept})
