"""One whole training run of the classifier: data, training, validation, calibration, adapter folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from finetune.card import card
from finetune.classifier import GROUPS_A_STEP, train
from finetune.datasets.mining import GROUP, mine
from finetune.datasets.requests import Request, normal
from finetune.lora import file_sha256, finish_adapter, save_adapter
from finetune.methods import ALPHA, RANK
from finetune.noise import noisy
from finetune.pair_input import MAX_TOKENS, REQUEST_TOKENS
from finetune.run_data import Data, Embedded, Report, described, embed, watched_apart
from finetune.trainer import Trained, Training
from finetune.training_run import TrainingRun, fresh_folder
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
    made = TrainingRun(settings, out, data, training, command, report)
    learnt, watched = watched_apart(data.training)
    learnt = _mistyped(learnt, [*data.validation, *watched], training)
    embedded = embed(settings, replace(data, training=[*learnt, *watched]), load_embedder(settings), report)
    advance = _counted("Mining negatives", len(data.training), report)
    groups, checks = (
        mine(some, embedded.pools, embedded.vectors(some), training.seed, False, advance)
        for some in (learnt, watched)
    )
    with made.checkpoints("classifier", groups) as (folder, logged):
        # The requests are mistyped already: once, before retrieval saw them.
        plain = replace(logged, noise=0.0)
        trained = train(groups, data.passages, default_weights(), plain, folder, made.progress, checks)
        return _finish(made, embedded, trained, len(groups))


def _mistyped(requests: Sequence[Request], held_out: Sequence[Request], training: Training) -> list[Request]:
    """The share ``training.noise`` of the requests with slips; what retrieval says will be of these words.

    One that would read as a held-out one does stays as it was.
    """
    barred = {normal(each.text) for each in held_out}
    made = []
    for place, each in enumerate(requests):
        text = noisy(each.text, Random(f"{training.seed}/noise/{place}"), training.noise)
        made.append(each if normal(text) in barred else replace(each, text=text))
    return made


def _counted(stage: str, total: int, report: Report) -> Callable[[], None]:
    """Tells ``report`` of one more each time that it is called."""
    done = count(1)
    return lambda: report(stage, next(done), total, "")


def _finish(made: TrainingRun, embedded: Embedded, trained: Trained, groups: int) -> dict[str, Any]:
    """Measure, calibrate, and put the adapter into its place."""
    from serving.adapted import AdaptedScorer

    data = made.data
    with fresh_folder(made.out) as fresh:
        config = save_adapter(fresh, trained.tensors, _config(made.training))
        scorer = AdaptedScorer.load(fresh, made.settings)
        judged = _counted("Validating", len(data.validation), made.report)
        found = judge(scorer, data.validation, embedded.pools, embedded.asked, judged)
        metrics = {
            **described(made.command, data, made.training, trained),
            "groups": groups,
            "pairs": trained.steps * GROUPS_A_STEP * GROUP,
            "validation": measure(cross_fitted(found, config)),
        }
        config = calibrate(found, config)
        config = save_adapter(fresh, trained.tensors, config.model_dump(exclude={"weights_sha256"}))
        finish_adapter(fresh, made.out, metrics, card(config, metrics))
    return metrics


def _config(training: Training) -> dict[str, Any]:
    """What the adapter says of itself before it is calibrated."""
    return {
        "name": NAME,
        "base": "all-MiniLM-L6-v2",
        "base_sha256": file_sha256(default_weights() / "model.safetensors"),
        "method": training.method,
        "rank": RANK,
        "scale": ALPHA / RANK,
        "max_tokens": MAX_TOKENS,
        "request_tokens": REQUEST_TOKENS,
    }
