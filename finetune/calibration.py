"""Fits the layers over the classifier's logit: alone (Platt, 1999) and joined with what retrieval says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from finetune.lora import Calibration, joined_features

_L2 = 1e-3
_ROUNDS = 60
_DEPTH = 10
_STEPS = (-4.0, 4.0, -2.0, 2.0, -1.0, 1.0, -0.5, 0.5, -0.25, 0.25, -0.1, 0.1)
_LEAST_GAIN = 1e-4


def fit_logistic(
    features: NDArray[np.float64], outcomes: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Coefficients of a logistic regression, the bias last, by Newton's method.

    Args:
        features: shape (rows, columns).
        outcomes: 0 or 1, shape (rows,).
        weights: of the rows, shape (rows,); scaled to a mean of 1.
    """
    rows = np.column_stack([features, np.ones(len(features))])
    scaled = weights / weights.mean()
    found = np.zeros(rows.shape[1])
    for _ in range(_ROUNDS):
        given = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (scaled * (given - outcomes)) / len(rows) + _L2 * found
        bend = (rows * (scaled * given * (1 - given))[:, None]).T @ rows / len(rows) + _L2 * np.eye(
            len(found)
        )
        change = np.linalg.solve(bend, slope)
        found -= change
        if np.abs(change).max() < 1e-9:
            break
    return found


def fit_order(
    lists: Sequence[NDArray[np.float64]], outcomes: Sequence[NDArray[np.float64]], weights: Sequence[float]
) -> NDArray[np.float64]:
    """Coefficients that order lists best, by nDCG@10: coordinate ascent (Metzler and Croft, 2007).

    A likelihood would be ruled by the few lists that the classifier is sure of.

    Args:
        lists: of candidates, each of shape (candidates, columns).
        outcomes: 0 or 1, one array a list; lists without a 1 say nothing.
        weights: one a list.
    """
    told = [place for place, happened in enumerate(outcomes) if happened.sum() > 0]
    columns = lists[0].shape[1]
    if not told:
        return _starts(columns)[0]
    longest = max(len(lists[place]) for place in told)
    rows = np.zeros((len(told), longest, columns))
    happened = np.zeros((len(told), longest))
    there = np.full((len(told), longest), -np.inf)
    for row, place in enumerate(told):
        size = len(lists[place])
        rows[row, :size], happened[row, :size], there[row, :size] = lists[place], outcomes[place], 0.0
    discounts = 1 / np.log2(np.arange(2, _DEPTH + 2))
    best_possible = np.array([discounts[: int(min(_DEPTH, each.sum()))].sum() for each in happened])
    counted = np.array([weights[place] for place in told])
    counted = counted / counted.sum()

    def quality(found: NDArray[np.float64]) -> float:
        order = np.argsort(-(rows @ found + there), axis=1, kind="stable")[:, :_DEPTH]
        gained = np.take_along_axis(happened, order, 1) @ discounts[: order.shape[1]]
        return float(counted @ (gained / best_possible))

    return max((_climbed(start, quality) for start in _starts(columns)), key=quality)


def _starts(columns: int) -> list[NDArray[np.float64]]:
    """The first column alone, the last alone, all alike."""
    alone = np.eye(columns)
    return [alone[0], alone[-1], np.ones(columns)]


def _climbed(
    found: NDArray[np.float64], quality: Callable[[NDArray[np.float64]], float]
) -> NDArray[np.float64]:
    """Change one coefficient at a time while that helps; a gain below ``_LEAST_GAIN`` is none."""
    best = quality(found)
    improved = True
    while improved:
        improved = False
        for column in range(len(found)):
            for step in _STEPS:
                tried = found.copy()
                tried[column] += step
                if (now := quality(tried)) > best + _LEAST_GAIN:
                    found, best, improved = tried, now, True
    return found


def fit(
    logits: Sequence[NDArray[np.float32]],
    dense: Sequence[NDArray[np.float32]],
    lexical: Sequence[NDArray[np.float32]],
    outcomes: Sequence[NDArray[np.float32]],
    weights: Sequence[float],
) -> Calibration:
    """Both layers, from lists of candidates in the order in which retrieval gives them.

    The joined layer orders first (``fit_order``); what it gives is then made a probability.

    Args:
        logits: of the classifier, one array a request.
        dense: cosines of the same candidates.
        lexical: their BM25, 0 where unknown.
        outcomes: 1 where a candidate answers the request.
        weights: one a request, for instance so that each data set counts the same.
    """
    happened = [each.astype(np.float64) for each in outcomes]
    counted = np.concatenate(
        [np.full(len(each), weight) for each, weight in zip(logits, weights, strict=True)]
    )
    flat = np.concatenate(happened)
    alone = fit_logistic(np.concatenate(logits).astype(np.float64)[:, None], flat, counted)
    lists = [
        joined_features(*each, np.arange(1, len(each[0]) + 1))
        for each in zip(logits, dense, lexical, strict=True)
    ]
    order = fit_order(lists, happened, weights)
    scale, bias = fit_logistic((np.concatenate(lists) @ order)[:, None], flat, counted)
    return Calibration(
        logit_scale=alone[0],
        logit_bias=alone[1],
        joined=True,
        joined_logit=scale * order[0],
        joined_dense=scale * order[1],
        joined_lexical=scale * order[2],
        joined_rank=scale * order[3],
        joined_bias=bias,
    )
