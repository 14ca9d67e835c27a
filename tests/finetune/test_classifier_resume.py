"""A killed training run goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep

import pytest
import torch

from finetune.classifier import train
from finetune.datasets.mining import GROUP, Group
from finetune.methods import METHODS, Method
from finetune.trainer import Training
from vectorstore.embedder import default_weights

PASSAGES = {
    str(n): f"item number {n}, about {word}"
    for n, word in enumerate("cats dogs tea wool rain sea bread snow".split())
}
GROUPS = [
    Group(
        f"something about {n}",
        tuple(sorted(PASSAGES, key=lambda key: (key != str(n % GROUP), key))),
        dense=tuple(0.1 * ((n + place) % 5) for place in range(GROUP)),
        lexical=(0.0,) * GROUP,
    )
    for n in range(30)
]
PLAN = Training(epochs=2.0, seed=1, checkpoint_every=4)

_CHILD = """
import sys
from pathlib import Path
from time import sleep
sys.path.insert(0, sys.argv[2])
from test_classifier_resume import GROUPS, PASSAGES, PLAN
from finetune.classifier import train
from vectorstore.embedder import default_weights
def wait(step, planned, loss):
    if step == 6:
        sleep(600)
train(GROUPS, PASSAGES, default_weights(), PLAN, Path(sys.argv[1]), progress=wait)
"""


def test_run_killed_in_the_middle_ends_as_one_that_was_not(tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    checkpoint = folder / "checkpoint-4" / "trainer_state.json"
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(folder), str(Path(__file__).parent)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    deadline = monotonic() + 90
    while not checkpoint.is_file() and child.poll() is None and monotonic() < deadline:
        sleep(0.1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert checkpoint.is_file()
    half_written = folder / "checkpoint-8"
    half_written.mkdir()
    steps: list[int] = []
    resumed = train(
        GROUPS, PASSAGES, default_weights(), PLAN, folder, progress=lambda step, *rest: steps.append(step)
    )
    whole = train(GROUPS, PASSAGES, default_weights(), PLAN, tmp_path / "whole")
    assert steps[0] == 5
    assert resumed.steps == whole.steps == resumed.planned
    for name, each in whole.tensors.items():
        torch.testing.assert_close(resumed.tensors[name], each, atol=1e-4, rtol=1e-3)


class Killed(BaseException):
    """What nothing catches."""


@pytest.mark.parametrize("method", METHODS)
def test_every_method_goes_on_from_its_checkpoint_and_keeps_the_best(tmp_path: Path, method: Method) -> None:
    plan = replace(PLAN, method=method, epochs=1.0, checkpoint_every=2)

    def cut(step: int, planned: int, loss: float) -> None:
        if step == 3:
            raise Killed

    with pytest.raises(Killed):
        train(GROUPS, PASSAGES, default_weights(), plan, tmp_path, cut, GROUPS[:6])
    steps: list[int] = []
    found = train(
        GROUPS,
        PASSAGES,
        default_weights(),
        plan,
        tmp_path,
        lambda step, *rest: steps.append(step),
        GROUPS[:6],
    )
    assert steps[0] == 3
    assert found.tensors
