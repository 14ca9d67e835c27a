"""Our fine-tuned cross-encoder: the base encoder with an adapter merged, a linear head, a calibration."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from errors import ModelError
from finetune.lora import AdapterConfig, file_sha256, joined_features, put_into, read_adapter
from finetune.pair_input import PairTokenizer, batch, mean_pool
from schema import Candidate
from serving.precision import in_precision
from settings import Settings

if TYPE_CHECKING:
    from torch import Tensor, nn

_BATCH = 32


class AdaptedScorer:
    """Scores pairs in process; batches hold pairs of like length."""

    def __init__(
        self, encoder: nn.Module, head: tuple[Tensor, Tensor], pairs: PairTokenizer, config: AdapterConfig
    ) -> None:
        digest = hashlib.sha256(config.model_dump_json().encode()).hexdigest()
        self.name = f"{config.name}@{digest[:12]}"
        self.config = config
        self._encoder = encoder
        self._head = head
        self._pairs = pairs

    @classmethod
    def load(cls, folder: Path, settings: Settings) -> AdaptedScorer:
        """Read the adapter in ``folder`` and merge it into the base model.

        Raises:
            ModelError: the adapter is missing, broken or made for another base.
        """
        import torch
        from transformers import AutoModel
        from transformers.utils.logging import disable_progress_bar

        from vectorstore.embedder import default_weights, pick_device

        config, tensors = read_adapter(folder)
        base = default_weights()
        if file_sha256(base / "model.safetensors") != config.base_sha256:
            raise ModelError(
                f"adapter {folder} was made for another version of {config.base}: train it again"
            )
        disable_progress_bar()
        try:
            encoder = AutoModel.from_pretrained(base, local_files_only=True, dtype=torch.float32).eval()
            encoder = put_into(encoder, tensors, config).eval()
            device = pick_device(settings.device)
            head = tensors["head.weight"].float().to(device), tensors["head.bias"].float().to(device)
            pairs = PairTokenizer.load(base, config.max_tokens, config.request_tokens)
            sample = batch([pairs.pair(range(1000, 1016), range(2000, 2048))] * 8)
            encoder = in_precision(
                encoder.to(device),
                settings.precision,
                device.type,
                lambda model: _logits(model, head, sample),
            )
        except (OSError, KeyError, RuntimeError, AssertionError) as error:
            raise ModelError(f"scorer {folder} on {settings.device}: {_first_line(error)}") from error
        return cls(encoder, head, pairs, config)

    def logits(self, request: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """The classifier's raw output for each passage, shape (passages,).

        Raises:
            ModelError: the model fails.
        """
        asked = self._pairs.request(request)
        pairs = [self._pairs.pair(asked, each) for each in self._pairs.passages(passages)]
        order = sorted(range(len(pairs)), key=lambda place: len(pairs[place][0]))
        found = np.empty(len(pairs), np.float32)
        try:
            for start in range(0, len(order), _BATCH):
                places = order[start : start + _BATCH]
                found[places] = _logits(self._encoder, self._head, batch([pairs[each] for each in places]))
        except RuntimeError as error:
            raise ModelError(f"scorer {self.name} failed: {_first_line(error)}") from error
        return found

    def relevance(self, request: str, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """Calibrated probabilities, shape (candidates,)."""
        if not candidates:
            return np.empty(0, np.float32)
        logits = self.logits(request, [each.item.passage for each in candidates])
        dense = np.array([each.dense for each in candidates], np.float32)
        lexical = np.array([each.lexical for each in candidates], np.float32)
        ranks = np.array([each.rank for each in candidates], np.int64)
        return probabilities(self.config, logits, dense, lexical, ranks)


def probabilities(
    config: AdapterConfig,
    logits: NDArray[np.float32],
    dense: NDArray[np.float32],
    lexical: NDArray[np.float32],
    ranks: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Join logit and retrieval by the adapter's calibration; without a cosine, the logit alone."""
    weights = config.calibration
    given = weights.logit_scale * logits.astype(np.float64) + weights.logit_bias
    if weights.joined:
        columns = joined_features(logits, dense, lexical, ranks)
        scales = (weights.joined_logit, weights.joined_dense, weights.joined_lexical, weights.joined_rank)
        given = np.where(dense > 0, columns @ np.array(scales) + weights.joined_bias, given)
    return np.asarray(1 / (1 + np.exp(-np.clip(given, -30, 30))), np.float32)


def _logits(
    encoder: nn.Module, head: tuple[Tensor, Tensor], inputs: dict[str, Tensor]
) -> NDArray[np.float32]:
    import torch

    with torch.inference_mode():
        inputs = {name: each.to(head[0].device) for name, each in inputs.items()}
        pooled = mean_pool(encoder(**inputs).last_hidden_state, inputs["attention_mask"])
        found: NDArray[np.float32] = torch.nn.functional.linear(pooled, *head).squeeze(1).cpu().numpy()
    return found


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
