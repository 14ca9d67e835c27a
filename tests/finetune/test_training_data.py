"""The requests that the classifier is trained and measured on."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest

from finetune.datasets.conversations import redial_requests
from finetune.datasets.mining import GROUP, mine
from finetune.datasets.pools import load_pools
from finetune.datasets.requests import Request, is_validation, normal, split
from finetune.datasets.synthetic import synthetic_requests
from schema import Item
from settings import load_settings

Bundled = tuple[dict[str, list[Item]], list[Request]]


@pytest.fixture(scope="module")
def bundled() -> Bundled:
    pools = load_pools(load_settings(), 0, {})
    return pools, synthetic_requests(pools, 0)


def test_split_shares_no_owner_and_no_text(bundled: Bundled) -> None:
    training, validation = split(bundled[1])
    assert len(training) > len(validation) > 0
    assert not {each.owner for each in training} & {each.owner for each in validation}
    assert not {normal(each.text) for each in training} & {normal(each.text) for each in validation}


def test_held_out_items_are_in_no_training_group(bundled: Bundled) -> None:
    pools, requests = bundled
    training = split(requests)[0][:300]
    random = np.random.default_rng(0)
    vectors = {name: random.normal(size=(len(items), 8)).astype(np.float32) for name, items in pools.items()}
    asked = random.normal(size=(len(training), 8)).astype(np.float32)
    groups = mine(training, pools, vectors, asked, seed=0)
    relevant = [each.relevant for each in training]
    for group, answers in zip(groups, relevant, strict=True):
        assert len(set(group.items)) == GROUP
        assert not any(is_validation(each) for each in group.items)
        assert group.items[0] in answers
        assert not answers & set(group.items[1:])


def test_synthetic_requests_are_marked_and_the_same_again(bundled: Bundled) -> None:
    pools, requests = bundled
    assert all(each.synthetic for each in requests)
    music = {name: items for name, items in pools.items() if name == "bundled/music"}
    of_music = [each for each in requests if each.pool == "bundled/music"]
    assert of_music
    assert synthetic_requests(music, 0) == of_music
    assert synthetic_requests(music, 1) != of_music


def test_platform_request_is_answered_only_by_what_works_with_it(
    bundled: Bundled,
) -> None:
    pools, requests = bundled
    items = {each.id: each for pool in pools.values() for each in pool}
    asked = [each for each in requests if "works with homekit" in each.text.casefold()]
    assert asked
    for request in asked:
        assert all(
            "Apple HomeKit" in cast("tuple[str, ...]", items[each].attributes["works_with"])
            for each in request.relevant
        )


def test_conversation_requests_want_suggested_films_not_named_before(data_folder: Path) -> None:
    settings = load_settings(data=data_folder)
    films = load_pools(settings, 0, {"redial": 10_000})["redial"]
    requests = redial_requests(settings, films)
    assert len(requests) > 2000
    assert not any(each.synthetic for each in requests)
    assert all(each.target in each.relevant for each in requests)
    assert not any(each.relevant & (each.excluded | each.disliked) for each in requests)
