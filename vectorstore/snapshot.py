"""The part of the view that lies on disk: rows sorted by domain and time, memory-mapped and never changed.

A snapshot is a folder. It is written under another name, flushed, and renamed when it is
whole; which one counts is said by the lexical index (``LexicalIndex.adopt``), so a process
that dies on the way leaves a folder that nobody reads.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.columns import Columns, empty
from vectorstore.postings import NO_POSTINGS, Postings

Vectors = NDArray[np.float32]
_CHUNK = 8192


class SnapshotError(Exception):
    """A snapshot is missing or not whole; it can be made anew from Chroma."""


@dataclass(frozen=True)
class Snapshot:
    """Rows with their columns, vectors of length 1 (shape (rows, dimensions)) and words."""

    columns: Columns
    vectors: Vectors
    postings: Postings

    def __len__(self) -> int:
        return len(self.columns)


NOTHING = Snapshot(Columns.of(empty()), np.empty((0, 0), np.float32), NO_POSTINGS)


def load(folder: Path) -> Snapshot:
    """The snapshot in ``folder``; vectors and words stay on disk until they are looked at.

    Raises:
        SnapshotError: it is missing or not whole.
    """
    try:
        columns = Columns.of(np.load(folder / "columns.npy"))
        vectors, starts, places, counts = (
            np.load(folder / f"{name}.npy", mmap_mode="r")
            for name in ("vectors", "starts", "places", "counts")
        )
        terms = (folder / "terms.txt").read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError, EOFError) as error:
        raise SnapshotError(f"{folder}: {error}") from error
    numbers = {term: number for number, term in enumerate(terms)} if len(starts) > 1 else {}
    if len(vectors) != len(columns) or len(numbers) != len(starts) - 1 or len(places) != len(counts):
        raise SnapshotError(f"{folder}: its files are not of one making")
    # Plain arrays over the same memory: slicing a memmap costs several times as much.
    postings = Postings(numbers, np.asarray(starts), np.asarray(places), np.asarray(counts))
    return Snapshot(columns, np.asarray(vectors), postings)


def save(
    folder: Path, records: NDArray[Any], order: NDArray[np.int64], parts: list[Vectors], postings: Postings
) -> None:
    """Write a snapshot to ``folder``.

    Args:
        folder: is made, and replaced if it is there.
        records: columns (dtype ``columns.ROW``), in the snapshot's order.
        order: for each of them its place in ``parts``, as if they were one array.
        parts: vectors, shape (n, dimensions).
        postings: with places in the snapshot's order.

    Raises:
        OSError: it cannot be written.
    """
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    np.save(partial / "columns.npy", records)
    shape = len(order), max(part.shape[1] for part in parts)
    vectors = np.lib.format.open_memmap(partial / "vectors.npy", mode="w+", dtype=np.float32, shape=shape)
    border = len(parts[0])
    for start in range(0, len(order), _CHUNK):
        some = order[start : start + _CHUNK]
        block = vectors[start : start + _CHUNK]
        for rows, first in zip(parts, (0, border), strict=True):
            mine = (some >= first) & (some < first + len(rows))
            if mine.any():
                block[mine] = rows[some[mine] - first]
    vectors.flush()
    del vectors
    np.save(partial / "starts.npy", postings.starts)
    np.save(partial / "places.npy", postings.places)
    np.save(partial / "counts.npy", postings.counts)
    (partial / "terms.txt").write_text("\n".join(postings.numbers), encoding="utf-8", newline="")
    for file in partial.iterdir():
        _flush(file)
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
    _flush(folder.parent)


def _flush(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
