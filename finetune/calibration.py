"""Fits the logistic layers over the classifier's logit: alone (Platt, 1999) and joined with retrieval's scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from finetune.lora import Calibration

_L2 = 1e-3
_ROUNDS = 60


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


def fit(
    logits: Sequence[NDArray[np.float32]],
    dense: Sequence[NDArray[np.float32]],
    lexical: Sequence[NDArray[np.float32]],
    outcomes: Sequence[NDArray[np.float32]],
    weights: Sequence[float],
) -> Calibration:
    """Both layers, from lists of candidates as retrieval gives them.

    Args:
        logits: of the classifier, one array a request.
        dense: cosines of the same candidates.
        lexical: their BM25, 0 where unknown.
        outcomes: 1 where a candidate answers the request.
        weights: one a request, for instance so that each data set counts the same.
    """
    flat = np.concatenate(logits).astype(np.float64)
    happened = np.concatenate(outcomes).astype(np.float64)
    counted = np.concatenate(
        [np.full(len(each), weight) for each, weight in zip(logits, weights, strict=True)]
    )
    alone = fit_logistic(flat[:, None], happened, counted)
    columns: list[NDArray[np.float64]] = [
        flat,
        np.concatenate(dense).astype(np.float64),
        np.log1p(np.maximum(np.concatenate(lexical), 0)).astype(np.float64),
    ]
    joined = fit_logistic(np.column_stack(columns), happened, counted)
    return Calibration(
        logit_scale=alone[0],
        logit_bias=alone[1],
        joined_logit=joined[0],
        joined_dense=joined[1],
        joined_lexical=joined[2],
        joined_bias=joined[3],
        joined=True,
    )
