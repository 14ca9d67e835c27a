"""Keeps Chroma's vector files whole through a kill.

The embedded Chroma keeps items and its write-ahead log in SQLite, which survives a kill,
but every thousand writes or so it overwrites the files of its vector index in place. A
process killed there leaves them unreadable (so in Chroma 1.5.9), and the collection with
them. So a copy is taken once before each such rewrite: a torn index is put back from it,
and Chroma replays the rest from its log. The copy is made in a thread after a rewrite, while
writing goes on, for the next rewrite is many records away; it counts once a writer who holds
the lock finds the files as they were when it was begun.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from typing import TypedDict

from errors import CatalogueError
from vectorstore.chroma_file import ChromaFile

_COPY = "vector-files-copy"
_PARTIAL = f"{_COPY}-partial-"
_NOTE = "copied.json"
COPYING = "copy of the vector files"  # what the thread that makes it is called
# Records after a rewrite that surely bring no other, which comes after ``collection.SYNC_THRESHOLD``.
REWRITTEN_SOONEST = 200
_SEGMENT = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-")


class _Seen(TypedDict):
    """A segment's files, by name, size and time, and the last log entry in them, None where they hold none."""

    flushed: int | None
    files: list[list[str | int]]


_Files = dict[str, list[list[str | int]]]


class _Copying:
    """A copy of ``files`` that is made in another thread by ``make``."""

    def __init__(self, files: _Files, make: Callable[[_Files], Path]) -> None:
        self.files = files
        self._made: Path | None = None
        self._thread = Thread(target=self._run, args=(make,), name=COPYING)
        self._thread.start()

    def _run(self, make: Callable[[_Files], Path]) -> None:
        with suppress(CatalogueError):  # whoever needs the copy makes it, and says what is wrong
            self._made = make(self.files)

    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return not self._thread.is_alive()

    def result(self) -> Path | None:
        """Wait for it; None where it could not be made."""
        self._thread.join()
        return self._made


class VectorFiles:
    """The vector files of the Chroma folder ``directory``. The caller holds the write lock.

    Raises (all methods):
        CatalogueError: the folder cannot be read or written, or Chroma has changed its layout.
    """

    def __init__(self, directory: Path, file: ChromaFile) -> None:
        self._directory = directory
        self._file = file
        self._copy = directory / _COPY
        self._rewritten: _Files | None = None
        self._since = 0
        self._copying: _Copying | None = None

    def forget(self) -> None:
        """Another process may have written since: what is known of the files is not relied on."""
        self._rewritten = None

    def keep(self, records: int) -> None:
        """Before a write of ``records``: see that a copy of the files exists if the write may overwrite them.

        It may not where this process saw them rewritten so few records ago that Chroma will not do it
        again (``forget`` ends that); a copy is made meanwhile, and taken at a later write.
        """
        files = self._files()
        if files == {segment: seen["files"] for segment, seen in self._copied().items()}:
            return
        if self._copying is not None and self._copying.files == files:
            self._since += records
            if not self._copying.done() and self._rewritten == files and self._since <= REWRITTEN_SOONEST:
                return
            done = self._copying.result()
            self._copying = None
            if done is not None:
                self._adopt(done)
                return
        self._adopt(self._made(files))

    def look(self, records: int) -> None:
        """After a write of ``records``: begin to copy the files, should it have rewritten them."""
        files = self._files()
        if files == {segment: seen["files"] for segment, seen in self._copied().items()}:
            self._rewritten = None
        elif self._copying is None or self._copying.files != files:
            self._rewritten, self._since = files, records  # as many may have come after the rewrite
            self._copying = _Copying(files, self._made)

    def _files(self) -> _Files:
        with _explained(self._directory):
            return {
                each.name: _files(each) for each in self._directory.iterdir() if _SEGMENT.match(each.name)
            }

    def _made(self, files: _Files) -> Path:
        """A copy of ``files``, in a folder of its own."""
        flushed = self._file.flushed()
        present: dict[str, _Seen] = {
            segment: {"flushed": flushed.get(segment), "files": some} for segment, some in files.items()
        }
        with _explained(self._directory):
            made = Path(mkdtemp(prefix=_PARTIAL, dir=self._directory))
            for segment, seen in present.items():
                if seen["flushed"] is not None:
                    shutil.copytree(self._directory / segment, made / segment)
            (made / _NOTE).write_text(json.dumps(present), encoding="utf-8")
        return made

    def _adopt(self, made: Path) -> None:
        """Let the copy ``made`` take the place of the last one, and delete what others left half done."""
        with _explained(self._directory):
            shutil.rmtree(self._copy, ignore_errors=True)
            made.rename(self._copy)
        for other in self._directory.glob(f"{_PARTIAL}*"):
            shutil.rmtree(other, ignore_errors=True)

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
