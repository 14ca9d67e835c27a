"""The catalogue as the active embedder sees it: embedder and collection are switched together, while queries run.

Each embedder version has a collection of its own; which one serves is decided by the one
pointer in the registry (``finetune.registry``). Whoever holds an ``ActiveCatalogue`` goes over
to another version at the next search or write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from finetune.following import Following
from finetune.registry import SHIPPED, Registry
from schema import Candidate, Demand, Item
from settings import Settings
from vectorstore.catalogue import Catalogue
from vectorstore.embedder import Embedder, load_embedder
from vectorstore.reports import AddReport
from vectorstore.search import Search

T = TypeVar("T")
LoadEmbedder = Callable[[Settings], Embedder]


def served(settings: Settings, version: str | None = None) -> Settings:
    """``settings`` with the embedder and the collection of ``version`` (None: the active one) for 'default'.

    Raises:
        ModelError: the registry cannot be read.
    """
    if settings.embedder != "default":
        return settings
    registry = Registry(settings)
    chosen = version or registry.active("embedder")
    if chosen == SHIPPED:
        return settings
    folder = registry.folder("embedder", chosen)
    return settings.model_copy(
        update={"embedder": str(folder), "collection": f"{settings.collection}-{chosen}"}
    )


@dataclass(frozen=True)
class _Serving:
    catalogue: Catalogue
    search: Search


class ActiveCatalogue:
    """All that a ``Catalogue`` does, by the collection of the embedder version that is active.

    Raises (all methods):
        CatalogueError: as ``Catalogue``.
        ModelError: the version that is active when it is opened is missing or damaged.
    """

    def __init__(self, settings: Settings, load: LoadEmbedder = load_embedder) -> None:
        self.settings = settings
        self._load = load
        self._registry = Registry(settings)
        self._following = Following(
            self._registry, "embedder", self._open, lambda serving: serving.catalogue.close()
        )

    @cached_property
    def shipped(self) -> Embedder:
        """The embedder that Kairos ships, whichever serves."""
        return self._load(self.settings)

    @property
    def version(self) -> str:
        """The embedder version that serves."""
        return self._following.version

    def search(self, demand: Demand, now: datetime, k: int, also: Sequence[str] = ()) -> list[Candidate]:
        """As ``Search``, all of it by one embedder in its own collection."""
        with self._following.using() as serving:
            return serving.search(demand, now, k, also)

    def add(self, items: Sequence[Item]) -> AddReport:
        """As ``Catalogue.add``."""
        return self._write(lambda catalogue: catalogue.add(items))

    def delete(self, ids: Sequence[str]) -> int:
        """As ``Catalogue.delete``."""
        return self._write(lambda catalogue: catalogue.delete(ids))

    def close(self) -> None:
        """Close what is open."""
        self._following.close()

    def __getattr__(self, name: str) -> Any:
        """What else a ``Catalogue`` has, of the one that is open."""
        if name.startswith("_"):
            raise AttributeError(name)
        with self._following.using(follow=False) as serving:
            value = getattr(serving.catalogue, name)
        return self._pinned(name) if callable(value) else value

    def _pinned(self, name: str) -> Callable[..., Any]:
        """A method of the catalogue that is open when it is called, which stays so meanwhile."""

        def method(*arguments: Any, **named: Any) -> Any:
            with self._following.using(follow=False) as serving:
                return getattr(serving.catalogue, name)(*arguments, **named)

        return method

    def _write(self, write: Callable[[Catalogue], T]) -> T:
        """Write; where another collection became active meanwhile, write the same there too."""
        done: list[T] = []
        while True:
            stamp = self._registry.stamp()
            with self._following.using(wait=True) as serving:
                done.append(write(serving.catalogue))
            if self._registry.stamp() == stamp:
                return done[0]

    def _open(self, version: str) -> _Serving:
        chosen = served(self.settings, version)
        embedder = self.shipped if version == SHIPPED else self._load(chosen)
        catalogue = Catalogue.open(chosen, embedder)
        return _Serving(catalogue, Search(catalogue, embedder))
