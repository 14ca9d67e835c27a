"""Calibration and the measures of rankings."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.metrics import (
    bootstrap_interval,
    brier,
    expected_calibration_error,
    ndcg_at,
    recall_at,
    reciprocal_rank,
)
from finetune.calibration import fit, fit_logistic, fit_order


def test_logistic_fit_finds_the_weights_that_made_the_data() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(20_000, 2))
    chance = 1 / (1 + np.exp(-(1.5 * features[:, 0] - 0.5 * features[:, 1] - 1)))
    happened = (random.random(20_000) < chance).astype(np.float64)
    found = fit_logistic(features, happened, np.ones(20_000))
    np.testing.assert_allclose(found, [1.5, -0.5, -1], atol=0.1)


def test_order_is_fitted_within_lists_whatever_makes_whole_lists_easy() -> None:
    random = np.random.default_rng(1)
    lists, outcomes = [], []
    for _ in range(200):
        useful = random.normal(size=12)
        ease = random.normal() * 5
        happened = np.zeros(12)
        happened[np.argsort(-(useful + 0.2 * random.normal(size=12)))[:2]] = 1
        misleading = -useful * 0.1 + (ease if happened.any() else 0.0)
        lists.append(np.column_stack([misleading, random.normal(size=12), useful]))
        outcomes.append(happened)
    found = fit_order(lists, outcomes, [1.0] * len(lists))
    top = [happened[np.argmax(rows @ found)] for rows, happened in zip(lists, outcomes, strict=True)]
    assert np.mean(top) > 0.95
    assert abs(found[1]) < 0.3 * found[2]


def test_lists_without_an_answer_say_nothing_about_order() -> None:
    lists = [np.array([[1.0, 0.0], [0.0, 1.0]])]
    assert fit_order(lists, [np.zeros(2)], [1.0]).tolist() == [1.0, 0.0]


def test_fit_makes_overconfident_logits_honest() -> None:
    random = np.random.default_rng(0)
    truth = random.normal(size=5000)
    happened = (random.random(5000) < 1 / (1 + np.exp(-truth))).astype(np.float32)
    zero = np.zeros(5000, np.float32)
    loud = (truth * 4 + 2).astype(np.float32)
    found = fit([loud], [zero], [zero], [happened], [1.0])
    given = 1 / (1 + np.exp(-(found.logit_scale * loud + found.logit_bias)))
    assert expected_calibration_error(given, happened) < 0.03
    assert expected_calibration_error(1 / (1 + np.exp(-loud)), happened) > 0.1


def test_measures_of_a_ranking() -> None:
    order = ["a", "b", "c", "d"]
    assert recall_at(order, {"b", "x"}, 2) == 0.5
    assert recall_at(order, set(), 2) == 0
    assert reciprocal_rank(order, {"c"}) == pytest.approx(1 / 3)
    assert reciprocal_rank(order, {"x"}) == 0
    assert ndcg_at(order, {"a", "b"}, 2) == pytest.approx(1)
    assert ndcg_at(order, {"b"}, 10) == pytest.approx(1 / np.log2(3))


def test_measures_of_probabilities() -> None:
    assert brier([1.0, 0.0], [1, 0]) == 0
    assert brier([0.5, 0.5], [1, 0]) == 0.25
    assert expected_calibration_error([1.0, 1.0], [1, 0]) == 0.5
    low, high = bootstrap_interval([0.0, 1.0] * 50)
    assert 0.3 < low < 0.5 < high < 0.7
