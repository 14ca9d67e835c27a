"""``--noise``: what retrieval says of a mistyped request is what it says of the words with their slips."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finetune import classifier_run
from finetune.datasets.mining import Group
from finetune.datasets.pools import load_pools
from finetune.datasets.synthetic import synthetic_requests
from finetune.run_data import split_data
from finetune.trainer import Training
from settings import Settings
from vectorstore.embedder import load_embedder


class Stopped(Exception):
    """Ends a run where its training would begin."""


def test_scores_are_those_of_the_words_with_their_slips(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools = {"bundled/music": load_pools(settings, 0, {})["bundled/music"][:60]}
    data = split_data(pools, synthetic_requests(pools, 0)[:60])
    seen: list[Sequence[Group]] = []

    def train(groups: Sequence[Group], passages: Any, base: Any, training: Training, *rest: Any) -> None:
        assert training.noise == 0, "else they would be mistyped twice"
        seen.extend([groups, rest[-1]])
        raise Stopped

    monkeypatch.setattr(classifier_run, "train", train)
    with pytest.raises(Stopped):
        classifier_run.run(
            settings, tmp_path / "out", data, Training(noise=1.0, seed=3), command="finetune classifier"
        )
    groups, checks = seen
    typed = {each.text for each in data.training}
    assert sum(each.request in typed for each in groups) < len(groups) / 4
    assert all(each.request in typed for each in checks), "what decides when to stop is as it was typed"
    embedder = load_embedder(settings)
    for group in groups[:8]:
        vector = embedder.encode([group.request])[0]
        passages = embedder.encode([data.passages[each] for each in group.items])
        np.testing.assert_allclose(passages @ vector, group.dense, atol=0.02)
