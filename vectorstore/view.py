"""All vectors, hard conditions and words in memory, in step with the lexical index and so with Chroma.

The view is a snapshot on disk (memory-mapped, sorted by domain and time) and the rows that came since.
Those stand in the lexical index (``changes``) since the transaction in which it took the write
over; ``follow`` reads what is new there, whichever process wrote it. ``compact`` makes a new
snapshot of both. So there is nothing that a kill could tear: a row is in the index, and then
in the view, or in neither; and a snapshot counts only when the index says so.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from json import dumps
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.collection import pages
from vectorstore.columns import ROW, SELECTED, Columns, empty, records
from vectorstore.lexical import LexicalIndex
from vectorstore.postings import GrowingPostings, Tokenizer, merged
from vectorstore.rows import Part, Rows
from vectorstore.snapshot import NOTHING, Snapshot, SnapshotError, Vectors, load, save

FEWEST_TO_COMPACT = 4096
SHARE_TO_COMPACT = 0.25

_PAGE = 2048

_Known = tuple[str, int]


class View:
    """The view of the catalogue whose lexical index is at ``path``. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._folder = path.with_name(path.name.removesuffix(".lexical.sqlite") + ".columns")
        self._lock = RLock()
        self._tokenizer = Tokenizer()
        self._known: _Known | None = None
        self._seq = 0
        self._begin(NOTHING)

    def close(self) -> None:
        """Let go of all memory; a second call does nothing."""
        with self._lock:
            self._known = None
            self._begin(NOTHING)
            self._tokenizer.close()

    def stems(self, words: Iterable[str]) -> list[str]:
        """The stems of ``words``, as ``Rows.match`` takes them."""
        return self._tokenizer.stems(words)

    def follow(self, index: LexicalIndex) -> Rows:
        """All rows as of now.

        Raises:
            SnapshotError: the snapshot is missing or damaged.
            sqlite3.Error: as ``LexicalIndex``.
        """
        with self._lock:
            while True:
                with index.reading() as connection:
                    epoch, number, covered, last = connection.execute(_STATE).fetchone()
                    try:
                        if (epoch, number) != self._known:
                            self._begin(load(self._place(epoch, number)) if number else NOTHING)
                            self._known, self._seq = (epoch, number), covered
                        if last != self._seq:
                            self._take_in(connection, last)
                        return self._rows
                    except SnapshotError:
                        missing = epoch, number
                with index.reading() as connection:
                    if connection.execute(_STATE).fetchone()[:2] == missing:
                        raise SnapshotError(f"{self._place(*missing)}: cannot be read")
                # Another process has just made a newer one and removed it.

    def needs_compacting(self, at_rest: bool = False) -> bool:
        """Whether so much came and went since the snapshot that a new one is worth its writing.

        ``at_rest``: nothing waits for an answer, so that less is enough.
        """
        least = max(FEWEST_TO_COMPACT, SHARE_TO_COMPACT * len(self._base)) / (8 if at_rest else 1)
        gone = len(self._base) - int(np.count_nonzero(self._base_alive))
        return len(self._tail_places) + gone > least

    def compact(self, index: LexicalIndex) -> None:
        """Make a new snapshot of all rows. The caller holds the write lock.

        Raises:
            OSError: it cannot be written.
            SnapshotError, sqlite3.Error: as ``follow``.
        """
        rows = self.follow(index)  # nothing comes while nobody else may write, so readers need not wait
        assert self._known is not None
        (epoch, number), seq = self._known, self._seq
        kept = np.flatnonzero(np.concatenate([rows.base.alive, rows.tail.alive]))
        all_records = np.concatenate([_records(rows.base.columns), _records(rows.tail.columns)])
        order = kept[np.lexsort((all_records["published_from"][kept], all_records["domain"][kept]))]
        moved = np.full(len(rows), -1, np.int32)
        moved[order] = np.arange(len(order), dtype=np.int32)
        postings = merged(self._base.postings, self._tail_postings, moved, len(rows.base))
        place = self._place(epoch, number + 1)
        save(place, all_records[order], order, [rows.base.vectors, rows.tail.vectors], postings)
        index.adopt(number + 1, seq)
        self.follow(index)
        for other in self._folder.iterdir():
            if other != place:
                shutil.rmtree(other, ignore_errors=True)

    def _place(self, epoch: str, number: int) -> Path:
        return self._folder / f"{epoch}-{number}"

    def _begin(self, base: Snapshot) -> None:
        """Hold ``base`` and nothing else."""
        self._base = base
        self._base_alive = np.ones(len(base), np.bool_)
        self._by_number = np.argsort(base.columns.number, kind="stable")
        self._sorted_numbers = base.columns.number[self._by_number]
        domains = base.columns.domain
        begun = np.flatnonzero(np.diff(domains, prepend=domains[:1] - 1))
        self._borders = tuple(begun.tolist())
        self._tail_records: NDArray[Any] = empty()
        self._tail_vectors: Vectors = np.empty((0, base.vectors.shape[1]), np.float32)
        self._tail_alive = np.empty(0, np.bool_)
        self._tail_postings = GrowingPostings()
        self._tail_places: dict[int, int] = {}
        self._publish()

    def _publish(self) -> None:
        size = len(self._tail_places)
        base = Part(self._base.columns, self._base.vectors, self._base.postings, self._base_alive)
        tail = Part(
            Columns.of(self._tail_records[:size]),
            self._tail_vectors[:size],
            self._tail_postings,
            self._tail_alive[:size],
        )
        self._rows = Rows(base, tail, self._borders, self._sorted_numbers, self._by_number, self._tail_places)

    def _take_in(self, connection: sqlite3.Connection, last: int) -> None:
        """Apply the changes after the one that is known, up to number ``last``."""
        changes = connection.execute(
            "SELECT number, vector FROM changes WHERE seq > ? ORDER BY seq", (self._seq,)
        ).fetchall()
        gone = {number for number, vector in changes if vector is None}
        came = {number: vector for number, vector in changes if vector is not None and number not in gone}
        for some in pages(list(came), _PAGE):
            self._append(connection, {number: came[number] for number in some})
        for place in self._rows.places(gone).values():
            border = len(self._base)
            alive, at = (self._base_alive, place) if place < border else (self._tail_alive, place - border)
            alive[at] = False
        self._seq = last
        self._publish()

    def _append(self, connection: sqlite3.Connection, came: dict[int, bytes]) -> None:
        numbers = dumps(list(came))
        rows = connection.execute(
            f"SELECT {SELECTED} FROM items WHERE rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid",
            (numbers,),
        ).fetchall()
        texts = connection.execute(
            "SELECT title, creators, facets, text FROM words"
            " WHERE rowid IN (SELECT value FROM json_each(?)) ORDER BY rowid",
            (numbers,),
        ).fetchall()
        found = self._tokenizer.occurrences(texts)
        made = records(rows, found.lengths.tolist())
        first = len(self._tail_places)
        self._reserve(first + len(rows), len(came[rows[0][0]]) // 4)
        self._tail_records[first : first + len(rows)] = made
        self._tail_vectors[first : first + len(rows)] = _vectors([came[row[0]] for row in rows])
        self._tail_alive[first : first + len(rows)] = True
        self._tail_postings.add(found, first)
        self._tail_places.update((row[0], first + place) for place, row in enumerate(rows))

    def _reserve(self, size: int, dimensions: int) -> None:
        """Make room for ``size`` rows; who reads the old arrays goes on with them."""
        if size <= len(self._tail_records) and self._tail_vectors.shape[1] == dimensions:
            return
        room = max(1024, 2 * size)
        used = len(self._tail_places)
        for name, made in (
            ("_tail_records", np.zeros(room, ROW)),
            ("_tail_vectors", np.zeros((room, dimensions), np.float32)),
            ("_tail_alive", np.zeros(room, np.bool_)),
        ):
            made[:used] = getattr(self, name)[:used] if used else made[:0]
            setattr(self, name, made)


_STATE = """
SELECT (SELECT value FROM state WHERE name = 'epoch'),
       COALESCE((SELECT value FROM state WHERE name = 'snapshot'), 0),
       COALESCE((SELECT value FROM state WHERE name = 'snapshot_seq'), 0),
       COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'changes'), 0)
"""


def _records(columns: Columns) -> NDArray[Any]:
    made = np.empty(len(columns), ROW)
    for name, values in vars(columns).items():
        made[name] = values
    return made


def _vectors(blobs: Sequence[bytes]) -> Vectors:
    return np.frombuffer(b"".join(blobs), np.float32).reshape(len(blobs), -1)
