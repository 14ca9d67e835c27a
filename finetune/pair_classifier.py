"""The network of the classifier: an encoder over request and passage, and a head beside retrieval's scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import ModelError
from finetune.lora import read_adapter
from finetune.methods import Method, adapt, trained_tensors
from finetune.pair_input import mean_pool
from finetune.trainer import Training

if TYPE_CHECKING:
    from torch import Tensor, nn


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


def classifier_tensors(model: nn.Module, method: Method) -> dict[str, Tensor]:
    """What the method has trained of a ``pair_classifier``, and its head, on the CPU."""
    encoder: Any = model.encoder
    head: Any = model.head
    found = trained_tensors(encoder, method)
    found |= {"head.weight": head.weight.detach().clone(), "head.bias": head.bias.detach().clone()}
    return {name: each.cpu() for name, each in found.items()}


def _go_on_from(start: Path, model: nn.Module, training: Training) -> None:
    """Load the tensors of an adapter of the same method.

    Raises:
        ModelError: it is of another method, or does not fit.
    """
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
