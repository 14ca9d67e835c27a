"""The study of transfer between domains: what each model is trained on, and how the rest is measured."""

from __future__ import annotations

from typing import Any

from finetune.datasets.pools import load_pools
from finetune.datasets.requests import by_pool
from finetune.datasets.synthetic import synthetic_requests
from finetune.run_data import Data, embed, split_data
from finetune.studies import transfer
from settings import Settings, load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder

POOLS = {name: items[:40] for name, items in load_pools(load_settings(), 0, {}).items()}
DATA = split_data(POOLS, synthetic_requests(POOLS, 0), 10)


def test_model_of_one_domain_sees_no_item_and_no_request_of_another() -> None:
    music = transfer.only(DATA, "music")
    assert {each.domain for items in music.pools.values() for each in items} == {"music"}
    assert set(by_pool(music.training)) == set(by_pool(music.validation)) == {"bundled/music"}
    together = [each for name in POOLS for each in transfer.only(DATA, name.split("/")[1]).training]
    assert sorted(map(repr, together)) == sorted(map(repr, DATA.training))


def test_requests_are_synthetic_and_what_is_measured_on_is_not_trained_on(settings: Settings) -> None:
    data = transfer.requests_of(settings.model_copy(update={"data": None}))
    assert all(each.synthetic for each in (*data.training, *data.validation))
    assert not {each.owner for each in data.training} & {each.owner for each in data.validation}
    assert all(len(each) <= 100 for each in by_pool(data.validation).values())


def _gains(settings: Settings, data: Data) -> dict[str, Any]:
    measured: dict[str, Any] = transfer._measured(
        settings, HashingEmbedder(), data, lambda stage, done, total, note: None
    )
    return measured


def test_gains_are_those_of_the_validation_table_and_no_change_is_none(settings: Settings) -> None:
    from finetune.retrieval_validation import retrieval_quality

    embedded = embed(settings, DATA, HashingEmbedder(), lambda stage, done, total, note: None)
    wanted = retrieval_quality(DATA.validation, embedded.pools, embedded.asked)
    found = _gains(settings, DATA)
    for way in transfer.WAYS:
        for name in ("music", "news"):
            compared = transfer._compared(DATA, found[way], found[way])[name]
            assert compared["ndcg@10"] == wanted[f"bundled/{name}"][way]["ndcg@10"]
            assert (compared["change"], compared["interval"]) == (0, [0, 0])


def test_table_says_that_every_figure_is_of_synthetic_requests() -> None:
    cell = {"ndcg@10": 0.5, "change": -0.1, "interval": [-0.2, -0.01]}
    row = {
        "trained_on": "music",
        "steps": 3,
        "share": 0.7,
        "cosine": {"news": cell},
        "joined": {"news": cell},
    }
    text = transfer.table(
        {
            "held_out": {"news": 3},
            transfer.PLAIN: {"cosine": {"news": 0.6}, "joined": {"news": 0.6}},
            "rows": [row],
            "data": ["bundled/news"],
            "steps": 4,
            "requests_a_step": 32,
            "seed": 0,
        }
    )
    assert "| music | 0.500 (-0.100 [-0.200, -0.010]) |" in text
    assert "4 steps (music: 3) of 32 requests" in text
    assert text.count("nDCG@10 of synthetic requests") == 2
