"""The Chroma collection: the store of record of items and their vectors.

A record's metadata holds the whole item as JSON (``item``) and the write that put it there
(``revision``). The collection's own metadata names the embedder of its vectors and the
latest write (``generation``).

Conditions are not kept as Chroma metadata, because its filters are slow (benchmarks/filtered_search.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from errors import CatalogueError
from schema import Item
from vectorstore.connection import Connection, translated

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

T = TypeVar("T")
Vectors = NDArray[np.float32]

# Recall of the nearest 50 in slices of 1,000 to 50,000 of 100,000: .995 to 1, with Chroma's own 100 .95 to 1.
EF_SEARCH = 400
# Chroma rewrites its vector files (of 100,000 items in 0.1 s) when so many records have come or gone, and at
# every write reads again what has since: 11.2 ms a write at its default of 1,000, all in, 7.3 ms at 400.
SYNC_THRESHOLD = 400
PAGE = 2000
REBUILDING = "-rebuilding"
UNFINISHED = "(unfinished rebuild)"


class ItemCollection:
    """One open collection; to see what another process wrote, close it and open it again.

    Raises (all methods):
        CatalogueError: Chroma cannot be reached, read or written.
    """

    def __init__(self, client: Client, collection: Collection, place: str) -> None:
        self.place = place
        self._client = client
        self._collection = collection

    @classmethod
    def open(cls, connection: Connection, name: str, embedder: str) -> Self:
        """Open the collection, or make it, for vectors of ``embedder``.

        Raises:
            CatalogueError: it holds vectors of another embedder, or is not one of ours.
        """
        client = connection.open()
        try:
            with translated(connection.place):
                found = _find(client, name)
                if found is not None and _embedder(found) not in (None, embedder) and found.count() == 0:
                    client.delete_collection(name)
                    found = None
                found = found or create(client, name, embedder)
                _check_embedder(found, embedder, connection.place)
                if not connection.remote:
                    _tune(found)
                found.count()  # loads the vectors now, while no other process writes
        except BaseException:
            client.close()
            raise
        return cls(client, found, connection.place)

    def close(self) -> None:
        """Let go of the client and its index; a second call does nothing."""
        self._client.close()

    @property
    def identity(self) -> str:
        """The id that Chroma gave the collection; another one after a rebuild."""
        return str(self._collection.id)

    @property
    def generation(self) -> int:
        """The latest finished write, as known when the collection was opened or last refreshed."""
        return int((self._collection.metadata or {}).get("generation", 0))

    def refresh(self) -> None:
        """Read the collection's own metadata again."""
        with translated(self.place):
            self._collection = self._client.get_collection(self._collection.name, embedding_function=None)

    # Reading

    def count(self) -> int:
        """How many items there are."""
        with translated(self.place):
            return self._collection.count()

    def ids(self, since: int | None = None) -> list[str]:
        """All ids, or those that write ``since`` or a later one put here."""
        where: Any = None if since is None else {"revision": {"$gte": since}}
        with translated(self.place):
            return list(self._collection.get(where=where, include=[])["ids"])

    def records(self, ids: Sequence[str]) -> Iterator[tuple[Item, Vectors]]:
        """The items of ``ids`` that there are, each with its vector of shape (dimensions,)."""
        for page in pages(ids, PAGE):
            with translated(self.place):
                got: Any = self._collection.get(ids=list(page), include=["metadatas", "embeddings"])
            vectors = np.asarray(got["embeddings"], np.float32)
            for item_id, metadata, vector in zip(got["ids"], got["metadatas"], vectors, strict=True):
                yield self._parsed(item_id, metadata), vector

    def items(self, ids: Sequence[str]) -> dict[str, Item]:
        """The items of ``ids`` that there are."""
        found: dict[str, Item] = {}
        for page in pages(ids, PAGE):
            with translated(self.place):
                got: Any = self._collection.get(ids=list(page), include=["metadatas"])
            pairs = zip(got["ids"], got["metadatas"], strict=True)
            found.update((item_id, self._parsed(item_id, metadata)) for item_id, metadata in pairs)
        return found

    def _parsed(self, item_id: str, metadata: Any) -> Item:
        try:
            return Item.model_validate_json(metadata["item"])
        except (ValidationError, KeyError, TypeError) as error:
            raise CatalogueError(
                f"catalogue {self.place}: record {item_id!r} is not an item of this version: add it again"
            ) from error

    def vectors(self, ids: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of ``ids``, each of shape (dimensions,)."""
        found: dict[str, Vectors] = {}
        for page in pages(ids, PAGE):
            with translated(self.place):
                got = self._collection.get(ids=list(page), include=["embeddings"])
            found.update(zip(got["ids"], np.asarray(got["embeddings"], np.float32), strict=True))
        return found

    def nearest(self, vector: Vectors, n: int) -> list[tuple[str, float]]:
        """About ``n`` ids by falling cosine with ``vector``."""
        with translated(self.place):
            got = self._collection.query(
                query_embeddings=vector[np.newaxis], n_results=n, include=["distances"]
            )
        distances = got["distances"] or [[]]
        return [(each, 1 - distance) for each, distance in zip(got["ids"][0], distances[0], strict=True)]

    # Writing; the caller holds the write lock

    @cached_property
    def largest_batch(self) -> int:
        """Most records that one write takes."""
        with translated(self.place):
            return self._client.get_max_batch_size()

    def upsert(self, items: Sequence[Item], vectors: Vectors, revision: int) -> None:
        """Put ``items`` and their ``vectors`` (shape (items, dimensions)) here, as write ``revision``."""
        metadatas: Any = [
            {"item": each.model_dump_json(exclude_none=True), "revision": revision} for each in items
        ]
        with translated(self.place):
            self._collection.upsert(
                ids=[each.id for each in items], embeddings=np.asarray(vectors), metadatas=metadatas
            )

    def delete(self, ids: Sequence[str]) -> None:
        """Remove ``ids``."""
        with translated(self.place):
            self._collection.delete(ids=list(ids))

    def finish(self, generation: int) -> None:
        """Say that write ``generation`` is done."""
        with translated(self.place):
            self._collection.modify(metadata={**(self._collection.metadata or {}), "generation": generation})


def create(client: Client, name: str, embedder: str) -> Collection:
    """A new, empty collection for vectors of ``embedder``."""
    return client.create_collection(
        name,
        configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH, "sync_threshold": SYNC_THRESHOLD}},
        metadata={"embedder": embedder, "generation": 0},
        embedding_function=None,
    )


def _tune(collection: Collection) -> None:
    """Bring a collection of an earlier version to ``SYNC_THRESHOLD``; before its vectors are loaded."""
    hnsw: Any = collection.configuration_json.get("hnsw") or {}
    if hnsw.get("sync_threshold") != SYNC_THRESHOLD:
        collection.modify(configuration={"hnsw": {"sync_threshold": SYNC_THRESHOLD}})


def pages(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """``values`` in runs of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _find(client: Client, name: str) -> Collection | None:
    """The collection called ``name``; ends a rebuild that was cut short while changing names."""
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError:
        pass
    try:
        rebuilt = client.get_collection(f"{name}{REBUILDING}", embedding_function=None)
    except NotFoundError:
        return None
    if not (rebuilt.metadata or {}).get("complete"):
        return None
    rebuilt.modify(name=name)
    return rebuilt


def _embedder(collection: Collection) -> str | None:
    return (collection.metadata or {}).get("embedder")


def _check_embedder(collection: Collection, embedder: str, place: str) -> None:
    stored = _embedder(collection)
    if stored == embedder:
        return
    if stored is None:
        raise CatalogueError(
            f"collection {collection.name!r} at {place} is not ours: set KAIROS_COLLECTION to another name"
        )
    if stored == UNFINISHED:
        raise CatalogueError(
            f"catalogue {place}: a rebuild was cut short: run 'app.py catalogue rebuild' again"
        )
    raise CatalogueError(
        f"catalogue {place} holds vectors of {stored}, but the embedder is {embedder}:"
        " run 'app.py catalogue rebuild', or set KAIROS_EMBEDDER back ('base' is MiniLM as published)"
    )
