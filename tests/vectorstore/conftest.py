"""Stores in a temporary folder: with the real embedder, and with a light one where vectors do not matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from schema import Item
from settings import Settings, load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore.catalogue import Catalogue
from vectorstore.embedder import Embedder, load_embedder

MakeItem = Callable[..., Item]
OpenCatalogue = Callable[..., Catalogue]


@pytest.fixture(scope="session")
def minilm() -> Embedder:
    """The default embedder."""
    return load_embedder(load_settings(precision="float32"))


@pytest.fixture
def hashing() -> HashingEmbedder:
    """A light embedder."""
    return HashingEmbedder()


@pytest.fixture
def make_item() -> MakeItem:
    """Makes an item from what matters to a test."""

    def make(item_id: str, title: str = "", domain: str = "video", **fields: Any) -> Item:
        return Item.model_validate({"id": item_id, "domain": domain, "title": title or item_id, **fields})

    return make


@pytest.fixture
def open_catalogue(settings: Settings, hashing: HashingEmbedder) -> Iterator[OpenCatalogue]:
    """Opens catalogues (the same one every time, unless told otherwise) and closes them at the end."""
    opened: list[Catalogue] = []

    def open_(embedder: Embedder = hashing, directory: Path | None = None, **values: Any) -> Catalogue:
        chosen = settings.model_copy(update=values)
        opened.append(Catalogue.open(chosen, embedder, directory))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()
