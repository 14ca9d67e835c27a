"""Embeds every item of a catalogue anew: for another embedder, or because its vectors are damaged.

``rebuild`` puts a collection in the place of one that may be damaged; nobody can search
meanwhile. It needs only the items, which Chroma keeps apart from the vectors, and is simply
run again where it was cut short.

``switch_embedder`` goes over to another embedder version while queries go on (blue/green): the
new version's collection is brought up beside the old one, and a pointer moved at the end. The
old one stays; to go back brings it up to what changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from errors import CatalogueError, ModelError
from finetune.registry import Registry
from settings import Settings
from vectorstore.active import LoadEmbedder, served
from vectorstore.catalogue import Catalogue
from vectorstore.collection import REBUILDING, UNFINISHED, ItemCollection, create, pages
from vectorstore.connection import Connection, connection, translated
from vectorstore.embedder import Embedder, load_embedder
from vectorstore.lexical import EVERYTHING
from vectorstore.lock import WriteLock
from vectorstore.reports import AddReport

if TYPE_CHECKING:
    from chromadb.api.client import Client

_CHUNK = 256
_ROUNDS = 3

Advance = Callable[[int, int], object]


def rebuild(
    settings: Settings,
    embedder: Embedder,
    directory: Path | None = None,
    advance: Advance = lambda done, total: None,
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
    if directory is None:
        settings = served(settings)
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


def _fill(client: Client, way: Connection, name: str, embedder: Embedder, advance: Advance) -> int:
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
        way.before_write(len(items))
        new.upsert(items, embedder.encode([item.passage for item in items]), generation)
        done += len(items)
        advance(done, len(ids))
    with translated(way.place):
        made.modify(metadata={"embedder": embedder.name, "generation": generation, "complete": True})
        client.delete_collection(name)
        made.modify(name=name)
    return done


def switch_embedder(
    settings: Settings,
    version: str | None,
    advance: Advance = lambda done, total: None,
    load: LoadEmbedder = load_embedder,
) -> AddReport:
    """Make another embedder version the active one, its collection complete; searches go on meanwhile.

    Where it is killed the old version serves on, and to call it again goes on with what is
    embedded already. Items that are added meanwhile, by any process of this machine, are in the
    new collection too.

    Args:
        settings: whose 'default' embedder is meant.
        version: to switch to; None rolls back to the version that was active before.
        advance: told how many items are looked at, and of how many.
        load: makes an embedder of settings.

    Returns:
        What was done to the new collection: how many items were put in or had changed.

    Raises:
        ModelError: the version is missing or damaged, or there is none to roll back to.
        CatalogueError: a collection cannot be read or written.
    """
    registry = Registry(settings)
    target = version or registry.before("embedder")
    registry.check("embedder", target)
    old = _stored(served(settings))
    chosen = served(settings, target)
    embedder = load(chosen)

    def switch() -> None:
        if version is None:
            registry.roll_back("embedder")
        else:
            registry.use("embedder", version)

    if old is None:  # nothing is stored yet: the first to open the catalogue fills it
        switch()
        return AddReport()
    try:
        with closing(Catalogue.open(chosen, embedder)) as new:
            return bring_up(old, new, switch, advance)
    except CatalogueError:
        if target == registry.active("embedder"):
            raise
        # A build that was killed in the middle may leave vectors that cannot be read.
        _discard(chosen)
        with closing(Catalogue.open(chosen, embedder)) as new:
            return bring_up(old, new, switch, advance)
    finally:
        old.close()


def bring_up(
    old: Catalogue,
    new: Catalogue,
    switch: Callable[[], object],
    advance: Advance = lambda done, total: None,
) -> AddReport:
    """Make ``new`` hold what ``old`` holds, and call ``switch`` while nobody may write.

    Only what is missing or has another text is embedded. Both lie in one folder.
    """
    made = AddReport()
    known = -1
    for _ in range(_ROUNDS):
        if old.generation == known:
            break
        known = old.generation
        made += _taken_over(old, new, advance)
    with new.exclusively():
        if old.generation != known:
            made += _taken_over(old, new, advance)
        switch()
    return made


def _taken_over(old: Catalogue, new: Catalogue, advance: Advance) -> AddReport:
    ids = sorted(old.select(EVERYTHING, old.count()))
    made = AddReport()
    for done, some in enumerate(pages(ids, _CHUNK)):
        made += new.add(old.get(some))
        advance(min(len(ids), (done + 1) * _CHUNK), len(ids))
    gone = set(new.select(EVERYTHING, new.count())) - set(ids)
    new.delete(sorted(gone))
    return made


def _stored(settings: Settings) -> Catalogue | None:
    """The catalogue as it is stored, whether or not its embedder can be loaded; None where there is none."""
    from chromadb.errors import NotFoundError

    if not settings.catalogue_dir.is_dir():
        return None
    way = connection(settings, None)
    client = way.open()
    try:
        with translated(way.place):
            metadata = client.get_collection(settings.collection, embedding_function=None).metadata or {}
    except CatalogueError as error:
        if isinstance(error.__cause__, NotFoundError):
            return None
        raise
    finally:
        client.close()
    return Catalogue.open(settings, _Unloaded(str(metadata.get("embedder"))))


def _discard(settings: Settings) -> None:
    """Delete a collection that is not served, and its lexical index."""
    from chromadb.errors import NotFoundError

    way = connection(settings, None)
    with WriteLock(settings.catalogue_dir).held():
        way.discard_vectors(settings.collection)
        client = way.open()
        try:
            with translated(way.place), suppress(NotFoundError):
                client.delete_collection(settings.collection)
        finally:
            client.close()


class _Unloaded:
    """Stands for an embedder whose vectors are kept and of which no new ones are made."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dimensions = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Never done.

        Raises:
            ModelError: always.
        """
        raise ModelError(f"embedder {self.name} is not loaded")
