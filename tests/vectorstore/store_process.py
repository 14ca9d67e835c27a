"""Another process that uses the catalogue; run as ``python -m tests.vectorstore.store_process FOLDER ACTION ...``.

Actions: ``add ID TITLE``, ``add-many PREFIX COUNT BATCH`` (says how far it is), ``delete ID``,
``hold SECONDS`` (keeps the write lock), and ``add-killed POINT ID TITLE`` or ``delete-killed POINT ID``,
which end in SIGKILL at a point of the write: before or after one of its steps.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from schema import Item
from settings import load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore.catalogue import Catalogue
from vectorstore.collection import ItemCollection
from vectorstore.lexical import LexicalIndex
from vectorstore.lock import WriteLock

STEPS: dict[str, tuple[type, str]] = {
    "note": (LexicalIndex, "begin_write"),
    "upsert": (ItemCollection, "upsert"),
    "delete": (ItemCollection, "delete"),
    "finish": (ItemCollection, "finish"),
    "apply": (LexicalIndex, "apply"),
}


def die(*_: object, **__: object) -> None:
    """End as the power goes: no clean-up runs."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(point: str) -> None:
    """Arrange to die ``before-STEP`` or ``after-STEP``."""
    when, step = point.split("-")
    owner, name = STEPS[step]
    real: Callable[..., Any] = getattr(owner, name)

    def after(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        die()

    setattr(owner, name, die if when == "before" else after)


def item(item_id: str, title: str) -> Item:
    """An item with its title for a passage."""
    return Item(id=item_id, domain="video", title=title)


def main(folder: Path, action: str, *rest: str) -> None:
    """Do one action."""
    if action == "hold":
        with WriteLock(folder).held():
            print("held", flush=True)
            time.sleep(float(rest[0]))
        return
    catalogue = Catalogue.open(load_settings(home=folder.parent), HashingEmbedder(), folder)
    if action.endswith("-killed"):
        die_at(rest[0])
        action, rest = action.removesuffix("-killed"), rest[1:]
    if action == "add":
        catalogue.add([item(rest[0], rest[1])])
    elif action == "delete":
        catalogue.delete([rest[0]])
    elif action == "add-many":
        prefix, count, batch = rest[0], int(rest[1]), int(rest[2])
        for start in range(0, count, batch):
            catalogue.add([item(f"{prefix}{n}", f"{prefix}{n}") for n in range(start, start + batch)])
            print(start + batch, flush=True)
    catalogue.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
