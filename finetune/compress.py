"""Makes the classifier smaller: fewer layers by distillation, pruned neurons and heads, int8 weights.

- Distillation (Hinton et al., 2015): a student of some of the teacher's layers learns its logits,
  and its last token states, which have the same width (Jiao et al., 2020).
- Structured pruning: feed-forward neurons (Molchanov et al., 2019) or attention heads (Michel et
  al., 2019) go whose activation times its gradient is least.
- Quantisation: linear layers in int8, activations quantised as they come (torch.ao, dynamic).
"""

from __future__ import annotations

import copy
import io
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from finetune.lora import AdapterConfig, Calibration, keep_layers, put_into, read_adapter, save_adapter
from finetune.pair_input import mean_pool

if TYPE_CHECKING:
    from torch import Tensor, nn

Batch = dict[str, "Tensor"]
_STATES_WEIGHT = 1.0
_WARM_UP = 0.1
_TIMED_STEPS = 3


@dataclass(frozen=True)
class Compact:
    """A classifier without its tokenizer: encoder, weight and bias of the head, and the adapter's config."""

    encoder: nn.Module
    head: tuple[Tensor, Tensor]
    config: AdapterConfig

    def outputs(self, inputs: Batch) -> tuple[Tensor, Tensor]:
        """Logits, shape (pairs,), and the last token states, (pairs, tokens, width)."""
        import torch

        states = self.encoder(**inputs).last_hidden_state
        pooled = mean_pool(states, inputs["attention_mask"])
        return torch.nn.functional.linear(pooled, *self.head).squeeze(1), states

    def copy(self) -> Compact:
        """One with weights of its own."""
        head = self.head[0].clone(), self.head[1].clone()
        return Compact(copy.deepcopy(self.encoder), head, self.config)


def load_compact(adapter: Path, base: Path) -> Compact:
    """The classifier of an adapter over the base model in ``base``, merged, in float32 on the CPU.

    Raises:
        ModelError: the adapter is missing, broken or does not fit.
    """
    import torch
    from transformers import AutoModel

    config, tensors = read_adapter(adapter)
    encoder = AutoModel.from_pretrained(base, local_files_only=True, dtype=torch.float32)
    encoder = put_into(encoder, tensors, config).eval()
    return Compact(encoder, (tensors["head.weight"].float(), tensors["head.bias"].float()), config)


def with_layers(model: Compact, kept: Sequence[int]) -> Compact:
    """A copy with the layers ``kept`` alone, in order."""
    small = model.copy()
    keep_layers(small.encoder, kept)
    return small


def save_student(
    folder: Path, student: Compact, kept: Sequence[int], calibration: Calibration | None = None
) -> AdapterConfig:
    """Write a student of ``with_layers`` into ``folder``, which exists, as an adapter that can serve.

    It holds the layers in half precision; the embeddings stay the base model's.
    """
    layers: Any = student.encoder.encoder
    tensors = {f"encoder.{name}": each.detach().half() for name, each in layers.named_parameters()}
    tensors |= {
        "head.weight": student.head[0].detach().clone(),
        "head.bias": student.head[1].detach().clone(),
    }
    changed = {
        "method": "full",
        "layers": tuple(kept),
        "calibration": calibration or student.config.calibration,
    }
    return save_adapter(folder, tensors, student.config.model_dump(exclude={"weights_sha256"}) | changed)


def distil(
    teacher: Compact,
    student: Compact,
    batches: Sequence[Batch],
    *,
    learning_rate: float = 3e-4,
    progress: Callable[[int, int, float], None] = lambda step, planned, loss: None,
) -> None:
    """Train ``student``, in place, to give what ``teacher`` gives; its embeddings stay.

    Args:
        teacher: whose outputs are the aim; of the same width.
        student: all its layers and its head are trained.
        batches: one a step.
        learning_rate: the peak; it rises for a tenth of the steps and falls to nothing.
        progress: told step, planned steps and the loss.
    """
    import torch

    layers: Any = student.encoder.encoder
    trained = [*layers.parameters(), *student.head]
    for each in trained:
        each.requires_grad_(True)
    optimiser = torch.optim.AdamW(trained, lr=learning_rate, weight_decay=0.01)
    planned = len(batches)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, learning_rate, total_steps=planned + 1, pct_start=_WARM_UP, anneal_strategy="cos"
    )
    student.encoder.train()
    for step, inputs in enumerate(batches, start=1):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            with torch.no_grad():
                wanted, deep = teacher.outputs(inputs)
            given, states = student.outputs(inputs)
        mask = inputs["attention_mask"].unsqueeze(-1)
        apart = ((states.float() - deep.float()) ** 2 * mask).sum() / (mask.sum() * states.shape[-1])
        loss = torch.nn.functional.mse_loss(given.float(), wanted.float()) + _STATES_WEIGHT * apart
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        schedule.step()
        progress(step, planned, float(loss.detach()))
    student.encoder.requires_grad_(False).eval()
    for tensor in student.head:
        tensor.requires_grad_(False)


def seconds_a_step(teacher: Compact, student: Compact, batches: Sequence[Batch]) -> float:
    """Of ``distil``, by doing a few steps; ``student`` is spoilt."""
    at: list[float] = []
    distil(teacher, student, batches[: _TIMED_STEPS + 1], progress=lambda *step: at.append(perf_counter()))
    return max(0.001, (at[-1] - at[0]) / max(1, len(at) - 1))


def importances(
    model: Compact, batches: Sequence[Batch], loss: Callable[[Tensor, int], Tensor], layer: str
) -> list[Tensor]:
    """|activation * gradient| of each input of ``layer`` in every block, summed over tokens and ``batches``.

    Args:
        model: is not changed.
        batches: a few.
        loss: of the logits of the batch of that number.
        layer: name in a block: ``output.dense`` for its feed-forward neurons,
            ``attention.output.dense`` for the outputs of its heads.

    Returns:
        For each block a tensor of shape (inputs,).
    """
    import torch

    blocks: Any = model.encoder.encoder.layer  # type: ignore[union-attr]
    found = [torch.zeros(each.get_submodule(layer).in_features) for each in blocks]
    seen: dict[int, Tensor] = {}

    def keep(place: int) -> Callable[[nn.Module, tuple[Tensor, ...]], tuple[Tensor]]:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor]:
            seen[place] = inputs[0] if inputs[0].requires_grad else inputs[0].detach().requires_grad_()
            return (seen[place],)

        return hook

    handles = [
        each.get_submodule(layer).register_forward_pre_hook(keep(place)) for place, each in enumerate(blocks)
    ]
    try:
        for number, inputs in enumerate(batches):
            logits, _ = model.outputs(inputs)
            slopes = torch.autograd.grad(loss(logits, number), [seen[place] for place in range(len(blocks))])
            for place, slope in enumerate(slopes):
                found[place] += (seen[place].detach() * slope).abs().sum((0, 1))
    finally:
        for each in handles:
            each.remove()
    return found


def prune_neurons(model: Compact, worth: Sequence[Tensor], share: float) -> Compact:
    """A copy without the ``share`` of the feed-forward neurons of each block that are worth least."""
    small = model.copy()
    for block, values in zip(small.encoder.encoder.layer, worth, strict=True):  # type: ignore[union-attr, arg-type]
        kept = _best(values, share)
        _keep_outputs(block.intermediate.dense, kept)
        _keep_inputs(block.output.dense, kept)
    return small


def prune_heads(model: Compact, worth: Sequence[Tensor], share: float) -> Compact:
    """A copy without the ``share`` of the attention heads of each block that are worth least."""
    import torch

    small = model.copy()
    for block, values in zip(small.encoder.encoder.layer, worth, strict=True):  # type: ignore[union-attr, arg-type]
        attention = block.attention.self
        size = attention.attention_head_size
        heads = _best(values.view(-1, size).sum(1), share)
        kept = (heads[:, None] * size + torch.arange(size)).flatten()
        for layer in (attention.query, attention.key, attention.value):
            _keep_outputs(layer, kept)
        _keep_inputs(block.attention.output.dense, kept)
        attention.num_attention_heads, attention.all_head_size = len(heads), len(kept)
    return small


def quantised(model: Compact) -> Compact:
    """A copy with int8 linear layers; for the CPU."""
    import torch
    from torch.ao.quantization import per_channel_dynamic_qconfig, quantize_dynamic

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.ao is to move to another package
        encoder = quantize_dynamic(  # type: ignore[no-untyped-call]
            copy.deepcopy(model.encoder), {torch.nn.Linear: per_channel_dynamic_qconfig}
        )
    return Compact(encoder, model.head, model.config)


def halved(model: Compact) -> Compact:
    """A copy in bfloat16."""
    import torch

    small = model.copy()
    return Compact(small.encoder.to(torch.bfloat16), small.head, small.config)


def megabytes(model: Compact) -> float:
    """Size of the encoder and head as a file, in 10^6 bytes."""
    import torch

    buffer = io.BytesIO()
    torch.save([model.encoder.state_dict(), model.head], buffer)
    return buffer.tell() / 1e6


def _best(values: Tensor, share: float) -> Tensor:
    """Places of all but the ``share`` that is least, in order; one at least."""
    count = max(1, round(len(values) * (1 - share)))
    return values.topk(count).indices.sort().values


def _keep_outputs(layer: Any, kept: Tensor) -> None:
    import torch

    layer.weight = torch.nn.Parameter(layer.weight.detach()[kept].clone(), requires_grad=False)
    layer.bias = torch.nn.Parameter(layer.bias.detach()[kept].clone(), requires_grad=False)
    layer.out_features = len(kept)


def _keep_inputs(layer: Any, kept: Tensor) -> None:
    import torch

    layer.weight = torch.nn.Parameter(layer.weight.detach()[:, kept].clone(), requires_grad=False)
    layer.in_features = len(kept)
