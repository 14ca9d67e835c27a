"""A foreign cross-encoder of the sentence-transformers library as scorer."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from errors import ModelError
from schema import Candidate

_MAX_CHARS = 4000


class CrossEncoderScorer:
    """A model with one output, by its id or folder; the output goes through a sigmoid."""

    def __init__(self, model: str, device: str) -> None:
        try:
            from sentence_transformers import CrossEncoder
            from torch.nn import Sigmoid
            from transformers import AutoConfig

            _check_head(AutoConfig.from_pretrained(model).architectures, model)

            self._model: Any = CrossEncoder(
                model, device=None if device == "auto" else device, activation_fn=Sigmoid(), num_labels=1
            )
        except ModelError:
            raise
        except Exception as error:  # the library lets whatever its back ends raise through
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ModelError(
                f"scorer {model!r} cannot be loaded ({reason}): set KAIROS_SCORER to a folder with its files,"
                " to an id that is in the cache or can be downloaded, or to 'default'"
            ) from error
        self.name = model
        self._lock = Lock()

    def relevance(self, request: str, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """Probabilities as the model gives them, shape (candidates,).

        Raises:
            ModelError: the model fails.
        """
        if not candidates:
            return np.empty(0, np.float32)
        pairs = [(request[-_MAX_CHARS:], each.item.passage[:_MAX_CHARS]) for each in candidates]
        try:
            with self._lock:
                found = self._model.predict(pairs, convert_to_numpy=True, show_progress_bar=False)
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"scorer {self.name} failed: {str(error).splitlines()[0]}") from error
        return np.asarray(found, np.float32).reshape(len(candidates))


def _check_head(architectures: Sequence[str] | None, model: str) -> None:
    """Refuse a model without a trained head: it would be given a random one and score noise.

    Raises:
        ModelError: the model is no classifier.
    """
    if not any("ForSequenceClassification" in each for each in architectures or ()):
        raise ModelError(
            f"scorer {model!r} has no classification head ({', '.join(architectures or ()) or 'unknown kind'}):"
            " name a cross-encoder, or use KAIROS_EMBEDDER for an embedding model"
        )
