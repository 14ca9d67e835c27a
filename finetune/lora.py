"""Adapters as files, and how they are put into the base model.

An adapter is a folder: ``adapter.safetensors`` and ``config.json``. Of the methods lora and
adalora it holds, for each adapted layer, ``<layer>.lora_A``, (rank, in), and
``<layer>.lora_B``, (out, rank), which are merged without peft: W + scale * B @ A; of the
others the trained parameters by their names. A classifier's has ``head.weight`` and
``head.bias`` besides.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from errors import ModelError
from finetune.methods import Method, restore

if TYPE_CHECKING:
    from torch import Tensor, nn

Model = TypeVar("Model", bound="nn.Module")
ADAPTERS = Path(__file__).parent / "adapters"
WEIGHTS_FILE = "adapter.safetensors"
CONFIG_FILE = "config.json"
_A, _B = ".lora_A", ".lora_B"


class Calibration(BaseModel):
    """Logistic layers over what is known of a candidate; all are applied before the sigmoid.

    ``logit_*`` turn the classifier's logit alone into a probability (Platt, 1999). The
    others join it with the columns of ``joined_features`` where the cosine is known and
    ``joined`` is set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    logit_scale: float = 1.0
    logit_bias: float = 0.0
    joined: bool = False
    joined_logit: float = 1.0
    joined_dense: float = 0.0
    joined_lexical: float = 0.0
    joined_rank: float = 0.0
    joined_bias: float = 0.0


def joined_features(
    logits: NDArray[np.float32],
    dense: NDArray[np.float32],
    lexical: NDArray[np.float32],
    ranks: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Logit, cosine, log(1 + BM25) and 1 / log2(1 + rank), shape (candidates, 4).

    ``ranks`` are places in retrieval's own order, from 1: it weighs meaning against words
    request by request, which cosine and BM25 over all requests do not.
    """
    return np.column_stack(
        [logits, dense, np.log1p(np.maximum(lexical, 0)), 1 / np.log2(1 + np.maximum(ranks, 1))]
    ).astype(np.float64)


class AdapterConfig(BaseModel):
    """What ``config.json`` holds. ``scale`` is alpha / rank; the hashes are of whole files.

    ``layers`` are those of the base that are kept, in order; all where None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    base: str
    base_sha256: str
    weights_sha256: str
    method: Method = "lora"
    layers: tuple[int, ...] | None = None
    rank: int = Field(ge=1)
    scale: float = Field(gt=0)
    max_tokens: int = Field(ge=16, le=512)
    request_tokens: int = Field(ge=4)
    calibration: Calibration = Calibration()


def is_adapter(folder: Path) -> bool:
    """Whether ``folder`` holds an adapter of ours."""
    return (folder / CONFIG_FILE).is_file() and (folder / WEIGHTS_FILE).is_file()


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


def finish_adapter(fresh: Path, out: Path, metrics: Mapping[str, Any], card: str) -> None:
    """Put metrics and card beside an adapter's files in ``fresh``, and the whole into the place of ``out``.

    Raises:
        ModelError: ``out`` cannot be replaced.
    """
    (fresh / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    (fresh / "README.md").write_text(card, encoding="utf-8")
    fresh.chmod(0o755)
    put_in_place(fresh, out)


def put_in_place(fresh: Path, out: Path) -> None:
    """Put ``fresh`` in the place of ``out``; on failure the old folder is put back.

    Raises:
        ModelError: ``out`` cannot be replaced.
    """
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    try:
        if out.exists():
            out.rename(old)
        fresh.rename(out)
    except OSError as error:
        if old.exists() and not out.exists():
            old.rename(out)
        raise ModelError(f"{out} cannot be replaced: {error}; check its permissions") from error
    shutil.rmtree(old, ignore_errors=True)


def put_into(model: Model, tensors: Mapping[str, Tensor], config: AdapterConfig) -> Model:
    """The model with an adapter in it; ``model`` is changed.

    Raises:
        ModelError: a layer is not in the model or has another shape.
    """
    if config.layers is not None:
        keep_layers(model, config.layers)
    if config.method in ("lora", "adalora"):
        merge(model, tensors, config.scale)
        return model
    try:
        return restore(model, config.method, tensors)  # type: ignore[return-value]
    except RuntimeError as error:
        raise ModelError(f"the adapter does not fit the base model: {str(error).splitlines()[0]}") from error


def keep_layers(model: nn.Module, kept: Sequence[int]) -> None:
    """Leave of the layers of ``model``, an encoder of the BERT kind, only those ``kept``, in order.

    Raises:
        ModelError: it has no such layer.
    """
    import torch

    stack: Any = model.encoder
    if not kept or not all(0 <= each < len(stack.layer) for each in kept):
        raise ModelError(f"the adapter keeps layers {list(kept)} of a base model that has {len(stack.layer)}")
    stack.layer = torch.nn.ModuleList([stack.layer[each] for each in kept])
    model.config.num_hidden_layers = len(kept)  # type: ignore[union-attr]


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
