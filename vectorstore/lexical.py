"""BM25 over titles, makers, facets and text, and the items with their hard conditions: SQLite FTS5.

A follower of the Chroma collection, which is the store of record: ``generation`` says up
to which write it has followed, ``writing`` that a write was begun and not ended.

Ranking is Okapi BM25 (Robertson and Zaragoza, 2009) with a weight a column, as FTS5 has it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from errors import CatalogueError
from schema import Item
from vectorstore.lexical_file import connect
from vectorstore.lexical_rows import delete, upsert
from vectorstore.postings import COLUMN_WEIGHTS
from vectorstore.words import telling, terms, unspaced

MAX_TERMS = 64
MAX_QUERY_CHARS = 20_000

Clause = tuple[str, Sequence[str | float]]
EVERYTHING: Clause = ("1", ())

_WEIGHTS = ", ".join(map(str, COLUMN_WEIGHTS))
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Tally(NamedTuple):
    """Counts of one domain; times are seconds since the epoch, None where none is known."""

    domain: str
    items: int
    earliest: float | None
    latest: float | None
    with_window: int
    recurring: int
    with_price: int


def is_damaged(error: sqlite3.Error) -> bool:
    """Whether ``error`` means that the file itself is broken, not that it is busy or the disk full."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


class LexicalIndex:
    """The index in one SQLite file. Safe to use from several threads and processes.

    Raises (all methods):
        sqlite3.Error: the file is damaged (``is_damaged``), busy or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._connection: sqlite3.Connection
        try:
            self.reconnect()
        except sqlite3.Error as error:
            if not is_damaged(error):
                raise
            self.renew()

    def reconnect(self) -> None:
        """Open the file that is at ``path`` now."""
        with self._lock:
            self.close()
            self._connection = connect(self.path)
            self._inode = self.path.stat().st_ino

    def renew(self) -> None:
        """Delete the file and begin an empty one."""
        with self._lock:
            self.close()
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            self.reconnect()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if hasattr(self, "_connection"):
            self._connection.close()

    @property
    def replaced(self) -> bool:
        """Whether another file lies at ``path`` than the one that is open."""
        try:
            return self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One transaction that sees the file as it is at its first question."""
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    # What has been followed

    def state(self, name: str, default: Any = None) -> Any:
        """A value of the index's own state."""
        rows = self._rows("SELECT value FROM state WHERE name = ?", (name,))
        return rows[0][0] if rows else default

    @property
    def generation(self) -> int:
        """The latest write to the collection that is in this index."""
        return int(self.state("generation", 0))

    def begin_write(self) -> None:
        """Note, durably, that the collection is about to be written."""
        with self._transaction() as connection:
            _set_state(connection, writing=1)

    def apply(self, upserts: Iterable[Item], deletes: Iterable[str], **state: str | int) -> None:
        """As ``take_over``, without vectors: for an index that stands alone."""
        self.take_over(((item, None) for item in upserts), deletes, **state)

    def take_over(
        self,
        upserts: Iterable[tuple[Item, NDArray[np.float32] | None]],
        deletes: Iterable[str],
        **state: str | int,
    ) -> None:
        """Take over a finished write, all or nothing; ``state`` holds its generation."""
        with self._transaction() as connection:
            for item_id in deletes:
                delete(connection, item_id)
            for item, vector in upserts:
                upsert(connection, item, vector)
            _set_state(connection, writing=0, **state)

    def adopt(self, snapshot: int, seq: int) -> None:
        """Note that all changes up to ``seq`` are in the view's snapshot number ``snapshot``, and drop them."""
        with self._transaction() as connection:
            _set_state(connection, snapshot=snapshot, snapshot_seq=seq)
            connection.execute("DELETE FROM changes WHERE seq <= ?", (seq,))

    # Questions

    def ids(self) -> set[str]:
        """All ids."""
        return {row[0] for row in self._rows("SELECT id FROM items")}

    def count(self, domain: str | None = None) -> int:
        """How many items there are, of one domain or all."""
        if domain is None:
            return int(self._rows("SELECT count(*) FROM items")[0][0])
        return int(self._rows("SELECT count(*) FROM items WHERE domain = ?", (domain,))[0][0])

    def tallies(self) -> list[Tally]:
        """Counts by domain."""
        rows = self._rows(
            "SELECT domain, count(*), min(published_from), max(published_from),"
            " count(*) FILTER (WHERE valid_until IS NOT NULL), sum(recurs), count(price)"
            " FROM items GROUP BY domain ORDER BY domain"
        )
        return [Tally(*row) for row in rows]

    def select(self, clause: Clause, limit: int) -> list[str]:
        """Ids of at most ``limit`` items that meet ``clause``."""
        where, values = clause
        return [row[0] for row in self._rows(f"SELECT id FROM items WHERE {where} LIMIT ?", (*values, limit))]

    def items(self, ids: Sequence[str]) -> dict[str, Item]:
        """The items of ``ids`` that there are.

        Raises:
            CatalogueError: a record is no item of this version.
        """
        sql = (
            "SELECT item FROM records WHERE number IN"
            " (SELECT rowid FROM items WHERE id IN (SELECT value FROM json_each(?)))"
        )
        return {item.id: item for item in map(_parsed, self._rows(sql, (dumps(ids),)))}

    def items_of_rows(self, numbers: Sequence[int]) -> dict[int, Item]:
        """The items in the rows ``numbers``, without rows that have gone.

        Raises:
            CatalogueError: a record is no item of this version.
        """
        sql = "SELECT item, number FROM records WHERE number IN (SELECT value FROM json_each(?))"
        return {row[1]: _parsed(row) for row in self._rows(sql, (dumps(numbers),))}

    def rows_of(self, ids: Sequence[str]) -> dict[str, int]:
        """The rows in which ``ids`` are, of those that there are."""
        sql = "SELECT id, rowid FROM items WHERE id IN (SELECT value FROM json_each(?))"
        return dict(self._rows(sql, (dumps(ids),)))

    def phrases(self, names: Iterable[str]) -> list[tuple[int, float]]:
        """Rows whose title or makers hold one of ``names``, stop words included, and their BM25 scores."""
        query = " OR ".join(_phrases(names))
        if not query:
            return []
        sql = f"SELECT rowid, -bm25(words, {_WEIGHTS}) FROM words WHERE words MATCH ?"
        return self._rows(sql, (query,))

    def match(
        self, text: str, clause: Clause, limit: int, names: Iterable[str] = ()
    ) -> list[tuple[str, float]]:
        """The best ``limit`` of the items that meet ``clause``, with their BM25 scores (positive).

        ``names`` are titles and makers: matched as phrases, stop words included, in those
        columns alone ("Her", "The Who"). Any text is safe; words beyond ``MAX_TERMS`` are
        left out.
        """
        query = _query(text, names)
        if not query:
            return []
        where, values = clause
        sql = (
            f"SELECT id, -bm25(words, {_WEIGHTS}) AS score FROM words JOIN items ON items.rowid = words.rowid"
            f" WHERE words MATCH ? AND ({where}) ORDER BY score DESC, id LIMIT ?"
        )
        return self._rows(sql, (query, *values, limit))


def asked_terms(text: str) -> list[str]:
    """The telling words of ``text``, each once, at most ``MAX_TERMS``."""
    return telling(list(dict.fromkeys(terms(text[:MAX_QUERY_CHARS]))))[:MAX_TERMS]


def _query(text: str, names: Iterable[str]) -> str:
    """An FTS5 expression in which every word is quoted, so that none is an operator."""
    return " OR ".join([*(f'"{each}"' for each in asked_terms(text)), *_phrases(names)])


def _phrases(names: Iterable[str]) -> list[str]:
    phrases = [" ".join(terms(name[:MAX_QUERY_CHARS])[:MAX_TERMS]) for name in names]
    return [f'{{title creators}} : "{each}"' for each in dict.fromkeys(phrases) if each]


def asked_words(query: str, message: str) -> str:
    """The words to look for: the wish, and what the message says in a script without spaces.

    Understanding words a Chinese wish in English for the encoder; titles stand in the message.
    """
    return f"{query} {unspaced(message[:MAX_QUERY_CHARS])}"


def _set_state(connection: sqlite3.Connection, **state: str | int) -> None:
    connection.executemany(
        "INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        state.items(),
    )


def _parsed(row: Sequence[Any]) -> Item:
    try:
        return Item.model_validate_json(row[0])
    except ValidationError as error:
        raise CatalogueError(f"a stored item is not one of this version: add it again ({error})") from error
