"""Keeps Chroma's vector files whole through a kill.

The embedded Chroma keeps items and its write-ahead log in SQLite, which survives a kill,
but every thousand writes or so it overwrites the files of its vector index in place. A
process killed there leaves them unreadable (so in Chroma 1.5.9), and the collection with
them. So a copy is taken once before each such rewrite: a torn index is put back from it,
and Chroma replays the rest from its log.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from errors import CatalogueError

_COPY = "vector-files-copy"
_NOTE = "copied.json"


class _Copied(TypedDict):
    """Of one copied segment: the last log entry in its files, and their names, sizes and times."""

    flushed: int
    files: list[list[str | int]]


class VectorFiles:
    """The vector files of the Chroma folder ``directory``. The caller holds the write lock.

    Raises (all methods):
        CatalogueError: the folder cannot be read or written, or Chroma has changed its layout.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._copy = directory / _COPY

    def keep(self) -> None:
        """Before a write: see that a copy of the files as they are now exists."""
        flushed = self._flushed()
        present: dict[str, _Copied] = {
            segment: {"flushed": last, "files": _files(self._directory / segment)}
            for segment, last in flushed.items()
            if last is not None
        }
        if present == self._copied():
            return
        partial = self._copy.with_suffix(".partial")
        with _explained(self._directory):
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(self._copy, ignore_errors=True)
            partial.mkdir()
            for segment in present:
                shutil.copytree(self._directory / segment, partial / segment)
            (partial / _NOTE).write_text(json.dumps(present), encoding="utf-8")
            partial.rename(self._copy)

    def recover(self) -> None:
        """After a kill, with no client open: put back files whose rewriting was not finished."""
        copied = self._copied()
        for segment, flushed in self._flushed().items():
            folder = self._directory / segment
            kept = copied.get(segment)
            with _explained(self._directory):
                if flushed is None:  # all is still in the log
                    shutil.rmtree(folder, ignore_errors=True)
                elif kept and kept["flushed"] == flushed and kept["files"] != _files(folder):
                    shutil.rmtree(folder, ignore_errors=True)
                    shutil.copytree(self._copy / segment, folder)

    def discard(self, collection: str) -> None:
        """Delete the vector files of ``collection``, before every item in it is embedded anew."""
        for segment in self._flushed(collection):
            shutil.rmtree(self._directory / segment, ignore_errors=True)

    def _copied(self) -> dict[str, _Copied]:
        try:
            copied: dict[str, _Copied] = json.loads((self._copy / _NOTE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return copied

    def _flushed(self, collection: str | None = None) -> dict[str, int | None]:
        """By vector segment, the last log entry that its files hold; None where they hold none."""
        database = self._directory / "chroma.sqlite3"
        if not database.exists():
            return {}
        sql = (
            "SELECT segments.id, max_seq_id.seq_id FROM segments"
            " JOIN collections ON collections.id = segments.collection"
            " LEFT JOIN max_seq_id ON max_seq_id.segment_id = segments.id"
            " WHERE segments.scope = 'VECTOR' AND (?1 IS NULL OR collections.name = ?1)"
        )
        with _explained(self._directory):
            connection = sqlite3.connect(database, timeout=30)
            try:
                return dict(connection.execute(sql, (collection,)).fetchall())
            finally:
                connection.close()


def _files(folder: Path) -> list[list[str | int]]:
    if not folder.is_dir():
        return []
    found = [(each.name, each.stat()) for each in sorted(folder.iterdir())]
    return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in found]


@contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, shutil.Error, sqlite3.Error) as error:
        raise CatalogueError(
            f"catalogue {directory}: its vector files cannot be kept safe ({error}); check space and rights"
        ) from error
