"""Keeps Chroma's vector files whole through a kill.

The embedded Chroma keeps items and its write-ahead log in SQLite, which survives a kill,
but every thousand writes or so it overwrites the files of its vector index in place. A
process killed there leaves them unreadable (so in Chroma 1.5.9), and the collection with
them. So a copy is taken once before each such rewrite: a torn index is put back from it,
and Chroma replays the rest from its log.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from errors import CatalogueError
from vectorstore.chroma_file import ChromaFile

_COPY = "vector-files-copy"
_NOTE = "copied.json"
_SEGMENT = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-")


class _Seen(TypedDict):
    """A segment's files, by name, size and time, and the last log entry in them, None where they hold none."""

    flushed: int | None
    files: list[list[str | int]]


class VectorFiles:
    """The vector files of the Chroma folder ``directory``. The caller holds the write lock.

    Raises (all methods):
        CatalogueError: the folder cannot be read or written, or Chroma has changed its layout.
    """

    def __init__(self, directory: Path, file: ChromaFile) -> None:
        self._directory = directory
        self._file = file
        self._copy = directory / _COPY

    def keep(self) -> None:
        """Before a write: see that a copy of the files as they are now exists."""
        with _explained(self._directory):
            files = {
                each.name: _files(each) for each in self._directory.iterdir() if _SEGMENT.match(each.name)
            }
        if files == {segment: seen["files"] for segment, seen in self._copied().items()}:
            return
        flushed = self._file.flushed()
        present: dict[str, _Seen] = {
            segment: {"flushed": flushed.get(segment), "files": some} for segment, some in files.items()
        }
        partial = self._copy.with_suffix(".partial")
        with _explained(self._directory):
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(self._copy, ignore_errors=True)
            partial.mkdir()
            for segment, seen in present.items():
                if seen["flushed"] is not None:
                    shutil.copytree(self._directory / segment, partial / segment)
            (partial / _NOTE).write_text(json.dumps(present), encoding="utf-8")
            partial.rename(self._copy)

    def recover(self) -> None:
        """After a kill, with no client open: put back files whose rewriting was not finished."""
        copied = self._copied()
        for segment, flushed in self._file.flushed().items():
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
        for segment in self._file.flushed(collection):
            shutil.rmtree(self._directory / segment, ignore_errors=True)

    def _copied(self) -> dict[str, _Seen]:
        try:
            copied: dict[str, _Seen] = json.loads((self._copy / _NOTE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return copied


def _files(folder: Path) -> list[list[str | int]]:
    if not folder.is_dir():
        return []
    found = [(each.name, each.stat()) for each in sorted(folder.iterdir())]
    return [[name, stat.st_size, stat.st_mtime_ns] for name, stat in found]


@contextmanager
def _explained(directory: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, shutil.Error) as error:
        raise CatalogueError(
            f"catalogue {directory}: its vector files cannot be kept safe ({error}); check space and rights"
        ) from error
