"""The finished parts of a study, so that one that is cut short goes on where it was."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from finetune.datasets.mining import Group
from finetune.run_data import fingerprint
from finetune.trainer import Training
from settings import Settings


class Kept:
    """A folder below the settings' home, of one study with its data and length; ``clear`` it at the end."""

    def __init__(self, settings: Settings, name: str, groups: Sequence[Group], training: Training) -> None:
        self.folder = settings.home / "training" / f"study-{name}-{fingerprint(groups, training)}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def value(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, plain values that JSON can hold, or gave before."""
        path = self.folder / f"{name}.json"
        if not path.is_file():
            unfinished = path.with_suffix(".part")
            unfinished.write_text(json.dumps(make()), encoding="utf-8")
            unfinished.replace(path)
        return json.loads(path.read_text(encoding="utf-8"))

    def path(self, name: str, make: Callable[[Path], object]) -> Path:
        """A file or folder that ``make`` writes whole, or wrote before."""
        path = self.folder / name
        if not path.exists():
            unfinished = self.folder / f"{name}.part"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.replace(path)
        return path

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)
