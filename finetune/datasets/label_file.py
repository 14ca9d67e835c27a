"""Labels as a CSV that grows by one line at a time and survives a kill after any of them."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

from errors import SourceError
from finetune.datasets.requests import normal

HEADER = ("request", "item_id", "label", "conversation")
Key = tuple[str, str]


def key_of(request: str, item_id: str) -> Key:
    """What tells one question from another: the words of the request, and the item."""
    return normal(request), item_id


class LabelFile:
    """An open file of labels; ``labels`` holds what is in it, a later line winning."""

    def __init__(self, path: Path) -> None:
        """Open or begin the file at ``path``; a line that a kill cut short is dropped.

        Raises:
            SourceError: it cannot be written, or is another kind of file.
        """
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = path.open("r+b" if path.exists() else "x+b")
            self._mend()
        except OSError as error:
            raise SourceError(f"labels {path}: {error}; name another file with --labels") from error
        self.labels: Mapping[Key, bool] = self._labels

    def _mend(self) -> None:
        whole = self._file.read()
        kept = whole[: whole.rfind(b"\n") + 1]
        rows = list(csv.reader(io.StringIO(kept.decode("utf-8", "replace"))))
        if rows and tuple(rows[0]) != HEADER:
            self._file.close()
            raise SourceError(
                f"labels {self.path}: the first line is not {','.join(HEADER)}; name another file with --labels"
            )
        self._file.seek(len(kept))
        self._file.truncate()
        self._labels = {key_of(row[0], row[1]): row[2] == "1" for row in rows[1:] if len(row) == len(HEADER)}
        if not rows:
            self._write(HEADER)

    def add(self, request: str, item_id: str, chosen: bool, conversation: str = "") -> None:
        """Append a label; it is on the disk when this returns.

        Raises:
            SourceError: it cannot be written.
        """
        try:
            self._write((" ".join(request.split()), item_id, str(int(chosen)), conversation))
        except OSError as error:
            raise SourceError(f"labels {self.path}: {error}; the label was not kept") from error
        self._labels[key_of(request, item_id)] = chosen

    def _write(self, row: tuple[str, ...]) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        self._file.write(line.getvalue().encode("utf-8", "replace"))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> LabelFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
