"""Embeds every item of a catalogue anew: for another embedder, or because its vectors are damaged.

Needs only the items, which Chroma keeps apart from the vectors. The new collection takes the
place of the old one when it is complete; a rebuild that was cut short is simply run again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from errors import CatalogueError
from settings import Settings
from vectorstore.catalogue import Catalogue
from vectorstore.collection import REBUILDING, UNFINISHED, ItemCollection, create, pages
from vectorstore.connection import Connection, connection, translated
from vectorstore.embedder import Embedder
from vectorstore.lock import WriteLock

if TYPE_CHECKING:
    from chromadb.api.client import Client

_CHUNK = 256


def rebuild(
    settings: Settings,
    embedder: Embedder,
    directory: Path | None = None,
    advance: Callable[[int, int], object] = lambda done, total: None,
) -> int:
    """Embed every item with ``embedder``; returns how many there are. No other process may use the catalogue.

    Args:
        settings: as for ``Catalogue.open``.
        embedder: makes the new vectors.
        directory: as for ``Catalogue.open``.
        advance: told how many items are done, and of how many.

    Raises:
        CatalogueError: there is no catalogue, or it cannot be read or written.
    """
    folder = directory or settings.catalogue_dir
    way = connection(settings, directory)
    if not folder.is_dir():
        raise CatalogueError(f"catalogue {folder}: there is none to rebuild")
    with WriteLock(folder).held():
        _give_up_vectors(way, settings.collection)
        client = way.open()
        try:
            done = _fill(client, way, settings.collection, embedder, advance)
        finally:
            client.close()
    Catalogue.open(settings, embedder, directory).close()
    return done


def _give_up_vectors(way: Connection, name: str) -> None:
    """Mark the old collection, so that nobody opens it, and drop its vectors, which may be unreadable."""
    from chromadb.errors import NotFoundError

    client = way.open()
    try:
        with translated(way.place):
            old = client.get_collection(name, embedding_function=None)
            old.modify(metadata={**(old.metadata or {}), "embedder": UNFINISHED})
    except CatalogueError as error:
        if isinstance(error.__cause__, NotFoundError):
            raise CatalogueError(
                f"catalogue {way.place}: there is no collection {name!r} to rebuild"
            ) from error
        raise
    finally:
        client.close()
    way.discard_vectors(name)


def _fill(
    client: Client, way: Connection, name: str, embedder: Embedder, advance: Callable[[int, int], object]
) -> int:
    from chromadb.errors import NotFoundError

    temporary = f"{name}{REBUILDING}"
    with translated(way.place):
        old = ItemCollection(client, client.get_collection(name, embedding_function=None), way.place)
        with suppress(NotFoundError):
            client.delete_collection(temporary)
        made = create(client, temporary, embedder.name)
    new = ItemCollection(client, made, way.place)
    ids = sorted(old.ids())
    generation = old.generation + 1
    done = 0
    for some in pages(ids, _CHUNK):
        items = list(old.items(some).values())
        way.before_write()
        new.upsert(items, embedder.encode([item.passage for item in items]), generation)
        done += len(items)
        advance(done, len(ids))
    with translated(way.place):
        made.modify(metadata={"embedder": embedder.name, "generation": generation, "complete": True})
        client.delete_collection(name)
        made.modify(name=name)
    return done
