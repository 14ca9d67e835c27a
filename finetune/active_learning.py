"""Which texts to label next, so that few labels teach much.

==================  ===========================================================================
random              any
margin              where the two likeliest classes are closest (Scheffer et al., 2001)
k-means++           far from what is labelled: drawn by squared distance (Arthur and
                    Vassilvitskii, 2007)
core-set            the farthest from what is labelled, one after the other (Sener and
                    Savarese, 2018)
margin+k-means++    k-means++ among the uncertain ones: uncertain, and not all alike
==================  ===========================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Strategy = Literal["random", "margin", "k-means++", "core-set", "margin+k-means++"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
_SHORTLIST = 5  # times as many uncertain ones as are wanted


def margins(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Difference of the two highest probabilities of each row; small where the model hesitates."""
    highest = np.sort(probabilities, axis=1)
    found: NDArray[np.float64] = highest[:, -1] - highest[:, -2]
    return found


def next_to_label(
    strategy: Strategy,
    count: int,
    vectors: NDArray[np.float32],
    labelled: Sequence[int],
    probabilities: NDArray[np.float64] | None = None,
    seed: int = 0,
) -> list[int]:
    """Places of ``count`` texts to label, none of which is labelled; fewer where fewer are left.

    Args:
        strategy: see the module; those of margins are as k-means++ while there are no probabilities.
        count: how many.
        vectors: of all texts, of length 1, shape (texts, dimensions).
        labelled: places that have a label.
        probabilities: of all texts, by the model so far, shape (texts, classes).
        seed: of random choices.
    """
    random = np.random.default_rng(seed)
    known = set(labelled)
    free = np.array([each for each in range(len(vectors)) if each not in known], np.intp)
    count = min(count, len(free))
    if count == 0:
        return []
    if strategy == "random":
        return [int(each) for each in random.choice(free, count, replace=False)]
    if probabilities is not None and strategy.startswith("margin"):
        free = free[np.argsort(margins(probabilities[free]), kind="stable")]
        if strategy == "margin":
            return [int(each) for each in free[:count]]
        free = free[: _SHORTLIST * count]
    return _spread(vectors, free, labelled, count, random, farthest=strategy == "core-set")


def _spread(
    vectors: NDArray[np.float32],
    free: NDArray[np.intp],
    labelled: Sequence[int],
    count: int,
    random: np.random.Generator,
    farthest: bool,
) -> list[int]:
    """One after the other, by the squared distance to the nearest that is labelled or taken."""
    distances = np.full(len(free), 2.0)
    for start in range(0, len(labelled), 512):
        near = vectors[free] @ vectors[list(labelled[start : start + 512])].T
        distances = np.minimum(distances, (2 - 2 * near).min(1))
    taken: list[int] = []
    for _ in range(count):
        distances = np.maximum(distances, 0)
        total = distances.sum()
        if farthest:
            place = int(distances.argmax())
        elif total > 0:
            place = int(random.choice(len(free), p=distances / total))
        else:  # only doubles of what is taken are left
            place = next(each for each in range(len(free)) if int(free[each]) not in taken)
        taken.append(int(free[place]))
        distances = np.minimum(distances, 2 - 2 * (vectors[free] @ vectors[free[place]]))
        distances[place] = 0
    return list(dict.fromkeys(taken)) if len(set(taken)) == count else _filled(taken, free, count)


def _filled(taken: Sequence[int], free: NDArray[np.intp], count: int) -> list[int]:
    """``taken`` without repetitions, made up with others."""
    return list(dict.fromkeys([*taken, *(int(each) for each in free)]))[:count]
