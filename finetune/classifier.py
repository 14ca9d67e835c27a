"""Trains the classifier: a cross-encoder (request, passage) -> probability, by LoRA.

Base: all-MiniLM-L6-v2 (Wang et al., 2020). Method: LoRA (Hu et al., 2022) on the attention
and feed-forward layers, a linear head over the mean of the token states. Loss: binary
cross-entropy over the pairs plus softmax cross-entropy over each group of one positive and
its negatives (as ListNet with one relevant item; Cao et al., 2007).
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any

from finetune.datasets.mining import GROUP, Group
from finetune.pair_input import PairTokenizer, batch, mean_pool

if TYPE_CHECKING:
    from torch import Tensor, nn

RANK = 16
ALPHA = 32
LEARNING_RATE = 1e-3
WARM_UP = 0.06
GROUPS_A_STEP = 8
TRAIN_TOKENS = 80
_BUCKET = 40  # steps whose pairs are sorted by length together
TARGETS = r".*encoder\.layer\.\d+\.(attention\.self\.(query|key|value)|(attention\.|intermediate\.)?(output\.)?dense)"

Progress = Callable[[int, int, float], None]


@dataclass(frozen=True)
class Training:
    """How long and from where.

    ``minutes`` ends a run early, and the learning rate has come down by then: such a run
    depends on the machine's speed, and cannot be repeated to the bit.
    """

    epochs: float = 2.0
    minutes: float = 20.0
    seed: int = 0
    checkpoint_every: int = 50


@dataclass(frozen=True)
class Trained:
    """The adapter's tensors under the names of ``finetune.lora``, and how training went."""

    tensors: dict[str, Any]
    steps: int
    planned: int
    seconds: float
    loss: float


def build(folder: Path, seed: int) -> tuple[nn.Module, nn.Linear]:
    """The base model in ``folder`` with untrained LoRA layers, and an untrained head."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModel

    torch.manual_seed(seed)
    base = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.05, target_modules=TARGETS)
    return get_peft_model(base, config), torch.nn.Linear(base.config.hidden_size, 1)


def adapter_tensors(model: nn.Module, head: nn.Linear) -> dict[str, Tensor]:
    """The trained tensors, named as ``finetune.lora`` describes."""
    from peft import get_peft_model_state_dict

    found = {
        name.removeprefix("base_model.model.").removesuffix(".weight"): each.detach().clone()
        for name, each in get_peft_model_state_dict(model).items()
    }
    return found | {"head.weight": head.weight.detach().clone(), "head.bias": head.bias.detach().clone()}


def train(
    groups: Sequence[Group],
    passages: dict[str, str],
    base: Path,
    training: Training,
    checkpoint: Path,
    progress: Progress = lambda step, planned, loss: None,
) -> Trained:
    """Train on ``groups``, going on from ``checkpoint`` if a run with the same data was cut short.

    Args:
        groups: requests with their items.
        passages: text of every item by id.
        base: folder of the base model.
        training: length and seed.
        checkpoint: file that holds the state of an unfinished run; removed by the caller.
        progress: told step, planned steps and the running loss.
    """
    import torch

    model, head = build(base, training.seed)
    parameters = [each for each in (*model.parameters(), *head.parameters()) if each.requires_grad]
    optimiser = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=0.01)
    plan = _plan(groups, passages, PairTokenizer.load(base, TRAIN_TOKENS), training)
    step, spent, loss = _resume(checkpoint, model, head, optimiser)
    began = perf_counter() - spent
    limit = training.minutes * 60
    model.train()
    while step < len(plan) and (elapsed := perf_counter() - began) < limit:
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * _schedule(max(step / len(plan), elapsed / limit if step else 0.0))
        torch.manual_seed(training.seed * 1_000_003 + step)  # dropout does not depend on what came before
        now = _step(model, head, plan[step])
        now.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        loss = now.item() if step == 1 else 0.98 * loss + 0.02 * now.item()
        progress(step, len(plan), loss)
        if step % training.checkpoint_every == 0:
            _save(checkpoint, model, head, optimiser, (step, perf_counter() - began, loss))
    seconds = perf_counter() - began
    _save(checkpoint, model, head, optimiser, (step, seconds, loss))
    return Trained(adapter_tensors(model, head), step, len(plan), seconds, loss)


def _plan(
    groups: Sequence[Group], passages: dict[str, str], pairs: PairTokenizer, training: Training
) -> list[list[tuple[list[int], int]]]:
    """The pairs of every step: shuffled, then steps of like length together."""
    ids = list(passages)
    tokens = dict(zip(ids, pairs.passages([passages[each] for each in ids]), strict=True))
    random = Random(training.seed)
    order: list[Group] = []
    for _ in range(math.ceil(training.epochs)):
        epoch = list(groups)
        random.shuffle(epoch)
        order += epoch
    order = order[: round(len(groups) * training.epochs)]
    made = [
        [pairs.pair(asked, tokens[each]) for each in group.items]
        for group in order
        if (asked := pairs.request(group.request)) is not None
    ]
    plan = []
    size = GROUPS_A_STEP * _BUCKET
    for start in range(0, len(made), size):
        near = sorted(made[start : start + size], key=lambda group: max(len(ids) for ids, _ in group))
        steps = [near[place : place + GROUPS_A_STEP] for place in range(0, len(near), GROUPS_A_STEP)]
        random.shuffle(steps)
        plan += [[pair for group in each for pair in group] for each in steps]
    return plan


def _step(model: nn.Module, head: nn.Linear, pairs: list[tuple[list[int], int]]) -> Tensor:
    import torch
    from torch.nn import functional

    inputs = batch(pairs)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model(**inputs).last_hidden_state
    logits = head(mean_pool(states, inputs["attention_mask"])).view(-1, GROUP)
    wanted = torch.zeros_like(logits)
    wanted[:, 0] = 1
    first = torch.zeros(len(logits), dtype=torch.long)
    return functional.cross_entropy(logits, first) + functional.binary_cross_entropy_with_logits(
        logits, wanted
    )


def _schedule(done: float) -> float:
    """Factor of the learning rate at the share ``done`` of the run: up in a line, then a cosine down."""
    if done < WARM_UP:
        return (done + 0.001) / WARM_UP
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, (done - WARM_UP) / (1 - WARM_UP))))


def _save(
    path: Path, model: nn.Module, head: nn.Linear, optimiser: Any, state: tuple[int, float, float]
) -> None:
    import torch

    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    trained = {name: each for name, each in model.named_parameters() if each.requires_grad}
    torch.save(
        {"model": trained, "head": head.state_dict(), "optimiser": optimiser.state_dict(), "state": state},
        unfinished,
    )
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(path)


def _resume(path: Path, model: nn.Module, head: nn.Linear, optimiser: Any) -> tuple[int, float, float]:
    import torch

    if not path.is_file():
        return 0, 0.0, 0.0
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"], strict=False)
    head.load_state_dict(saved["head"])
    optimiser.load_state_dict(saved["optimiser"])
    step, spent, loss = saved["state"]
    return int(step), float(spent), float(loss)
