"""Hot topics: what is in a burst now, named with its cause, and what is merely flooded.

A category or a named thing is hot where at least two items carry its burst; where one
does, that item says it already.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from threading import Lock
from typing import Literal

from pydantic import AwareDatetime, Field

from schema import Domain, Frozen, Item
from timeliness.attention import Attention, LoggedAttention, Lookup
from timeliness.carried import Carriage
from timeliness.events import EventLog
from timeliness.rises import WINDOW, Rise, flood_of, rise_of
from timeliness.signals.weights import Weights, load_weights
from timeliness.signals.wording import is_chinese, since_words
from timeliness.stories import same_story
from timeliness.topics import Key
from timeliness.validity import is_valid

MOST_LOOKED_AT = 400
MOST_CAUSES = 3
ONE_ITEMS_SHARE = 0.8  # of a topic's people: from here on it is that item that is hot, not the topic
_DOMAINS_ZH = {"shopping": "购物", "news": "新闻", "music": "音乐", "video": "影视", "smart_home": "智能家居"}


class HotItem(Frozen):
    """An item behind a burst and how many people came to it first."""

    item_id: str
    title: str
    users: int


class HotTopic(Frozen):
    """Something in a burst.

    ``kind`` and ``name``: an item and its title, a category, or a named thing. ``feeds``: where the
    burst is one of feeds, how many carried the item in the last ``hours``, else 0. ``users``: different
    people in the last ``hours``; ``usual``: how many are usual in as many hours at that time, and
    ``times`` by how much they exceed it, None where too little is known. ``since``: the burst's
    first visit. ``strength``: 0..1. ``items``: those that most came to, the strongest first.
    """

    kind: Literal["item", "category", "name"]
    name: str
    domain: Domain
    since: AwareDatetime
    hours: int = Field(ge=1)
    users: int
    usual: float | None
    times: float | None
    feeds: int = 0
    strength: float = Field(ge=0, le=1)
    items: tuple[HotItem, ...]
    words: str


class FloodedItem(Frozen):
    """An item most of whose ``events`` came from a few ``users``: their ``share``. Not hot by them."""

    item_id: str
    title: str
    events: int
    users: int
    share: float = Field(ge=0, le=1)
    words: str


class Trending(Frozen):
    """What is hot at ``now``, the strongest first, and what is flooded; as text it is an answer in words."""

    now: AwareDatetime
    domain: Domain | None = None
    language: str = "en"
    hot: tuple[HotTopic, ...] = ()
    flooded: tuple[FloodedItem, ...] = ()

    def __str__(self) -> str:
        chinese = is_chinese(self.language)
        if self.hot:
            head = "现在的热点：" if chinese else "Trending now:"
        elif chinese:
            head = "现在没有什么明显高于平时。"
        else:
            head = "Nothing draws clearly more people than usual right now."
        hot = (_line(rank, each, chinese) for rank, each in enumerate(self.hot, 1))
        return "\n".join([head, *hot, *(_flood_line(each, chinese) for each in self.flooded)])


class HotTopics:
    """Tells what is hot. Made once and kept; safe to use from several threads.

    Args:
        log: where events come from.
        lookup: gives the items of ids, in order, without those that are not in the catalogue.
        weights: for the half-lives; the shipped ones by default.
        zone: the reader's, in which times are worded.
    """

    def __init__(
        self, log: EventLog, lookup: Lookup, weights: Weights | None = None, *, zone: tzinfo = UTC
    ) -> None:
        self._attention = LoggedAttention(log, lookup, snapshot=log.topics_snapshot)
        self._lookup = lookup
        self._weights = weights or load_weights()
        self._zone = zone
        self._lock = Lock()

    def at(self, now: datetime, domain: Domain | None = None, k: int = 10, language: str = "en") -> Trending:
        """What is hot at ``now``; no event after it counts. Items that are not valid then are left out.

        Args:
            now: the moment, zone-aware.
            domain: only this one.
            k: how many hot topics, and how many flooded items, at most.
            language: of the words; Chinese where it begins with zh, else English.

        Raises:
            CatalogueError: the event log cannot be read.
        """
        with self._lock:
            self._attention.follow()
            attention = self._attention.at(now)
            keys = attention.rising(now.timestamp(), MOST_LOOKED_AT)
            oldest = (now - WINDOW * self._weights.longest_trend).timestamp()
            flooded = attention.flooded(oldest)
            carried = attention.carried.candidates(oldest, MOST_LOOKED_AT)
            ids = [*(each.name for each in (*keys, *flooded) if each.kind == "item"), *carried]
            items = {each.id: each for each in self._lookup(ids) if domain in (None, each.domain)}
            rises = self._rises(attention, keys, items, domain, now)
            hot = self._hot(attention, rises, items, now, language)
            hot = self._with_carried(
                hot, attention, [items[each] for each in carried if each in items], now, language
            )
            return Trending(
                now=now,
                domain=domain,
                language=language,
                hot=tuple(hot[:k]),
                flooded=tuple(self._flooded(attention, flooded, items, now, language)[:k]),
            )

    def _rises(
        self,
        attention: Attention,
        keys: Sequence[Key],
        items: Mapping[str, Item],
        domain: Domain | None,
        now: datetime,
    ) -> list[tuple[Key, Domain, Rise]]:
        """The bursts that go on, the strongest first."""
        found = []
        for key in keys:
            if key.kind == "item":
                item = items.get(key.name)
                of = item.domain if item is not None and is_valid(item, now) else None
            else:
                of = key.domain or None
            visits = attention.visits(key)
            if of is None or domain not in (None, of) or visits is None:
                continue
            rise = rise_of(visits, now, self._weights.of(of).half_life.trend)
            if rise is not None and rise.going_on:
                found.append((key, of, rise))
        return sorted(found, key=lambda each: (-each[2].strength, -each[2].users, each[0]))

    def _hot(
        self,
        attention: Attention,
        rises: Sequence[tuple[Key, Domain, Rise]],
        items: Mapping[str, Item],
        now: datetime,
        language: str,
    ) -> list[HotTopic]:
        found: list[HotTopic] = []
        told: set[frozenset[str]] = set()
        for key, domain, rise in rises:
            causes = self._causes(attention, key, rise, now)
            if key.kind != "item":
                # One item is no topic; and of two names for the same items one is enough.
                same = frozenset(each.item_id for each in causes)
                all_users = max(rise.users, 1)
                if len(causes) < 2 or causes[0].users >= ONE_ITEMS_SHARE * all_users or same in told:
                    continue
                told.add(same)
            name = items[key.name].title if key.kind == "item" else key.name
            found.append(
                HotTopic(
                    kind=key.kind,
                    name=name,
                    domain=domain,
                    since=rise.since.astimezone(self._zone),
                    hours=round(rise.span.total_seconds() / 3600),
                    users=rise.users,
                    usual=None if rise.usual is None else round(rise.usual, 2),
                    times=None if rise.times is None else round(rise.times, 2),
                    strength=rise.strength,
                    items=tuple(causes),
                    words=self._words(key, rise, causes, now, language),
                )
            )
        return found

    def _with_carried(
        self, hot: list[HotTopic], attention: Attention, items: Sequence[Item], now: datetime, language: str
    ) -> list[HotTopic]:
        """``hot`` and what feeds carry, the strongest first; of one story once, and of one item what says more."""
        own = {each.items[0].item_id: each for each in hot if each.kind == "item" and each.items}
        found: list[tuple[HotTopic, Item]] = []
        for item in items:
            half_life = self._weights.of(item.domain).half_life.trend
            carriage = attention.carried.of(item.id, now, half_life)
            if carriage is None or not carriage.going_on or not is_valid(item, now):
                continue
            if item.id in own and own[item.id].strength >= carriage.strength:
                continue
            found.append((self._carried(item, carriage, now, language), item))
        found.sort(key=lambda each: (-each[0].strength, each[1].id))
        told: list[tuple[HotTopic, Item]] = []
        for topic, item in found:
            if not any(same_story(item, other) for _, other in told):
                told.append((topic, item))
        replaced = {item.id for _, item in told}
        kept = [
            each
            for each in hot
            if each.kind != "item" or not each.items or each.items[0].item_id not in replaced
        ]
        return sorted([*kept, *(each for each, _ in told)], key=lambda each: -each.strength)

    def _carried(self, item: Item, carriage: Carriage, now: datetime, language: str) -> HotTopic:
        return HotTopic(
            kind="item",
            name=item.title,
            domain=item.domain,
            since=carriage.since.astimezone(self._zone),
            hours=max(math.ceil((now - carriage.since).total_seconds() / 3600), 1),
            users=0,
            usual=None,
            times=None,
            feeds=carriage.feeds,
            strength=carriage.strength,
            items=(HotItem(item_id=item.id, title=item.title, users=0),),
            words=carriage.words(now.astimezone(self._zone), language),
        )

    def _causes(self, attention: Attention, key: Key, rise: Rise, now: datetime) -> list[HotItem]:
        """The items that most people came to within what is told of the rise."""
        visits = attention.visits(key)
        if visits is None:
            return []
        counts = visits.items((now - rise.span).timestamp(), now.timestamp())
        first = sorted(counts, key=lambda each: (-counts[each], each))[: 2 * MOST_CAUSES]
        valid = [each for each in self._lookup(first) if is_valid(each, now)]
        return [HotItem(item_id=each.id, title=each.title, users=counts[each.id]) for each in valid][
            :MOST_CAUSES
        ]

    def _words(self, key: Key, rise: Rise, causes: Sequence[HotItem], now: datetime, language: str) -> str:
        chinese = is_chinese(language)
        since = since_words(rise.since, now.astimezone(self._zone), language)
        words = (
            f"{rise.words(language)}，始于{since}" if chinese else f"{rise.words(language)}, since {since}"
        )
        if key.kind == "item":
            return words
        titles = [f"“{each.title}”" for each in causes]
        if chinese:
            return f"{words}，主要因为{'、'.join(titles)}"
        return f"{words}, mostly for {', '.join(titles[:-1])} and {titles[-1]}"

    def _flooded(
        self,
        attention: Attention,
        keys: Sequence[Key],
        items: Mapping[str, Item],
        now: datetime,
        language: str,
    ) -> list[FloodedItem]:
        found = []
        for key in keys:
            item, visits = items.get(key.name), attention.visits(key)
            if item is None or visits is None:
                continue
            flood = flood_of(visits, now, self._weights.of(item.domain).half_life.trend)
            if flood is not None:
                found.append(
                    FloodedItem(
                        item_id=item.id,
                        title=item.title,
                        events=flood.events,
                        users=flood.users,
                        share=round(flood.share, 4),
                        words=flood.words(language),
                    )
                )
        return sorted(found, key=lambda each: (-each.events, each.item_id))


def _line(rank: int, topic: HotTopic, chinese: bool) -> str:
    name = f"“{topic.name}”" if topic.kind == "item" else topic.name
    if chinese:
        return f"{rank}. {name}（{_DOMAINS_ZH[topic.domain]}）：{topic.words}。"
    return f"{rank}. {name} ({topic.domain.replace('_', ' ')}): {topic.words}."


def _flood_line(item: FloodedItem, chinese: bool) -> str:
    if chinese:
        return f"不算热点：“{item.title}”，{item.words}。"
    return f"Not counted as hot: “{item.title}”, {item.words}."
