"""Chooses the scorer that the settings name: how well an item answers a request, 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from finetune.following import Following
from finetune.lora import ADAPTERS, CONFIG_FILE
from finetune.registry import Registry
from schema import Candidate
from settings import Settings

DEFAULT_ADAPTER = ADAPTERS / "classifier"


class Scorer(Protocol):
    """Judges candidates. ``name`` changes whenever the scores would."""

    @property
    def name(self) -> str:
        """Which scorer it is."""
        ...

    def relevance(self, request: str, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """Probability that each candidate answers ``request``, shape (candidates,).

        Safe to call from several threads.

        Raises:
            ModelError: the model fails, for want of memory for instance.
        """
        ...


class ActiveScorer:
    """The scorer of the classifier version that is active; a switch counts from the next call on."""

    def __init__(self, settings: Settings) -> None:
        """Load the active version.

        Raises:
            ModelError: its files are missing or broken.
        """
        from serving.adapted import AdaptedScorer

        registry = Registry(settings)
        self._following: Following[Scorer] = Following(
            registry,
            "classifier",
            lambda version: AdaptedScorer.load(registry.folder("classifier", version), settings),
        )

    @property
    def name(self) -> str:
        """Of the scorer that is loaded."""
        with self._following.using(follow=False) as scorer:
            return scorer.name

    def relevance(self, request: str, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
        """As ``Scorer.relevance``; all candidates are judged by one version."""
        with self._following.using() as scorer:
            return scorer.relevance(request, candidates)


def load_scorer(settings: Settings) -> Scorer:
    """Load the scorer of ``settings.scorer``: 'default', one of our adapters, or a cross-encoder.

    'default' is the version that is active, and follows when another becomes so.

    Raises:
        ModelError: its files are missing or broken, or ``settings.device`` cannot be used.
    """
    from serving.adapted import AdaptedScorer
    from serving.cross_encoder import CrossEncoderScorer

    if settings.scorer == "default":
        return ActiveScorer(settings)
    folder = Path(settings.scorer).expanduser()
    if (folder / CONFIG_FILE).is_file() and (folder / "adapter.safetensors").is_file():
        return AdaptedScorer.load(folder, settings)
    return CrossEncoderScorer(settings.scorer, settings.device)
