"""The SQLite file of the lexical index: its tables, and how it is opened.

``items`` holds the hard conditions a row, ``records`` the whole item as JSON, ``words`` the
texts. A row's number is never used again: whoever changes an item gives it a new row, so
what is known of a number stays true. ``changes`` logs rows that came (with their vector) or
went (without) for the in-memory view (``vectorstore.view``), until they are in its snapshot.
"""

from __future__ import annotations

import sqlite3
import uuid
from pathlib import Path

from errors import CatalogueError

SCHEMA_VERSION = 2
_BUSY_SECONDS = 30.0
_TABLES = ("items", "records", "words", "changes", "state")

_SCHEMA = """
CREATE TABLE items(
  rowid INTEGER PRIMARY KEY AUTOINCREMENT,
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
CREATE TABLE records(number INTEGER PRIMARY KEY, item TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(title, creators, facets, text, tokenize = 'porter unicode61');
CREATE TABLE changes(seq INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL, vector BLOB);
CREATE TABLE state(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, and make its tables where they are missing or of another version.

    Raises:
        CatalogueError: this Python's SQLite has no FTS5.
        sqlite3.Error: the file cannot be opened or is damaged.
    """
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
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for name in there.intersection(_TABLES):
            connection.execute(f"DROP TABLE {name}")
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        # Names the contents since the tables were made: a view of other contents is of no use.
        connection.execute("INSERT INTO state VALUES ('epoch', ?)", (uuid.uuid4().hex[:12],))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")
