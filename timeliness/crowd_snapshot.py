"""A file of what an event log adds up to, so that a start reads only the events after it.

One line of JSON (format, digest, and which log: the number and the id of the last event that is covered,
and how often something was deleted from the log), then the arrays as NumPy has them. Written aside,
synced and renamed, so that a kill leaves the old file or the new one. It is a copy of what the
log holds and nothing else: one that is damaged, of another format or of another log is deleted, and
made again from the log.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FORMAT = 2
SAVED_EVERY = 50_000  # events read at once that are worth a snapshot: half a second of a start
Arrays = Mapping[str, NDArray[Any]]


class Mark(NamedTuple):
    """Which events are covered: those up to ``number``, whose id is ``event``, after so many deletions."""

    number: int
    event: str
    deletions: int


def save(path: Path, mark: Mark, arrays: Arrays) -> None:
    """Put ``arrays`` at ``path``, whole or not at all.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    body = io.BytesIO()
    np.savez(body, **arrays)  # type: ignore[arg-type]  # its stub takes the names for its own options
    payload = body.getbuffer()
    head = {"format": FORMAT, "digest": hashlib.sha256(payload).hexdigest(), **mark._asdict()}
    aside = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with aside.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    _sync_folder(path.parent)


def load(path: Path) -> tuple[Mark, dict[str, NDArray[Any]]] | None:
    """The mark and arrays at ``path``; None where there are none that can be used."""
    try:
        with path.open("rb") as file:
            head = json.loads(file.readline())
            payload = file.read()
        if head["format"] != FORMAT or hashlib.sha256(payload).hexdigest() != head["digest"]:
            return None
        mark = Mark(int(head["number"]), str(head["event"]), int(head["deletions"]))
        with np.load(io.BytesIO(payload), allow_pickle=False) as arrays:
            return mark, dict(arrays)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def discard(path: Path) -> None:
    """Delete the file and what killed writers left beside it; none there is no error."""
    for each in (path, *path.parent.glob(f"{path.name}.*.partial")):
        with suppress(OSError):
            each.unlink(missing_ok=True)


def packed(names: Sequence[str]) -> NDArray[np.uint8]:
    """``names`` as bytes."""
    return np.frombuffer(json.dumps(list(names)).encode(), np.uint8)


def unpacked(data: NDArray[Any]) -> list[str]:
    """The names of ``packed``."""
    names: list[str] = json.loads(data.tobytes())
    return names


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
