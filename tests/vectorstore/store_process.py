"""What another process does to the catalogue, and the way to die in the middle of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from schema import Item
from settings import load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore import snapshot, view
from vectorstore.catalogue import Catalogue
from vectorstore.collection import ItemCollection
from vectorstore.lexical import LexicalIndex
from vectorstore.lock import WriteLock

STEPS: dict[str, tuple[Any, str]] = {
    "note": (LexicalIndex, "begin_write"),
    "upsert": (ItemCollection, "upsert"),
    "delete": (ItemCollection, "delete"),
    "finish": (ItemCollection, "finish"),
    "apply": (LexicalIndex, "take_over"),
    "flush": (snapshot, "_flush"),
    "adopt": (LexicalIndex, "adopt"),
}


def open_in(folder: Path) -> Catalogue:
    """The catalogue in ``folder``."""
    return Catalogue.open(load_settings(home=folder.parent), HashingEmbedder(), folder)


def item(item_id: str, title: str) -> Item:
    """An item with its title for a passage."""
    return Item(id=item_id, domain="video", title=title)


def add(folder: Path, item_id: str, title: str, die: str | None = None) -> None:
    """Add one item; ``die`` is a point of the write such as "before-upsert"."""
    catalogue = open_in(folder)
    if die:
        die_at(die)
    catalogue.add([item(item_id, title)])
    catalogue.close()


def add_and_compact(folder: Path, item_id: str, title: str, die: str | None = None) -> None:
    """Add one item and make a new snapshot of the view; ``die`` as for ``add``."""
    catalogue = open_in(folder)
    view.FEWEST_TO_COMPACT = 0
    view.SHARE_TO_COMPACT = 0.0
    if die:
        die_at(die)
    catalogue.add([item(item_id, title)])
    catalogue.close()


def delete(folder: Path, item_id: str, die: str | None = None) -> None:
    """Delete one item; ``die`` as for ``add``."""
    catalogue = open_in(folder)
    if die:
        die_at(die)
    catalogue.delete([item_id])
    catalogue.close()


def add_many(
    folder: Path, prefix: str, first: int, count: int, batch: int, said: Connection | None = None
) -> None:
    """Add items by batches, saying into ``said`` how many are in."""
    catalogue = open_in(folder)
    for start in range(first, first + count, batch):
        catalogue.add([item(f"{prefix}{n}", f"{prefix}{n}") for n in range(start, start + batch)])
        if said:
            said.send(start + batch)
    catalogue.close()


def hold(folder: Path, seconds: float, said: Connection) -> None:
    """Keep the write lock."""
    with WriteLock(folder).held():
        said.send("held")
        time.sleep(seconds)


def add_and_hold(folder: Path, item_id: str, title: str, said: Connection) -> None:
    """Add one item and keep the write lock until told to go on."""
    catalogue = open_in(folder)
    with catalogue.exclusively():
        catalogue.add([item(item_id, title)])
        said.send("added")
        said.recv()
    catalogue.close()


def die_at(point: str) -> None:
    """Arrange to die "before-STEP" or "after-STEP"."""
    when, step = point.split("-")
    owner, name = STEPS[step]
    real: Callable[..., Any] = getattr(owner, name)

    def after(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        _die()

    setattr(owner, name, _die if when == "before" else after)


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
