"""Measures the classifier on held-out requests: the candidates that the search finds, ordered anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import (
    bootstrap_interval,
    brier,
    expected_calibration_error,
    ndcg_at,
    recall_at,
    reciprocal_rank,
)
from finetune.calibration import fit
from finetune.candidates import Retriever
from finetune.datasets.mining import Pool
from finetune.datasets.requests import Request, by_pool, is_validation
from finetune.lora import AdapterConfig

if TYPE_CHECKING:
    from serving.adapted import AdaptedScorer

CANDIDATES = 50


@dataclass(frozen=True)
class Judged:
    """The candidates of one request with all that is known of them; arrays of one length."""

    request: Request
    ids: tuple[str, ...]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]
    logits: NDArray[np.float32]

    @property
    def outcomes(self) -> NDArray[np.float32]:
        """1 where a candidate answers the request."""
        return np.array([each in self.request.relevant for each in self.ids], np.float32)


def judge(
    scorer: AdaptedScorer,
    requests: Sequence[Request],
    pools: Mapping[str, Pool],
    asked: Mapping[Request, NDArray[np.float32]],
    advance: Callable[[], None] = lambda: None,
) -> list[Judged]:
    """Retrieve the best ``CANDIDATES`` of each request's pool, as the search does, and score them.

    Args:
        scorer: what is measured.
        requests: held out.
        pools: items by name, with their vectors.
        asked: vectors of the requests.
        advance: called after each.
    """
    judged = []
    for name, some in by_pool(requests).items():
        passages = {each.id: each.passage for each in pools[name].items}
        with Retriever(pools[name].items, pools[name].vectors) as retrieve:
            for request in some:
                found = retrieve(request.text, asked[request], CANDIDATES, request.excluded)
                logits = scorer.logits(request.text, [passages[each] for each in found.ids])
                judged.append(Judged(request, found.ids, found.dense, found.lexical, logits))
                advance()
    return judged


def calibrate(judged: Sequence[Judged], config: AdapterConfig) -> AdapterConfig:
    """``config`` with the calibration that fits ``judged``; each data set counts the same."""
    sizes = Counter(each.request.pool for each in judged)
    calibration = fit(
        [each.logits for each in judged],
        [each.dense for each in judged],
        [each.lexical for each in judged],
        [each.outcomes for each in judged],
        [1 / sizes[each.request.pool] for each in judged],
    )
    return config.model_copy(update={"calibration": calibration})


def cross_fitted(judged: Sequence[Judged], config: AdapterConfig) -> list[tuple[Judged, AdapterConfig]]:
    """Each request with a calibration that did not see its half of the requests."""
    halves: tuple[list[Judged], list[Judged]] = ([], [])
    for each in judged:
        halves[is_validation(f"half/{each.request.owner}", 0.5)].append(each)
    if not all(halves):
        return [(each, calibrate(judged, config)) for each in judged]
    configs = [calibrate(half, config) for half in halves]
    return [(each, configs[1 - place]) for place, half in enumerate(halves) for each in half]


Way = Callable[[Judged, AdapterConfig], NDArray[np.float32]]
WAYS: dict[str, Way] = {
    "bm25": lambda each, config: each.lexical,
    "cosine": lambda each, config: each.dense,
    "retrieval": lambda each, config: -np.arange(len(each.ids), dtype=np.float32),
    "classifier": lambda each, config: each.logits,
    "joined": lambda each, config: _scores(each, config),
}


def measure(judged: Sequence[tuple[Judged, AdapterConfig]]) -> dict[str, Any]:
    """Ranking by each of ``WAYS``, and calibration of the last, for all and by data set.

    Intervals are of the mean nDCG@10, by bootstrap over owners of requests.
    """
    report = {"all": _measured(judged)}
    for pool in sorted({each.request.pool for each, _ in judged}):
        report[pool] = _measured([pair for pair in judged if pair[0].request.pool == pool])
    return report


def _measured(judged: Sequence[tuple[Judged, AdapterConfig]]) -> dict[str, Any]:
    found: dict[str, Any] = {"n": len(judged)}
    for name, score in WAYS.items():
        orders = [
            (_order(each, score(each, config)), each.request.relevant, each.request.owner)
            for each, config in judged
        ]
        gains = [ndcg_at(order, relevant, 10) for order, relevant, _ in orders]
        found[name] = {
            "recall@10": _mean([recall_at(order, relevant, 10) for order, relevant, _ in orders]),
            "mrr": _mean([reciprocal_rank(order, relevant) for order, relevant, _ in orders]),
            "ndcg@10": _mean(gains),
            "interval": _interval(gains, [owner for _, _, owner in orders]),
        }
    found["ceiling recall@10"] = _mean(
        [min(1.0, each.outcomes.sum() / min(10, len(each.request.relevant))) for each, _ in judged]
    )
    given = np.concatenate([_scores(each, config) for each, config in judged])
    happened = np.concatenate([each.outcomes for each, _ in judged])
    found["brier"] = round(brier(given, happened), 4)
    found["ece"] = round(expected_calibration_error(given, happened), 4)
    found["positive rate"] = round(float(happened.mean()), 4)
    return found


def _interval(values: Sequence[float], owners: Sequence[str]) -> list[float]:
    """Of the mean, drawn by owner: the turns of one conversation are alike."""
    by_owner: dict[str, list[float]] = {}
    for value, owner in zip(values, owners, strict=True):
        by_owner.setdefault(owner, []).append(value)
    low, high = bootstrap_interval([float(np.mean(each)) for each in by_owner.values()])
    return [round(low, 4), round(high, 4)]


def _scores(judged: Judged, config: AdapterConfig) -> NDArray[np.float32]:
    from serving.adapted import probabilities

    ranks = np.arange(1, len(judged.ids) + 1)
    return probabilities(config, judged.logits, judged.dense, judged.lexical, ranks)


def _order(judged: Judged, scores: NDArray[np.float32]) -> list[str]:
    return [judged.ids[each] for each in np.argsort(-scores, kind="stable")]


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0
