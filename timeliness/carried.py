"""Which feeds carried an item and since when: several at about the same time make it a hot story.

An event of the kind ``mention`` says that a feed carried an item; its user is the feed's address.
Feeds are counted apart from people, and by their host: two feeds of one site are not independent,
and of a service that hosts many only one is counted, so there are never too many. An item is hot where
``FEWEST_FEEDS`` of them took it up within ``TOGETHER``. How much is usual is not asked: a story
is new by its nature. The last ``MOST_ITEMS`` items mentioned are kept.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from schema import Event
from timeliness.rises import WINDOW
from timeliness.signals.wording import is_chinese, since_words

FEWEST_FEEDS = 3
TOGETHER = timedelta(hours=6)
FULL_FEEDS = 8  # so many feeds give a strength of 1
MOST_ITEMS = 20_000
MOST_FEEDS = 64  # of an item


class Mention(NamedTuple):
    """That ``feed``, a host, first carried ``item_id`` at ``at``, seconds since 1970."""

    item_id: str
    feed: str
    at: float


@dataclass(frozen=True)
class Carriage:
    """That ``feeds`` independent feeds carried an item, the first of them at ``since``.

    ``until``: when enough of them had; ``strength``: 0..1, halving after that with each half-life.
    """

    feeds: int
    since: datetime
    until: datetime
    strength: float
    going_on: bool

    def words(self, now: datetime, language: str = "en") -> str:
        """``carried by 3 feeds since 09:00``, in the zone of ``now``; or the same in Chinese."""
        chinese = is_chinese(language)
        since = since_words(self.since, now, language)
        return (
            f"{since}起有{self.feeds}个订阅源报道"
            if chinese
            else f"carried by {self.feeds} feeds since {since}"
        )


class Carried:
    """The feeds of the items mentioned last, in bounded memory."""

    def __init__(self, most_items: int = MOST_ITEMS) -> None:
        self._most_items = most_items
        self._feeds: OrderedDict[str, dict[str, float]] = OrderedDict()

    def observe(self, event: Event) -> None:
        """Take in a mention, in any order; of one host the first counts."""
        self._note(Mention(event.item_id, host_of(event.user), event.at.timestamp()))

    def of(self, item_id: str, now: datetime, half_life: timedelta) -> Carriage | None:
        """How feeds carried the item within four half-lives before ``now``; None where too few did."""
        moment, oldest = now.timestamp(), (now - WINDOW * half_life).timestamp()
        times = sorted(at for at in self._feeds.get(item_id, {}).values() if oldest < at <= moment)
        near = TOGETHER.total_seconds()
        last = next(
            (
                n
                for n in range(len(times) - FEWEST_FEEDS, -1, -1)
                if times[n + FEWEST_FEEDS - 1] - times[n] <= near
            ),
            None,
        )
        if last is None:
            return None
        first = last
        while first and times[first + FEWEST_FEEDS - 2] - times[first - 1] <= near:
            first -= 1
        until, feeds = times[last + FEWEST_FEEDS - 1], len(times) - first
        passed = moment - until
        return Carriage(
            feeds=feeds,
            since=datetime.fromtimestamp(times[first], UTC),
            until=datetime.fromtimestamp(until, UTC),
            strength=min(feeds / FULL_FEEDS, 1.0) * 2.0 ** (-passed / half_life.total_seconds()),
            going_on=passed <= near,
        )

    def candidates(self, since: float, most: int) -> list[str]:
        """The ids of at most ``most`` items that enough feeds carried, some after ``since``, most feeds first."""
        found = [
            (len(feeds), item_id)
            for item_id, feeds in self._feeds.items()
            if len(feeds) >= FEWEST_FEEDS and max(feeds.values()) > since
        ]
        return [item_id for _, item_id in sorted(found, key=lambda each: (-each[0], each[1]))[:most]]

    def mentions(self) -> Iterator[Mention]:
        """All that is kept, for ``restored``."""
        for item_id, feeds in self._feeds.items():
            for feed, at in feeds.items():
                yield Mention(item_id, feed, at)

    @classmethod
    def restored(cls, mentions: Iterable[Mention], most_items: int = MOST_ITEMS) -> Carried:
        """What ``mentions`` gave, as it was then."""
        made = cls(most_items)
        for each in mentions:
            made._note(each)
        return made

    def _note(self, mention: Mention) -> None:
        feeds = self._feeds.setdefault(mention.item_id, {})
        self._feeds.move_to_end(mention.item_id)
        if mention.feed in feeds or len(feeds) < MOST_FEEDS:
            feeds[mention.feed] = min(mention.at, feeds.get(mention.feed, mention.at))
        if len(self._feeds) > self._most_items:
            self._feeds.popitem(last=False)


def host_of(feed: str) -> str:
    """The host, with its port, of a feed's address; what is no address stands for itself."""
    return urlsplit(feed).netloc.rpartition("@")[2].casefold().removeprefix("www.") or feed
