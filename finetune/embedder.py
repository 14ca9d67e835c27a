"""Fine-tunes the embedder: a bi-encoder whose requests lie near the items that answer them.

Base: all-MiniLM-L6-v2 (Wang et al., 2020). Losses, by sentence-transformers' trainer:

- ``contrastive``: each request against the answers and hard negatives of its whole batch
  (multiple negatives ranking; Henderson et al., 2017), at a temperature of 0.05. No batch
  holds two requests of which one's item answers the other.
- ``squared-error``: of the cosine against 1 for an answer and 0 for a hard negative.

After training, the change is weighed: a share of it, chosen on requests that were not
trained on, is what is kept (Wortsman et al., 2022), so that less of what the base knew is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from finetune.checkpoints import TrainedWeights
from finetune.lora import put_into, read_adapter
from finetune.methods import adapt, trained_tensors
from finetune.processes import processes
from finetune.trainer import (
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
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer

TRAIN_TOKENS = 64
REQUESTS_A_STEP = 32
_TEMPERATURE = 0.05
_OPEN_BATCHES = 12


@dataclass(frozen=True)
class Triplet:
    """A request, an item that answers it, one that only looks so; ids. ``relevant``: all that answer it."""

    request: str
    answer: str
    negative: str
    relevant: frozenset[str]


def build(folder: Path, training: Training, steps: int) -> SentenceTransformer:
    """The model in ``folder``, with ``training.start`` in it, as a bi-encoder with what the method trains."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    torch.manual_seed(training.seed)
    encoder = Transformer(str(folder), max_seq_length=TRAIN_TOKENS)
    width = encoder.get_embedding_dimension()
    if training.start is not None:
        config, tensors = read_adapter(training.start)
        encoder.model = put_into(encoder.model, tensors, config)
    encoder.model = adapt(encoder.model, training.method, steps)
    return SentenceTransformer(modules=[encoder, Pooling(width, "mean"), Normalize()])


def train(
    triplets: Sequence[Triplet],
    passages: Mapping[str, str],
    base: Path,
    training: Training,
    folder: Path,
    progress: Progress = lambda step, planned, loss: None,
) -> Trained:
    """Train on ``triplets``, going on from the last checkpoint if a run in ``folder`` was cut short.

    Args:
        triplets: of the training split.
        passages: text of every item by id.
        base: folder of the base model.
        training: how; its loss is ``contrastive`` or ``squared-error``.
        folder: of checkpoints, of this data and training alone; removed by the caller.
        progress: told step, planned steps and the loss.
    """
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainingArguments

    batches = [
        batch
        for epoch in range(max(1, round(training.epochs + 0.499)))
        for batch in apart(triplets, REQUESTS_A_STEP, training.seed + epoch)
    ]
    together = processes().num_processes
    every = max(1, round(len(batches) / max(1, round(training.epochs + 0.499)) / together))
    steps = planned_steps(folder, training, every, _seconds_a_step(batches, passages, base, training))
    model = build(base, training, steps)
    rows = [each for batch in batches[: steps * together] for each in batch]

    trainer = _trainer_class()(
        model=model,
        args=SentenceTransformerTrainingArguments(
            per_device_train_batch_size=REQUESTS_A_STEP,
            batch_sampler=_in_order,
            **arguments(training, folder, steps, evaluated=False),
        ),
        train_dataset=Dataset.from_dict(_columns(rows, passages, training.loss)),
        loss=_loss(model, training.loss),
        callbacks=callbacks(training, progress, evaluated=False),
    )
    seconds, loss = run_trainer(trainer, folder)
    encoder = model[0].model
    return Trained(
        {name: each.cpu() for name, each in trained_tensors(encoder, training.method).items()},
        trainer.state.global_step,
        steps,
        seconds,
        loss,
        trained_parameters(encoder),
        peak_memory_mib(),
    )


def _trainer_class() -> type[SentenceTransformerTrainer]:
    from sentence_transformers import SentenceTransformerTrainer

    class EmbedderTrainer(TrainedWeights, SentenceTransformerTrainer):  # type: ignore[misc]
        pass

    return EmbedderTrainer


def _in_order(dataset: Any, batch_size: int, drop_last: bool, **rest: Any) -> Any:
    """Batches as they stand in the data: they were put together to stay apart."""
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from torch.utils.data import SequentialSampler

    return DefaultBatchSampler(SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last)


def apart(triplets: Sequence[Triplet], size: int, seed: int) -> list[list[Triplet]]:
    """Whole batches of ``size``, in none of which an item of one request answers another; a few are left over."""
    order = list(triplets)
    Random(seed).shuffle(order)
    full: list[list[Triplet]] = []
    waiting: list[list[Triplet]] = [[] for _ in range(_OPEN_BATCHES)]
    for each in order:
        for place, batch in enumerate(waiting):
            if all(_apart(each, other) for other in batch):
                batch.append(each)
                if len(batch) == size:
                    full.append(batch)
                    waiting[place] = []
                break
    return full


def _apart(one: Triplet, other: Triplet) -> bool:
    return (
        one.request != other.request
        and not one.relevant & {other.answer, other.negative}
        and not other.relevant & {one.answer, one.negative}
    )


def _columns(rows: Sequence[Triplet], passages: Mapping[str, str], loss: str) -> dict[str, list[Any]]:
    answers = [passages[each.answer] for each in rows]
    negatives = [passages[each.negative] for each in rows]
    requests = [each.request for each in rows]
    if loss == "contrastive":
        return {"anchor": requests, "positive": answers, "negative": negatives}
    # Answer and negative in turn, so that a batch holds as many of each.
    return {
        "sentence1": requests,
        "sentence2": [pair[place % 2] for place, pair in enumerate(zip(answers, negatives, strict=True))],
        "score": [float(place % 2 == 0) for place in range(len(rows))],
    }


def _loss(model: SentenceTransformer, kind: str) -> Any:
    from sentence_transformers.sentence_transformer.losses import (
        CosineSimilarityLoss,
        MultipleNegativesRankingLoss,
    )

    if kind == "contrastive":
        return MultipleNegativesRankingLoss(model, scale=1 / _TEMPERATURE)
    return CosineSimilarityLoss(model)


def _seconds_a_step(
    batches: Sequence[Sequence[Triplet]], passages: Mapping[str, str], base: Path, training: Training
) -> Callable[[], float]:
    """Times one step of a model that is thrown away."""
    made: list[Any] = []
    order = Random(0).sample(range(len(batches)), len(batches))

    def step() -> None:
        import torch

        if not made:
            model = build(base, training, 100)
            made.extend((model, _loss(model, training.loss)))
        model, loss = made
        columns = _columns(batches[order.pop()] if order else batches[0], passages, training.loss)
        texts = [each for each in columns.values() if isinstance(each[0], str)]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss(
                [model.preprocess(each) for each in texts], torch.tensor(columns.get("score", []))
            ).backward()

    return timed(step)
