"""Small classifiers over sentence vectors: multinomial logistic regression, fitted in numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Unit vectors differ little in each coordinate; without this a regularised head stays near uniform.
SCALE = 10.0


@dataclass(frozen=True)
class Head:
    """Weights ``(dimensions, labels)`` and bias ``(labels,)``."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def probabilities(self, vector: NDArray[np.float32]) -> dict[str, float]:
        """The probability of each label for one vector ``(dimensions,)``."""
        scores = vector * SCALE @ self.weights + self.bias
        scores = np.exp(scores - scores.max())
        return dict(zip(self.labels, (scores / scores.sum()).tolist(), strict=True))


def fit_head(
    vectors: NDArray[np.float32],
    names: Sequence[str],
    *,
    l2: float = 0.02,
    steps: int = 150,
    rate: float = 0.5,
) -> Head:
    """Fit by full-batch gradient descent with Nesterov's momentum; each label weighs the same.

    ``vectors`` is ``(n, dimensions)``; ``names`` the label of each row; ``l2`` the weight
    decay per example. Deterministic.
    """
    labels = tuple(sorted(set(names)))
    index: Mapping[str, int] = {label: place for place, label in enumerate(labels)}
    truth = np.zeros((len(names), len(labels)), dtype=np.float32)
    truth[np.arange(len(names)), [index[name] for name in names]] = 1.0
    share = (truth / truth.sum(axis=0)).sum(axis=1, keepdims=True) / len(labels)
    inputs = vectors * np.float32(SCALE)
    weights = np.zeros((vectors.shape[1] + 1, len(labels)), dtype=np.float32)
    inputs = np.hstack([inputs, np.ones((len(inputs), 1), dtype=np.float32)])
    velocity = np.zeros_like(weights)
    for _ in range(steps):
        ahead = weights + 0.9 * velocity
        scores = inputs @ ahead
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        wrong = (scores / scores.sum(axis=1, keepdims=True) - truth) * share
        gradient = inputs.T @ wrong
        gradient[:-1] += l2 * ahead[:-1]
        velocity = 0.9 * velocity - rate * gradient
        weights = weights + velocity
    return Head(labels, weights[:-1].copy(), weights[-1].copy())
