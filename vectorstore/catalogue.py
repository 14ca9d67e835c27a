"""The catalogue: items in Chroma, and a lexical index that follows it. Many readers, one writer at a time.

A write goes: note that it begins; Chroma; the lexical index and the note taken back, in one
transaction. Who opens the catalogue and finds the note knows that a writer was killed, and
brings the index up to Chroma again. Writes are numbered (``generation``): a process that
finds a newer one than it knows opens Chroma afresh, because an open client does not see
what another process wrote.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Self, TypeVar

import numpy as np

from errors import CatalogueError
from schema import Domain, Item
from settings import Settings
from vectorstore.collection import PAGE, ItemCollection, Vectors, pages
from vectorstore.conditions import Clause
from vectorstore.connection import Connection, connection
from vectorstore.embedder import Embedder
from vectorstore.lexical import LexicalIndex, is_damaged
from vectorstore.lock import WriteLock
from vectorstore.reports import AddReport, CatalogueStats, domain_stats

T = TypeVar("T")
CHUNK = 512


class Catalogue:
    """An open catalogue. Safe to use from several threads.

    Raises (all methods):
        CatalogueError: the store cannot be read or written, or another process keeps writing.
    """

    def __init__(
        self,
        settings: Settings,
        connection: Connection,
        index: LexicalIndex,
        lock: WriteLock,
        embedder: Embedder,
    ) -> None:
        self.settings = settings
        self.embedder = embedder
        self.place = connection.place
        self._connection = connection
        self._index = index
        self._lock = lock
        self._threads = RLock()
        self._collection: ItemCollection | None = None
        self._seen = -1

    @classmethod
    def open(cls, settings: Settings, embedder: Embedder, directory: Path | None = None) -> Self:
        """Open the catalogue, or make it.

        Args:
            settings: where it is (``home`` or ``chroma_host``) and what its collection is called.
            embedder: makes the vectors; must be the one that made those stored.
            directory: folder of an embedded catalogue, instead of what ``settings`` say.

        Raises:
            CatalogueError: it cannot be opened, or holds vectors of another embedder.
        """
        folder = directory or settings.catalogue_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CatalogueError(f"catalogue {folder}: cannot be made ({error.strerror})") from error
        way = connection(settings, directory)
        lock = WriteLock(folder)
        with lock.held():
            index = LexicalIndex(folder / f"{way.label}{settings.collection}.lexical.sqlite")
            catalogue = cls(settings, way, index, lock, embedder)
            try:
                catalogue._reopen()
            except BaseException:
                catalogue.close()
                raise
        return catalogue

    def close(self) -> None:
        """Let go of all files and connections; a second call does nothing."""
        with self._threads:
            if self._collection is not None:
                self._collection.close()
            self._collection = None
            self._index.close()

    # Items

    def add(self, items: Sequence[Item]) -> AddReport:
        """Put ``items`` in, by id; the last of equal ids wins.

        An item that is there and has not changed is passed over; one whose passage has not
        changed keeps its vector. ``added_at`` stays what it was when the item was first put in.
        """
        self._mend()  # also where nothing is new: what a killed writer left must be in the index
        unique = list({item.id: item for item in items}.values())
        size = min(CHUNK, self._reading(lambda collection: collection.largest_batch))
        return sum((self._add(chunk) for chunk in pages(unique, size)), AddReport())

    def get(self, ids: Sequence[str]) -> list[Item]:
        """The items of ``ids``, in that order; those that are not there are left out."""
        unique = list(dict.fromkeys(ids))
        found = self._reading(lambda collection: collection.items(unique))
        return [found[each] for each in unique if each in found]

    def delete(self, ids: Sequence[str]) -> int:
        """Remove ``ids``; returns how many were there."""
        unique = list(dict.fromkeys(ids))
        gone = [each.id for each in self.get(unique)]
        for chunk in pages(gone, CHUNK):
            self._write(partial(_delete, chunk), deletes=chunk)
        return len(gone)

    def count(self, domain: Domain | None = None) -> int:
        """How many items there are, of one domain or all."""
        return self._asking(lambda index: index.count(domain))

    def stats(self) -> CatalogueStats:
        """What there is, by domain."""
        domains = tuple(domain_stats(each) for each in self._asking(LexicalIndex.tallies))
        return CatalogueStats(
            place=self.place,
            embedder=self.embedder.name,
            items=sum(each.items for each in domains),
            domains=domains,
        )

    # Questions of search

    def select(self, clause: Clause, limit: int) -> list[str]:
        """Ids of at most ``limit`` items that meet ``clause`` (``Conditions.sql``)."""
        return self._asking(lambda index: index.select(clause, limit))

    def among(self, ids: Sequence[str], clause: Clause) -> set[str]:
        """Those of ``ids`` that meet ``clause``."""
        return self._asking(lambda index: index.among(ids, clause))

    def match(
        self, text: str, clause: Clause, limit: int, names: Iterable[str] = ()
    ) -> list[tuple[str, float]]:
        """Ids and BM25 scores of the best matches that meet ``clause``; see ``LexicalIndex.match``."""
        return self._asking(lambda index: index.match(text, clause, limit, names))

    def nearest(self, vector: Vectors, n: int, ids: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Up to ``n`` ids by falling cosine with ``vector`` (shape (dimensions,)), of ``ids`` or of all."""
        return self._reading(lambda collection: collection.nearest(vector, n, ids))

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Stored vectors of ``ids``, each of shape (dimensions,)."""
        return self._reading(lambda collection: collection.vectors(ids))

    # Writing

    def _add(self, items: Sequence[Item]) -> AddReport:
        stored = self._reading(lambda collection: collection.items([item.id for item in items]))
        kept = [_with_first_sight(item, stored.get(item.id)) for item in items]
        new = [item for item in kept if item != stored.get(item.id)]
        if new:
            vectors = self._embedded(new, stored)
            self._write(lambda collection, revision: collection.upsert(new, vectors, revision), upserts=new)
        changed = sum(item.id in stored for item in new)
        return AddReport(added=len(new) - changed, changed=changed, unchanged=len(items) - len(new))

    def _embedded(self, items: Sequence[Item], stored: dict[str, Item]) -> Vectors:
        same = [item.id for item in items if item.id in stored and stored[item.id].passage == item.passage]
        vectors = self.vectors(same) if same else {}
        missing = [item for item in items if item.id not in vectors]
        if missing:
            made = self.embedder.encode([item.passage for item in missing])
            vectors.update(zip((item.id for item in missing), made, strict=True))
        return np.stack([vectors[item.id] for item in items])

    def _write(
        self,
        change: Callable[[ItemCollection, int], None],
        upserts: Sequence[Item] = (),
        deletes: Sequence[str] = (),
    ) -> None:
        """Make one numbered ``change`` of Chroma and take it over into the index."""
        with self._exclusive():
            self._mend()
            collection = self._followed()
            revision = collection.generation + 1
            try:
                self._safely(LexicalIndex.begin_write)
                self._connection.before_write()
                change(collection, revision)
                if self._connection.remote:
                    collection.refresh()
                if collection.generation >= revision:  # another machine wrote meanwhile
                    self._reconcile(collection)
                else:
                    collection.finish(revision)
                    self._safely(lambda index: index.apply(upserts, deletes, generation=revision))
            except BaseException:
                self._seen = -1  # the next use opens afresh and repairs
                raise
            self._seen = collection.generation

    # Following

    def _reading(self, question: Callable[[ItemCollection], T]) -> T:
        with self._threads:
            return question(self._followed())

    def _asking(self, question: Callable[[LexicalIndex], T]) -> T:
        with self._threads:
            self._followed()
            return self._safely(question)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        with self._threads, self._lock.held():
            yield

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
            elif followed[1] == self._seen:
                return collection
        with self._exclusive():
            return self._reopen()

    def _mend(self) -> None:
        """Bring the index up to Chroma where a writer of another process was killed in between."""
        if not self._safely(_writing):
            return
        with self._exclusive():  # a writer that lives has finished once the lock is ours
            if self._safely(_writing):
                self._reopen()

    def _reopen(self) -> ItemCollection:
        """Open Chroma as it is now and bring the index up to it. The caller holds the lock."""
        try:
            return self._opened()
        except sqlite3.Error as error:
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
        collection = ItemCollection.open(self._connection, self.settings.collection, self.embedder.name)
        self._collection = collection
        known = (collection.identity, collection.generation)
        if killed or _followed_up_to(self._index) != known or self._index.count() != collection.count():
            self._reconcile(collection)
        self._seen = self._index.generation
        return collection

    def _reconcile(self, collection: ItemCollection) -> None:
        """Make the index hold what the collection holds."""
        identity, followed = _followed_up_to(self._index)
        if identity != collection.identity or followed > collection.generation:
            followed = 0
        generation = collection.generation
        if self._index.state("writing"):
            generation += 1
            collection.finish(generation)  # tells others that something may have been written
        stored, indexed = set(collection.ids()), self._index.ids()
        behind = (stored - indexed) | (set(collection.ids(since=followed)) if indexed else set())
        items = (item for ids in pages(sorted(behind), PAGE) for item in collection.items(ids).values())
        self._index.apply(items, indexed - stored, generation=generation, collection=collection.identity)

    def _safely(self, question: Callable[[LexicalIndex], T]) -> T:
        """Ask the index; a damaged one is made anew from the collection first."""
        try:
            return question(self._index)
        except sqlite3.Error as error:
            self._explain_unless_damaged(error)
        with self._exclusive():
            if not self._index.replaced:
                self._index.renew()
            self._reopen()
        return question(self._index)

    def _explain_unless_damaged(self, error: sqlite3.Error) -> None:
        if not is_damaged(error):
            raise CatalogueError(f"catalogue {self.place}: its lexical index failed ({error})") from error


def _delete(ids: Sequence[str], collection: ItemCollection, _: int) -> None:
    collection.delete(ids)


def _writing(index: LexicalIndex) -> bool:
    return bool(index.state("writing"))


def _followed_up_to(index: LexicalIndex) -> tuple[str | None, int]:
    return index.state("collection"), index.generation


def _with_first_sight(item: Item, stored: Item | None) -> Item:
    if stored is None or stored.added_at in (None, item.added_at):
        return item
    return item.model_copy(update={"added_at": stored.added_at})
