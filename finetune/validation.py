"""Measures the classifier on held-out requests: the nearest candidates, ordered anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import brier, expected_calibration_error, ndcg_at, recall_at, reciprocal_rank
from finetune.calibration import fit
from finetune.datasets.requests import Request, is_validation
from finetune.lora import AdapterConfig
from schema import Item

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
    pools: Mapping[str, Sequence[Item]],
    vectors: Mapping[str, NDArray[np.float32]],
    asked: NDArray[np.float32],
    advance: Callable[[], None] = lambda: None,
) -> list[Judged]:
    """Retrieve the ``CANDIDATES`` nearest of each request's pool by cosine, and score them."""
    from vectorstore.lexical import EVERYTHING, LexicalIndex

    found = []
    with TemporaryDirectory() as folder:
        indexes: dict[str, LexicalIndex] = {}
        for request, vector in zip(requests, asked, strict=True):
            items = pools[request.pool]
            if request.pool not in indexes:
                indexes[request.pool] = LexicalIndex(Path(folder) / f"{len(indexes)}.sqlite")
                indexes[request.pool].apply(items, ())
            words = dict(indexes[request.pool].match(request.text, EVERYTHING, 200))
            cosines = vectors[request.pool] @ vector
            order = [int(each) for each in np.argsort(-cosines) if items[each].id not in request.excluded]
            order = order[:CANDIDATES]
            ids = tuple(items[each].id for each in order)
            logits = scorer.logits(request.text, [items[each].passage for each in order])
            lexical = np.array([words.get(each, 0.0) for each in ids], np.float32)
            found.append(Judged(request, ids, cosines[order], lexical, logits))
            advance()
        for each in indexes.values():
            each.close()
    return found


def calibrate(judged: Sequence[Judged], config: AdapterConfig) -> AdapterConfig:
    """``config`` with the calibration that fits ``judged``; each data set counts the same.

    The joined layer is switched on where it ranks better than the logit alone.
    """
    sizes = Counter(each.request.pool for each in judged)
    calibration = fit(
        [each.logits for each in judged],
        [each.dense for each in judged],
        [each.lexical for each in judged],
        [each.outcomes for each in judged],
        [1 / sizes[each.request.pool] for each in judged],
    )
    plain = config.model_copy(update={"calibration": calibration})
    joined = _joined(plain)
    return joined if _mean_ndcg(judged, joined) > _mean_ndcg(judged, plain) else plain


def cross_fitted(judged: Sequence[Judged], config: AdapterConfig) -> list[tuple[Judged, AdapterConfig]]:
    """Each request with a calibration that did not see its half of the requests."""
    halves: tuple[list[Judged], list[Judged]] = ([], [])
    for each in judged:
        halves[is_validation(f"half/{each.request.owner}", 0.5)].append(each)
    if not all(halves):
        return [(each, calibrate(judged, config)) for each in judged]
    configs = [calibrate(half, config) for half in halves]
    return [(each, configs[1 - place]) for place, half in enumerate(halves) for each in half]


def _joined(config: AdapterConfig) -> AdapterConfig:
    return config.model_copy(update={"calibration": config.calibration.model_copy(update={"joined": True})})


def _mean_ndcg(judged: Sequence[Judged], config: AdapterConfig) -> float:
    """nDCG@10, each data set counting the same."""
    by_pool: dict[str, list[float]] = {}
    for each in judged:
        by_pool.setdefault(each.request.pool, []).append(
            ndcg_at(_order(each, _scores(each, config)), each.request.relevant, 10)
        )
    return float(np.mean([np.mean(values) for values in by_pool.values()]))


def measure(judged: Sequence[tuple[Judged, AdapterConfig]]) -> dict[str, Any]:
    """Ranking by cosine, classifier and both joined, and calibration, for all and by data set."""
    report = {"all": _measured(judged)}
    for pool in sorted({each.request.pool for each, _ in judged}):
        report[pool] = _measured([pair for pair in judged if pair[0].request.pool == pool])
    return report


def _measured(judged: Sequence[tuple[Judged, AdapterConfig]]) -> dict[str, Any]:
    ways: dict[str, Callable[[Judged, AdapterConfig], NDArray[np.float32]]] = {
        "cosine": lambda each, config: each.dense,
        "classifier": lambda each, config: each.logits,
        "joined": lambda each, config: _scores(each, _joined(config)),
    }
    found: dict[str, Any] = {"n": len(judged)}
    for name, score in ways.items():
        orders = [(_order(each, score(each, config)), each.request.relevant) for each, config in judged]
        found[name] = {
            "recall@10": _mean([recall_at(order, relevant, 10) for order, relevant in orders]),
            "mrr": _mean([reciprocal_rank(order, relevant) for order, relevant in orders]),
            "ndcg@10": _mean([ndcg_at(order, relevant, 10) for order, relevant in orders]),
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


def _scores(judged: Judged, config: AdapterConfig) -> NDArray[np.float32]:
    from serving.adapted import probabilities

    return probabilities(config, judged.logits, judged.dense, judged.lexical)


def _order(judged: Judged, scores: NDArray[np.float32]) -> list[str]:
    return [judged.ids[each] for each in np.argsort(-scores, kind="stable")]


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0
