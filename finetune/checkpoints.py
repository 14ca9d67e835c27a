"""Checkpoints of a training run: what is trained, and nothing of what stays as it was."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor, nn

_WEIGHTS_FILE = "trained.safetensors"


class TrainedWeights:
    """Put before a ``transformers.Trainer``: its checkpoints hold the tensors that are trained, by their names.

    The trainers' own hold whole models, which peft's wrapping breaks in two ways: sentence-transformers
    cannot load them back, and prefix tuning's share memory, which safetensors refuses.
    """

    args: Any
    model: nn.Module
    state: Any

    def _save(self, output_dir: str | None = None, state_dict: Mapping[str, Any] | None = None) -> None:
        from safetensors.torch import save_file

        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        save_file(_learning(self.model), folder / _WEIGHTS_FILE)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: nn.Module | None = None) -> None:
        from safetensors.torch import load_file

        into = self.model if model is None else model
        found = load_file(Path(resume_from_checkpoint) / _WEIGHTS_FILE)
        if set(found) != set(_learning(into)):
            raise ModelError(
                f"checkpoint {resume_from_checkpoint} is of another model: remove it and train anew"
            )
        into.load_state_dict(found, strict=False)

    def _load_best_model(self) -> None:
        self._load_from_checkpoint(self.state.best_model_checkpoint)


def last_whole(folder: Path) -> Path | None:
    """The last checkpoint in ``folder``; one that a kill left half-written is removed."""
    whole = None
    for path in sorted(folder.glob("checkpoint-*"), key=_step):
        try:
            json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
            whole = path
        except (OSError, ValueError):
            shutil.rmtree(path)
    return whole


def _step(path: Path) -> int:
    number = path.name.removeprefix("checkpoint-")
    return int(number) if number.isdigit() else -1


def _learning(model: nn.Module) -> dict[str, Tensor]:
    return {name: each.detach().contiguous() for name, each in model.named_parameters() if each.requires_grad}
