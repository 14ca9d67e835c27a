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


def recall_of_ranks(ranks: ArrayLike, k: int) -> float:
    """``recall_at`` where only the ranks of the relevant (from 1) are known."""
    given = np.asarray(ranks)
    return float(np.count_nonzero(given <= k) / min(k, given.size)) if given.size else 0.0


def best_reciprocal_rank(ranks: ArrayLike) -> float:
    """``reciprocal_rank`` where only the ranks of the relevant are known: 1 / the best."""
    given = np.asarray(ranks)
    return float(1 / given.min()) if given.size else 0.0


def ndcg_of_ranks(ranks: ArrayLike, k: int) -> float:
    """``ndcg_at`` where only the ranks of the relevant are known."""
    given = np.asarray(ranks)
    if not given.size:
        return 0.0
    gain = np.sum(1 / np.log2(given[given <= k] + 1))
    return float(gain / np.sum(1 / np.log2(np.arange(min(k, given.size)) + 2)))


def area_under_curve(scores: ArrayLike, relevant: ArrayLike) -> float:
    """Chance that a relevant one scores above another, ties counting half (Hanley and McNeil, 1982).

    One half where all or none are relevant.
    """
    given, wanted = np.asarray(scores, np.float64), np.asarray(relevant, bool)
    positives, negatives = given[wanted][:, None], given[~wanted]
    if not positives.size or not negatives.size:
        return 0.5
    return float(np.mean((positives > negatives) + 0.5 * (positives == negatives)))


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


def grouped_bootstrap_interval(
    values: ArrayLike, groups: Sequence[str], *, seed: int = 0, rounds: int = 1000, level: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of the mean of ``values`` in which whole groups are drawn, such as all requests
    of a user (Davison and Hinkley, 1997, section 3.8)."""
    given = np.asarray(values, np.float64)
    if given.size == 0:
        return (0.0, 0.0)
    places = np.unique(np.asarray(groups), return_inverse=True)[1]
    sums, counts = np.bincount(places, given), np.bincount(places)
    drawn = np.random.default_rng(seed).integers(0, len(sums), (rounds, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
