"""Several processes train one model together; here over gloo, on the CPU."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_WORKER = """
import json, sys
from pathlib import Path
from finetune.processes import processes
from finetune.trainer import Training
from vectorstore.embedder import default_weights
sys.path.insert(0, sys.argv[2])
folder = Path(sys.argv[1])
steps = []
note = lambda step, planned, loss: steps.append((step, planned))
if sys.argv[3] == "embedder":
    from test_embedder_resume import PASSAGES, TRIPLETS as learnt
    from finetune.embedder import train
    training = Training(loss="contrastive", minutes=0.05, seed=1)
else:
    from test_classifier_resume import GROUPS as learnt, PASSAGES
    from finetune.classifier import train
    training = Training(minutes=0.05, epochs=4, seed=1)
found = train(learnt, PASSAGES, default_weights(), training, folder / "run", note)
told = {"processes": processes().num_processes, "planned": found.planned, "steps": steps[-1], "tensors": len(found.tensors)}
(folder / f"told-{processes().process_index}.json").write_text(json.dumps(told))
"""


@pytest.mark.slow
@pytest.mark.parametrize("model", ("embedder", "classifier"))
def test_two_processes_agree_on_the_plan_and_the_first_alone_goes_on(tmp_path: Path, model: str) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(_WORKER)
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    subprocess.run(
        [*command, str(worker), str(tmp_path), str(Path(__file__).parent), model],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"},
        check=True,
        timeout=300,
    )
    (told,) = [json.loads(each.read_text()) for each in tmp_path.glob("told-*.json")]
    assert told["processes"] == 2
    assert told["steps"] == [told["planned"], told["planned"]]
    assert told["tensors"] > 0
