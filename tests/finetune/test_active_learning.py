"""What is asked next, and what a model tells itself."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from finetune.active_learning import STRATEGIES, Strategy, next_to_label
from finetune.few_shot import Head, contrastive_pairs, fit_head
from finetune.pseudo_labels import confident, self_train

RANDOM = np.random.default_rng(0)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


VECTORS = _unit(RANDOM.normal(size=(60, 8)))
SURE = np.tile([0.98, 0.02], (60, 1))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_asks_for_new_texts_and_the_same_ones_again(strategy: Strategy) -> None:
    labelled = list(range(0, 60, 7))
    found = next_to_label(strategy, 12, VECTORS, labelled, SURE, seed=3)
    assert len(set(found)) == 12
    assert not set(found) & set(labelled)
    assert found == next_to_label(strategy, 12, VECTORS, labelled, SURE, seed=3)
    rest = next_to_label(strategy, 100, VECTORS, labelled, SURE)
    assert sorted([*rest, *labelled]) == list(range(60))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_texts_that_are_all_alike_are_asked_once_each(strategy: Strategy) -> None:
    alike = np.tile(VECTORS[:1], (9, 1))
    assert len(set(next_to_label(strategy, 5, alike, [2], SURE[:9]))) == 5


def test_margin_asks_where_the_model_hesitates() -> None:
    chances = SURE.copy()
    chances[[5, 17, 44]] = [[0.5, 0.5], [0.55, 0.45], [0.4, 0.6]]
    assert next_to_label("margin", 3, VECTORS, [0], chances) == [5, 17, 44]
    few = next_to_label("margin+k-means++", 1, VECTORS, [], chances, seed=1)
    shortlist = next_to_label("margin", 5, VECTORS, [], chances)
    assert set(few) <= set(shortlist)


def test_core_set_goes_to_the_group_that_has_no_label() -> None:
    far = _unit(
        np.concatenate(
            [np.eye(1, 8) + 0.01 * RANDOM.random((30, 8)), -np.eye(1, 8) + 0.01 * RANDOM.random((5, 8))]
        )
    )
    assert next_to_label("core-set", 1, far, [0, 1])[0] >= 30


def test_spread_choice_does_not_ask_twice_about_one_group() -> None:
    groups = _unit(np.repeat(np.eye(6, 8), 10, axis=0) + 0.001 * RANDOM.random((60, 8)))
    found = next_to_label("k-means++", 6, groups, [], seed=0)
    assert len({each // 10 for each in found}) == 6


def test_pseudo_labels_are_as_many_of_each_class_and_the_surest() -> None:
    chances = np.array([[0.99, 0.01]] * 30 + [[0.05, 0.95], [0.1, 0.9], [0.45, 0.55]])
    places, classes = confident(chances, 0.8)
    assert Counter(classes.tolist()) == {0: 2, 1: 2}
    assert {30, 31} <= set(places.tolist())
    assert 32 not in places
    assert len(confident(chances, 0.8, most=1)[0]) == 2


def test_class_that_the_model_is_never_sure_of_stops_pseudo_labels() -> None:
    places, classes = confident(np.array([[0.99, 0.01]] * 5 + [[0.4, 0.6]]), 0.8)
    assert len(places) == len(classes) == 0


def test_unlabelled_texts_of_two_groups_mend_a_head_of_two_labels() -> None:
    centre = np.zeros((400, 16))
    centre[:200, 0], centre[200:, 0] = 1.0, -1.0
    vectors = _unit(centre + 0.5 * np.random.default_rng(0).normal(size=(400, 16)))
    truth = ["a"] * 200 + ["b"] * 200
    known = [0, 200]
    alone = fit_head(vectors[known], ["a", "b"])
    head, taken = self_train(vectors[known], ["a", "b"], np.delete(vectors, known, axis=0), threshold=0.8)
    assert taken > 20

    def right(each: Head) -> float:
        return float(np.mean([one == two for one, two in zip(each.predict(vectors), truth, strict=True)]))

    assert right(head) > right(alone)


def test_pairs_are_half_of_one_class_and_never_a_text_with_itself() -> None:
    labels = ["a"] * 5 + ["b"] * 3 + ["c"]
    pairs = contrastive_pairs(labels, seed=0, rounds=4)
    assert sum(score for _, _, score in pairs) == len(pairs) / 2
    assert all(one != two for one, two, _ in pairs)
    assert all((labels[one] == labels[two]) == bool(score) for one, two, score in pairs)


def test_head_of_one_class_is_refused() -> None:
    with pytest.raises(ValueError, match="two classes"):
        fit_head(VECTORS[:3], ["a", "a", "a"])
