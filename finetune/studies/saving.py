"""Makes a scorer of what a study has trained, by way of an adapter folder, as when it ships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.lora import file_sha256, save_adapter
from finetune.methods import ALPHA, RANK, Method
from finetune.pair_input import MAX_TOKENS, REQUEST_TOKENS
from serving.adapted import AdaptedScorer
from settings import Settings
from vectorstore.embedder import default_weights

if TYPE_CHECKING:
    from torch import Tensor


def saved(
    tensors: Mapping[str, Tensor],
    method: Method,
    folder: Path,
    settings: Settings,
    rank: int = RANK,
    scale: float = ALPHA / RANK,
) -> AdaptedScorer:
    """Write an adapter into ``folder``, not calibrated, and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    save_adapter(
        folder,
        tensors,
        {
            "name": "study",
            "base": "all-MiniLM-L6-v2",
            "base_sha256": file_sha256(default_weights() / "model.safetensors"),
            "method": method,
            "rank": rank,
            "scale": scale,
            "max_tokens": MAX_TOKENS,
            "request_tokens": REQUEST_TOKENS,
        },
    )
    return AdaptedScorer.load(folder, settings)
