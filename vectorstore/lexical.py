"""BM25 over titles, makers, facets and text, under conditions on the same rows: SQLite FTS5.

A follower of the Chroma collection, which is the store of record: ``generation`` says up
to which write it has followed, ``writing`` that a write was begun and not ended.

Ranking is Okapi BM25 (Robertson and Zaragoza, 2009) with a weight a column, as FTS5 has it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from json import dumps
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from errors import CatalogueError
from schema import Item
from vectorstore.conditions import Clause
from vectorstore.words import spread, telling, terms, unspaced

SCHEMA_VERSION = 1
COLUMN_WEIGHTS = (6.0, 4.0, 2.0, 1.0)  # title, creators, facets, text
MAX_TERMS = 64
MAX_QUERY_CHARS = 20_000
EVERYTHING: Clause = ("1", ())

_BUSY_SECONDS = 30.0
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

_SCHEMA = """
CREATE TABLE items(
  rowid INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  domain TEXT NOT NULL,
  language TEXT NOT NULL,
  currency TEXT,
  price REAL,
  minutes REAL,
  published_from REAL,
  published_until REAL,
  valid_from REAL,
  valid_until REAL,
  recurs INTEGER NOT NULL,
  may_be_on_offer INTEGER NOT NULL
);
CREATE INDEX items_domain ON items(domain);
CREATE INDEX items_published ON items(published_from);
CREATE VIRTUAL TABLE words USING fts5(title, creators, facets, text, tokenize = 'porter unicode61');
CREATE TABLE state(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""


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
            self._connection = _connect(self.path)
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
        """Take over a finished write, all or nothing; ``state`` holds its generation."""
        with self._transaction() as connection:
            for item_id in deletes:
                _delete(connection, item_id)
            for item in upserts:
                _upsert(connection, item)
            _set_state(connection, writing=0, **state)

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

    def among(self, ids: Sequence[str], clause: Clause) -> set[str]:
        """Those of ``ids`` that meet ``clause``."""
        where, values = clause
        sql = f"SELECT id FROM items WHERE id IN (SELECT value FROM json_each(?)) AND ({where})"
        return {row[0] for row in self._rows(sql, (dumps(ids), *values))}

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
        weights = ", ".join(map(str, COLUMN_WEIGHTS))
        sql = (
            f"SELECT id, -bm25(words, {weights}) AS score FROM words JOIN items ON items.rowid = words.rowid"
            f" WHERE words MATCH ? AND ({where}) ORDER BY score DESC, id LIMIT ?"
        )
        return self._rows(sql, (query, *values, limit))


def _query(text: str, names: Iterable[str]) -> str:
    """An FTS5 expression in which every word is quoted, so that none is an operator."""
    words = list(dict.fromkeys(terms(text[:MAX_QUERY_CHARS])))
    parts = [f'"{each}"' for each in telling(words)[:MAX_TERMS]]
    phrases = [" ".join(terms(name[:MAX_QUERY_CHARS])[:MAX_TERMS]) for name in names]
    parts += [f'{{title creators}} : "{each}"' for each in dict.fromkeys(phrases) if each]
    return " OR ".join(parts)


def asked_words(query: str, message: str) -> str:
    """The words to look for: the wish, and what the message says in a script without spaces.

    Understanding words a Chinese wish in English for the encoder; titles stand in the message.
    """
    return f"{query} {unspaced(message[:MAX_QUERY_CHARS])}"


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
            _create(connection)
    except sqlite3.Error as error:
        connection.close()
        if "fts5" in str(error):
            raise CatalogueError(
                f"SQLite {sqlite3.sqlite_version} of this Python has no FTS5: use a Python built with it"
            ) from error
        raise
    return connection


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for kind, name in connection.execute(
        "SELECT type, name FROM sqlite_master WHERE type = 'table' AND name IN ('items', 'words', 'state')"
    ).fetchall():
        connection.execute(f"DROP {kind} {name}")
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _set_state(connection: sqlite3.Connection, **state: str | int) -> None:
    connection.executemany(
        "INSERT INTO state VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        state.items(),
    )


def _delete(connection: sqlite3.Connection, item_id: str) -> None:
    row = connection.execute("DELETE FROM items WHERE id = ? RETURNING rowid", (item_id,)).fetchone()
    if row:
        connection.execute("DELETE FROM words WHERE rowid = ?", row)


def _upsert(connection: sqlite3.Connection, item: Item) -> None:
    _delete(connection, item.id)
    columns = _columns(item)
    marks = ", ".join("?" * len(columns))
    row = connection.execute(
        f"INSERT INTO items({', '.join(columns)}) VALUES ({marks}) RETURNING rowid", tuple(columns.values())
    ).fetchone()
    connection.execute(
        "INSERT INTO words(rowid, title, creators, facets, text) VALUES (?, ?, ?, ?, ?)",
        (*row, *_texts(item)),
    )


def _columns(item: Item) -> dict[str, str | float | None]:
    came_out = item.published_window
    valid_from = item.valid_from or item.published_at
    return {
        "id": item.id,
        "domain": item.domain,
        "language": item.language.casefold(),
        "currency": item.currency,
        "price": item.price,
        "minutes": item.duration_minutes,
        "published_from": _epoch(came_out[0]) if came_out else None,
        "published_until": _epoch(came_out[1]) if came_out else None,
        "valid_from": _epoch(valid_from),
        "valid_until": _epoch(item.valid_until),
        "recurs": item.recurrence is not None,
        "may_be_on_offer": bool(
            item.valid_until or item.attributes.get("seasons") or item.attributes.get("old_price")
        ),
    }


def _epoch(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def _texts(item: Item) -> tuple[str, str, str, str]:
    facets = list(item.categories)
    makers = list(item.creators)
    for name, value in item.attributes.items():
        words = [value] if isinstance(value, str) else list(value) if isinstance(value, tuple) else []
        (makers if name == "cast" else facets).extend(words)
    return spread(item.title), spread(" ; ".join(makers)), spread(" ; ".join(facets)), spread(item.text)
