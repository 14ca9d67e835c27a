"""The requests that the classifier is trained and measured on."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest

from errors import SourceError
from finetune.datasets.conversations import redial_requests
from finetune.datasets.mining import GROUP, Pool, mine
from finetune.datasets.pools import load_pools
from finetune.datasets.requests import Request, is_validation, normal, split
from finetune.datasets.synthetic import synthetic_requests
from finetune.embedder import Triplet, apart
from finetune.run_data import Data, data_sha256, load_data
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
    embedded = {
        name: Pool(items, random.normal(size=(len(items), 8)).astype(np.float32))
        for name, items in pools.items()
    }
    asked = random.normal(size=(len(training), 8)).astype(np.float32)
    groups = mine(training, embedded, asked, seed=0)
    relevant = {(each.text, each.target): each.relevant for each in training}
    assert len(groups) == len(training)
    for group in groups:
        answers = relevant[group.request, group.items[0]]
        assert len(set(group.items)) == len(group.dense) == len(group.lexical) == GROUP
        assert not any(is_validation(each) for each in group.items)
        assert set(group.items[: group.answers]) <= answers
        assert not answers & set(group.items[group.answers :])


def test_negatives_come_from_what_the_search_would_find(bundled: Bundled) -> None:
    pools, requests = bundled
    some = [each for each in split(requests)[0] if each.pool == "bundled/music"][:60]
    items = pools["bundled/music"]
    blind = {"bundled/music": Pool(items, np.full((len(items), 4), 0.5, np.float32))}
    groups = mine(some, blind, np.full((len(some), 4), 0.5, np.float32), seed=0)
    shared = [
        any(score > 0 for score in group.lexical[group.answers : group.answers + 4]) for group in groups
    ]
    assert sum(shared) > 0.8 * len(groups), (
        "where vectors say nothing, negatives share words with the request"
    )


def test_same_data_has_the_same_hash_and_other_data_another(bundled: Bundled) -> None:
    pools, requests = bundled
    training, validation = split(requests)
    first = data_sha256(Data(pools, training, validation))
    assert first == data_sha256(Data(pools, list(training), list(validation)))
    assert first != data_sha256(Data(pools, training[1:], validation))


def test_data_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="KAIROS_DATA"):
        load_data(load_settings(data=None), 0, ["redial"])
    with pytest.raises(SourceError, match="movies"):
        load_data(load_settings(data=tmp_path), 0, ["redial"])


def test_no_batch_holds_an_item_that_answers_two_of_its_requests(bundled: Bundled) -> None:
    requests = split(bundled[1])[0]
    triplets = [
        Triplet(each.text, each.target, requests[place - 1].target, each.relevant)
        for place, each in enumerate(requests)
        if requests[place - 1].target not in each.relevant
    ]
    batches = apart(triplets, 16, seed=0)
    assert sum(map(len, batches)) > 0.8 * len(triplets)
    for batch in batches:
        assert len(batch) == 16
        for one in batch:
            others = {item for each in batch if each is not one for item in (each.answer, each.negative)}
            assert not one.relevant & others


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
