"""The catalogue: items in Chroma, and what makes them findable beside it, as one thing.

How the parts are kept in step, and what happens to a writer that is killed: ``vectorstore.stores``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Self

import numpy as np

from errors import CatalogueError
from schema import Domain, Item
from settings import Settings
from vectorstore.collection import ItemCollection, Vectors, pages
from vectorstore.connection import connection
from vectorstore.embedder import Embedder
from vectorstore.lexical import Clause, LexicalIndex
from vectorstore.lock import WriteLock
from vectorstore.reports import AddReport, CatalogueStats, domain_stats
from vectorstore.rows import Rows
from vectorstore.stores import Stores

CHUNK = 512


class Catalogue:
    """An open catalogue. Safe to use from several threads.

    Raises (all methods):
        CatalogueError: the store cannot be read or written, or another process keeps writing.
    """

    def __init__(self, settings: Settings, stores: Stores, embedder: Embedder) -> None:
        self.settings = settings
        self.embedder = embedder
        self.place = stores.place
        self._stores = stores

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
            return cls(settings, Stores(settings, way, index, lock, embedder.name), embedder)

    def close(self) -> None:
        """Let go of all files and connections; a second call does nothing."""
        self._stores.close()

    # Items

    def add(self, items: Sequence[Item]) -> AddReport:
        """Put ``items`` in, by id; the last of equal ids wins.

        An item that is there and has not changed is passed over; one whose passage has not
        changed keeps its vector. ``added_at`` stays what it was when the item was first put in.
        """
        self._stores.mend()  # also where nothing is new: what a killed writer left must be in the index
        unique = list({item.id: item for item in items}.values())
        size = min(CHUNK, self._stores.reading(lambda collection: collection.largest_batch))
        return sum((self._add(chunk) for chunk in pages(unique, size)), AddReport())

    def get(self, ids: Sequence[str]) -> list[Item]:
        """The items of ``ids``, in that order; those that are not there are left out."""
        unique = list(dict.fromkeys(ids))
        found = self._stores.asking(lambda index: index.items(unique))
        return [found[each] for each in unique if each in found]

    def delete(self, ids: Sequence[str]) -> int:
        """Remove ``ids``; returns how many were there."""
        unique = list(dict.fromkeys(ids))
        gone = [each.id for each in self.get(unique)]
        for chunk in pages(gone, CHUNK):
            self._stores.write(partial(_delete, chunk), deletes=chunk)
        return len(gone)

    def count(self, domain: Domain | None = None) -> int:
        """How many items there are, of one domain or all."""
        return self._stores.asking(lambda index: index.count(domain))

    def stats(self) -> CatalogueStats:
        """What there is, by domain."""
        domains = tuple(domain_stats(each) for each in self._stores.asking(LexicalIndex.tallies))
        return CatalogueStats(
            place=self.place,
            embedder=self.embedder.name,
            items=sum(each.items for each in domains),
            domains=domains,
        )

    # Questions of search

    def rows(self) -> Rows:
        """Vectors, hard conditions and words of all items as they are now."""
        return self._stores.rows()

    def rows_of(self, ids: Sequence[str]) -> dict[str, int]:
        """The numbers of the rows in which ``ids`` are, of those that there are."""
        return self._stores.asking(lambda index: index.rows_of(ids)) if ids else {}

    def items_of_rows(self, numbers: Sequence[int]) -> dict[int, Item]:
        """The items in the rows ``numbers``, without rows that have gone."""
        return self._stores.asking(lambda index: index.items_of_rows(numbers))

    def stems(self, words: Sequence[str]) -> list[str]:
        """The stems of ``words``, as ``Rows.match`` takes them."""
        return self._stores.stems(words)

    def phrases(self, names: Sequence[str]) -> list[tuple[int, float]]:
        """Rows whose title or makers hold one of ``names``, and their BM25 scores."""
        return self._stores.asking(lambda index: index.phrases(names)) if names else []

    def match(
        self, text: str, clause: Clause, limit: int, names: Iterable[str] = ()
    ) -> list[tuple[str, float]]:
        """Ids and BM25 scores of the best matches that meet ``clause``; see ``LexicalIndex.match``."""
        return self._stores.asking(lambda index: index.match(text, clause, limit, names))

    def select(self, clause: Clause, limit: int) -> list[str]:
        """Ids of at most ``limit`` items that meet ``clause``."""
        return self._stores.asking(lambda index: index.select(clause, limit))

    def nearest(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """About ``n`` ids by falling cosine with ``vector`` (shape (dimensions,)), by Chroma's own index."""
        return self._stores.reading(lambda collection: collection.nearest(vector, n))

    def nearest_at_once(self, vector: Vectors, n: int) -> list[int] | None:
        """Row numbers of what ``nearest`` finds; None where it would have to wait (``Stores.reading_at_once``)."""
        near = self._stores.reading_at_once(lambda collection: collection.nearest(vector, n))
        if near is None:
            return None
        found = self.rows_of([item_id for item_id, _ in near])
        return [found[item_id] for item_id, _ in near if item_id in found]

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """Stored vectors of ``ids``, each of shape (dimensions,)."""
        return self._stores.reading(lambda collection: collection.vectors(ids))

    # Writing

    @property
    def generation(self) -> int:
        """The number of the latest finished write, whichever process made it."""
        return self._stores.asking(lambda index: index.generation)

    def exclusively(self) -> AbstractContextManager[None]:
        """Keep all other writers of this folder out for a while."""
        return self._stores.exclusive()

    def _add(self, items: Sequence[Item]) -> AddReport:
        stored = self._stores.asking(lambda index: index.items([item.id for item in items]))
        kept = [_with_first_sight(item, stored.get(item.id)) for item in items]
        new = [item for item in kept if item != stored.get(item.id)]
        if new:
            vectors = self._embedded(new, stored)
            self._stores.write(partial(_upsert, new, vectors), upserts=new, vectors=vectors)
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


def _upsert(items: Sequence[Item], vectors: Vectors, collection: ItemCollection, revision: int) -> None:
    collection.upsert(items, vectors, revision)


def _delete(ids: Sequence[str], collection: ItemCollection, _: int) -> None:
    collection.delete(ids)


def _with_first_sight(item: Item, stored: Item | None) -> Item:
    if stored is None or stored.added_at in (None, item.added_at):
        return item
    return item.model_copy(update={"added_at": stored.added_at})
