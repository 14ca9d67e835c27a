"""The three stores of a catalogue, kept in step: Chroma, the lexical index, and the view in memory.

A write goes: note that it begins; Chroma; the lexical index and the note taken back, in one
transaction, which the views of all processes follow. Who opens the catalogue and finds the
note knows that a writer was killed, and brings the index up to Chroma again. Many may read
while one writes: reading asks the index and the view alone, and waits for nobody.

Writes are numbered (``generation``). An open Chroma client does not see what another process
wrote, so who needs Chroma itself and finds a newer write than it knows opens it afresh.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import TypeVar

from errors import CatalogueError
from schema import Item
from settings import Settings
from vectorstore.collection import PAGE, ItemCollection, Vectors, pages
from vectorstore.connection import Connection
from vectorstore.lexical import LexicalIndex, is_damaged
from vectorstore.lock import WriteLock
from vectorstore.rows import Rows
from vectorstore.snapshot import SnapshotError
from vectorstore.view import View

T = TypeVar("T")
PATIENCE = 20
WAIT_SECONDS = 0.003


class Stores:
    """The stores of one collection. Safe to use from several threads.

    Raises (all methods):
        CatalogueError: a store cannot be read or written, or another process keeps writing.
    """

    def __init__(
        self, settings: Settings, connection: Connection, index: LexicalIndex, lock: WriteLock, embedder: str
    ) -> None:
        """Open them; ``embedder`` is the name of the one whose vectors they hold. The caller holds ``lock``."""
        self.place = connection.place
        self._name = settings.collection
        self._embedder = embedder
        self._connection = connection
        self._index = index
        self._view = View(index.path)
        self._lock = lock
        self._threads = RLock()
        self._collection: ItemCollection | None = None
        self._identity: str | None = None
        self._seen = -1
        self._behind = (-1, 0)
        try:
            self._reopen()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of all files and connections; a second call does nothing."""
        with self._threads:
            if self._collection is not None:
                self._collection.close()
            self._collection = None
            self._view.close()
            self._index.close()

    def reading(self, question: Callable[[ItemCollection], T]) -> T:
        """Ask Chroma, opened afresh if somebody else wrote since."""
        with self._threads:
            return question(self._followed())

    def reading_at_once(self, question: Callable[[ItemCollection], T]) -> T | None:
        """As ``reading``; None where it would have to wait.

        That is where another thread is at Chroma, or another process wrote of late, so that the
        vectors would have to be loaded again. Asked often enough with no further write, it does.
        """
        if not self._threads.acquire(timeout=WAIT_SECONDS):
            return None
        try:
            generation = self.asking(lambda index: index.generation)
            if not self._connection.remote and generation != self._seen:
                asked = self._behind[1] + 1 if self._behind[0] == generation else 1
                self._behind = (generation, asked)
                if asked < PATIENCE:
                    return None
            return self.reading(question)
        finally:
            self._threads.release()

    def asking(self, question: Callable[[LexicalIndex], T]) -> T:
        """Ask the index, which is in step with Chroma; on a server it may have to follow first."""
        if self._connection.remote or self._seen < 0 or self._index.replaced or self._replaced:
            with self._threads:
                self._followed()
        return self._safely(question)

    def rows(self) -> Rows:
        """Vectors, hard conditions and words of all items as they are now."""
        return self.asking(self._view.follow)

    def stems(self, words: Sequence[str]) -> list[str]:
        """The stems of ``words``, as ``Rows.match`` takes them."""
        return self._view.stems(words)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep all other writers of this folder out for a while."""
        with self._threads, self._lock.held():
            yield

    def mend(self) -> None:
        """Bring the index up to Chroma where a writer of another process was killed in between."""
        if not self._safely(_writing):
            return
        with self.exclusive():  # a writer that lives has finished once the lock is ours
            if self._safely(_writing):
                self._reopen()

    def write(
        self,
        change: Callable[[ItemCollection, int], None],
        upserts: Sequence[Item] = (),
        vectors: Sequence[Vectors] | Vectors = (),
        deletes: Sequence[str] = (),
    ) -> None:
        """Make one numbered ``change`` of Chroma and take it over into the index."""
        with self.exclusive():
            self.mend()
            collection = self._followed()
            revision, records = collection.generation + 1, len(upserts) + len(deletes)
            try:
                self._safely(LexicalIndex.begin_write)
                self._connection.before_write(records)
                change(collection, revision)
                if self._connection.remote:
                    collection.refresh()
                if collection.generation >= revision:  # another machine wrote meanwhile
                    self._reconcile(collection)
                else:
                    collection.finish(revision)
                    self._safely(
                        lambda index: index.take_over(
                            zip(upserts, vectors, strict=True), deletes, generation=revision
                        )
                    )
                self._connection.after_write(records)
                self._safely(lambda _: self._compact())
            except BaseException:
                self._seen = -1  # the next use opens afresh and repairs
                raise
            self._seen = collection.generation

    # Following

    def _followed(self) -> ItemCollection:
        """The collection, opened afresh if somebody else wrote since."""
        replaced = self._index.replaced
        followed = self._safely(_followed_up_to)
        collection = self._collection
        if collection is not None and not replaced:
            if self._connection.remote:
                collection.refresh()
                if followed == (collection.identity, collection.generation):
                    return collection
            elif followed == (self._identity, self._seen):
                return collection
        with self.exclusive():
            return self._reopen()

    @property
    def _replaced(self) -> bool:
        """Whether another collection took the place of the one that is open."""
        return self._safely(_followed_up_to)[0] != self._identity

    def _reopen(self) -> ItemCollection:
        """Open Chroma as it is now and bring the index up to it. The caller holds the lock."""
        try:
            return self._opened()
        except (sqlite3.Error, SnapshotError) as error:
            self._explain_unless_damaged(error)
        self._index.renew()
        return self._opened()

    def _opened(self) -> ItemCollection:
        if self._collection is not None:
            self._collection.close()
            self._collection = None
        if self._index.replaced:
            self._index.reconnect()
        killed = self._index.state("writing", 1)
        if killed:
            self._connection.after_kill()
        collection = ItemCollection.open(self._connection, self._name, self._embedder)
        self._collection = collection
        known = (collection.identity, collection.generation)
        if killed or _followed_up_to(self._index) != known or self._index.count() != collection.count():
            self._reconcile(collection)
        self._identity, self._seen = _followed_up_to(self._index)
        self._compact(at_rest=True)
        return collection

    def _compact(self, at_rest: bool = False) -> None:
        """Follow with the view, and renew its snapshot where much has come. The caller holds the lock."""
        self._view.follow(self._index)
        if self._view.needs_compacting(at_rest):
            try:
                self._view.compact(self._index)
            except OSError as error:
                raise CatalogueError(
                    f"catalogue {self.place}: its view cannot be written ({error.strerror}); check space and rights"
                ) from error

    def _reconcile(self, collection: ItemCollection) -> None:
        """Make the index hold what the collection holds."""
        identity, followed = _followed_up_to(self._index)
        writing = self._index.state("writing")
        if identity not in (None, collection.identity):  # a rebuild, perhaps with vectors of another kind
            self._index.renew()
            followed = 0
        elif followed > collection.generation:
            followed = 0
        generation = collection.generation
        if writing:
            generation += 1
            collection.finish(generation)  # tells others that something may have been written
        stored, indexed = set(collection.ids()), self._index.ids()
        behind = (stored - indexed) | (set(collection.ids(since=followed)) if indexed else set())
        found = (each for ids in pages(sorted(behind), PAGE) for each in collection.records(ids))
        self._index.take_over(found, indexed - stored, generation=generation, collection=collection.identity)

    def _safely(self, question: Callable[[LexicalIndex], T]) -> T:
        """Ask the index; a damaged one is made anew from the collection first."""
        try:
            return question(self._index)
        except (sqlite3.Error, SnapshotError) as error:
            self._explain_unless_damaged(error)
        with self.exclusive():
            if not self._index.replaced:
                self._index.renew()
            self._reopen()
        return question(self._index)

    def _explain_unless_damaged(self, error: sqlite3.Error | SnapshotError) -> None:
        if isinstance(error, sqlite3.Error) and not is_damaged(error):
            raise CatalogueError(f"catalogue {self.place}: its lexical index failed ({error})") from error


def _writing(index: LexicalIndex) -> bool:
    return bool(index.state("writing"))


def _followed_up_to(index: LexicalIndex) -> tuple[str | None, int]:
    return index.state("collection"), index.generation
