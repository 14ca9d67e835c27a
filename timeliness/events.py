"""The log of what happened to items and of what users thought of them: one SQLite file.

Append-only but for ``forget``. An entry has an id, given or made from its content, and
one whose id is there already is not written again, so a load that broke off can be
repeated. Write-ahead logging makes it safe for several processes, and for one that is
killed while it writes: a batch is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from threading import RLock
from typing import Any, Self

from errors import CatalogueError
from schema import Event, Feedback
from timeliness.crowd_snapshot import discard

_VERSION = 1
_TRIES = 50
_WAIT_SECONDS = 30.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_PAGE = 5000

_TABLES = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, item_id TEXT NOT NULL,
    kind TEXT NOT NULL, user TEXT NOT NULL, at INTEGER NOT NULL, weight REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS events_at ON events (at);
CREATE INDEX IF NOT EXISTS events_user ON events (user);
CREATE TABLE IF NOT EXISTS feedback (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, session TEXT NOT NULL,
    item_id TEXT NOT NULL, verdict TEXT NOT NULL, at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS feedback_session ON feedback (session);
CREATE TABLE IF NOT EXISTS deletions (number INTEGER PRIMARY KEY AUTOINCREMENT);
"""
_EVENT_COLUMNS = "item_id, kind, user, at, weight"


class EventLog:
    """Events and feedback at ``path``, which is made where it is missing; times come back in UTC.

    May be used from several threads and processes at once.

    Raises:
        CatalogueError: here and in every method, the file is no such log, or cannot be
            read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # What the log added up to (crowd_snapshot): popularity and links, bursts of items, bursts of topics too.
        self.snapshot, self.trend_snapshot, self.topics_snapshot = self._snapshots = tuple(
            path.with_name(f"{path.name}.{name}") for name in ("crowd", "trend", "topics")
        )
        self._lock = RLock()
        with self._wrapped():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        run = self._connection.execute
        for left in reversed(range(_TRIES)):
            # SQLite does not wait for others while it changes the journal's mode.
            try:
                run("PRAGMA journal_mode = WAL")
                break
            except sqlite3.OperationalError as error:
                if left == 0 or "locked" not in str(error):
                    raise
                time.sleep(0.02)
        run("PRAGMA synchronous = NORMAL")
        run("PRAGMA secure_delete = ON")
        version = run("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise CatalogueError(f"event log {self._path}: made by a newer Kairos; update this one")
        if version < _VERSION:
            self._connection.executescript(
                f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version = {_VERSION};COMMIT;"
            )

    def record(self, entry: Event | Feedback, entry_id: str | None = None) -> bool:
        """Write one entry; False where its id is there already.

        A verdict is also an event of that kind by its session.
        """
        with self._writing() as connection:
            return _write(connection, entry, entry_id)

    def record_all(self, entries: Iterable[Event | Feedback], ids: Iterable[str | None] = ()) -> int:
        """Write many, all or none; returns how many were new. ``ids`` go with the first of them, in order."""
        with self._writing() as connection:
            given = chain(ids, repeat(None))
            return sum(_write(connection, entry, each) for entry, each in zip(entries, given, strict=False))

    def verdicts(self, session: str) -> dict[str, Feedback]:
        """The latest verdict of ``session`` on each item, by item id, in the order given."""
        rows = self._rows(
            "SELECT session, item_id, verdict, at FROM feedback WHERE session = ? ORDER BY at, number",
            (session,),
        )
        latest: dict[str, Feedback] = {}
        for session_id, item_id, verdict, at in rows:
            latest.pop(item_id, None)
            latest[item_id] = Feedback(session=session_id, item_id=item_id, verdict=verdict, at=_moment(at))
        return latest

    def recent(self, since: datetime, until: datetime | None = None) -> list[Event]:
        """Events from ``since`` on, before ``until``, in the order of their time."""
        end = 2**63 - 1 if until is None else _stamp(until)
        query = f"SELECT {_EVENT_COLUMNS} FROM events WHERE at >= ? AND at < ? ORDER BY at, number"
        return [_event(row) for row in self._rows(query, (_stamp(since), end))]

    def after(self, number: int) -> tuple[list[Event], int]:
        """Events written after the ``number``-th, and the number of the last one: a reader's bookmark."""
        rows = self._rows(
            f"SELECT number, {_EVENT_COLUMNS} FROM events WHERE number > ? ORDER BY number", (number,)
        )
        return [_event(row[1:]) for row in rows], (rows[-1][0] if rows else number)

    def following(self, number: int) -> Iterator[tuple[int, Event]]:
        """Stream the events written after the ``number``-th, each with its number, in that order.

        Holds a page at a time, and no lock between pages.
        """
        query = f"SELECT number, {_EVENT_COLUMNS} FROM events WHERE number > ? ORDER BY number LIMIT {_PAGE}"
        while rows := self._rows(query, (number,)):
            for row in rows:
                yield row[0], _known_event(row[1:])
            if len(rows) < _PAGE:
                return
            number = rows[-1][0]

    def between(
        self, since: datetime | None, until: datetime, after: int = 0, upto: int = 2**63 - 1
    ) -> Iterator[Event]:
        """Stream the events of ``(since, until]``, oldest first, whose number lies in ``(after, upto]``.

        Holds a page at a time, and no lock between pages.
        """
        at, number = (-(2**63) if since is None else _stamp(since) + 1), after
        # Few rows are new where there is a bookmark: the unary plus has them found by their number.
        column = "+at" if after else "at"
        query = (
            f"SELECT number, {_EVENT_COLUMNS} FROM events WHERE {column} <= ? AND number > ? AND number <= ?"
            f" AND ({column}, number) >= (?, ?) ORDER BY {column}, number LIMIT {_PAGE}"
        )
        while rows := self._rows(query, (_stamp(until), after, upto, at, number)):
            for row in rows:
                yield _known_event(row[1:])
            if len(rows) < _PAGE:
                return
            at, number = rows[-1][4], rows[-1][0] + 1

    def position(self) -> int:
        """The number of the entry that was written last; 0 where there is none."""
        return int(self._rows("SELECT COALESCE(MAX(number), 0) FROM events")[0][0])

    def id_of(self, number: int) -> str | None:
        """The id of the ``number``-th event; None where there is none."""
        rows = self._rows("SELECT id FROM events WHERE number = ?", (number,))
        return str(rows[0][0]) if rows else None

    def forgotten(self) -> int:
        """How often something was deleted; where it changes, what was read before may be gone."""
        return int(self._rows("SELECT COALESCE(MAX(number), 0) FROM deletions")[0][0])

    def forget(self, session: str | None = None) -> int:
        """Delete all that ``session`` left (None: everything), from the file's free pages too.

        Returns how many entries were deleted.
        """
        self._discard_snapshots()  # they name users; also first, lest a kill leave them
        with self._writing() as connection:
            if session is None:
                gone = [
                    connection.execute(f"DELETE FROM {table}").rowcount for table in ("events", "feedback")
                ]
            else:
                gone = [
                    connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (session,)).rowcount
                    for table, column in (("events", "user"), ("feedback", "session"))
                ]
            if sum(gone):
                connection.execute("INSERT INTO deletions DEFAULT VALUES")
        self._discard_snapshots()
        # The write-ahead log still holds the old pages until it is taken in and cut.
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return sum(gone)

    def retract(self, session: str, item_id: str) -> int:
        """Delete the verdicts of ``session`` on one item, and the events that they were; returns how many verdicts."""
        self._discard_snapshots()  # as in ``forget``
        with self._writing() as connection:
            gone = connection.execute(
                "DELETE FROM feedback WHERE session = ? AND item_id = ?", (session, item_id)
            ).rowcount
            events = connection.execute(
                "DELETE FROM events WHERE user = ? AND item_id = ? AND kind IN ('like', 'dislike')",
                (session, item_id),
            ).rowcount
            if gone or events:
                connection.execute("INSERT INTO deletions DEFAULT VALUES")
        self._discard_snapshots()
        self._rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return int(gone)

    def _discard_snapshots(self) -> None:
        for each in self._snapshots:
            discard(each)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock, self._wrapped():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, in which this process alone writes."""
        with self._lock, self._wrapped():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _wrapped(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise CatalogueError(
                f"event log {self._path}: {error}; check the path, or move the file away to begin a new one"
            ) from error


def _write(connection: sqlite3.Connection, entry: Event | Feedback, entry_id: str | None) -> bool:
    if isinstance(entry, Feedback):
        row = (entry.session, entry.item_id, entry.verdict, _stamp(entry.at))
        mark = entry_id or _content_id("feedback", *row)
        query = "INSERT OR IGNORE INTO feedback (id, session, item_id, verdict, at) VALUES (?, ?, ?, ?, ?)"
        if connection.execute(query, (mark, *row)).rowcount == 0:
            return False
        event = Event(item_id=entry.item_id, kind=entry.verdict, user=entry.session, at=entry.at)
        _write(connection, event, f"feedback:{mark}")
        return True
    values = (entry.item_id, entry.kind, entry.user, _stamp(entry.at), entry.weight)
    mark = entry_id or _content_id("event", *values)
    query = f"INSERT OR IGNORE INTO events (id, {_EVENT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
    return connection.execute(query, (mark, *values)).rowcount > 0


def _content_id(*values: object) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def _stamp(at: datetime) -> int:
    """Microseconds since 1970: exact, and in the order of time whatever the zone."""
    return (at - _EPOCH) // _MICROSECOND


def _moment(stamp: int) -> datetime:
    return _EPOCH + stamp * _MICROSECOND


def _known_event(row: tuple[Any, ...]) -> Event:
    """An event that was checked when it was written; not checked again, for there may be millions."""
    item_id, kind, user, at, weight = row
    return Event.model_construct(item_id=item_id, kind=kind, user=user, at=_moment(at), weight=weight)


def _event(row: tuple[Any, ...]) -> Event:
    item_id, kind, user, at, weight = row
    return Event.model_validate(
        {"item_id": item_id, "kind": kind, "user": user, "at": _moment(at), "weight": weight}
    )
