"""Trains the encoder briefly on pairs of sentences, without checkpoints: for few labels, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from finetune.embedder import TRAIN_TOKENS
from finetune.lora import AdapterConfig, file_sha256, is_adapter, put_into, read_adapter
from finetune.methods import ALPHA, RANK, adapt, trained_tensors
from finetune.trainer import Progress, Training, arguments, callbacks
from finetune.trainer import train as run_trainer
from settings import Settings
from vectorstore.embedder import (
    DEFAULT_ADAPTER,
    MAX_TOKENS,
    MeanPoolingEmbedder,
    default_weights,
    load_weights,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor

TEMPERATURE = 0.05
PairLoss = Literal["cosine", "ranking"]
# An adapter that is in the base model before training begins.
Start = tuple[AdapterConfig, Mapping[str, "Tensor"]]


def shipped_start() -> Start | None:
    """The shipped adapter of the embedder, where there is one that can be added to."""
    if not is_adapter(DEFAULT_ADAPTER):
        return None
    config, tensors = read_adapter(DEFAULT_ADAPTER)
    return (config, tensors) if config.method in ("lora", "adalora") else None


def train_pairs(
    columns: Mapping[str, Sequence[Any]],
    loss: PairLoss,
    training: Training,
    steps: int,
    pairs_a_step: int,
    progress: Progress = lambda step, planned, loss: None,
    start: Start | None = None,
) -> dict[str, Tensor]:
    """What LoRA has changed, by name, after ``steps`` steps from the base model, or from it with ``start``.

    Args:
        columns: ``sentence1`` and ``sentence2``, and for the loss ``cosine`` their ``score``, 0 or 1;
            each is seen as often as the steps allow, shuffled.
        loss: squared error of the cosine, or multiple negatives ranking, in which the other
            pairs of a step are the wrong answers.
        training: its learning rate and seed.
        steps: of the optimiser.
        pairs_a_step: pairs in each.
        progress: told step, planned steps and the loss.
        start: an adapter to add to; it is not in what is returned.
    """
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import (
        CosineSimilarityLoss,
        MultipleNegativesRankingLoss,
    )

    model = _build(training, steps, start)
    with TemporaryDirectory() as folder:
        options = arguments(training, Path(folder), steps, evaluated=False) | {"save_strategy": "no"}
        trainer = SentenceTransformerTrainer(
            model=model,
            args=SentenceTransformerTrainingArguments(per_device_train_batch_size=pairs_a_step, **options),
            train_dataset=Dataset.from_dict({name: list(each) for name, each in columns.items()}),
            loss=CosineSimilarityLoss(model)
            if loss == "cosine"
            else MultipleNegativesRankingLoss(model, scale=1 / TEMPERATURE),
            callbacks=callbacks(training, progress, evaluated=False),
        )
        run_trainer(trainer, Path(folder))
    return {name: each.cpu() for name, each in trained_tensors(model[0].model, "lora").items()}


def _build(training: Training, steps: int, start: Start | None) -> SentenceTransformer:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    torch.manual_seed(training.seed)
    encoder = Transformer(str(default_weights()), max_seq_length=TRAIN_TOKENS)
    width = encoder.get_embedding_dimension()
    if start is not None:
        encoder.model = put_into(encoder.model, start[1], start[0])
    encoder.model = adapt(encoder.model, "lora", steps)
    return SentenceTransformer(modules=[encoder, Pooling(width, "mean"), Normalize()])


def changed_embedder(
    settings: Settings,
    name: str,
    tensors: Mapping[str, Tensor],
    share: float = 1.0,
    start: Start | None = None,
) -> MeanPoolingEmbedder:
    """The base embedder with ``start`` and a share of the trained change in it.

    Raises:
        ModelError: they do not fit.
    """
    adapter = stacked(tensors, share, start)
    config = AdapterConfig(name=name, **adapter_config(adapter, share), weights_sha256="")
    return load_weights(default_weights(), name, settings, lambda model: put_into(model, adapter, config))


def stacked(tensors: Mapping[str, Tensor], share: float, start: Start | None) -> dict[str, Tensor]:
    """One adapter that does what ``start`` and the share of the change do together; its rank is the sum of theirs."""
    import torch

    if start is None:
        return dict(tensors)
    config, before = start
    factor = config.scale / (share * ALPHA / RANK)
    found = {}
    for layer in sorted({name.rpartition(".")[0] for name in (*before, *tensors)}):
        a, b = f"{layer}.lora_A", f"{layer}.lora_B"
        ups = [before[a].float()] if a in before else []
        downs = [before[b].float() * factor] if b in before else []
        if a in tensors:
            ups.append(tensors[a].float())
            downs.append(tensors[b].float())
        found[a], found[b] = torch.cat(ups), torch.cat(downs, dim=1)
    return found


def adapter_config(tensors: Mapping[str, Tensor], share: float = 1.0) -> dict[str, Any]:
    """What an adapter of the embedder says of itself, but for its name; ``share`` of the change is used."""
    return {
        "base": "all-MiniLM-L6-v2",
        "base_sha256": file_sha256(default_weights() / "model.safetensors"),
        "method": "lora",
        "rank": max(each.shape[0] for name, each in tensors.items() if name.endswith(".lora_A")),
        "scale": share * ALPHA / RANK,
        "max_tokens": MAX_TOKENS,
        "request_tokens": MAX_TOKENS,
    }
