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
from finetune.datasets.mining import GROUP, Group
from finetune.methods import adapt, trained_tensors
from finetune.noise import noisy
from finetune.pair_input import PairTokenizer, batch, mean_pool
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

GROUPS_A_STEP = 6
TRAIN_TOKENS = 80
_BUCKET = 40  # steps whose groups are sorted by length together
_HEAD_RATE = 3.0  # the head learns faster than the layers below it

# Token ids of a request and a passage, and where the second begins.
Pair = tuple[list[int], int]


def build(folder: Path, training: Training, steps: int) -> nn.Module:
    """The untrained classifier over the base model in ``folder``, or that of ``training.start``."""
    import torch
    from transformers import AutoModel

    torch.manual_seed(training.seed)
    base = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32)
    width = base.config.hidden_size
    model = pair_classifier(adapt(base, training.method, steps), width)
    if training.start is not None:
        _go_on_from(training.start, model, training)
    return model


def pair_classifier(encoder: nn.Module, width: int) -> nn.Module:
    """A module of ``encoder``, ``head`` and ``retrieval``, a linear layer over cosine and log(1 + BM25)."""
    import torch

    class PairClassifier(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder
            self.head = torch.nn.Linear(width, 1)
            self.retrieval = torch.nn.Linear(2, 1)
            torch.nn.init.zeros_(self.head.weight)
            torch.nn.init.zeros_(self.head.bias)

        def forward(self, features: Tensor, **inputs: Tensor) -> Tensor:
            states = self.encoder(**inputs).last_hidden_state
            pooled = mean_pool(states, inputs["attention_mask"])
            return (self.head(pooled.float()) + self.retrieval(features)).squeeze(1)  # type: ignore[no-any-return]

    return PairClassifier()


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
    from transformers import Trainer, TrainingArguments

    pairs = PairTokenizer.load(base, TRAIN_TOKENS)
    epochs = max(1, round(training.epochs + 0.499))
    plan = _plan(groups, passages, pairs, training.seed, epochs, training.noise)
    every = max(1, len(plan) // epochs)
    steps = planned_steps(folder, training, every, _seconds_a_step(plan, base, training))
    learnt = plan[:steps]
    model = build(base, training, steps)
    _begin_as_retrieval(model, groups)

    class GroupTrainer(Trainer):  # type: ignore[misc]
        def compute_loss(
            self, model: nn.Module, inputs: dict[str, Tensor], return_outputs: bool = False, **rest: Any
        ) -> Any:
            inputs = dict(inputs)
            answers = inputs.pop("answers")

            def once() -> Tensor:
                logits = model(**inputs).view(-1, GROUP)
                return loss_of(logits, answers, training.loss, training.positive_weight)

            if training.adversarial and model.training:
                return adversarial_loss(
                    self.accelerator.unwrap_model(model).encoder,
                    training.adversarial,
                    once,
                    self.accelerator.backward,
                )
            loss = once()
            return (loss, {"loss": loss}) if return_outputs else loss

        def _get_train_sampler(self, *_: Any) -> Any:
            from torch.utils.data import SequentialSampler

            return SequentialSampler(learnt)

    checked = [
        step for step in _plan(validation, passages, pairs, training.seed, 1) if len(step) == GROUPS_A_STEP
    ]
    trainer = GroupTrainer(
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
    seconds, loss = run_trainer(trainer, folder)
    tensors = trained_tensors(model.encoder, training.method)  # type: ignore[arg-type]
    head: Any = model.head
    tensors |= {"head.weight": head.weight.detach().clone(), "head.bias": head.bias.detach().clone()}
    return Trained(
        {name: each.cpu() for name, each in tensors.items()},
        trainer.state.global_step,
        steps,
        seconds,
        loss,
        trained_parameters(model),
        peak_memory_mib(),
    )


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
) -> list[list[tuple[Group, list[Pair]]]]:
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
    plan = []
    size = GROUPS_A_STEP * _BUCKET
    for start in range(0, len(made), size):
        near = sorted(made[start : start + size], key=lambda each: max(len(ids) for ids, _ in each[1]))
        steps = [near[place : place + GROUPS_A_STEP] for place in range(0, len(near), GROUPS_A_STEP)]
        random.shuffle(steps)
        plan += steps
    return plan


def _collated(step: Sequence[tuple[Group, list[Pair]]]) -> dict[str, Tensor]:
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


def _seconds_a_step(
    plan: Sequence[Sequence[tuple[Group, list[Pair]]]], base: Path, training: Training
) -> Callable[[], float]:
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


def _go_on_from(start: Path, model: nn.Module, training: Training) -> None:
    """Load the tensors of an adapter of the same method.

    Raises:
        ModelError: it is of another method, or does not fit.
    """
    from errors import ModelError
    from finetune.lora import read_adapter

    config, tensors = read_adapter(start)
    if config.layers is not None:
        raise ModelError(
            f"adapter {start} keeps {len(config.layers)} layers: train its teacher and distil anew"
        )
    if config.method != training.method or training.method not in ("lora", "full", "head", "adapter"):
        raise ModelError(
            f"adapter {start} was made by {config.method!r}: training goes on by the same method"
            " (lora, full, head or adapter); name it with --method, or begin anew without --start"
        )
    encoder: Any = model.encoder
    prefix, ending = ("base_model.model.", ".default.weight") if training.method == "lora" else ("", "")
    own = {f"{prefix}{name}{ending}": each for name, each in tensors.items() if not name.startswith("head.")}
    head = {name.removeprefix("head."): each for name, each in tensors.items() if name.startswith("head.")}
    try:
        unknown = encoder.load_state_dict(own, strict=False).unexpected_keys
        if head:
            model.head.load_state_dict(head)  # type: ignore[union-attr]
    except RuntimeError as error:
        raise ModelError(f"adapter {start} does not fit: {str(error).splitlines()[0]}") from error
    if unknown:
        raise ModelError(f"adapter {start} does not fit: unknown parameter {unknown[0]}")
