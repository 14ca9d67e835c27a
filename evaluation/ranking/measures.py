"""What is measured of a ranking of films, with intervals, and where it fails."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.metrics import ndcg_at, recall_at, reciprocal_rank
from evaluation.ranking.systems import JUDGED, System
from evaluation.ranking.turns import Turn

MEASURES: Mapping[str, Callable[[Sequence[str], str], float]] = {
    "recall@1": lambda order, target: recall_at(order, {target}, 1),
    "recall@10": lambda order, target: recall_at(order, {target}, 10),
    "recall@50": lambda order, target: recall_at(order, {target}, 50),
    "mrr": lambda order, target: reciprocal_rank(order, {target}),
    "ndcg@10": lambda order, target: ndcg_at(order, {target}, 10),
}


def measure(
    systems: Mapping[str, System], turns: Sequence[Turn], advance: Callable[[], None] = lambda: None
) -> dict[str, dict[str, Any]]:
    """Each measure with its interval (bootstrap over conversations), and ``n`` targets, by system."""
    report: dict[str, dict[str, Any]] = {}
    for name, system in systems.items():
        found: dict[str, dict[str, list[float]]] = {each: {} for each in MEASURES}
        for turn in turns:
            order = [each for each in system(turn) if each not in turn.mentioned][: 2 * JUDGED]
            for target in turn.targets:
                for measured, value in MEASURES.items():
                    found[measured].setdefault(turn.conversation, []).append(value(order, target))
            advance()
        report[name] = {"n": sum(len(each.targets) for each in turns)}
        for measured, by_conversation in found.items():
            report[name][measured] = _with_interval(list(by_conversation.values()))
    return report


def _with_interval(groups: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The mean over targets, with an interval by conversations."""
    sums = np.array([[sum(each), len(each)] for each in groups])
    drawn = np.random.default_rng(0).integers(0, len(groups), (1000, len(groups)))
    low, high = np.quantile(sums[drawn, 0].sum(1) / sums[drawn, 1].sum(1), [0.025, 0.975])
    value = sums[:, 0].sum() / sums[:, 1].sum()
    return {"value": round(float(value), 4), "interval": [round(float(low), 4), round(float(high), 4)]}


@dataclass(frozen=True)
class Failure:
    """A target that a system ranked low: its place from 1, or nothing where it is not among the first 100."""

    conversation: str
    text: str
    target: str
    place: int | None
    instead: tuple[str, ...]


def failures(system: System, turns: Sequence[Turn], most: int, after: int = 10) -> list[Failure]:
    """The first ``most`` turns, a conversation's once, of which no target is among the first ``after``."""
    found: dict[str, Failure] = {}
    for turn in turns:
        if len(found) == most:
            break
        order = [each for each in system(turn) if each not in turn.mentioned][: 2 * JUDGED]
        places = {each: order.index(each) + 1 for each in turn.targets if each in order}
        if turn.conversation not in found and min(places.values(), default=after + 1) > after:
            target = min(turn.targets, key=lambda each: places.get(each, len(order) + 1))
            found[turn.conversation] = Failure(
                turn.conversation, turn.text, target, places.get(target), tuple(order[:3])
            )
    return list(found.values())
