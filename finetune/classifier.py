"""Trains the classifier: a cross-encoder (request, passage) -> logit, over what retrieval says already.

Base: all-MiniLM-L6-v2 (Wang et al., 2020); a linear head over the mean of the token states.
The head begins at zero and is trained as a residual: the logit that is fitted is
head(request, passage) + a * cosine + b * log(1 + BM25) + c, so that the network learns what
retrieval does not know, on candidates that retrieval would find.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from finetune.adversarial import adversarial_loss
from finetune.calibration import fit_logistic
from finetune.checkpoints import TrainedWeights
from finetune.datasets.mining import GROUP, Group
from finetune.noise import noisy
from finetune.pair_classifier import build, classifier_tensors
from finetune.pair_input import PairTokenizer, batch
from finetune.processes import processes
from finetune.trainer import (
    Loss,
    Progress,
    Trained,
    Training,
    arguments,
    callbacks,
    peak_memory_mib,
    planned_steps,
    timed,
    trained_parameters,
)
from finetune.trainer import train as run_trainer

if TYPE_CHECKING:
    from torch import Tensor, nn
    from transformers import Trainer

GROUPS_A_STEP = 6
TRAIN_TOKENS = 80
_BUCKET = 40  # steps whose groups are sorted by length together
_HEAD_RATE = 3.0  # the head learns faster than the layers below it

# Token ids of a request and a passage, and where the second begins.
Pair = tuple[list[int], int]
# The groups of one step, each with its pairs.
Step = Sequence[tuple[Group, list[Pair]]]


def train(
    groups: Sequence[Group],
    passages: Mapping[str, str],
    base: Path,
    training: Training,
    folder: Path,
    progress: Progress = lambda step, planned, loss: None,
    validation: Sequence[Group] = (),
) -> Trained:
    """Train on ``groups``, going on from the last checkpoint if a run in ``folder`` was cut short.

    Args:
        groups: requests with their items.
        passages: text of every item by id.
        base: folder of the base model.
        training: how.
        folder: of checkpoints, of this data and training alone; removed by the caller.
        progress: told step, planned steps and the loss.
        validation: groups that decide which checkpoint is kept, and when no more is gained.
    """
    pairs = PairTokenizer.load(base, TRAIN_TOKENS)
    epochs = max(1, round(training.epochs + 0.499))
    plan = _plan(groups, passages, pairs, training.seed, epochs, training.noise)
    together = processes().num_processes
    every = max(1, len(plan) // epochs // together)
    steps = planned_steps(folder, training, every, _seconds_a_step(plan, base, training))
    model = build(base, training, steps)
    _begin_as_retrieval(model, groups)
    checked = [
        step for step in _plan(validation, passages, pairs, training.seed, 1) if len(step) == GROUPS_A_STEP
    ]
    trainer = _trainer(model, plan[: steps * together], checked, training, folder, progress, steps)
    seconds, loss = run_trainer(trainer, folder)
    return Trained(
        classifier_tensors(model, training.method),
        trainer.state.global_step,
        steps,
        seconds,
        loss,
        trained_parameters(model),
        peak_memory_mib(),
    )


def _trainer(
    model: nn.Module,
    learnt: Sequence[Step],
    checked: Sequence[Step],
    training: Training,
    folder: Path,
    progress: Progress,
    steps: int,
) -> Trainer:
    """A trainer that takes the steps of ``learnt`` in order, each process every so many, and evaluates on ``checked``, if there are any."""
    from torch.utils.data import SequentialSampler
    from transformers import Trainer, TrainingArguments

    class GroupTrainer(TrainedWeights, Trainer):  # type: ignore[misc]
        def compute_loss(
            self, model: nn.Module, inputs: dict[str, Tensor], return_outputs: bool = False, **rest: Any
        ) -> Any:
            loss = _loss_of_step(model, inputs, training, self.accelerator)
            return (loss, {"loss": loss}) if return_outputs else loss

        def _get_train_sampler(self, *_: Any) -> Any:
            return SequentialSampler(learnt)

    return GroupTrainer(
        model=model,
        args=TrainingArguments(
            per_device_train_batch_size=1,
            per_device_eval_batch_size=1,
            label_names=["answers"],
            prediction_loss_only=True,
            **arguments(training, folder, steps, bool(checked)),
        ),
        train_dataset=learnt,
        eval_dataset=checked or None,
        data_collator=lambda some: _collated(some[0]),
        optimizers=(_optimiser(model, training), None),
        callbacks=callbacks(training, progress, bool(checked)),
    )


def _loss_of_step(
    model: nn.Module, inputs: Mapping[str, Tensor], training: Training, accelerator: Any
) -> Tensor:
    """The loss of one step; while it trains with ``adversarial``, that of the moved embeddings too."""
    given = dict(inputs)
    answers = given.pop("answers")

    def once() -> Tensor:
        return loss_of(model(**given).view(-1, GROUP), answers, training.loss, training.positive_weight)

    if not (training.adversarial and model.training):
        return once()
    encoder = accelerator.unwrap_model(model).encoder
    return adversarial_loss(encoder, training.adversarial, once, accelerator.backward)


def loss_of(logits: Tensor, answers: Tensor, kind: Loss, positive_weight: float = 1.0) -> Tensor:
    """Loss of groups, a number.

    ``listwise`` is softmax cross-entropy over each group against its answers, as ListNet's
    (Cao et al., 2007), plus binary cross-entropy, which keeps the logits near probabilities;
    ``cross-entropy`` is the binary one alone; ``squared-error`` that of the probability.

    Args:
        logits: shape (groups, ``GROUP``).
        answers: of each group, how many of its first items answer, shape (groups,).
        kind: see above.
        positive_weight: weight of the answers in the binary losses, for unbalanced classes.
    """
    import torch
    from torch.nn import functional

    places = torch.arange(logits.shape[1], device=logits.device)
    wanted = (places[None, :] < answers[:, None]).float()
    if kind == "squared-error":
        weights = 1 + (positive_weight - 1) * wanted
        return (weights * (torch.sigmoid(logits) - wanted) ** 2).mean()
    binary = functional.binary_cross_entropy_with_logits(
        logits, wanted, pos_weight=torch.tensor(positive_weight, device=logits.device)
    )
    if kind == "cross-entropy":
        return binary
    shares = wanted / wanted.sum(1, keepdim=True)
    return binary - (functional.log_softmax(logits, 1) * shares).sum(1).mean()


def _begin_as_retrieval(model: nn.Module, groups: Sequence[Group]) -> None:
    """Set the layer over retrieval's scores to what fits best without the network."""
    import torch

    features = np.array([row for each in groups for row in _features(each)], np.float64)
    outcomes = np.array([place < each.answers for each in groups for place in range(GROUP)], np.float64)
    found = fit_logistic(features, outcomes, np.ones(len(outcomes)))
    layer: Any = model.retrieval
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(found[None, :2], dtype=torch.float32))
        layer.bias.fill_(float(found[2]))


def _features(group: Group) -> list[tuple[float, float]]:
    """Cosine and log(1 + BM25) of each item; without them, zeros."""
    dense, lexical = group.dense or (0.0,) * GROUP, group.lexical or (0.0,) * GROUP
    return [(cosine, float(np.log1p(words))) for cosine, words in zip(dense, lexical, strict=True)]


def _plan(
    groups: Sequence[Group],
    passages: Mapping[str, str],
    pairs: PairTokenizer,
    seed: int,
    epochs: int,
    noise: float = 0.0,
) -> list[Step]:
    """The groups of every step with their pairs: shuffled, then steps of like length together.

    The share ``noise`` of the requests is mistyped, in every epoch anew; what retrieval says is
    that of the request as it was.
    """
    ids = sorted({each for group in groups for each in group.items})
    tokens = dict(zip(ids, pairs.passages([passages[each] for each in ids]), strict=True)) if ids else {}
    random, slips = Random(seed), Random(f"{seed}/noise")
    order: list[int] = []
    for _ in range(epochs):
        epoch = list(range(len(groups)))
        random.shuffle(epoch)
        order += epoch
    made = []
    for group in (groups[place] for place in order):
        asked = pairs.request(noisy(group.request, slips, noise))
        made.append((group, [pairs.pair(asked, tokens[each]) for each in group.items]))
    plan: list[Step] = []
    size = GROUPS_A_STEP * _BUCKET
    for start in range(0, len(made), size):
        near = sorted(made[start : start + size], key=lambda each: max(len(ids) for ids, _ in each[1]))
        steps = [near[place : place + GROUPS_A_STEP] for place in range(0, len(near), GROUPS_A_STEP)]
        random.shuffle(steps)
        plan += steps
    return plan


def _collated(step: Step) -> dict[str, Tensor]:
    """Inputs of one step: of ``step`` groups, (groups * GROUP, tokens) ids and (groups * GROUP, 2) features."""
    import torch

    inputs = batch([pair for _, some in step for pair in some])
    features = torch.tensor([row for group, _ in step for row in _features(group)], dtype=torch.float32)
    answers = torch.tensor([group.answers for group, _ in step])
    return inputs | {"features": features, "answers": answers}


def _optimiser(model: nn.Module, training: Training) -> Any:
    import torch

    top = [*model.head.parameters(), *model.retrieval.parameters()]  # type: ignore[union-attr]
    below = [each for each in model.encoder.parameters() if each.requires_grad]  # type: ignore[union-attr]
    groups = [{"params": below, "lr": training.rate}] if below else []
    groups.append({"params": top, "lr": max(_HEAD_RATE * training.rate, 1e-3)})
    return torch.optim.AdamW(groups, lr=training.rate, weight_decay=0.01)


def _seconds_a_step(plan: Sequence[Step], base: Path, training: Training) -> Callable[[], float]:
    """Times one step of a model that is thrown away."""
    made: list[nn.Module] = []
    order = Random(0).sample(range(len(plan)), len(plan))

    def step() -> None:
        import torch

        if not made:
            made.append(build(base, training, 100))
        model = made[0]
        inputs = _collated(plan[order.pop()] if order else plan[0])
        answers = inputs.pop("answers")

        def once() -> Tensor:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(**inputs)
            return loss_of(logits.view(-1, GROUP), answers, training.loss)

        if training.adversarial:
            encoder: Any = model.encoder
            loss = adversarial_loss(encoder, training.adversarial, once, lambda part: part.backward())  # type: ignore[no-untyped-call]
        else:
            loss = once()
        loss.backward()  # type: ignore[no-untyped-call]

    return timed(step)
