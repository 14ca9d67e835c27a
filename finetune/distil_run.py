"""Makes a classifier of fewer layers that can serve: data, distillation, calibration, adapter folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from errors import ModelError
from finetune.classifier import GROUPS_A_STEP, TRAIN_TOKENS
from finetune.compress import Compact, distil, load_compact, save_student, seconds_a_step, with_layers
from finetune.datasets.mining import GROUP
from finetune.lora import put_in_place
from finetune.pair_input import PairTokenizer
from finetune.run_data import Report
from finetune.studies.material import (
    SEED,
    Material,
    calibrations,
    gains,
    interval,
    judged,
    load_material,
    orders,
    pair_batches,
)
from finetune.validation import Judged, calibrate
from serving.adapted import AdaptedScorer
from settings import Settings
from vectorstore.embedder import default_weights

_REQUESTS = 6000
_HELD_OUT = 30


def run(
    settings: Settings,
    teacher: Path,
    out: Path,
    layers: int,
    minutes: float,
    *,
    command: str,
    report: Report = lambda stage, done, total, note: None,
) -> dict[str, Any]:
    """Teach a student of ``layers`` layers what the adapter ``teacher`` says, and put it into ``out``, whole.

    Raises:
        ModelError: the teacher is missing or broken, is of fewer layers, or ``out`` cannot be replaced.
    """
    import torch

    base = default_weights()
    wise = load_compact(teacher, base)
    places = _places(wise, layers)
    student = with_layers(wise, places)
    material = load_material(settings, report, _HELD_OUT, _REQUESTS)
    batches, _ = pair_batches(material, PairTokenizer.load(base, TRAIN_TOKENS))
    steps = int(minutes * 60 / seconds_a_step(wise, student.copy(), batches))
    steps = max(1, min(len(batches), steps))
    torch.manual_seed(SEED)  # of dropout
    distil(
        wise,
        student,
        batches[:steps],
        progress=lambda step, planned, loss: report("Teaching", step, planned, f"loss {loss:.3f}"),
    )
    before, after = (
        _judged(each, material, base, name, report)
        for name, each in (("teacher", wise), ("student", student))
    )
    own = wise.config.layers
    kept = places if own is None else [own[each] for each in places]
    metrics = {
        "command": command,
        "seed": SEED,
        "teacher": wise.config.weights_sha256,
        "layers": kept,
        "steps": steps,
        "pairs": steps * GROUPS_A_STEP * GROUP,
        "requests": len(material.questions),
        "ndcg@10": {
            "teacher": _quality(before, wise, material),
            "student": _quality(after, student, material),
        },
    }
    _write(out, student, kept, after, metrics)
    return metrics


def _places(teacher: Compact, layers: int) -> list[int]:
    """Which of the teacher's layers to begin with: the first, the last, and those evenly between."""
    depth = len(teacher.encoder.encoder.layer)  # type: ignore[union-attr, arg-type]
    if teacher.config.method in ("prefix", "adapter"):
        raise ModelError(
            f"a teacher made by {teacher.config.method!r} has parts that its layers lack: name one by lora or full"
        )
    if layers >= depth:
        raise ModelError(f"the teacher has {depth} layers: a student needs fewer than that, not {layers}")
    return [round(float(each)) for each in np.linspace(0, depth - 1, layers)]


def _judged(model: Compact, material: Material, base: Path, name: str, report: Report) -> list[Judged]:
    scorer = AdaptedScorer(model.encoder, model.head, PairTokenizer.load(base), model.config)
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        report(f"Judging the {name}", done, len(material.questions), "")

    return judged(scorer.logits, material.questions, material.passages, advance)


def _quality(found: list[Judged], model: Compact, material: Material) -> dict[str, Any]:
    values = gains(orders(found, calibrations(found, model.config)), material.questions)
    return {"mean": round(float(values.mean()), 4), "interval": interval(values)}


def _write(
    out: Path, student: Compact, kept: list[int], found: list[Judged], metrics: dict[str, Any]
) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        save_student(fresh, student, kept, calibrate(found, student.config).calibration)
        (fresh / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
        fresh.chmod(0o755)
        put_in_place(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
