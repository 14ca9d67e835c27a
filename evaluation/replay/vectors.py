"""Vectors of a stream's items, made once and kept in the home."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from schema import Item
from vectorstore.embedder import Embedder

_BATCH = 256


class Vectors:
    """One vector an item id, shape (dimensions,), of length 1."""

    def __init__(self, rows: dict[str, int], matrix: NDArray[np.float32]) -> None:
        self._rows = rows
        self._matrix = matrix
        self.dimensions = int(matrix.shape[1])

    def of(self, item: Item) -> NDArray[np.float32]:
        """The item's vector."""
        vector: NDArray[np.float32] = self._matrix[self._rows[item.id]]
        return vector


def embed(
    items: Sequence[Item], embedder: Embedder, folder: Path, progress: Callable[[int], None] = lambda _: None
) -> Vectors:
    """Embed the passages of ``items``, or read them where ``folder`` has them from an earlier run.

    ``progress`` is told how many are done.
    """
    texts = [each.passage for each in items]
    digest = hashlib.sha256("\0".join([embedder.name, *texts]).encode()).hexdigest()[:16]
    path = folder / f"vectors-{digest}.npy"
    rows = {each.id: row for row, each in enumerate(items)}
    if path.exists():
        return Vectors(rows, np.load(path))
    parts = [np.empty((0, embedder.dimensions), np.float32)]
    for start in range(0, len(texts), _BATCH):
        parts.append(embedder.encode(texts[start : start + _BATCH]))
        progress(min(start + _BATCH, len(texts)))
    matrix = np.concatenate(parts)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{uuid4().hex}.npy"
    np.save(unfinished, matrix)
    unfinished.replace(path)
    return Vectors(rows, matrix)
