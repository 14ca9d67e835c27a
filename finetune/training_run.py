"""One training run of the embedder or the classifier: what both do around the training itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

from finetune.datasets.mining import Group
from finetune.run_data import Data, Report, fingerprint
from finetune.trainer import Training
from settings import Settings


@dataclass(frozen=True)
class TrainingRun:
    """What a run reads, how it trains, where its adapter goes, and who is told."""

    settings: Settings
    out: Path
    data: Data
    training: Training
    command: str
    report: Report

    @contextmanager
    def checkpoints(self, task: str, groups: Sequence[Group]) -> Iterator[tuple[Path, Training]]:
        """The folder of checkpoints and the training, its logs named; removed once all went well.

        Args:
            task: what is trained.
            groups: what it is trained on; with the training they name the folder.
        """
        folder = self.settings.home / "training" / f"{task}-{fingerprint(groups, self.training)}"
        logs = self.training.logs or self.settings.home / "training" / "logs" / folder.name
        yield folder, replace(self.training, logs=logs)
        shutil.rmtree(folder, ignore_errors=True)

    def progress(self, step: int, planned: int, loss: float) -> None:
        """Tell of a step of training."""
        self.report("Training", step, planned, f"loss {loss:.3f}")


@contextmanager
def fresh_folder(out: Path) -> Iterator[Path]:
    """An empty folder beside ``out``, to be put in its place; removed where it was not."""
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
