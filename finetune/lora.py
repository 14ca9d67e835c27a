"""Low-rank adapters (LoRA; Hu et al., 2022) as files, and their merging into the base weights.

An adapter is a folder: ``adapter.safetensors`` (for each adapted layer ``<layer>.lora_A``,
(rank, in), and ``<layer>.lora_B``, (out, rank); ``head.weight`` and ``head.bias``) and
``config.json``. Merging needs no peft: W + scale * B @ A.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor, nn

ADAPTERS = Path(__file__).parent / "adapters"
WEIGHTS_FILE = "adapter.safetensors"
CONFIG_FILE = "config.json"
_A, _B = ".lora_A", ".lora_B"


class Calibration(BaseModel):
    """Logistic layers over what is known of a candidate; all are applied before the sigmoid.

    ``logit_*`` turn the classifier's logit alone into a probability (Platt, 1999). The
    others join it with the retrieval cosine and log(1 + BM25) where the cosine is known
    and ``joined`` is set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    logit_scale: float = 1.0
    logit_bias: float = 0.0
    joined: bool = False
    joined_logit: float = 1.0
    joined_dense: float = 0.0
    joined_lexical: float = 0.0
    joined_bias: float = 0.0


class AdapterConfig(BaseModel):
    """What ``config.json`` holds. ``scale`` is alpha / rank; the hashes are of whole files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    base: str
    base_sha256: str
    weights_sha256: str
    rank: int = Field(ge=1)
    scale: float = Field(gt=0)
    max_tokens: int = Field(ge=16, le=512)
    request_tokens: int = Field(ge=4)
    calibration: Calibration = Calibration()


def file_sha256(path: Path) -> str:
    """The SHA-256 of a whole file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def save_adapter(folder: Path, tensors: Mapping[str, Tensor], config: Mapping[str, Any]) -> AdapterConfig:
    """Write weights and ``config.json`` into ``folder``, which exists; returns the whole config."""
    from safetensors.torch import save_file

    save_file({name: each.contiguous() for name, each in tensors.items()}, folder / WEIGHTS_FILE)
    whole = AdapterConfig(**config, weights_sha256=file_sha256(folder / WEIGHTS_FILE))
    (folder / CONFIG_FILE).write_text(whole.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return whole


def read_adapter(folder: Path) -> tuple[AdapterConfig, dict[str, Tensor]]:
    """Read an adapter, checked against its hash.

    Raises:
        ModelError: a file is missing, broken or does not belong to the other.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    advice = "train it again with 'app.py finetune classifier' or reinstall Kairos"
    try:
        config = AdapterConfig.model_validate(json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8")))
        if file_sha256(folder / WEIGHTS_FILE) != config.weights_sha256:
            raise ModelError(f"adapter {folder}: {WEIGHTS_FILE} is damaged (wrong SHA-256); {advice}")
        return config, load_file(folder / WEIGHTS_FILE)
    except ValidationError as error:
        raise ModelError(
            f"adapter {folder}: {CONFIG_FILE} does not fit: {error.errors()[0]['msg']}; {advice}"
        ) from error
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"adapter {folder} cannot be read: {error}; {advice}") from error


def merge(model: nn.Module, tensors: Mapping[str, Tensor], scale: float) -> None:
    """Add ``scale * B @ A`` to each adapted layer of ``model``, in place.

    Raises:
        ModelError: a layer is not in the model or has another shape.
    """
    import torch

    with torch.no_grad():
        for name in sorted(each.removesuffix(_A) for each in tensors if each.endswith(_A)):
            try:
                weight = model.get_submodule(name).weight
                change = tensors[name + _B].float() @ tensors[name + _A].float()
                weight.add_(scale * change)  # type: ignore[operator]
            except (AttributeError, KeyError, RuntimeError) as error:
                raise ModelError(f"the adapter does not fit the base model at {name}: {error}") from error
