"""MiniLM and Chroma, plainly: blind to time, the most recent first, what is open now, or on a date that is said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from evaluation.timely.scenario import Scenario
from evaluation.timely.spans import INSTANT, Span
from evaluation.timely.systems.base import Answer
from evaluation.timely.world import World
from schema import Item
from vectorstore.embedder import Embedder

BATCH = 2000
POOL = 50  # of which the most recent are taken
NEAR = 500  # among which what is open is looked for
_NEVER = 0.0
_OFFER = re.compile(r"\b(?:offers?|deals?|on sale|discount\w*)\b|优惠", re.IGNORECASE)


class DenseIndex:
    """A Chroma collection of its own, with an item's dates as metadata."""

    def __init__(self, items: Sequence[Item], embedder: Embedder, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        self._embedder = embedder
        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._collection: Any = client.get_or_create_collection(
            "plain", embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
        )
        for start in range(0, len(items), BATCH):
            batch = items[start : start + BATCH]
            self._collection.add(
                ids=[each.id for each in batch],
                embeddings=embedder.encode([each.passage for each in batch]),
                metadatas=[_columns(each) for each in batch],
            )

    def nearest(self, text: str, k: int, where: dict[str, Any] | None = None) -> list[tuple[str, float]]:
        """Ids and dates of the nearest items that meet ``where``, nearest first."""
        vector = self._embedder.encode([text])[0]
        found = self._collection.query(
            query_embeddings=[vector], n_results=k, where=where, include=["metadatas"]
        )
        return [
            (item_id, float(columns["dated"]))
            for item_id, columns in zip(found["ids"][0], found["metadatas"][0], strict=True)
        ]


def _columns(item: Item) -> dict[str, float]:
    dated = item.published_at or item.valid_from
    return {
        "dated": dated.timestamp() if dated else _NEVER,
        "published": item.published_at.timestamp() if item.published_at else _NEVER,
    }


class DenseSystem:
    """The nearest by meaning, whatever the time."""

    name = "minilm"
    twin: str | None = None

    def __init__(self, index: DenseIndex) -> None:
        self._index = index

    async def answer(self, scenario: Scenario, k: int) -> Answer:
        """The nearest."""
        return _answer(self._index.nearest(scenario.text, k))


class RecentFirst(DenseSystem):
    """Of the fifty nearest that are out already, the most recent."""

    name = "minilm-recent"
    twin: str | None = "minilm"

    async def answer(self, scenario: Scenario, k: int) -> Answer:
        """The most recent of what is near; what lies ahead is left out."""
        now = scenario.now.timestamp()
        near = [each for each in self._index.nearest(scenario.text, POOL) if each[1] <= now]
        return _answer(sorted(near, key=lambda each: -each[1])[:k])


class OpenNow(DenseSystem):
    """The nearest of those that can be had now: a validity check without any reading of time.

    It is given every window, recurring ones worked out, and where the request speaks of
    offers it takes only what has an end or a lower price than before.
    """

    name = "minilm-open"

    def __init__(self, index: DenseIndex, world: World) -> None:
        super().__init__(index)
        self._world = world

    async def answer(self, scenario: Scenario, k: int) -> Answer:
        """The nearest that are open at the moment of the request."""
        return self._open(scenario, Span(scenario.now, scenario.now + INSTANT), k)

    def _open(self, scenario: Scenario, when: Span, k: int) -> Answer:
        offers = _OFFER.search(scenario.text) is not None
        near = (self._world.items[item_id] for item_id, _ in self._index.nearest(scenario.text, NEAR))
        found = [
            item.id
            for item in near
            if any(each.meets(when) for each in self._world.windows_of(item))
            and (not offers or _has_offer(item))
        ]
        return Answer(tuple(found[:k]))


class OnDate(OpenNow):
    """``minilm-open`` with a date parser: a day ahead that is said is when it must be open, one past is when it came out.

    The parser is dateutil's, with ``fuzzy``, which knows dates and weekdays and leaves
    "yesterday" or "the last two days" unread.
    """

    name = "minilm-dateutil"

    async def answer(self, scenario: Scenario, k: int) -> Answer:
        """The nearest under the filter that the date gives."""
        day = said_day(scenario.text, scenario.now)
        if day is None:
            return await super().answer(scenario, k)
        end = day + timedelta(days=1)
        if end > scenario.now:
            return self._open(scenario, Span(max(day, scenario.now), end), k)
        bounds = [{"published": {"$gte": day.timestamp()}}, {"published": {"$lt": end.timestamp()}}]
        return _answer(self._index.nearest(scenario.text, k, {"$and": bounds}))


def _has_offer(item: Item) -> bool:
    old = item.attributes.get("old_price")
    return item.valid_until is not None or (
        isinstance(old, int | float) and item.price is not None and old > item.price
    )


def said_day(text: str, now: datetime) -> datetime | None:
    """The midnight of a day that dateutil reads out of ``text``; None where it reads none."""
    from dateutil import parser

    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        found, rest = parser.parse(text, default=midnight, fuzzy_with_tokens=True)
    except (ValueError, OverflowError):
        return None
    if "".join(rest) == text or not isinstance(found, datetime):
        return None
    return found.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=now.tzinfo)


def _answer(found: Sequence[tuple[str, float]]) -> Answer:
    return Answer(tuple(item_id for item_id, _ in found))
