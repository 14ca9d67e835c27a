"""Chooses the scorer that the settings name: how well an item answers a request, 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from finetune.lora import ADAPTERS, CONFIG_FILE
from schema import Candidate
from settings import Settings

DEFAULT_ADAPTER = ADAPTERS / "classifier"


class Scorer(Protocol):
    """Judges candidates. ``name`` changes whenever the scores would."""

    name: str

    def relevance(self, request: str, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """Probability that each candidate answers ``request``, shape (candidates,).

        Safe to call from several threads.

        Raises:
            ModelError: the model fails, for want of memory for instance.
        """
        ...


def load_scorer(settings: Settings) -> Scorer:
    """Load the scorer of ``settings.scorer``: 'default', one of our adapters, or a cross-encoder.

    Raises:
        ModelError: its files are missing or broken, or ``settings.device`` cannot be used.
    """
    from serving.adapted import AdaptedScorer
    from serving.cross_encoder import CrossEncoderScorer

    if settings.scorer == "default":
        return AdaptedScorer.load(DEFAULT_ADAPTER, settings)
    folder = Path(settings.scorer).expanduser()
    if (folder / CONFIG_FILE).is_file() and (folder / "adapter.safetensors").is_file():
        return AdaptedScorer.load(folder, settings)
    return CrossEncoderScorer(settings.scorer, settings.device)
