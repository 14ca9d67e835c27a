"""Classifies texts from few labels, as SetFit does (Tunstall et al., 2022).

First the encoder is trained on pairs of labelled texts, so that those of one class lie
together and others apart (squared error of the cosine against 1 and 0); then a logistic
layer is fitted over the vectors. From n labels n² pairs can be made, which is why so few do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.sentence_pairs import changed_embedder, train_pairs
from finetune.trainer import Progress, Training
from settings import Settings
from vectorstore.embedder import Embedder

PAIRS_A_STEP = 16
ROUNDS = 20  # pairs of each kind that are drawn for a text, as in the paper
_STRENGTH = 10.0  # vectors of length 1 are held down by a stronger penalty


@dataclass(frozen=True)
class Head:
    """A logistic layer over vectors; ``classes`` are in the order of its probabilities."""

    classes: tuple[str, ...]
    model: Any

    def probabilities(self, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Shape (vectors, classes); each row adds up to 1."""
        found: NDArray[np.float64] = self.model.predict_proba(vectors)
        return found

    def predict(self, vectors: NDArray[np.float32]) -> list[str]:
        """The likeliest class of each vector."""
        return [self.classes[each] for each in self.probabilities(vectors).argmax(1)]


@dataclass(frozen=True)
class FewShot:
    """A trained encoder with its head."""

    embedder: Embedder
    head: Head

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest class of each text."""
        return self.head.predict(self.embedder.encode(texts))


def fit_head(
    vectors: NDArray[np.float32], labels: Sequence[str], weights: NDArray[np.float64] | None = None
) -> Head:
    """A logistic layer, each class counting the same; ``weights`` are of the rows.

    Raises:
        ValueError: there is only one class.
    """
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    if len(set(labels)) < 2:
        raise ValueError(f"labels of two classes are needed, all are {labels[0]!r}")
    model = LogisticRegression(C=_STRENGTH, max_iter=2000, class_weight="balanced")
    model.fit(np.asarray(vectors, np.float64), list(labels), sample_weight=weights)
    return Head(tuple(map(str, model.classes_)), model)


def contrastive_pairs(labels: Sequence[str], seed: int, rounds: int = ROUNDS) -> list[tuple[int, int, float]]:
    """Places of two texts and 1 where they are of one class, 0 where not, as many of each, shuffled.

    A class with one text gives no pair of the first kind.
    """
    random = Random(seed)
    places: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        places.setdefault(label, []).append(place)
    alike, unlike = [], []
    for place, label in enumerate(labels):
        own = [each for each in places[label] if each != place]
        other = [each for name, some in places.items() if name != label for each in some]
        alike += [(place, random.choice(own), 1.0) for _ in range(rounds if own else 0)]
        unlike += [(place, random.choice(other), 0.0) for _ in range(rounds if other else 0)]
    count = min(len(alike), len(unlike))
    found = random.sample(alike, count) + random.sample(unlike, count)
    random.shuffle(found)
    return found


def fit_few_shot(
    texts: Sequence[str],
    labels: Sequence[str],
    settings: Settings,
    *,
    steps: int = 100,
    learning_rate: float = 5e-4,
    seed: int = 0,
    progress: Progress = lambda step, planned, loss: None,
) -> FewShot:
    """Train encoder and head on labelled texts, about a tenth of a second to a step.

    Args:
        texts: a few of each class.
        labels: their classes.
        settings: device and precision.
        steps: of ``PAIRS_A_STEP`` pairs; not more than one pass over the pairs is made.
        learning_rate: at its peak.
        seed: of pairs and training.
        progress: told step, planned steps and the loss.

    Raises:
        ValueError: there is only one class, or no class has two texts.
    """
    pairs = contrastive_pairs(labels, seed)
    if not pairs:
        raise ValueError("two classes with two texts each are needed at least")
    steps = min(steps, -(-len(pairs) // PAIRS_A_STEP))
    columns: dict[str, list[Any]] = {
        "sentence1": [texts[one] for one, _, _ in pairs],
        "sentence2": [texts[two] for _, two, _ in pairs],
        "score": [score for _, _, score in pairs],
    }
    training = Training(learning_rate=learning_rate, seed=seed)
    tensors = train_pairs(columns, "cosine", training, steps, PAIRS_A_STEP, progress)
    embedder = changed_embedder(settings, "few-shot", tensors)
    return FewShot(embedder, fit_head(embedder.encode(texts), labels))
