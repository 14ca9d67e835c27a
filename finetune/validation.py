"""Measures the classifier on held-out requests: the nearest candidates, ordered anew."""

from __future__ import annotations

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
_FITTED_SHARE = 0.5


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


def calibrate(judged: Sequence[Judged], config: AdapterConfig) -> tuple[AdapterConfig, list[Judged]]:
    """Fit the calibration on a half of the requests, chosen by their owner; returns the other half.

    The joined layer is switched on where it ranks the fitted half better than the logit alone.
    """
    fitted = [each for each in judged if is_validation(f"fit/{each.request.owner}", _FITTED_SHARE)]
    kept = [each for each in judged if not is_validation(f"fit/{each.request.owner}", _FITTED_SHARE)]
    sizes: dict[str, int] = {}
    for each in fitted:
        sizes[each.request.pool] = sizes.get(each.request.pool, 0) + 1
    calibration = fit(
        [each.logits for each in fitted],
        [each.dense for each in fitted],
        [each.lexical for each in fitted],
        [each.outcomes for each in fitted],
        [1 / sizes[each.request.pool] for each in fitted],
    )
    plain = config.model_copy(update={"calibration": calibration})
    joined = config.model_copy(update={"calibration": calibration.model_copy(update={"joined": True})})
    better = _mean_ndcg(fitted, joined) > _mean_ndcg(fitted, plain)
    return (joined if better else plain), kept


def _mean_ndcg(judged: Sequence[Judged], config: AdapterConfig) -> float:
    """nDCG@10, each data set counting the same."""
    by_pool: dict[str, list[float]] = {}
    for each in judged:
        by_pool.setdefault(each.request.pool, []).append(
            ndcg_at(_order(each, _scores(each, config)), each.request.relevant, 10)
        )
    return float(np.mean([np.mean(values) for values in by_pool.values()]))


def measure(judged: Sequence[Judged], config: AdapterConfig) -> dict[str, Any]:
    """Ranking by cosine, classifier and both joined, and calibration, for all and by data set."""
    report = {"all": _measured(judged, config)}
    for pool in sorted({each.request.pool for each in judged}):
        report[pool] = _measured([each for each in judged if each.request.pool == pool], config)
    return report


def _measured(judged: Sequence[Judged], config: AdapterConfig) -> dict[str, Any]:
    joined = config.model_copy(update={"calibration": config.calibration.model_copy(update={"joined": True})})
    ways: dict[str, Callable[[Judged], NDArray[np.float32]]] = {
        "cosine": lambda each: each.dense,
        "classifier": lambda each: each.logits,
        "joined": lambda each: _scores(each, joined),
    }
    found: dict[str, Any] = {"n": len(judged)}
    for name, score in ways.items():
        orders = [(_order(each, score(each)), each.request.relevant) for each in judged]
        found[name] = {
            "recall@10": _mean([recall_at(order, relevant, 10) for order, relevant in orders]),
            "mrr": _mean([reciprocal_rank(order, relevant) for order, relevant in orders]),
            "ndcg@10": _mean([ndcg_at(order, relevant, 10) for order, relevant in orders]),
        }
    found["ceiling recall@50"] = _mean(
        [recall_at(each.ids, each.request.relevant, CANDIDATES) for each in judged]
    )
    given = np.concatenate([_scores(each, config) for each in judged])
    happened = np.concatenate([each.outcomes for each in judged])
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
