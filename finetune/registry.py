"""Which trained model serves which task: versions as folders, and one small file that points at the active ones.

```
<home>/models/active.json                    {"classifier": ["shipped", "20261125-150000"], ...}
<home>/models/<task>/<version>/              adapter.safetensors, config.json, metrics.json, README.md, manifest.json
```

Of each task ``active.json`` holds the history, the active version last. It is replaced as a
whole (written aside, synced, renamed), so that a reader sees the old one or the new one, and
a killed writer changes nothing. Reading needs no lock; writers take turns. ``manifest.json``
holds the SHA-256 of every other file of its version.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from errors import ModelError
from finetune.lora import ADAPTERS, CONFIG_FILE, WEIGHTS_FILE, file_sha256
from finetune.version_folder import (
    CARD_FILE,
    METRICS_FILE,
    adapter_damage,
    copy_adapter,
    damage_of,
    licences,
    read_object,
    replace_text,
    sync,
)
from settings import Settings

Task = Literal["embedder", "classifier"]
TASKS: tuple[Task, ...] = get_args(Task)
SHIPPED = "shipped"
MOST_REMEMBERED = 100
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,60}[A-Za-z0-9])?")
_HISTORIES = TypeAdapter(dict[Task, list[str]])

# Changes whenever ``active.json`` is replaced; None where there is none.
Stamp = tuple[int, int, int] | None


class Version(BaseModel):
    """What is known of one version. ``damage`` says in words why it cannot be used, if it cannot."""

    model_config = ConfigDict(frozen=True)

    task: Task
    version: str
    active: bool
    as_of: AwareDatetime | None = None
    seed: int | None = None
    data_sha256: str | None = None
    weights_sha256: str | None = None
    licences: tuple[str, ...] = ()
    metrics: dict[str, Any] = {}
    damage: str | None = None


class Registry:
    """The versions below ``settings.home``, and which of them are active.

    Raises (all methods):
        ModelError: a version is missing or damaged, or a file cannot be read or written.
    """

    def __init__(self, settings: Settings) -> None:
        self._root = settings.home / "models"
        self._file = self._root / "active.json"

    # The active versions

    def active(self, task: Task) -> str:
        """The version that serves ``task``."""
        return self.history(task)[-1]

    def history(self, task: Task) -> Sequence[str]:
        """The versions that served ``task``, the active one last."""
        return self._histories().get(task) or [SHIPPED]

    def stamp(self) -> Stamp:
        """A mark of what is active, cheap to ask for."""
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def use(self, task: Task, version: str) -> str:
        """Make ``version`` the active one; returns the one that was."""
        self.check(task, version)
        with self._writing() as histories:
            history = histories.setdefault(task, [SHIPPED])
            before = history[-1]
            if before != version:
                history.append(version)
                del history[:-MOST_REMEMBERED]
        return before

    def before(self, task: Task) -> str:
        """The version that a roll-back makes active.

        Raises:
            ModelError: there was none before.
        """
        history = self.history(task)
        if len(history) < 2:
            raise ModelError(
                f"{task}: {history[-1]} is the first version, there is none to roll back to;"
                " 'app.py models list' shows what there is"
            )
        return history[-2]

    def roll_back(self, task: Task) -> str:
        """Make the version active that was so before the present one; returns it."""
        before = self.before(task)
        self.check(task, before)
        with self._writing() as histories:
            if histories[task][-2:-1] != [before]:
                raise ModelError(f"{task}: another process switched versions meanwhile; try again")
            histories[task].pop()
        return before

    # Versions

    def folder(self, task: Task, version: str) -> Path:
        """Where a version lies; the shipped one lies in the program."""
        return ADAPTERS / task if version == SHIPPED else self._root / task / version

    def versions(self, task: Task) -> list[Version]:
        """All versions, the shipped one first and the others by age and name."""
        active = self.active(task)
        names = [each.name for each in (self._root / task).glob("*") if _NAME.fullmatch(each.name)]
        if active not in (SHIPPED, *names):
            names.append(active)  # so that its absence is seen
        found = [self._described(task, each, active) for each in names]
        found.sort(key=lambda each: (each.as_of.timestamp() if each.as_of else 0.0, each.version))
        return [self._described(task, SHIPPED, active), *found]

    def check(self, task: Task, version: str) -> None:
        """See that a version is whole: every file is there and has its hash."""
        if damage := self._damage(task, version):
            raise ModelError(
                f"{task} version {version}: {damage}; 'app.py models list' shows what there is,"
                f" 'app.py models roll-back {task}' goes back"
            )

    def metrics(self, task: Task, version: str) -> dict[str, Any]:
        """What ``metrics.json`` of a version holds; nothing where there is none."""
        path = self.folder(task, version) / METRICS_FILE
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ModelError(f"{path} cannot be read: {error}") from error
        return found if isinstance(found, dict) else {}

    def add(self, task: Task, version: str, source: Path) -> Path:
        """Take a copy of the adapter folder ``source`` in as ``version``; returns where it lies.

        It is not made active. A version of that name that is there already must be whole and
        of the same weights, and stays.
        """
        if version == SHIPPED or not _NAME.fullmatch(version):
            raise ModelError(
                f"{version!r} cannot name a version: letters, digits, '.', '-' and '_' do,"
                f" and {SHIPPED!r} is taken"
            )
        if damage := adapter_damage(source):
            raise ModelError(f"adapter {source}: {damage}")
        place = self.folder(task, version)
        if place.exists():
            self.check(task, version)
            if file_sha256(place / WEIGHTS_FILE) != file_sha256(source / WEIGHTS_FILE):
                raise ModelError(f"{task} version {version} exists already with other weights: name another")
            return place
        with _explained(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(mkdtemp(prefix=".", dir=place.parent))
            try:
                copy_adapter(source, fresh)
                fresh.chmod(0o755)
                fresh.rename(place)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
            sync(place.parent)
        return place

    def remove(self, task: Task, version: str) -> None:
        """Delete a version that never served; one that is not there is no error.

        Raises:
            ModelError: it serves or served, or is the shipped one.
        """
        if version == SHIPPED or version in self.history(task):
            raise ModelError(f"{task} version {version} serves or served: it is kept for roll-back")
        place = self.folder(task, version)
        if place.exists():
            with _explained(place):
                gone = place.with_name(f".{version}.removed")
                shutil.rmtree(gone, ignore_errors=True)
                place.rename(gone)
                shutil.rmtree(gone)

    def _damage(self, task: Task, version: str) -> str | None:
        folder = self.folder(task, version)
        if version == SHIPPED:
            # Without an adapter of ours the embedder is the bare base model, which comes in a package.
            bare = task == "embedder" and not folder.exists()
            return None if bare else adapter_damage(folder)
        if not _NAME.fullmatch(version) or not folder.is_dir():
            return "there is no such version"
        return damage_of(folder)

    def _described(self, task: Task, version: str, active: str) -> Version:
        damage = self._damage(task, version)
        folder = self.folder(task, version)
        known: dict[str, Any] = {"task": task, "version": version, "active": version == active}
        try:
            metrics = self.metrics(task, version)
            config = read_object(folder / CONFIG_FILE)
            return Version.model_validate(
                {
                    **known,
                    "as_of": metrics.get("as_of"),
                    "seed": metrics.get("seed"),
                    "data_sha256": metrics.get("data_sha256"),
                    "weights_sha256": config.get("weights_sha256"),
                    "licences": licences(folder / CARD_FILE),
                    "metrics": metrics.get("validation") or {},
                    "damage": damage,
                }
            )
        except (ModelError, ValidationError) as error:
            return Version.model_validate({**known, "damage": damage or str(error).splitlines()[0]})

    # The file of the active versions

    def _histories(self) -> dict[Task, list[str]]:
        try:
            return _HISTORIES.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValidationError) as error:
            raise ModelError(
                f"{self._file} cannot be read: delete it to go back to the shipped models"
            ) from error

    @contextmanager
    def _writing(self) -> Iterator[dict[Task, list[str]]]:
        """What is active, to be changed; written back at the end. One writer at a time."""
        from filelock import FileLock

        with _explained(self._file):
            self._root.mkdir(parents=True, exist_ok=True)
            with FileLock(self._root / "registry.lock"):
                histories = self._histories()
                before = json.dumps(histories)
                yield histories
                if json.dumps(histories) != before:
                    replace_text(self._file, json.dumps(histories, indent=2) + "\n")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"{path} cannot be written: {error.strerror or error}; check space and rights"
        ) from error


def version_name(now: datetime) -> str:
    """The name of a version made at ``now``."""
    return f"{now:%Y%m%d-%H%M%S}"
