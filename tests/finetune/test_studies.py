"""Studies: what they share, and how the command finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from errors import ModelError
from finetune.candidates import Retrieved
from finetune.datasets.mining import GROUP, Group, Pool
from finetune.datasets.pools import load_pools
from finetune.datasets.requests import Request
from finetune.distil_run import run as distil_run
from finetune.lora import ADAPTERS
from finetune.studies import STUDIES, load_study
from finetune.studies.kept import Kept
from finetune.studies.material import Material, Question, calibrations, firsts, flips, judged, orders
from finetune.trainer import Training
from serving.adapted import AdaptedScorer
from settings import Settings, load_settings
from tests.commands.command_line import kairos
from tests.vectorstore.hashing_embedder import HashingEmbedder

TEXTS = ("quiet piano music", "loud rock for a party", "a sad song")
NOTHING = Retrieved((), np.empty(0, np.float32), np.empty(0, np.float32))


@pytest.fixture(scope="module")
def material() -> Material:
    items = load_pools(load_settings(), 0, {})["bundled/music"][:40]
    embedder = HashingEmbedder()
    pools = {"bundled/music": Pool(items, embedder.encode([each.passage for each in items]))}
    passages = {each.id: each.passage for each in items}
    requests = [
        Request(text, text, "bundled/music", items[place].id, frozenset({items[place].id}))
        for place, text in enumerate(TEXTS)
    ]
    blank = Material([], [Question(each, NOTHING) for each in requests], passages, pools, embedder)
    return Material([], blank.asked_as(TEXTS), passages, pools, embedder)


def test_request_that_is_not_changed_flips_nothing(
    material: Material, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finetune.studies.material.CANDIDATES", 6)
    scorer = AdaptedScorer.load(ADAPTERS / "classifier", settings)

    def first(texts: tuple[str, ...]) -> list[str | None]:
        found = judged(scorer.logits, material.asked_as(texts), material.passages)
        return firsts(orders(found, calibrations(found, scorer.config)))

    once = first(TEXTS)
    assert flips(once, first(TEXTS)) == 0
    assert flips(once, first(tuple(each.upper() for each in TEXTS))) == 0
    assert flips(once, [None, *once[1:]]) == pytest.approx(1 / 3)


def test_pair_that_differs_by_capitals_is_scored_once(material: Material) -> None:
    seen: list[tuple[str, int]] = []

    def logits(request: str, passages: Any) -> Any:
        seen.append((request, len(passages)))
        return np.arange(len(passages), dtype=np.float32)

    questions = [*material.questions, *material.asked_as([each.title() for each in TEXTS])]
    found = judged(logits, questions, material.passages)
    assert [request for request, _ in seen] == list(TEXTS)
    for plain, capital in zip(found[:3], found[3:], strict=True):
        assert plain.logits.tolist() == capital.logits.tolist()


def test_study_goes_on_where_it_was_cut_short(settings: Settings) -> None:
    groups = [Group("tea", ("a",) * GROUP)]
    made: list[str] = []

    def work(name: str, fails: bool = False) -> int:
        made.append(name)
        if fails:
            raise KeyboardInterrupt
        return len(made)

    kept = Kept(settings, "some", groups, Training())
    assert kept.value("one", lambda: work("one")) == 1
    with pytest.raises(KeyboardInterrupt):
        kept.value("two", lambda: work("two", fails=True))
    again = Kept(settings, "some", groups, Training())
    assert again.value("one", lambda: work("one")) == 1
    assert again.value("two", lambda: work("two")) == 3
    assert Kept(settings, "some", groups, Training(seed=1)).value("one", lambda: work("one")) == 4
    again.clear()
    assert not kept.folder.exists()


def test_every_study_offers_what_the_command_needs() -> None:
    for name in STUDIES:
        study = load_study(name)
        assert callable(study.run) and callable(study.table)


def test_unknown_study_is_named(tmp_path: Path) -> None:
    done = kairos("finetune", "study", "nothing", home=tmp_path)
    assert done.code == 2
    assert "'nothing' is none of" in done.err and "robustness" in done.err


def test_student_of_as_many_layers_is_refused_and_leaves_nothing(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "small"
    with pytest.raises(ModelError, match="fewer"):
        distil_run(settings, ADAPTERS / "classifier", out, 6, 0.01, command="test")
    assert not out.exists()
