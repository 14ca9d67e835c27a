"""Labels that a model gives itself, where it is sure (Lee, 2013), as many of each class (Zou et al., 2018)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from finetune.few_shot import Head, fit_head

THRESHOLD = 0.8
ROUNDS = 3
WEIGHT = 0.3  # of a label that the model gave itself, where a person's counts 1


def confident(
    probabilities: NDArray[np.float64], threshold: float = THRESHOLD, most: int | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places of the surest predictions and their classes, as many of each class.

    None at all where a class has no prediction above ``threshold``: taken without it, they
    would teach that it hardly exists.

    Args:
        probabilities: shape (texts, classes).
        threshold: what the likeliest class must reach.
        most: of each class; all by default.
    """
    classes = probabilities.argmax(1)
    sure = probabilities.max(1)
    counts = [int(((classes == each) & (sure >= threshold)).sum()) for each in range(probabilities.shape[1])]
    count = min([*counts, *([most] if most is not None else [])])
    order = np.argsort(-sure, kind="stable")
    taken = [order[classes[order] == each][:count] for each in range(probabilities.shape[1])]
    return np.concatenate(taken), np.repeat(np.arange(probabilities.shape[1]), count)


def self_train(
    vectors: NDArray[np.float32],
    labels: Sequence[str],
    unlabelled: NDArray[np.float32],
    threshold: float = THRESHOLD,
    rounds: int = ROUNDS,
) -> tuple[Head, int]:
    """A head fitted to labels and to its own confident predictions, and how many of these the last round took.

    Args:
        vectors: of the labelled texts, shape (labels, dimensions).
        labels: of people.
        unlabelled: vectors, shape (texts, dimensions).
        threshold: see ``confident``.
        rounds: of predicting and fitting anew.
    """
    head = fit_head(vectors, labels)
    taken = 0
    for _ in range(rounds):
        places, classes = confident(head.probabilities(unlabelled), threshold)
        taken = len(places)
        if not taken:
            break
        head = fit_head(
            np.concatenate([vectors, unlabelled[places]]),
            [*labels, *(head.classes[each] for each in classes)],
            np.concatenate([np.ones(len(labels)), np.full(taken, WEIGHT * min(1.0, len(labels) / taken))]),
        )
    return head, taken
