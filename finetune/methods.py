"""The ways of fine-tuning an encoder: all of it, or few parameters.

=========  ===================================================================================
full       every weight
lora       low-rank changes of attention and feed-forward layers (Hu et al., 2022)
adalora    the same with a budget of ranks moved between layers (Zhang et al., 2023)
prefix     trained keys and values before each layer's own (Li and Liang, 2021); the encoder
           is then given no token types
adapter    a small bottleneck behind each sub-layer (Houlsby et al., 2019)
head       the last layer of the encoder, the rest frozen
=========  ===================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from torch import Tensor, nn

Method = Literal["full", "lora", "adalora", "prefix", "adapter", "head"]
METHODS: tuple[Method, ...] = get_args(Method)
RANK, ALPHA = 16, 32
_ADALORA_START = 24
_PREFIX_TOKENS = 16
_BOTTLENECK = 48
TARGETS = r".*encoder\.layer\.\d+\.(attention\.self\.(query|key|value)|(attention\.|intermediate\.)?(output\.)?dense)"
_SUBLAYERS = (".attention.output.dense", ".output.dense")


def adapt(encoder: nn.Module, method: Method, steps: int = 1000) -> nn.Module:
    """``encoder`` with what ``method`` trains set to require gradients, and nothing else.

    Args:
        encoder: of the BERT kind; changed in place.
        method: see the module.
        steps: planned steps of training, by which adalora times its pruning.
    """
    if method == "full":
        return encoder.requires_grad_(True)
    encoder.requires_grad_(False)
    if method == "head":
        encoder.encoder.layer[-1].requires_grad_(True)  # type: ignore[index, union-attr]
        return encoder
    if method == "adapter":
        return insert_bottlenecks(encoder, _BOTTLENECK)
    from peft import AdaLoraConfig, LoraConfig, PrefixTuningConfig, TaskType, get_peft_model

    if method == "prefix":
        config: Any = PrefixTuningConfig(
            task_type=TaskType.FEATURE_EXTRACTION, num_virtual_tokens=_PREFIX_TOKENS
        )
    elif method == "adalora":
        steps = max(steps, 10)
        config = AdaLoraConfig(
            target_r=RANK,
            init_r=_ADALORA_START,
            tinit=steps // 10,
            tfinal=steps // 3,
            deltaT=10,
            total_step=steps,
            lora_alpha=ALPHA,
            target_modules=TARGETS,
        )
    else:
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.05, target_modules=TARGETS)
    return get_peft_model(encoder, config)  # type: ignore[no-any-return]


def insert_bottlenecks(encoder: nn.Module, width: int) -> nn.Module:
    """Put a bottleneck of ``width`` behind every sub-layer; at first it changes nothing."""
    import torch

    class Bottleneck(torch.nn.Module):
        def __init__(self, sublayer: nn.Module) -> None:
            super().__init__()
            size: int = sublayer.out_features  # type: ignore[assignment]
            self.sublayer = sublayer
            self.down = torch.nn.Linear(size, width)
            self.up = torch.nn.Linear(width, size)
            torch.nn.init.zeros_(self.up.weight)
            torch.nn.init.zeros_(self.up.bias)

        def forward(self, states: Tensor) -> Tensor:
            out = self.sublayer(states)
            changed: Tensor = out + self.up(torch.nn.functional.gelu(self.down(out)))
            return changed

    for name in [name for name, _ in encoder.named_modules() if name.endswith(_SUBLAYERS)]:
        parent, _, last = name.rpartition(".")
        setattr(encoder.get_submodule(parent), last, Bottleneck(encoder.get_submodule(name)))
    return encoder


def trained_tensors(encoder: nn.Module, method: Method) -> dict[str, Tensor]:
    """What ``method`` has trained, by name: ``<layer>.lora_A`` and ``.lora_B``, or a parameter's own name."""
    if method == "lora":
        from peft import get_peft_model_state_dict

        return {
            name.removeprefix("base_model.model.").removesuffix(".weight"): each.detach().clone()
            for name, each in get_peft_model_state_dict(encoder).items()
        }
    if method == "adalora":
        return _adalora_tensors(encoder)
    return {name: each.detach().clone() for name, each in encoder.named_parameters() if each.requires_grad}


def _adalora_tensors(encoder: nn.Module) -> dict[str, Tensor]:
    """As plain LoRA: the singular values, and the division by the ranks kept, go into A."""
    found: dict[str, Tensor] = {}
    for name, layer in encoder.named_modules():
        if not hasattr(layer, "lora_E") or "default" not in layer.lora_E:
            continue
        a, b, e = (getattr(layer, f"lora_{part}")["default"].detach() for part in "ABE")
        factor = layer.scaling["default"] / (layer.ranknum["default"] + 1e-5) / (ALPHA / RANK)
        place = name.removeprefix("base_model.model.")
        found[f"{place}.lora_A"] = (a * e * factor).clone()
        found[f"{place}.lora_B"] = b.clone()
    return found


def restore(encoder: nn.Module, method: Method, tensors: Mapping[str, Tensor]) -> nn.Module:
    """``encoder`` with the trained ``tensors`` of a method other than lora and adalora, which are merged.

    Raises:
        RuntimeError: they do not fit.
    """
    own = {name: each.float() for name, each in tensors.items() if not name.startswith("head.")}
    if method in ("adapter", "prefix"):
        encoder = adapt(encoder, method)
    unknown = encoder.load_state_dict(own, strict=False).unexpected_keys
    if unknown:
        raise RuntimeError(f"unknown parameter {unknown[0]}")
    return encoder
