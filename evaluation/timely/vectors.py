"""Vectors kept between runs: an embedder that looks a text up before it computes it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from errors import CatalogueError
from vectorstore.embedder import Embedder

_CHUNK = 256


class KeptVectors:
    """``embedder`` with a SQLite file of what it has computed; bears its name and gives its vectors.

    Raises:
        CatalogueError: the file cannot be made or written.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self.name = embedder.name
        self.dimensions = embedder.dimensions
        self._embedder = embedder
        self._lock = Lock()
        mark = hashlib.sha256(embedder.name.encode()).hexdigest()[:12]
        self._path = folder / f"vectors-{mark}.sqlite"
        with self._opened() as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB NOT NULL)"
                " WITHOUT ROWID"
            )

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector of length 1 a text, shape (texts, dimensions)."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        keys = [hashlib.sha256(each.encode("utf-8", "replace")).digest() for each in texts]
        with self._lock, self._opened() as connection:
            found = _known(connection, keys)
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
            for start in range(0, len(missing), _CHUNK):
                some = list(missing.items())[start : start + _CHUNK]
                vectors = self._embedder.encode([text for _, text in some])
                made = {key: vector for (key, _), vector in zip(some, vectors, strict=True)}
                rows = [(key, vector.astype(np.float32).tobytes()) for key, vector in made.items()]
                connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
                connection.commit()
                found |= made
        return np.stack([found[key] for key in keys])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=30)) as connection:
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise CatalogueError(
                f"kept vectors {self._path}: {error}; delete the file or free its disk"
            ) from error


def _known(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
    found: dict[bytes, NDArray[np.float32]] = {}
    for start in range(0, len(keys), _CHUNK):
        some = keys[start : start + _CHUNK]
        marks = ",".join("?" * len(some))
        rows = connection.execute(f"SELECT text, vector FROM vectors WHERE text IN ({marks})", some)
        found |= {key: np.frombuffer(vector, np.float32) for key, vector in rows}
    return found
