"""One whole training run of the classifier: data, training, validation, calibration, adapter folder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np

from finetune.card import card
from finetune.classifier import GROUPS_A_STEP, train
from finetune.datasets.mining import GROUP, mine
from finetune.lora import file_sha256, finish_adapter, save_adapter
from finetune.methods import ALPHA, RANK
from finetune.pair_input import MAX_TOKENS, REQUEST_TOKENS
from finetune.run_data import Data, Embedded, Report, described, embed, fingerprint, watched_apart
from finetune.trainer import Trained, Training
from finetune.validation import calibrate, cross_fitted, judge, measure
from settings import Settings
from vectorstore.embedder import default_weights, load_embedder

NAME = "kairos-classifier"


def run(
    settings: Settings,
    out: Path,
    data: Data,
    training: Training,
    *,
    command: str,
    report: Report = lambda stage, done, total, note: None,
) -> dict[str, Any]:
    """Train on ``data`` and put the adapter into ``out``; returns its metrics.

    A run that was cut short goes on where it was, from the settings' home, if data and
    training are the same. ``out`` is replaced at the end, whole.

    Raises:
        ModelError: ``out`` cannot be replaced, or the base model is missing.
    """
    embedded = embed(settings, data, load_embedder(settings), report)
    learnt, watched = watched_apart(data.training)
    mined = 0

    def advance() -> None:
        nonlocal mined
        mined += 1
        report("Mining negatives", mined, len(data.training), "")

    groups, checks = (
        mine(
            some,
            embedded.pools,
            np.array([embedded.asked[each] for each in some]),
            training.seed,
            False,
            advance,
        )
        for some in (learnt, watched)
    )
    folder = settings.home / "training" / f"classifier-{fingerprint(groups, training)}"
    trained = train(
        groups,
        data.passages,
        default_weights(),
        replace(training, logs=training.logs or settings.home / "training" / "logs" / folder.name),
        folder,
        lambda step, planned, loss: report("Training", step, planned, f"loss {loss:.3f}"),
        checks,
    )
    metrics = _finish(settings, out, data, embedded, trained, training, len(groups), command, report)
    shutil.rmtree(folder, ignore_errors=True)
    return metrics


def _finish(
    settings: Settings,
    out: Path,
    data: Data,
    embedded: Embedded,
    trained: Trained,
    training: Training,
    groups: int,
    command: str,
    report: Report,
) -> dict[str, Any]:
    from serving.adapted import AdaptedScorer

    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        config = save_adapter(
            fresh,
            trained.tensors,
            {
                "name": NAME,
                "base": "all-MiniLM-L6-v2",
                "base_sha256": file_sha256(default_weights() / "model.safetensors"),
                "method": training.method,
                "rank": RANK,
                "scale": ALPHA / RANK,
                "max_tokens": MAX_TOKENS,
                "request_tokens": REQUEST_TOKENS,
            },
        )
        scorer = AdaptedScorer.load(fresh, settings)
        count = 0

        def judged() -> None:
            nonlocal count
            count += 1
            report("Validating", count, len(data.validation), "")

        found = judge(scorer, data.validation, embedded.pools, embedded.asked, judged)
        metrics = {
            **described(command, data, training, trained),
            "groups": groups,
            "pairs": trained.steps * GROUPS_A_STEP * GROUP,
            "validation": measure(cross_fitted(found, config)),
        }
        config = calibrate(found, config)
        config = save_adapter(fresh, trained.tensors, config.model_dump(exclude={"weights_sha256"}))
        finish_adapter(fresh, out, metrics, card(config, metrics))
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return metrics
