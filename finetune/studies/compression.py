"""How small and fast the classifier gets, and what that costs: layers, neurons, heads, number formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from finetune.classifier import GROUPS_A_STEP, TRAIN_TOKENS, loss_of
from finetune.compress import (
    Compact,
    distil,
    halved,
    importances,
    load_compact,
    megabytes,
    prune_heads,
    prune_neurons,
    quantised,
    seconds_a_step,
    with_layers,
)
from finetune.datasets.mining import GROUP
from finetune.lora import ADAPTERS
from finetune.pair_input import PairTokenizer
from finetune.run_data import Report
from finetune.studies.kept import Kept
from finetune.studies.material import (
    CANDIDATES,
    SEED,
    Material,
    calibrations,
    firsts,
    flips,
    gains,
    interval,
    judged,
    load_material,
    orders,
    pair_batches,
)
from finetune.trainer import Training
from serving.adapted import AdaptedScorer
from settings import Settings
from vectorstore.embedder import default_weights

KEPT_LAYERS = (0, 2, 5)
PRUNED = 0.5
_FEED_FORWARD, _HEADS = "output.dense", "attention.output.dense"
_REQUESTS_A_MINUTE = 2  # of each domain, to judge by
_WEIGHED = 8  # batches by which neurons and heads are weighed
_TIMED_PAIRS, _ROUNDS = 32, 7
_TRAINING_SHARE = 0.6  # of the time, for three distillations
_STUDENTS = ("3 layers", "half the neurons", "3 layers, half the neurons")
Inputs = dict[str, Any]


def run(settings: Settings, report: Report, minutes: float) -> dict[str, Any]:
    """Size, speed and nDCG@10 of every variant against the classifier that ships."""
    base = default_weights()
    material = load_material(settings, report, _REQUESTS_A_MINUTE * minutes)
    batches, answers = pair_batches(material, PairTokenizer.load(base, TRAIN_TOKENS))
    teacher = load_compact(ADAPTERS / "classifier", base)
    training = Training(minutes=minutes, seed=SEED)
    kept = Kept(settings, f"compression-{teacher.config.weights_sha256[:8]}", material.groups, training)

    def plan() -> int:
        share = minutes * 60 * _TRAINING_SHARE / (2 * len(_STUDENTS) - 1)
        return max(1, min(len(batches) // 2, int(share / seconds_a_step(teacher, teacher.copy(), batches))))

    steps: int = kept.value("steps", plan)
    variants = _variants(teacher, batches, answers, steps, kept, report)
    rows = _measured(variants, material, PairTokenizer.load(base), kept, report)
    kept.clear()
    return {
        "steps": steps,
        "pairs_a_step": GROUPS_A_STEP * GROUP,
        "kept_layers": list(KEPT_LAYERS),
        "pruned": PRUNED,
        "seed": SEED,
        "requests": len(material.questions),
        "candidates": CANDIDATES,
        "embedder": material.embedder.name,
        "timed_pairs": _TIMED_PAIRS,
        "variants": rows,
    }


def _variants(
    teacher: Compact,
    batches: Sequence[Inputs],
    answers: Sequence[Sequence[int]],
    steps: int,
    kept: Kept,
    report: Report,
) -> dict[str, Compact]:
    import torch

    def loss(logits: Any, number: int) -> Any:
        return loss_of(logits.view(-1, GROUP), torch.tensor(answers[number]), "listwise")

    def taught(student: Compact, name: str, some: Sequence[Inputs]) -> Compact:
        def told(step: int, planned: int, last: float) -> None:
            report(f"Teaching {name}", step, planned, f"loss {last:.3f}")

        def make(folder: Path) -> None:
            torch.manual_seed(SEED)  # of dropout
            distil(teacher, student, some, progress=told)
            torch.save([student.encoder.state_dict(), student.head], folder / "student.pt")

        path = kept.path(name.replace(" ", "-"), make) / "student.pt"
        weights, head = torch.load(path, weights_only=True)
        student.encoder.load_state_dict(weights)
        return Compact(student.encoder, tuple(head), student.config)

    weighed = batches[:_WEIGHED]
    neurons = importances(teacher, weighed, loss, _FEED_FORWARD)
    fewer_neurons = prune_neurons(teacher, neurons, PRUNED)
    fewer_heads = prune_heads(teacher, importances(teacher, weighed, loss, _HEADS), PRUNED)
    cut = with_layers(teacher, KEPT_LAYERS)
    # The student of fewer layers has most to learn, and gets twice the steps.
    student = taught(cut.copy(), _STUDENTS[0], batches[: 2 * steps])
    mended = taught(fewer_neurons.copy(), _STUDENTS[1], batches[:steps])
    worth = importances(student, weighed, loss, _FEED_FORWARD)
    smallest = taught(prune_neurons(student, worth, PRUNED), _STUDENTS[2], batches[:steps])
    return {
        "6 layers, float32": teacher,
        "6 layers, bfloat16": halved(teacher),
        "6 layers, int8": quantised(teacher),
        "3 layers, not taught, bfloat16": halved(cut),
        "3 layers, float32": student,
        "3 layers, bfloat16": halved(student),
        "3 layers, int8": quantised(student),
        "half the neurons, not taught, bfloat16": halved(fewer_neurons),
        "half the neurons, bfloat16": halved(mended),
        "half the heads, not taught, bfloat16": halved(fewer_heads),
        "3 layers, half the neurons, bfloat16": halved(smallest),
        "3 layers, half the neurons, int8": quantised(smallest),
    }


def _measured(
    variants: Mapping[str, Compact], material: Material, pairs: PairTokenizer, kept: Kept, report: Report
) -> list[dict[str, Any]]:
    total, done = len(variants) * len(material.questions), 0

    def advance() -> None:
        nonlocal done
        done += 1
        report("Judging", done, total, "")

    def ranked(scorer: AdaptedScorer) -> dict[str, Any]:
        found = judged(scorer.logits, material.questions, material.passages, advance)
        configs = calibrations(found, scorer.config)
        best = orders(found, configs)
        alone = gains(orders(found, configs, "classifier"), material.questions)
        return {
            "gains": gains(best, material.questions).tolist(),
            "firsts": firsts(best),
            "alone": float(alone.mean()),
        }

    scorers = {
        name: AdaptedScorer(each.encoder, each.head, pairs, each.config) for name, each in variants.items()
    }
    fastest: dict[str, float] = kept.value("milliseconds", partial(_milliseconds, scorers, material))
    judgements = {name: kept.value(name, partial(ranked, scorer)) for name, scorer in scorers.items()}
    first = next(iter(judgements.values()))
    rows = []
    for name, each in judgements.items():
        apart = np.array(each["gains"]) - np.array(first["gains"])
        rows.append(
            {
                "variant": name,
                "megabytes": round(megabytes(variants[name]), 1),
                "milliseconds": round(fastest[name], 1),
                "ndcg@10": round(float(np.mean(each["gains"])), 4),
                "alone": round(each["alone"], 4),
                "change": round(float(apart.mean()), 4),
                "change interval": interval(apart),
                "flips": round(flips(first["firsts"], each["firsts"]), 4),
            }
        )
    return rows


def _milliseconds(scorers: Mapping[str, AdaptedScorer], material: Material) -> dict[str, float]:
    """The fastest of a few rounds for the same pairs; the variants take turns, so that other work hits all."""
    question = max(material.questions, key=lambda each: len(each.found.ids))
    texts = [material.passages[each] for each in question.found.ids]
    texts = (texts * _TIMED_PAIRS)[:_TIMED_PAIRS]
    found: dict[str, list[float]] = {name: [] for name in scorers}
    for scorer in scorers.values():
        scorer.logits(question.request.text, texts)
    for _ in range(_ROUNDS):
        for name, scorer in scorers.items():
            began = perf_counter()
            scorer.logits(question.request.text, texts)
            found[name].append(1000 * (perf_counter() - began))
    return {name: min(each) for name, each in found.items()}


def table(result: Mapping[str, Any]) -> str:
    """One row a variant, and under what conditions; the front is marked."""
    lines = [
        "| variant | MB | ms | nDCG@10 joined | against the first | logit alone | first item differs | on the front |",
        "|---|---|---|---|---|---|---|---|",
    ]
    rows = result["variants"]
    for each in rows:
        low, high = each["change interval"]
        beaten = any(
            other["milliseconds"] < each["milliseconds"] and other["ndcg@10"] >= each["ndcg@10"]
            for other in rows
        )
        change = "" if each is rows[0] else f"{each['change']:+.3f} [{low:+.3f}, {high:+.3f}]"
        lines.append(
            f"| {each['variant']} | {each['megabytes']:.0f} | {each['milliseconds']:.0f} | {each['ndcg@10']:.3f}"
            f" | {change} | {each['alone']:.3f} | {each['flips']:.0%} | {'' if beaten else 'yes'} |"
        )
    return "\n".join(
        [
            *lines,
            "",
            f"ms: {result['timed_pairs']} pairs of one request, the fastest of {_ROUNDS} rounds in turn. Layers"
            f" {', '.join(str(each) for each in result['kept_layers'])} are kept of six; {result['pruned']:.0%} of the"
            f" neurons or heads of each block go. Each student but those not taught: {result['steps']} steps of"
            f" {result['pairs_a_step']} pairs (3 layers: twice as many), seed {result['seed']}. nDCG@10 of {result['requests']} held-out synthetic"
            f" requests, {result['candidates']} candidates each. On the front: no other is faster and as good.",
        ]
    )
