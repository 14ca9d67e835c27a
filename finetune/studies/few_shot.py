"""How far few labels go: SetFit against a logistic head on frozen vectors, pseudo-labels, and what to label next.

Tasks: sentiment (SST-2, train to its dev file) and the section of a news item (the MIND sample, ten
sections; its texts are split). Every figure is the mean over seeds, which also draw the labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.active_learning import STRATEGIES, Strategy, next_to_label
from finetune.datasets.pools import read_rows
from finetune.few_shot import fit_few_shot, fit_head
from finetune.pseudo_labels import self_train
from finetune.run_data import Report
from settings import Settings
from vectorstore.embedder import load_base

SEEDS = (0, 1, 2)
LABELS = (8, 32, 128)  # of each class
ACTIVE = (10, 20, 40, 80, 160)  # labels in all, for sentiment
POOL, TEST, TEST_A_SECTION = 1400, 400, 30
_LEAST_SECTION = 64
_STEPS_A_MINUTE = 150.0  # on two cores; the same for every run of a study
_STEPS_AT_MOST = 160


@dataclass(frozen=True)
class Task:
    """Texts to label and texts to be judged by, with their classes and frozen vectors."""

    name: str
    texts: Sequence[str]
    labels: Sequence[str]
    vectors: NDArray[np.float32]
    test_texts: Sequence[str]
    test_labels: Sequence[str]
    test_vectors: NDArray[np.float32]

    @property
    def least(self) -> int:
        """Texts of the smallest class."""
        return min(self.labels.count(each) for each in set(self.labels))


def run(settings: Settings, report: Report, minutes: float) -> dict[str, Any]:
    """Accuracy by task, labels a class and method; curves of what to label next.

    ``minutes`` bounds the training of encoders: a run of SetFit has as many steps as fit.
    """
    report("Embedding", 0, 2, "")
    tasks = [_sentiment(settings), _sections(settings)]
    report("Embedding", 2, 2, "")
    plans = [(task, count) for task in tasks for count in LABELS if count <= task.least]
    steps = int(min(_STEPS_AT_MOST, max(4, minutes * _STEPS_A_MINUTE / (len(plans) * len(SEEDS)))))
    rows = []
    for place, (task, count) in enumerate(plans):
        report("Few labels", place, len(plans), f"{task.name}, {count} a class")
        rows.append({"task": task.name, "labels": count} | _of_few(settings, task, count, steps))
    report("Few labels", len(plans), len(plans), "")
    curves = {task.name: _curves(task, report) for task in tasks}
    return {
        "minutes": minutes,
        "seeds": len(SEEDS),
        "steps_at_most": steps,
        "test": {task.name: len(task.test_texts) for task in tasks},
        "classes": {task.name: len(set(task.labels)) for task in tasks},
        "rows": rows,
        "curves": curves,
    }


def _sentiment(settings: Settings) -> Task:
    training = read_rows(settings, "sst2/train.jsonl.gz")
    Random(0).shuffle(training)
    test = Random(0).sample(read_rows(settings, "sst2/dev.jsonl.gz"), TEST)
    return _task(settings, "sentiment", training[:POOL], test)


def _sections(settings: Settings) -> Task:
    rows = [
        {"text": f"{each['title']}. {each['abstract'] or ''}"[:300], "label": each["category"]}
        for each in read_rows(settings, "mind_sample/news.jsonl.gz")
    ]
    counts: dict[object, int] = {}
    for row in rows:
        counts[row["label"]] = counts.get(row["label"], 0) + 1
    rows = [each for each in rows if counts[each["label"]] >= _LEAST_SECTION]
    Random(0).shuffle(rows)
    # A third of each section at most is judged by, as many of each where there are, so that none outweighs the others.
    seen: dict[object, int] = {}
    sides: tuple[list[dict[str, object]], list[dict[str, object]]] = ([], [])
    for each in rows:
        seen[each["label"]] = seen.get(each["label"], 0) + 1
        sides[seen[each["label"]] <= min(TEST_A_SECTION, counts[each["label"]] // 3)].append(each)
    return _task(settings, "section", sides[0][:POOL], sides[1])


def _task(
    settings: Settings, name: str, training: Sequence[Mapping[str, Any]], test: Sequence[Mapping[str, Any]]
) -> Task:
    embedder = load_base(settings)
    texts, test_texts = ([str(each["text"]) for each in rows] for rows in (training, test))
    labels, test_labels = ([str(each["label"]) for each in rows] for rows in (training, test))
    return Task(
        name, texts, labels, embedder.encode(texts), test_texts, test_labels, embedder.encode(test_texts)
    )


def _of_few(settings: Settings, task: Task, count: int, steps: int) -> dict[str, Any]:
    """Accuracy of the three ways with ``count`` labels a class, by seed."""
    found: dict[str, list[float]] = {"frozen": [], "pseudo-labels": [], "SetFit": []}
    seconds, taken = [], []
    for seed in SEEDS:
        places = _drawn(task, count, seed)
        labels = [task.labels[each] for each in places]
        rest = np.delete(task.vectors, places, axis=0)
        frozen = fit_head(task.vectors[places], labels)
        found["frozen"].append(_accuracy(frozen.predict(task.test_vectors), task.test_labels))
        fitted, count_taken = self_train(task.vectors[places], labels, rest)
        found["pseudo-labels"].append(_accuracy(fitted.predict(task.test_vectors), task.test_labels))
        taken.append(count_taken)
        began = perf_counter()
        model = fit_few_shot([task.texts[each] for each in places], labels, settings, steps=steps, seed=seed)
        seconds.append(perf_counter() - began)
        found["SetFit"].append(_accuracy(model.predict(task.test_texts), task.test_labels))
    return {
        "accuracy": {
            name: {"mean": round(float(np.mean(some)), 4), "deviation": round(float(np.std(some)), 4)}
            for name, some in found.items()
        },
        "pseudo_labels": round(float(np.mean(taken))),
        "seconds": round(float(np.mean(seconds)), 1),
    }


def _drawn(task: Task, count: int, seed: int) -> list[int]:
    """``count`` places of each class."""
    random = Random(seed)
    found = []
    for name in sorted(set(task.labels)):
        found += random.sample([place for place, each in enumerate(task.labels) if each == name], count)
    return found


def _curves(task: Task, report: Report) -> dict[str, list[float]]:
    """Accuracy of the frozen vectors' head by how many labels a strategy has asked for, twice as many each time."""
    found: dict[str, list[float]] = {}
    for place, strategy in enumerate(STRATEGIES):
        report(f"What to label next: {task.name}", place, len(STRATEGIES), strategy)
        runs = [_curve(task, strategy, seed) for seed in SEEDS]
        found[strategy] = [round(float(each), 4) for each in np.mean(runs, axis=0)]
    report(f"What to label next: {task.name}", len(STRATEGIES), len(STRATEGIES), "")
    return found


def _curve(task: Task, strategy: Strategy, seed: int) -> list[float]:
    first = "random" if strategy in ("random", "margin") else "k-means++"
    labelled = next_to_label(first, ACTIVE[0], task.vectors, [], seed=seed)  # type: ignore[arg-type]
    found = []
    for wanted in ACTIVE:
        probabilities = None
        if len({task.labels[each] for each in labelled}) > 1:
            probabilities = _head(task, labelled).probabilities(task.vectors)
        count = wanted - len(labelled)
        labelled += next_to_label(strategy, count, task.vectors, labelled, probabilities, seed + wanted)
        known = {task.labels[each] for each in labelled}
        predicted = (
            _head(task, labelled).predict(task.test_vectors)
            if len(known) > 1
            else [next(iter(known))] * len(task.test_labels)
        )
        found.append(_accuracy(predicted, task.test_labels))
    return found


def _head(task: Task, labelled: Sequence[int]) -> Any:
    return fit_head(task.vectors[labelled], [task.labels[each] for each in labelled])


def _accuracy(predicted: Sequence[str], labels: Sequence[str]) -> float:
    return float(np.mean([one == two for one, two in zip(predicted, labels, strict=True)]))


def table(result: Mapping[str, Any]) -> str:
    """Two tables: few labels, and what to label next."""
    lines = [
        f"Accuracy, mean ± deviation over {result['seeds']} seeds; SetFit by LoRA, {result['steps_at_most']} steps of 16"
        " pairs at most; tests: "
        + ", ".join(
            f"{name} {count} ({result['classes'][name]} classes)" for name, count in result["test"].items()
        )
        + ".",
        "",
        "| task | labels a class | frozen MiniLM + head | with pseudo-labels (how many) | SetFit | seconds |",
        f"|{'---|' * 6}",
    ]
    for row in result["rows"]:
        cells = {
            name: f"{each['mean']:.3f} ± {each['deviation']:.3f}" for name, each in row["accuracy"].items()
        }
        lines.append(
            f"| {row['task']} | {row['labels']} | {cells['frozen']} | {cells['pseudo-labels']}"
            f" ({row['pseudo_labels']}) | {cells['SetFit']} | {row['seconds']:.0f} |"
        )
    lines += [
        "",
        "Labels in all, frozen MiniLM + head, by what chooses the next to label:",
        "",
        f"| task | chosen by | {' | '.join(map(str, ACTIVE))} |",
        f"|{'---|' * (2 + len(ACTIVE))}",
    ]
    for task, curves in result["curves"].items():
        lines += [
            f"| {task} | {strategy} | {' | '.join(f'{each:.3f}' for each in curve)} |"
            for strategy, curve in curves.items()
        ]
    return "\n".join(lines)
