"""Joins what several feeds say of one story, and records which feed carried which item.

Feeds give the same story their own ids. Two items are one story where their links are the same but for what does
not lead elsewhere (scheme, ``www.``, tracking parameters, fragment), or where their titles are nearly the
same within a day of each other. Each item of a story is then mentioned by each of its feeds.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import parse_qsl, urlencode, urlsplit

from schema import Event, Item
from timeliness.events import EventLog

ALIKE = 90.0  # of 100, by rapidfuzz's ratio
NEAR = timedelta(days=1)
KEPT = timedelta(days=3)
_PRUNED_EVERY = timedelta(hours=1)
MOST_STORIES = 20_000
LONGEST_FEED = 200  # characters of an event's user
_FEWEST_CHARACTERS = 20  # of a title that tells a story; a Chinese character counts as three
_TRACKING = re.compile(r"utm_|(fbclid|gclid|ref|cmp|ocid|at_(medium|campaign)|smid|ftag)$")
_NUMBER = re.compile(r"\d+")
_OTHER = re.compile(r"[\W_]+")
_WIDE = re.compile(r"[\u3400-\u9fff]")


@dataclass
class _Story:
    """When each feed first carried it, and its items; ``title`` is of the first, plain."""

    title: str
    at: datetime
    items: dict[str, None] = field(default_factory=dict)
    feeds: dict[str, datetime] = field(default_factory=dict)


class Stories:
    """The stories of the last days, and the log that what feeds carry goes into. Safe to use from several threads.

    Stories are held in memory: after a start they are made from what the feeds still hold.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._lock = Lock()
        self._of_item: dict[str, _Story] = {}
        self._of_link: dict[str, _Story] = {}
        self._stories: dict[int, _Story] = {}
        self._pruned: datetime | None = None

    def record(self, feed: str, items: Sequence[Item], now: datetime) -> int:
        """Note that the feed at address ``feed`` carries ``items``: one event for an item and feed, once for ever.

        An item is carried since it was published, where that is known and past, or else since ``now``.
        Returns how many events were new.

        Raises:
            CatalogueError: the log cannot be written; it may be recorded again.
        """
        user = feed_user(feed)
        with self._lock:
            self._forget_old(now)
            found: dict[tuple[str, str], datetime] = {}
            for item in items:
                at = min(item.published_at or now, now)
                story = self._story(item, at)
                story.items[item.id] = None
                story.feeds[user] = min(at, story.feeds.get(user, at))
                self._of_item[item.id] = story
                if link := link_key(item.url):
                    self._of_link[link] = story
                found |= {
                    (each, carrier): since for each in story.items for carrier, since in story.feeds.items()
                }
            events = [
                Event(item_id=item_id, kind="mention", user=carrier, at=at)
                for (item_id, carrier), at in found.items()
            ]
            ids = [_mention_id(each) for each in events]
            return self._log.record_all(events, ids)

    def _story(self, item: Item, at: datetime) -> _Story:
        """The story that the item is part of, or a new one."""
        if known := self._of_item.get(item.id):
            return known
        if known := self._of_link.get(link_key(item.url)):
            return known
        title = plain_title(item.title)
        if known := self._titled(title, at):
            return known
        story = _Story(title, at)
        self._stories[id(story)] = story
        return story

    def _titled(self, title: str, at: datetime) -> _Story | None:
        from rapidfuzz import fuzz, process

        if not _tells(title):
            return None
        near = {key: each.title for key, each in self._stories.items() if abs(each.at - at) <= NEAR}
        for _, _, key in process.extract(title, near, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=3):
            if _NUMBER.findall(near[key]) == _NUMBER.findall(title):
                return self._stories[key]
        return None

    def _forget_old(self, now: datetime) -> None:
        due = self._pruned is None or now - self._pruned >= _PRUNED_EVERY
        if not due and len(self._stories) <= MOST_STORIES:
            return
        self._pruned = now
        young = sorted(
            (each for each in self._stories.values() if now - each.at <= KEPT), key=lambda each: each.at
        )[-MOST_STORIES * 9 // 10 :]
        self._stories = {id(each): each for each in young}
        self._of_item = {each: story for each, story in self._of_item.items() if id(story) in self._stories}
        self._of_link = {each: story for each, story in self._of_link.items() if id(story) in self._stories}


def same_story(one: Item, other: Item) -> bool:
    """Whether two items are of one story, by their links or by their titles and times."""
    from rapidfuzz import fuzz

    if one.id == other.id or ("" != link_key(one.url) == link_key(other.url)):
        return True
    if one.published_at and other.published_at and abs(one.published_at - other.published_at) > NEAR:
        return False
    titles = plain_title(one.title), plain_title(other.title)
    return (
        all(_tells(each) for each in titles)
        and _NUMBER.findall(titles[0]) == _NUMBER.findall(titles[1])
        and fuzz.ratio(*titles) >= ALIKE
    )


def link_key(url: str | None) -> str:
    """``url`` without what does not lead elsewhere; "" where it is none or a site's first page, which tells nothing."""
    try:
        parts = urlsplit(url or "")
    except ValueError:  # brackets that enclose no address
        return ""
    query = sorted(pair for pair in parse_qsl(parts.query) if not _TRACKING.match(pair[0].casefold()))
    if not parts.path.strip("/") and not query:
        return ""
    host = parts.netloc.casefold().removeprefix("www.")
    return (
        f"{host}{parts.path.rstrip('/')}?{urlencode(query)}" if query else f"{host}{parts.path.rstrip('/')}"
    )


def plain_title(title: str) -> str:
    """The title's words in small letters, without punctuation."""
    return _OTHER.sub(" ", title.casefold()).strip()


def feed_user(address: str) -> str:
    """The user of a feed's mentions: its address, without a login, and cut where it is too long for one."""
    parts = urlsplit(address)
    plain = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    if len(plain) <= LONGEST_FEED:
        return plain
    return f"{plain[: LONGEST_FEED - 17]}#{hashlib.sha256(plain.encode()).hexdigest()[:16]}"


def _tells(title: str) -> bool:
    return len(title) + 2 * len(_WIDE.findall(title)) >= _FEWEST_CHARACTERS


def _mention_id(event: Event) -> str:
    content = json.dumps([event.user, event.item_id]).encode()
    return f"mention:{hashlib.sha256(content).hexdigest()[:32]}"
