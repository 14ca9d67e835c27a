"""What every training run shares: arguments of the trainer, progress, checkpoints, and how long it may take."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from finetune.checkpoints import last_whole
from finetune.methods import Method
from finetune.processes import processes

if TYPE_CHECKING:
    from torch import nn
    from transformers import Trainer, TrainerCallback

Loss = Literal["listwise", "contrastive", "cross-entropy", "squared-error"]
Progress = Callable[[int, int, float], None]
_LEARNING_RATES: dict[Method, float] = {
    "full": 5e-5,
    "lora": 1e-3,
    "adalora": 3e-3,
    "prefix": 1e-2,
    "adapter": 1e-3,
    "head": 3e-4,
}
_TIMED_STEPS = 4
_PATIENCE = 3


@dataclass(frozen=True)
class Training:
    """How a model is trained.

    ``minutes`` is turned into a number of steps, once, by timing a few: the run itself
    depends on no clock, and ``max_steps`` repeats it. ``start`` is an adapter of the same
    method to go on from. ``report_to`` is 'tensorboard', 'wandb' or 'none'; its files lie
    in ``logs``. ``adversarial`` is the length of the fast gradient method's move of the embeddings
    (``finetune.adversarial``), ``noise`` the share of requests that are mistyped
    (``finetune.noise``); both are 0 for none, and the classifier's alone.
    """

    method: Method = "lora"
    loss: Loss = "listwise"
    epochs: float = 1.0
    minutes: float | None = None
    max_steps: int | None = None
    learning_rate: float | None = None
    seed: int = 0
    checkpoint_every: int = 50
    positive_weight: float = 1.0
    adversarial: float = 0.0
    noise: float = 0.0
    start: Path | None = None
    report_to: str = "none"
    logs: Path | None = None

    @property
    def rate(self) -> float:
        """The learning rate, that of the method where none is given."""
        return self.learning_rate or _LEARNING_RATES[self.method]


@dataclass(frozen=True)
class Trained:
    """The trained tensors, named as ``finetune.lora`` describes, and how training went."""

    tensors: dict[str, Any]
    steps: int
    planned: int
    seconds: float
    loss: float
    parameters: int
    peak_memory_mib: float


def planned_steps(folder: Path, training: Training, every: int, seconds: Callable[[], float]) -> int:
    """Steps of the run in ``folder``: as decided when it was begun, or now, by the first of the processes.

    Args:
        folder: of checkpoints; keeps the decision.
        training: its ``epochs``, ``max_steps`` and ``minutes``.
        every: steps of one epoch.
        seconds: times one step; called only where ``minutes`` bound the run.
    """
    with processes().main_process_first():
        path = folder / "plan.json"
        if path.is_file():
            return int(json.loads(path.read_text(encoding="utf-8"))["steps"])
        return _planned(path, training, every, seconds)


def _planned(path: Path, training: Training, every: int, seconds: Callable[[], float]) -> int:
    steps = max(1, round(every * training.epochs))
    if training.max_steps:
        steps = min(steps, training.max_steps)
    if training.minutes:
        seconds()  # warms up
        step = sum(seconds() for _ in range(_TIMED_STEPS)) / _TIMED_STEPS
        steps = min(steps, max(1, int(training.minutes * 60 / step)))
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps({"steps": steps}), encoding="utf-8")
    unfinished.replace(path)
    return steps


def timed(step: Callable[[], None]) -> Callable[[], float]:
    """A function that runs ``step`` and returns its seconds."""

    def run() -> float:
        began = perf_counter()
        step()
        return perf_counter() - began

    return run


def arguments(training: Training, folder: Path, steps: int, evaluated: bool) -> dict[str, Any]:
    """Keyword arguments of ``transformers.TrainingArguments``.

    Args:
        training: what is wanted.
        folder: of checkpoints.
        steps: of the whole run.
        evaluated: whether there is validation data: the best checkpoint is then kept, and
            training ends where three evaluations in a row bring nothing.
    """
    import torch

    cuda = torch.cuda.is_available()
    half = not cuda or torch.cuda.is_bf16_supported()
    return {
        "output_dir": str(folder),
        "max_steps": steps,
        "learning_rate": training.rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": max(1, round(0.06 * steps)),
        "weight_decay": 0.01,
        "max_grad_norm": 1.0,
        "bf16": half,
        "fp16": not half,
        "use_cpu": not cuda,
        "seed": training.seed,
        "save_strategy": "steps",
        "save_steps": training.checkpoint_every,
        "save_total_limit": 2,
        "eval_strategy": "steps" if evaluated else "no",
        "eval_steps": training.checkpoint_every,
        "load_best_model_at_end": evaluated,
        "metric_for_best_model": "loss",
        "logging_steps": 10,
        "logging_nan_inf_filter": False,
        "report_to": "wandb" if training.report_to == "wandb" else "none",
        "disable_tqdm": True,
        "remove_unused_columns": False,
        "dataloader_num_workers": 0,
    }


def callbacks(training: Training, progress: Progress, evaluated: bool) -> list[TrainerCallback]:
    """Progress, TensorBoard, early stopping, and the budget of adalora."""
    from transformers import EarlyStoppingCallback, TrainerCallback

    class Report(TrainerCallback):  # type: ignore[misc]
        loss = 0.0

        def on_log(
            self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **rest: Any
        ) -> None:
            self.loss = (logs or {}).get("loss", self.loss)

        def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            progress(state.global_step, state.max_steps, self.loss)

    class Budget(TrainerCallback):  # type: ignore[misc]
        def on_optimizer_step(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            for module in rest["model"].modules():
                if hasattr(module, "update_and_allocate") and hasattr(module, "peft_config"):
                    module.base_model.update_and_allocate(state.global_step + 1)
                    break

    found: list[TrainerCallback] = [Report()]
    if training.report_to == "tensorboard" and training.logs is not None:
        from torch.utils.tensorboard import SummaryWriter
        from transformers.integrations import TensorBoardCallback

        found.append(TensorBoardCallback(SummaryWriter(str(training.logs))))
    if evaluated:
        found.append(EarlyStoppingCallback(early_stopping_patience=_PATIENCE))
    if training.method == "adalora":
        found.append(Budget())
    return found


def train(trainer: Trainer, folder: Path) -> tuple[float, float]:
    """Run ``trainer``, going on from the last whole checkpoint in ``folder``; returns seconds and loss.

    Of several processes the first alone goes on from here, to measure and to write.
    """
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    with processes().main_process_first():
        whole = last_whole(folder)
    began = perf_counter()
    outcome = trainer.train(resume_from_checkpoint=str(whole) if whole else None)
    if not processes().is_main_process:
        raise SystemExit(0)
    return perf_counter() - began, float(outcome.training_loss)


def trained_parameters(model: nn.Module) -> int:
    """How many numbers are trained."""
    return sum(each.numel() for each in model.parameters() if each.requires_grad)


def peak_memory_mib() -> float:
    """The most memory so far: of the GPU where there is one, else of this process."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated()) / 2**20
    import resource
    import sys

    unit = 2**20 if sys.platform == "darwin" else 1024  # macOS counts bytes, others kilobytes
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / unit
