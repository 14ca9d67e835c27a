"""What an unfinished refresh leaves on disk, so that it can be gone on with, and that only one runs at a time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from errors import ModelError
from finetune.registry import version_name


@dataclass(frozen=True)
class Begun:
    """What a run was begun with: the active version, how many events it reads, and when."""

    start: str
    after: int
    events: int
    until: int
    as_of: str
    options: str

    @property
    def version(self) -> str:
        """The name of the version that it makes."""
        return version_name(datetime.fromisoformat(self.as_of))


def unfinished(work: Path, active: str) -> Begun | None:
    """What an unfinished run was begun with; one that is out of date is removed."""
    try:
        found = Begun(**json.loads((work / "state.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        found = None
    if found is None or found.start != active:
        shutil.rmtree(work, ignore_errors=True)
        return None
    return found


@contextmanager
def alone(work: Path) -> Iterator[None]:
    """Keep other refreshes of this home out."""
    from filelock import FileLock, Timeout

    try:
        work.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(work.with_suffix(".lock"), timeout=0):
            yield
    except Timeout as error:
        raise ModelError(f"another refresh is running in {work.parent}: wait until it has ended") from error


def write(path: Path, text: str) -> None:
    """Write a file as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
