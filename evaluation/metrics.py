"""Measures of rankings and of probabilities. Pure functions over numpy arrays."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def recall_at(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Share of the relevant that are among the first ``k``; at most ``k`` of them can be."""
    if not relevant:
        return 0.0
    wanted = set(relevant)
    return len(wanted & set(ranking[:k])) / min(k, len(wanted))


def reciprocal_rank(ranking: Sequence[str], relevant: Collection[str]) -> float:
    """1 / rank of the first relevant one, 0 if there is none (Voorhees, 1999)."""
    wanted = set(relevant)
    return next((1 / rank for rank, each in enumerate(ranking, start=1) if each in wanted), 0.0)


def ndcg_at(ranking: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain with binary gains (Järvelin and Kekäläinen, 2002)."""
    wanted = set(relevant)
    if not wanted:
        return 0.0
    gain = sum(1 / np.log2(place + 2) for place, each in enumerate(ranking[:k]) if each in wanted)
    ideal = sum(1 / np.log2(place + 2) for place in range(min(k, len(wanted))))
    return float(gain / ideal)


def brier(probabilities: ArrayLike, outcomes: ArrayLike) -> float:
    """Mean squared difference of probability and outcome 0 or 1 (Brier, 1950)."""
    difference = np.asarray(probabilities, np.float64) - np.asarray(outcomes, np.float64)
    return float(np.mean(difference**2))


def expected_calibration_error(probabilities: ArrayLike, outcomes: ArrayLike, bins: int = 15) -> float:
    """Mean gap of confidence and frequency over equal bins, by share (Naeini et al., 2015)."""
    given = np.asarray(probabilities, np.float64)
    happened = np.asarray(outcomes, np.float64)
    places = np.minimum((given * bins).astype(int), bins - 1)
    gap = 0.0
    for place in range(bins):
        inside = places == place
        if inside.any():
            gap += inside.mean() * abs(given[inside].mean() - happened[inside].mean())
    return float(gap)


def bootstrap_interval(
    values: ArrayLike, *, seed: int = 0, rounds: int = 1000, level: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of the mean of ``values`` (Efron, 1979)."""
    given: NDArray[np.float64] = np.asarray(values, np.float64)
    if given.size == 0:
        return (0.0, 0.0)
    drawn = np.random.default_rng(seed).integers(0, given.size, (rounds, given.size))
    low, high = np.quantile(given[drawn].mean(axis=1), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
