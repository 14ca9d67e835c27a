"""Chroma's own SQLite file, looked at by a process of its own.

Python's SQLite and the one within Chroma must not have the file open in one process: POSIX
locks belong to the process, so whoever closes the file first takes the other's locks away
(https://www.sqlite.org/howtocorrupt.html, section 2.2.1).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from errors import CatalogueError

_SECONDS = 60
_ASK = """
import json, sqlite3, sys
path, sql, *values = sys.argv[1:]
connection = sqlite3.connect(path, timeout=30)
print(json.dumps(connection.execute(sql, [each or None for each in values]).fetchall()))
connection.close()
"""
_FLUSHED = (
    "SELECT segments.id, max_seq_id.seq_id FROM segments"
    " JOIN collections ON collections.id = segments.collection"
    " LEFT JOIN max_seq_id ON max_seq_id.segment_id = segments.id"
    " WHERE segments.scope = 'VECTOR' AND (?1 IS NULL OR collections.name = ?1)"
)


class ChromaFile:
    """The file in the Chroma folder ``directory``.

    Raises (all methods):
        CatalogueError: it cannot be read, or Chroma has changed its layout.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / "chroma.sqlite3"
        self._mark = directory / "written-ahead"

    def write_ahead(self) -> None:
        """Let SQLite write ahead, once for all: a write then takes 3 ms, not 45, of waiting for the disk.

        A killed process loses nothing by it. Where the power fails the last writes may be missing, each as
        a whole, and the indexes are made to follow at the next opening.
        """
        if not self._mark.exists() and self._path.exists():
            self._ask("PRAGMA journal_mode = WAL")
            self._mark.touch()

    def flushed(self, collection: str | None = None) -> dict[str, int | None]:
        """By vector segment (of one ``collection``), the last log entry in its files; None: they hold none."""
        if not self._path.exists():
            return {}
        return dict(self._ask(_FLUSHED, collection or ""))

    def _ask(self, sql: str, *values: str) -> list[tuple[str, int | None]]:
        command = [sys.executable, "-I", "-S", "-c", _ASK, str(self._path), sql, *values]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=True)
            return [(row[0], row[-1]) for row in json.loads(done.stdout)]
        except subprocess.CalledProcessError as error:
            reason = error.stderr.strip().splitlines()[-1:]
            raise CatalogueError(f"catalogue file {self._path}: {' '.join(reason)}; check it") from error
        except (OSError, subprocess.TimeoutExpired, ValueError) as error:
            raise CatalogueError(f"catalogue file {self._path}: cannot be asked ({error})") from error
