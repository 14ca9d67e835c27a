"""Every method of fine-tuning, for both models, on the same data and for the same steps.

Each run has a process of its own, so that peak memory is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from finetune.methods import METHODS, Method
from finetune.run_data import Data, Report, load_data
from finetune.studies.kept import Kept
from finetune.trainer import Training
from settings import Settings

SEED = 0
MODELS = ("embedder", "classifier")
_STEPS_A_MINUTE = {"embedder": 12.0, "classifier": 25.0}  # of LoRA on two cores; the same for all methods


def run(settings: Settings, report: Report, minutes: float) -> dict[str, Any]:
    """Quality, trained parameters, seconds and peak memory of each method, by model.

    ``minutes`` is for all runs together and sets the steps of each.
    """
    each = minutes / (len(MODELS) * len(METHODS))
    kept = Kept(settings, f"methods-{minutes:g}", [], Training(seed=SEED))
    rows = []
    for place, (model, method) in enumerate((model, method) for model in MODELS for method in METHODS):
        report("Training", place, len(MODELS) * len(METHODS), f"{model}, {method}")
        steps = max(4, round(each * _STEPS_A_MINUTE[model]))
        rows.append(kept.value(f"{model}-{method}", partial(_in_a_process, settings, model, method, steps)))
    report("Training", len(rows), len(rows), "")
    kept.clear()
    return {"minutes": minutes, "seed": SEED, "data": "bundled catalogue, synthetic requests", "rows": rows}


def _in_a_process(settings: Settings, model: str, method: Method, steps: int) -> dict[str, Any]:
    with get_context("spawn").Pool(1) as process:
        return process.apply(_one, (settings, model, method, steps))


def _one(settings: Settings, model: str, method: Method, steps: int) -> dict[str, Any]:
    made = load_data(settings, SEED, names=[])
    training = Training(method=method, max_steps=steps, epochs=20, seed=SEED, checkpoint_every=10 * steps)
    with TemporaryDirectory() as folder:
        metrics = _trained(settings, model, Path(folder) / "adapter", made, training)
    validation, before = metrics["validation"]["all"], metrics.get("before", {}).get("all")
    quality = {"classifier": "joined", "embedder": "cosine"}[model]
    return {
        "model": model,
        "method": method,
        "steps": metrics["steps"],
        "trained_parameters": metrics["trained_parameters"],
        "seconds": metrics["seconds"],
        "peak_memory_mib": metrics["peak_memory_mib"],
        "before": (before[quality] if before else validation["retrieval"])["ndcg@10"],
        "ndcg@10": validation[quality]["ndcg@10"],
        "n": validation["n"],
    }


def _trained(settings: Settings, model: str, out: Path, data: Data, training: Training) -> dict[str, Any]:
    if model == "embedder":
        from finetune.embedder_run import run as train_embedder

        return train_embedder(settings, out, data, replace(training, loss="contrastive"), command="study")
    from finetune.classifier_run import run as train_classifier

    return train_classifier(settings, out, data, training, command="study")


def table(result: Mapping[str, Any]) -> str:
    """One row a method; quality is of held-out requests."""
    lines = [
        f"{result['data']}, seed {result['seed']}, {result['rows'][0]['n']} held-out requests; nDCG@10 of the embedder"
        " by cosine alone, of the classifier joined with retrieval, before and after.",
        "",
        "| model | method | trained parameters | steps | seconds | peak MiB | nDCG@10 before | after |",
        f"|{'---|' * 8}",
    ]
    lines += [
        f"| {row['model']} | {row['method']} | {row['trained_parameters']:,} | {row['steps']} | {row['seconds']}"
        f" | {row['peak_memory_mib']:,} | {row['before']:.3f} | {row['ndcg@10']:.3f} |"
        for row in result["rows"]
    ]
    return "\n".join(lines)
