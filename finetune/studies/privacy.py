"""What differentially private training of the classifier costs in quality, for several amounts of noise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from finetune.private import ALPHA, RANK, Privacy, PrivatelyTrained, train_private
from finetune.run_data import Report
from finetune.studies.kept import Kept
from finetune.studies.material import (
    CANDIDATES,
    SEED,
    Material,
    calibrations,
    gains,
    interval,
    judged,
    load_material,
    orders,
)
from finetune.studies.saving import saved
from finetune.trainer import Training
from settings import Settings
from vectorstore.embedder import default_weights

NOISES = (0.0, 0.5, 1.0, 2.0)
_REQUESTS_A_MINUTE = 4  # of each domain, to judge by
_UNITS_A_STEP = 32
_TIMED = 3
_TRAINING_SHARE = 0.6  # of the time


def run(settings: Settings, report: Report, minutes: float) -> dict[str, Any]:
    """Epsilon and nDCG@10 for each of ``NOISES``; the first is without privacy."""
    material = load_material(settings, report, _REQUESTS_A_MINUTE * minutes)
    kept = Kept(settings, "privacy", material.groups, Training(minutes=minutes, seed=SEED))
    seconds = minutes * 60 * _TRAINING_SHARE / len(NOISES)
    steps: int = kept.value("steps", partial(_steps, material, seconds, report))
    levels = [
        kept.value(f"noise-{noise:g}", partial(_level, material, noise, steps, settings, report))
        for noise in NOISES
    ]
    kept.clear()
    retrieval = np.array(levels[0]["retrieval"])
    return {
        "unit": "a request with the items it is trained with",
        "units": levels[0]["units"],
        "units_a_step": _UNITS_A_STEP,
        "steps": steps,
        "delta": levels[0]["delta"],
        "clip": Privacy(1.0).clip,
        "parameters": levels[0]["parameters"],
        "seed": SEED,
        "requests": len(material.questions),
        "candidates": CANDIDATES,
        "embedder": material.embedder.name,
        "retrieval": {"ndcg@10": round(float(retrieval.mean()), 4), "interval": interval(retrieval)},
        "levels": [_row(each, levels[0]) for each in levels],
    }


def _steps(material: Material, seconds: float, report: Report) -> int:
    """Steps that one run may take, by timing a few."""
    at: list[float] = []

    def timed(stage: str, done: float, total: float, note: str) -> None:
        at.append(perf_counter())
        report("Timing", done, total, note)

    _trained(material, 1.0, _TIMED + 1, timed)  # the first warms up
    return max(1, int(seconds / ((at[-1] - at[0]) / _TIMED)))


def _trained(material: Material, noise: float, steps: int, report: Report) -> PrivatelyTrained:
    return train_private(
        material.groups,
        material.passages,
        default_weights(),
        Privacy(noise),
        steps=steps,
        units_a_step=_UNITS_A_STEP,
        seed=SEED,
        progress=lambda step, planned, loss: report(
            f"Training, noise {noise:g}", step, planned, f"loss {loss:.3f}"
        ),
    )


def _level(
    material: Material, noise: float, steps: int, settings: Settings, report: Report
) -> dict[str, Any]:
    """One level of noise: what it spends, and nDCG@10 of each request."""
    trained = _trained(material, noise, steps, report)
    with TemporaryDirectory() as name:
        scorer = saved(trained.tensors, "lora", Path(name), settings, rank=RANK, scale=ALPHA / RANK)
        found = judged(scorer.logits, material.questions, material.passages)
    configs = calibrations(found, scorer.config)
    return {
        "noise": noise,
        "epsilon": trained.epsilon,
        "delta": trained.delta,
        "units": trained.units,
        "parameters": trained.parameters,
        "loss": trained.loss,
    } | {
        way: gains(orders(found, configs, way), material.questions).tolist()
        for way in ("retrieval", "classifier", "joined")
    }


def _row(level: Mapping[str, Any], without: Mapping[str, Any]) -> dict[str, Any]:
    joined = np.array(level["joined"])
    apart = joined - np.array(without["joined"])
    return {
        "noise": level["noise"],
        "epsilon": None if level["epsilon"] is None else round(level["epsilon"], 3),
        "ndcg@10": round(float(joined.mean()), 4),
        "interval": interval(joined),
        "alone": round(float(np.mean(level["classifier"])), 4),
        "change": round(float(apart.mean()), 4),
        "change interval": interval(apart),
        "loss": round(level["loss"], 4),
    }


def table(result: Mapping[str, Any]) -> str:
    """One row a level of noise, and under what conditions."""
    lines = [
        "| noise | epsilon | nDCG@10 joined | against no noise | logit alone | training loss |",
        "|---|---|---|---|---|---|",
    ]
    for each in result["levels"]:
        epsilon = "no bound" if each["epsilon"] is None else f"{each['epsilon']:.2f}"
        low, high = each["interval"]
        less, more = each["change interval"]
        change = "" if each["epsilon"] is None else f"{each['change']:+.3f} [{less:+.3f}, {more:+.3f}]"
        lines.append(
            f"| {each['noise']:g} | {epsilon} | {each['ndcg@10']:.3f} [{low:.3f}, {high:.3f}] | {change}"
            f" | {each['alone']:.3f} | {each['loss']:.3f} |"
        )
    low, high = result["retrieval"]["interval"]
    return "\n".join(
        [
            *lines,
            "",
            f"Unit of privacy: {result['unit']}, of {result['units']}; delta {result['delta']:.1e}; gradients clipped"
            f" to {result['clip']:g}; {result['steps']} steps of about {result['units_a_step']} (Poisson), seed"
            f" {result['seed']}; {result['parameters']} parameters. Judged by {result['requests']} held-out synthetic"
            f" requests, {result['candidates']} candidates each, which retrieval alone orders at"
            f" {result['retrieval']['ndcg@10']:.3f} [{low:.3f}, {high:.3f}].",
        ]
    )
