"""How requests with typos, other capitals, missing words or other wording change what is recommended.

Compared are the classifier that serves, one trained for a short while with mistyped requests
and adversarial embeddings (``finetune.noise``, ``finetune.adversarial``), and one trained for
as many steps without: the fair control.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from finetune.classifier import train
from finetune.lora import ADAPTERS, read_adapter
from finetune.noise import PERTURBATIONS
from finetune.run_data import Report
from finetune.studies.kept import Kept
from finetune.studies.material import (
    CANDIDATES,
    SEED,
    Material,
    Question,
    calibrations,
    firsts,
    flips,
    gains,
    interval,
    judged,
    load_material,
    orders,
)
from finetune.studies.saving import saved
from finetune.trainer import Training
from serving.adapted import AdaptedScorer
from settings import Settings
from vectorstore.embedder import default_weights

ADVERSARIAL, NOISE = 1.0, 0.5
_CONTROL_SHARE = 0.2  # of the time; the other run takes twice as long for as many steps
_REQUESTS_A_MINUTE = 2  # of each domain, to judge by
_CLEAN = "as typed"


def run(settings: Settings, report: Report, minutes: float) -> dict[str, Any]:
    """nDCG@10 and flip rate of each model under each perturbation."""
    material = load_material(settings, report, _REQUESTS_A_MINUTE * minutes)
    plain = Training(minutes=minutes * _CONTROL_SHARE, epochs=9, seed=SEED, checkpoint_every=10)
    shipped = ADAPTERS / "classifier"
    version = read_adapter(shipped)[0].weights_sha256
    kept = Kept(settings, f"robustness-{version[:8]}", material.groups, plain)
    control = _trained(material, plain, kept, "control", settings, report)
    steps: int = json.loads((kept.folder / "control-checkpoints" / "plan.json").read_text())["steps"]
    hardened = replace(plain, minutes=None, max_steps=steps, adversarial=ADVERSARIAL, noise=NOISE)
    robust = _trained(material, hardened, kept, "robust", settings, report)
    adapters = {"shipped": shipped, "control": control, "noise + FGM": robust}
    wordings = {_CLEAN: list(material.questions)} | perturbed(material)
    measured: dict[str, Any] = {}
    for name, folder in adapters.items():
        measured |= kept.value(name, partial(_measured, folder, name, wordings, material, settings, report))
    kept.clear()
    return {
        "requests": len(material.questions),
        "candidates": CANDIDATES,
        "embedder": material.embedder.name,
        "steps": steps,
        "adversarial": ADVERSARIAL,
        "noise": NOISE,
        "seed": SEED,
        "models": {name: _summed(each) for name, each in measured.items()},
        "gain over control": {
            wording: _gain(measured["noise + FGM"][wording], measured["control"][wording])
            for wording in wordings
        },
    }


def perturbed(material: Material) -> dict[str, list[Question]]:
    """The questions under each perturbation, searched for anew; seeded by perturbation and text."""
    made = {}
    for name, change in PERTURBATIONS.items():
        texts = [each.request.text for each in material.questions]
        made[name] = material.asked_as([change(each, Random(f"{SEED}/{name}/{each}")) for each in texts])
    return made


def _trained(
    material: Material, training: Training, kept: Kept, name: str, settings: Settings, report: Report
) -> Path:
    """The folder of the adapter; a run that was cut short goes on."""

    def make(folder: Path) -> None:
        trained = train(
            material.groups,
            material.passages,
            default_weights(),
            training,
            kept.folder / f"{name}-checkpoints",
            lambda step, planned, loss: report(f"Training {name}", step, planned, f"loss {loss:.3f}"),
        )
        saved(trained.tensors, training.method, folder, settings)

    return kept.path(name, make)


def _measured(
    adapter: Path,
    name: str,
    wordings: Mapping[str, Sequence[Question]],
    material: Material,
    settings: Settings,
    report: Report,
) -> dict[str, Any]:
    """nDCG@10 and first item of each request by wording, and of retrieval besides the model."""
    total, done = len(wordings) * len(material.questions), 0

    def advance() -> None:
        nonlocal done
        done += 1
        report(f"Judging {name}", done, total, "")

    scorer = AdaptedScorer.load(adapter, settings)
    # All wordings in one call, so that a pair that occurs twice is scored once.
    every = [each for some in wordings.values() for each in some]
    together = judged(scorer.logits, every, material.passages, advance)
    count = len(material.questions)
    parts = {wording: together[place * count : (place + 1) * count] for place, wording in enumerate(wordings)}
    configs = calibrations(parts[_CLEAN], scorer.config)
    found: dict[str, Any] = {}
    for label, way in (("retrieval", "retrieval"), (name, "joined")):
        ranked = {wording: orders(part, configs, way) for wording, part in parts.items()}
        found[label] = {
            each: {"gains": gains(ranked[each], wordings[each]).tolist(), "firsts": firsts(ranked[each])}
            for each in wordings
        }
    return found


def _summed(wordings: Mapping[str, Any]) -> dict[str, Any]:
    clean = wordings[_CLEAN]["firsts"]
    return {
        name: {
            "ndcg@10": round(float(np.mean(each["gains"])), 4),
            "interval": interval(np.array(each["gains"])),
            "flips": round(flips(clean, each["firsts"]), 4),
        }
        for name, each in wordings.items()
    }


def _gain(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    apart = np.array(one["gains"]) - np.array(other["gains"])
    return {"ndcg@10": round(float(apart.mean()), 4), "interval": interval(apart)}


def table(result: Mapping[str, Any]) -> str:
    """One row a model and wording, and under what conditions."""
    lines = [
        "| model | " + " | ".join(next(iter(result["models"].values()))) + " |",
        "|---" * (1 + len(result["gain over control"])) + "|",
    ]
    for name, wordings in result["models"].items():
        cells = [f"{each['ndcg@10']:.3f}, {each['flips']:.0%}" for each in wordings.values()]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    cells = [
        f"{each['ndcg@10']:+.3f} [{each['interval'][0]:+.3f}, {each['interval'][1]:+.3f}]"
        for each in result["gain over control"].values()
    ]
    lines.append(f"| noise + FGM less control | {' | '.join(cells)} |")
    return "\n".join(
        [
            *lines,
            "",
            f"nDCG@10, and the share of requests whose first item changes. {result['requests']} held-out synthetic"
            f" requests, {result['candidates']} candidates each, found anew for each wording. Control and noise + FGM:"
            f" {result['steps']} steps each, seed {result['seed']}; FGM {result['adversarial']:g}, noise in"
            f" {result['noise']:.0%} of the requests. The last row with its 95 % interval, by bootstrap over requests.",
        ]
    )
