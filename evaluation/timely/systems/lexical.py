"""BM25 over the items' passages, blind to time: SQLite FTS5 as it comes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from evaluation.timely.scenario import Scenario
from evaluation.timely.systems.base import Answer
from schema import Item

_WORD = re.compile(r"\w+")


class LexicalSystem:
    """Okapi BM25 (Robertson and Zaragoza, 2009), any word of the request."""

    name = "bm25"
    twin: str | None = None

    def __init__(self, items: Iterable[Item]) -> None:
        self._connection = sqlite3.connect(":memory:")
        run = self._connection.execute
        run("CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, passage, tokenize = 'porter unicode61')")
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?)", [(each.id, each.passage) for each in items]
        )

    async def answer(self, scenario: Scenario, k: int) -> Answer:
        """The items that match most of the words."""
        words = " OR ".join(f'"{each}"' for each in _WORD.findall(scenario.text))
        if not words:
            return Answer(())
        query = "SELECT id FROM passages WHERE passages MATCH ? ORDER BY bm25(passages) LIMIT ?"
        return Answer(tuple(row[0] for row in self._connection.execute(query, (words, k))))
