"""A large catalogue for benchmarks: the bundled items repeated, and what it costs to make it kept between runs.

The copies have numbered titles, dates of publication spread over the years before the
original's, and vectors of the original moved by noise of length 0.4 seeded by the text, so
that each has some eighty near relatives. The cost of search is real; the relevance of copies is of no interest.
"""

from __future__ import annotations

import os
import platform
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.progress import track

from benchmarks.chat_turn import RepeatedItems, bundled_items, repeated
from schema import Item
from settings import Settings
from vectorstore.catalogue import Catalogue
from vectorstore.embedder import load_base

BATCH = 2000
_YEARS = 5


def open_large(settings: Settings, size: int) -> tuple[Catalogue, list[Item]]:
    """The catalogue of ``settings``, grown to ``size`` items where it is smaller, and those items."""
    originals = bundled_items()
    # As published: a catalogue that is kept stays good when Kairos ships another embedder.
    catalogue = Catalogue.open(settings, RepeatedItems(load_base(settings), originals))
    items = list(spread(originals, size))
    for start in track(
        range(catalogue.count(), size, BATCH), f"growing to {size:,} items", console=Console(stderr=True)
    ):
        catalogue.add(items[start : start + BATCH])
    return catalogue, items


def spread(originals: Sequence[Item], size: int) -> Iterator[Item]:
    """``size`` items, the copies published up to five years before their originals."""
    days = random.Random(7)
    for n, item in enumerate(repeated(originals, 0, size)):
        earlier = timedelta(days=days.randrange(365 * _YEARS))
        if n >= len(originals) and item.published_at is not None:
            yield item.model_copy(update={"published_at": item.published_at - earlier})
        else:
            yield item


def circumstances() -> dict[str, Any]:
    """The machine, and how busy it is: processes that run or wait to, on average over the last minute."""
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    return {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count(), "load": load}
