"""A killed training run goes on where it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import torch

from finetune.classifier import Training, train
from finetune.datasets.mining import Group
from vectorstore.embedder import default_weights

PASSAGES = {
    str(n): f"item number {n}, about {word}" for n, word in enumerate("cats dogs tea wool rain sea".split())
}
GROUPS = [
    Group(f"something about {n}", tuple(sorted(PASSAGES, key=lambda key: (key != str(n % 6), key))))
    for n in range(40)
]
PLAN = Training(epochs=2.0, minutes=5.0, seed=1, checkpoint_every=4)

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
    checkpoint = tmp_path / "checkpoint.pt"
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(checkpoint), str(Path(__file__).parent)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    deadline = monotonic() + 90
    while not checkpoint.is_file() and child.poll() is None and monotonic() < deadline:
        sleep(0.1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert checkpoint.is_file()
    steps: list[int] = []
    resumed = train(
        GROUPS, PASSAGES, default_weights(), PLAN, checkpoint, progress=lambda step, *rest: steps.append(step)
    )
    whole = train(GROUPS, PASSAGES, default_weights(), PLAN, tmp_path / "none.pt")
    assert steps[0] == 5
    assert resumed.steps == whole.steps == resumed.planned
    for name, each in whole.tensors.items():
        torch.testing.assert_close(resumed.tensors[name], each, atol=5e-3, rtol=5e-2)
