"""Whether learning one domain harms another: the embedder trained on one at a time, measured on all.

All requests are synthetic (``finetune.datasets.synthetic``), so what is measured is how the rules of
one domain's wording and items carry over to those of another, not how people ask.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import grouped_bootstrap_interval, ndcg_at
from finetune.candidates import Retriever
from finetune.datasets.pools import PUBLIC, load_pools
from finetune.datasets.requests import Request
from finetune.datasets.synthetic import A_PUBLIC_ITEM, synthetic_requests
from finetune.embedder import REQUESTS_A_STEP
from finetune.embedder_run import run as train_embedder
from finetune.run_data import Data, Embedded, Report, data_sha256, embed, split_data
from finetune.studies.kept import Kept
from finetune.trainer import Training
from settings import Settings
from vectorstore.embedder import Embedder, load_adapted, load_base

SEED = 0
PLAIN, EVERYTHING = "plain MiniLM", "all"
WAYS = ("cosine", "joined")
_PUBLIC_ITEMS = 300  # of a public data set; more would take longer to embed for each model than to learn
_HELD_OUT = 100  # of each data set at most
_DEEP, _FIRST = 50, 10
_TRAINING_SHARE = 0.5  # of the time; the rest is for embedding the items with each model
# nDCG@10 of each request of a domain.
Gains = Mapping[str, Sequence[float]]


def run(settings: Settings, report: Report, minutes: float) -> dict[str, Any]:
    """nDCG@10 on every domain, after training on each and on all for the same steps from plain MiniLM.

    ``minutes`` sets the number of steps, by timing a few.
    """
    report("Reading data", 0, 0, "")
    data = requests_of(settings)
    names = sorted({_domain(data, each) for each in data.validation})
    budget = minutes * _TRAINING_SHARE / (len(names) + 1)
    kept = Kept(settings, f"transfer-{data_sha256(data)[:8]}", [], Training(minutes=minutes, seed=SEED))
    plain = kept.value("plain", lambda: _measured(settings, load_base(settings), data, report))
    rows: dict[str, dict[str, Any]] = {}
    for name in (EVERYTHING, *names):  # the first sets the steps
        steps = rows[EVERYTHING]["steps"] if rows else None
        one = partial(_row, settings, data, name, budget, steps, kept, report)
        rows[name] = kept.value(name, one)
    kept.clear()
    return {
        "requests": "synthetic",
        "data": sorted(data.pools),
        "data_sha256": data_sha256(data),
        "held_out": {name: len(_held_out(data, name)) for name in names},
        "steps": rows[EVERYTHING]["steps"],
        "requests_a_step": REQUESTS_A_STEP,
        "seed": SEED,
        "minutes": minutes,
        PLAIN: {way: {name: _mean(plain[way][name]) for name in names} for way in WAYS},
        "rows": [
            {key: rows[name][key] for key in ("trained_on", "steps", "share", "training_requests")}
            | {way: _compared(data, rows[name]["gains"][way], plain[way]) for way in WAYS}
            for name in (*names, EVERYTHING)
        ],
    }


def requests_of(settings: Settings) -> Data:
    """Synthetic requests about the bundled catalogue, and some about public data sets where they are known."""
    public = {name: min(PUBLIC[name], _PUBLIC_ITEMS) for name in A_PUBLIC_ITEM} if settings.data else {}
    pools = load_pools(settings, SEED, public)
    return split_data(pools, synthetic_requests(pools, SEED), _HELD_OUT)


def only(data: Data, domain: str) -> Data:
    """The items and requests of one domain."""
    pools = {name: items for name, items in data.pools.items() if items[0].domain == domain}
    return Data(
        pools,
        [each for each in data.training if each.pool in pools],
        [each for each in data.validation if each.pool in pools],
    )


def _domain(data: Data, request: Request) -> str:
    return data.pools[request.pool][0].domain


def _held_out(data: Data, domain: str) -> list[Request]:
    return [each for each in data.validation if _domain(data, each) == domain]


def _row(
    settings: Settings, data: Data, name: str, minutes: float, steps: int | None, kept: Kept, report: Report
) -> dict[str, Any]:
    """Train on ``name`` and measure on all; ``minutes`` count where ``steps`` are not known yet."""
    learnt = data if name == EVERYTHING else only(data, name)
    # Half of a domain's requests have no place in a batch whose answers stay apart.
    epochs = ceil(4 * steps * REQUESTS_A_STEP / len(learnt.training)) if steps else 3
    training = Training(
        loss="contrastive",
        epochs=epochs,
        minutes=None if steps else minutes,
        max_steps=steps,
        seed=SEED,
        checkpoint_every=10,
    )
    staged = _staged(name, report)

    def train(folder: Path) -> None:
        train_embedder(
            settings,
            folder / "adapter",
            learnt,
            training,
            command="app.py finetune study transfer",
            report=staged,
        )

    adapter = kept.path(f"{name}-model", train) / "adapter"
    metrics = json.loads((adapter / "metrics.json").read_text(encoding="utf-8"))
    return {
        "trained_on": name,
        "steps": metrics["steps"],
        "share": metrics["share"],
        "training_requests": len(learnt.training),
        "gains": _measured(settings, load_adapted(adapter, settings), data, staged),
    }


def _measured(settings: Settings, embedder: Embedder, data: Data, report: Report) -> dict[str, Any]:
    embedded = embed(settings, replace(data, training=[]), embedder, report)
    found: dict[str, dict[str, list[float]]] = {way: {} for way in WAYS}
    for name in sorted({_domain(data, each) for each in data.validation}):
        for way, each in _gains(_held_out(data, name), embedded).items():
            found[way][name] = each
    return found


def _gains(requests: Sequence[Request], embedded: Embedded) -> dict[str, list[float]]:
    """nDCG@10 of each, in order, searched for among the items of its data set."""
    found: dict[str, list[float]] = {way: [0.0] * len(requests) for way in WAYS}
    for name in {each.pool for each in requests}:
        pool = embedded.pools[name]
        with Retriever(pool.items, pool.vectors) as retrieve:
            for place, request in enumerate(requests):
                if request.pool == name:
                    vector = embedded.asked[request]
                    nearest = np.argsort(-(pool.vectors @ vector))[:_FIRST]
                    orders = {
                        "cosine": [pool.items[each].id for each in nearest],
                        "joined": retrieve(request.text, vector, _DEEP).ids,
                    }
                    for way, order in orders.items():
                        found[way][place] = ndcg_at(order, request.relevant, _FIRST)
    return found


def _staged(name: str, report: Report) -> Report:
    return lambda stage, done, total, note: report(f"{name}: {stage.casefold()}", done, total, note)


def _compared(data: Data, gains: Gains, plain: Gains) -> dict[str, Any]:
    """By domain: nDCG@10, and how far it is from plain MiniLM's, whole items drawn for the interval."""
    found = {}
    for name, values in gains.items():
        apart = np.array(values) - np.array(plain[name])
        owners = [each.owner for each in _held_out(data, name)]
        low, high = grouped_bootstrap_interval(apart, owners)
        found[name] = {
            "ndcg@10": _mean(values),
            "change": _mean(apart),
            "interval": [round(low, 4), round(high, 4)],
        }
    return found


def _mean(values: Sequence[float] | NDArray[np.float64]) -> float:
    return round(float(np.mean(values)), 4)


def table(result: Mapping[str, Any]) -> str:
    """A matrix by cosine and one as the search finds: rows trained on, columns measured on."""
    lines: list[str] = []
    for way, title in (("cosine", "cosine alone"), ("joined", "joined with BM25, as the search does")):
        names = list(result["held_out"])
        lines += [
            f"nDCG@10 of synthetic requests, {title}:",
            "",
            f"| trained on | {' | '.join(f'{name}, n {count}' for name, count in result['held_out'].items())} |",
            f"|{'---|' * (1 + len(names))}",
            f"| nothing ({PLAIN}) | {' | '.join(f'{result[PLAIN][way][name]:.3f}' for name in names)} |",
            *(
                f"| {row['trained_on']} | {' | '.join(map(_cell, row[way].values()))} |"
                for row in result["rows"]
            ),
            "",
        ]
    shares = ", ".join(f"{row['trained_on']} {row['share']:g}" for row in result["rows"])
    fewer = "".join(
        f" ({row['trained_on']}: {row['steps']})" for row in result["rows"] if row["steps"] != result["steps"]
    )
    return "\n".join(
        [
            *lines,
            f"All requests, those that are trained on and those that are measured on, are **synthetic**, about"
            f" {', '.join(result['data'])}. Each model: {result['steps']} steps{fewer} of {result['requests_a_step']} requests"
            f" from plain MiniLM, seed {result['seed']}; share of the change that is kept: {shares}. In brackets the"
            " difference from plain MiniLM with its 95 % interval, by bootstrap over the items that requests were made of.",
        ]
    )


def _cell(measured: Mapping[str, Any]) -> str:
    low, high = measured["interval"]
    return f"{measured['ndcg@10']:.3f} ({measured['change']:+.3f} [{low:+.3f}, {high:+.3f}])"
