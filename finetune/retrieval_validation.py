"""Measures an embedder on held-out requests: what the search would find with its vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import bootstrap_interval, ndcg_at, recall_at
from finetune.candidates import Retriever
from finetune.datasets.mining import Pool
from finetune.datasets.requests import Request, by_pool

DEEP = 50


def retrieval_quality(
    requests: Sequence[Request],
    pools: Mapping[str, Pool],
    asked: Mapping[Request, NDArray[np.float32]],
    advance: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Recall@10, recall@50 and nDCG@10 by cosine alone and joined with BM25, for all and by data set.

    ``all`` counts each data set the same. Intervals are of nDCG@10 over requests.
    """
    report: dict[str, Any] = {}
    for name, some in sorted(by_pool(requests).items()):
        pool = pools[name]
        ids = np.array([each.id for each in pool.items])
        orders: dict[str, list[list[str]]] = {"cosine": [], "joined": []}
        with Retriever(pool.items, pool.vectors) as retrieve:
            for request in some:
                vector = asked[request]
                nearest = ids[np.argsort(-(pool.vectors @ vector))[: DEEP + len(request.excluded)]].tolist()
                orders["cosine"].append([each for each in nearest if each not in request.excluded][:DEEP])
                orders["joined"].append(list(retrieve(request.text, vector, DEEP, request.excluded).ids))
                advance()
        report[name] = {"n": len(some)} | {way: _measured(some, each) for way, each in orders.items()}
    names = list(report)
    everything: dict[str, Any] = {"n": sum(each["n"] for each in report.values())}
    for way in ("cosine", "joined"):
        everything[way] = {
            measure: round(float(np.mean([report[name][way][measure] for name in names])), 4)
            for measure in ("recall@10", "recall@50", "ndcg@10")
        }
    return {"all": everything} | report


def _measured(requests: Sequence[Request], orders: Sequence[Sequence[str]]) -> dict[str, Any]:
    pairs = list(zip(orders, (each.relevant for each in requests), strict=True))
    gains = [ndcg_at(order, relevant, 10) for order, relevant in pairs]
    low, high = bootstrap_interval(gains)
    return {
        "recall@10": round(float(np.mean([recall_at(order, relevant, 10) for order, relevant in pairs])), 4),
        "recall@50": round(float(np.mean([recall_at(order, relevant, 50) for order, relevant in pairs])), 4),
        "ndcg@10": round(float(np.mean(gains)), 4),
        "interval": [round(low, 4), round(high, 4)],
    }
