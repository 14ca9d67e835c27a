"""Parts of texts that find the rest, and whole runs on files of one's own."""

from __future__ import annotations

import csv
import json
from copy import deepcopy
from pathlib import Path
from random import Random

import pytest

from errors import SourceError
from finetune.adaptation import ASKED, POOL, WAYS, Way, adapt, part_of, probe, training_pairs
from finetune.datasets.own import read_own
from finetune.datasets.pools import load_pools
from finetune.own_run import REPLAY, Options, run, table, training_data
from schema import Item
from settings import Settings, load_settings

CATALOGUE = [each for items in load_pools(load_settings(), 0, {}).values() for each in items]


def test_part_that_is_asked_for_is_not_in_the_rest() -> None:
    random = Random(0)
    made = 0
    for item in CATALOGUE:
        if part := part_of(item, random):
            made += 1
            assert len(part[0].split()) >= 4
            assert part[0] not in part[1]
            assert sorted([*part[0].split(), *part[1].split()]) == sorted(item.text.split())
    assert made > len(CATALOGUE) / 2
    assert part_of(Item(id="x", domain="music", title="short", text="a song"), random) is None


@pytest.mark.parametrize("way", WAYS)
def test_pairs_are_the_same_again_and_other_ones_for_another_seed(way: Way) -> None:
    some = CATALOGUE[:80]
    assert training_pairs(some, way, 0) == training_pairs(some, way, 0)
    assert training_pairs(some, way, 0) != training_pairs(some, way, 1)


def test_probe_asks_only_about_chosen_items_and_cuts_them_alone() -> None:
    chosen = CATALOGUE[10:60]
    made = probe(CATALOGUE[:300], chosen, seed=0)
    ids = {each.id for each in chosen}
    whole = {each.id: each.text for each in CATALOGUE}
    assert {each.pool for each in made.requests} == {POOL, ASKED}
    assert all(each.target in ids for each in made.requests)
    for item in made.items[POOL]:
        assert item.text == whole[item.id] or item.id in ids
    for request in made.requests:
        if request.pool == POOL:
            cut = next(each for each in made.items[POOL] if each.id == request.target)
            assert request.text not in cut.text


def test_items_without_texts_are_refused(tmp_path: Path, settings: Settings) -> None:
    bare = [Item(id=str(n), domain="music", title=f"song {n}") for n in range(100)]
    with pytest.raises(SourceError, match="0 of 100 items"):
        adapt(settings, tmp_path / "out", bare, way="cloze")


def test_stacked_adapter_changes_what_both_change() -> None:
    import torch

    from finetune.lora import AdapterConfig, put_into
    from finetune.sentence_pairs import adapter_config, stacked

    def change(rank: int) -> dict[str, torch.Tensor]:
        return {"0.lora_A": torch.randn(rank, 5), "0.lora_B": torch.randn(3, rank)}

    torch.manual_seed(0)
    before, after = change(4), change(2)
    after |= {"1.lora_A": torch.randn(2, 3), "1.lora_B": torch.randn(4, 2)}
    model = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.Linear(3, 4))
    config = AdapterConfig(
        name="",
        base="",
        base_sha256="",
        weights_sha256="",
        rank=4,
        scale=0.7,
        max_tokens=16,
        request_tokens=16,
    )
    wanted = put_into(deepcopy(model), before, config)
    wanted = put_into(wanted, after, config.model_copy(update={"scale": 0.35 * 2}))
    together = stacked(after, 0.35, (config, before))
    given = AdapterConfig(name="", weights_sha256="", **adapter_config(together, 0.35))
    assert given.rank == 6
    found = put_into(deepcopy(model), together, given)
    for one, two in zip(found.parameters(), wanted.parameters(), strict=True):
        torch.testing.assert_close(one, two)


def _files(folder: Path) -> tuple[str, str]:
    """Forty bundled items, and ninety requests in a slang."""
    things = [each for each in CATALOGUE if each.domain == "shopping"][:40]
    with (folder / "items.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(each.model_dump_json(exclude_none=True) + "\n" for each in things)
    with (folder / "requests.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["request", "item_id"])
        for n in range(90):
            writer.writerow([f"blorpy {things[n % 40].title.split()[-1]} {n}", things[n % 40].id])
    return str(folder / "items.jsonl"), str(folder / "requests.csv")


def test_replayed_requests_ask_for_nothing_of_your_own(tmp_path: Path, settings: Settings) -> None:
    own = read_own(*_files(tmp_path), settings)
    data, parts = training_data(settings, own, 0.5, 0)
    ours = {each.id for each in own.items}
    replayed = [each for each in (*data.training, *data.validation) if each.pool == REPLAY]
    assert replayed
    assert not any(each.relevant & ours for each in replayed), "the bundled items among yours are yours"
    assert not ours & {each.id for each in data.pools[REPLAY]}
    alone, _ = training_data(settings, own, 0, 0)
    assert set(alone.pools) == {"own"}
    assert list(alone.training) == list(parts.training)


@pytest.mark.slow
def test_two_files_become_two_models_and_a_report(tmp_path: Path, settings: Settings) -> None:
    from finetune.lora import is_adapter

    own = read_own(*_files(tmp_path), settings)
    out = tmp_path / "mine"
    found = run(settings, out, own, Options(minutes=0.05, max_steps=2), command="app.py finetune own")
    assert is_adapter(out / "embedder") and is_adapter(out / "classifier")
    assert json.loads((out / "report.json").read_text()) == found
    assert "| yours |" in table(found)
    assert sorted(each.name for each in out.iterdir()) == ["classifier", "embedder", "report.json"]


@pytest.mark.slow
def test_adaptation_keeps_only_what_helps(tmp_path: Path, settings: Settings) -> None:
    out = tmp_path / "adapted"
    found = adapt(settings, out, CATALOGUE, way="cropping", max_steps=3, seed=0)
    weighed = {float(share): score for share, score in found["weighed"].items()}
    assert weighed[found["share"]] == max(weighed.values())
    assert out.exists() == bool(found["share"])
