"""Weights by maximum likelihood: which of a list was chosen.

The conditional logit model (McFadden, 1974): the chance that one of a list is chosen is
``exp(score) / sum of exp(score)`` over the list, ``score`` being the weighted sum of its signals.
Where the list is a sample of all that could be chosen, drawn evenly, the estimate stays right
(McFadden, 1978). Weights are not negative, as in the weights file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_RIDGE = 1e-3


@dataclass(frozen=True)
class Choices:
    """Lists from which one was chosen: ``signals`` shape (rows, signals); list i begins at row
    ``starts[i]``, and its first row is the chosen one."""

    signals: Array
    starts: NDArray[np.int64]

    def log_likelihood(self, weights: Array) -> float:
        """Mean log-likelihood of a choice."""
        return -_loss(weights, self, 0.0)[0]

    def likelihoods(self, weights: Array) -> Array:
        """The log-likelihood of each choice, shape (lists,)."""
        likelihoods: Array = np.log(np.maximum(self.chances(weights)[self.starts], 1e-300))
        return likelihoods

    def chances(self, weights: Array) -> Array:
        """The chance of each row to be chosen from its list, shape (rows,)."""
        scores = self.signals @ weights
        lengths = np.diff(np.append(self.starts, len(scores)))
        risen = np.exp(scores - np.repeat(np.maximum.reduceat(scores, self.starts), lengths))
        chances: Array = risen / np.repeat(np.add.reduceat(risen, self.starts), lengths)
        return chances


def gather(lists: Sequence[Array]) -> Choices:
    """Lists of signals, shape (length, signals) each with the chosen row first."""
    lengths = [len(each) for each in lists]
    return Choices(np.concatenate(lists), np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64))


def fit(choices: Choices, ridge: float = _RIDGE) -> Array:
    """The weights, shape (signals,), that make the choices likeliest; ``ridge`` holds idle ones at 0."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    count = choices.signals.shape[1]
    # So few weights are no work for several threads, which would wait for each other on a busy machine.
    with threadpool_limits(limits=1):
        found = minimize(
            _loss,
            np.ones(count),
            args=(choices, ridge),
            jac=True,
            method="L-BFGS-B",
            bounds=[(0.0, 100.0)] * count,
        )
    weights: Array = found.x
    return weights


def _loss(weights: Array, choices: Choices, ridge: float) -> tuple[float, Array]:
    chances = choices.chances(weights)
    chosen = choices.signals[choices.starts]
    expected = np.add.reduceat(choices.signals * chances[:, None], choices.starts)
    loss = -float(np.mean(np.log(np.maximum(chances[choices.starts], 1e-300))))
    gradient = (expected - chosen).mean(axis=0)
    return loss + ridge * float(weights @ weights), gradient + 2 * ridge * weights
