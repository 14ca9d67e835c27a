"""The catalogue: items in Chroma, followed by a lexical index, for many readers and one writer at a time.

A write goes: note that it begins; Chroma; the lexical index with the note taken back, in one
transaction. Who opens the catalogue and finds the note knows that a writer was killed, and
brings the lexical index up to Chroma again. Every write has a number (``generation``); a
process that finds a newer one than it knows opens Chroma afresh, because an open client
does not see what another process wrote. Writers wait for each other at a file lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Self, TypeVar

import numpy as np

from errors import CatalogueError
from schema import Domain, Frozen, Item
from settings import Settings
from vectorstore.collection import ItemCollection, Vectors, pages
from vectorstore.connection import Connection, connection
from vectorstore.embedder import Embedder
from vectorstore.lexical import EVERYTHING, LexicalIndex, Tally, is_damaged

T = TypeVar("T")

LOCK_SECONDS = 60.0
CHUNK = 512
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AddReport:
    """What ``Catalogue.add`` did, in items."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: AddReport) -> AddReport:
        return AddReport(
            self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged
        )


class DomainStats(Frozen):
    """Counts of one domain; ``with_window`` may be recommended only for a time, ``recurring`` again and again."""

    domain: str
    items: int
    earliest: datetime | None
    latest: datetime | None
    with_window: int
    recurring: int
    with_price: int


class CatalogueStats(Frozen):
    """What a catalogue holds."""

    place: str
    embedder: str
    items: int
    domains: tuple[DomainStats, ...]


class Catalogue:
    """An open catalogue. Safe to use from several threads.

    Raises (all methods):
        CatalogueError: the store cannot be read or written, or another process keeps writing.
    """
