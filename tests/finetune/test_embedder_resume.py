"""A training run of the embedder that is cut short goes on where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from finetune.embedder import Triplet, train
from finetune.methods import Method
from finetune.trainer import Training
from vectorstore.embedder import default_weights

PASSAGES = {str(n): f"item number {n}, about a {n}" for n in range(200)}
TRIPLETS = [
    Triplet(f"something about {n}", str(n), str((n + 7) % 200), frozenset({str(n)})) for n in range(200)
]


class Killed(BaseException):
    """What nothing catches."""


@pytest.mark.parametrize("method", ("lora", "adapter"))
def test_run_cut_short_ends_as_one_that_was_not(tmp_path: Path, method: Method) -> None:
    plan = Training(method=method, loss="contrastive", seed=1, checkpoint_every=2)

    def cut(step: int, planned: int, loss: float) -> None:
        if step == 3:
            raise Killed

    with pytest.raises(Killed):
        train(TRIPLETS, PASSAGES, default_weights(), plan, tmp_path / "cut", cut)
    steps: list[int] = []
    resumed = train(
        TRIPLETS,
        PASSAGES,
        default_weights(),
        plan,
        tmp_path / "cut",
        lambda step, planned, loss: steps.append(step),
    )
    assert steps[0] == 3
    whole = train(TRIPLETS, PASSAGES, default_weights(), plan, tmp_path / "whole")
    assert resumed.tensors
    for name, each in whole.tensors.items():
        torch.testing.assert_close(resumed.tensors[name], each, atol=1e-4, rtol=1e-3)
