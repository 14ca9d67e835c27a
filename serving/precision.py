"""Chooses the number format of a model's weights, as the embedder does: by measuring."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from torch import nn

    Model = TypeVar("Model", bound=nn.Module)

_CLEARLY_FASTER = 1.3
_ROUNDS = 3


def in_precision(model: Model, precision: str, device: str, run: Callable[[Model], object]) -> Model:
    """``model`` in 'float32', 'bfloat16' or, with 'auto', what suits ``device``.

    'auto' takes half precision on a CUDA device; on a CPU bfloat16, if ``run``, a typical
    piece of work, is clearly faster in it.
    """
    import torch

    if precision == "bfloat16" or (precision == "auto" and device == "cuda"):
        half = torch.bfloat16 if device != "cuda" or torch.cuda.is_bf16_supported() else torch.float16
        return model.to(half)
    if precision == "auto" and device == "cpu":
        reduced = deepcopy(model).to(torch.bfloat16)
        return reduced if _seconds(model, run) > _CLEARLY_FASTER * _seconds(reduced, run) else model
    return model


def _seconds(model: Model, run: Callable[[Model], object]) -> float:
    run(model)
    fastest = float("inf")
    for _ in range(_ROUNDS):
        start = perf_counter()
        run(model)
        fastest = min(fastest, perf_counter() - start)
    return fastest
