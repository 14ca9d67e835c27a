"""One whole training run of the embedder: data, hard negatives, training, weighing, adapter folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from errors import ModelError
from finetune.card import embedder_card
from finetune.datasets.mining import Group, Pool, mine
from finetune.datasets.requests import Request
from finetune.embedder import REQUESTS_A_STEP, Triplet, train
from finetune.lora import AdapterConfig, file_sha256, finish_adapter, put_into, read_adapter, save_adapter
from finetune.methods import ALPHA, RANK
from finetune.retrieval_validation import retrieval_quality
from finetune.run_data import Data, Embedded, Report, described, embed, watched_apart
from finetune.sentence_pairs import Start, stacked
from finetune.trainer import Trained, Training
from finetune.training_run import TrainingRun, fresh_folder
from settings import Settings
from vectorstore.embedder import MAX_TOKENS, default_weights, load_adapted, load_base, load_weights

if TYPE_CHECKING:
    from torch import Tensor

NAME = "kairos-embedder"
SHARES = (0.35, 0.7, 1.0)
WEIGHED_ON = 400
THINNED = 600


def run(
    settings: Settings,
    out: Path,
    data: Data,
    training: Training,
    *,
    command: str,
    report: Report = lambda stage, done, total, note: None,
) -> dict[str, Any]:
    """Train on ``data`` and put the adapter into ``out``; returns its metrics, before and after.

    A run that was cut short goes on where it was, from the settings' home, if data and
    training are the same. ``out`` is replaced at the end, whole.

    Raises:
        ModelError: ``out`` cannot be replaced, or the base model is missing.
    """
    made = TrainingRun(settings, out, data, training, command, report)
    start = _start(training)
    plain = load_adapted(training.start, settings) if training.start else load_base(settings)
    before = embed(settings, data, plain, report)
    learnt, watched = watched_apart(data.training)
    groups = mine(learnt, before.pools, before.vectors(learnt), training.seed)
    triplets = _triplets(groups, learnt, training.seed)
    with made.checkpoints("embedder", groups) as (folder, logged):
        trained = train(triplets, data.passages, default_weights(), logged, folder, made.progress)
        return _finish(made, before, _some(watched), trained, start)


def _start(training: Training) -> Start | None:
    """The adapter to go on from.

    Raises:
        ModelError: it, or what is to be trained, is not low-rank.
    """
    if training.start is None:
        return None
    config, tensors = read_adapter(training.start)
    if not {config.method, training.method} <= {"lora", "adalora"}:
        raise ModelError(f"adapter {training.start} can be gone on from by lora and adalora alone")
    return config, tensors


def _triplets(groups: Sequence[Group], requests: Sequence[Request], seed: int) -> list[Triplet]:
    """One of each group, with one of its negatives."""
    relevant: dict[tuple[str, str], frozenset[str]] = {
        (each.text, each.target): each.relevant | {each.target} for each in requests
    }
    random = Random(seed)
    return [
        Triplet(
            group.request,
            group.items[0],
            random.choice(group.items[group.answers :]),
            relevant[group.request, group.items[0]],
        )
        for group in groups
    ]


def _some(requests: Sequence[Request]) -> list[Request]:
    return Random(0).sample(list(requests), min(WEIGHED_ON, len(requests)))


def _finish(
    made: TrainingRun,
    before: Embedded,
    watched: Sequence[Request],
    trained: Trained,
    start: Start | None,
) -> dict[str, Any]:
    """Weigh the change, measure what is kept of it, and put the adapter into its place."""
    settings, data = made.settings, made.data
    config = _config(made.training, start)
    with fresh_folder(made.out) as fresh:
        share, weighed = _weighed(settings, trained.tensors, start, config, before, watched, made.report)
        saved = save_adapter(
            fresh, stacked(trained.tensors, share, start), {**config, "scale": config["scale"] * share}
        )
        after = embed(settings, replace(data, training=[]), load_adapted(fresh, settings), made.report)
        metrics = {
            **described(made.command, data, made.training, trained),
            "requests_seen": trained.steps * REQUESTS_A_STEP,
            "share": share,
            "weighed": weighed,
            "before": retrieval_quality(data.validation, before.pools, before.asked),
            "validation": retrieval_quality(data.validation, after.pools, after.asked),
        }
        finish_adapter(fresh, made.out, metrics, embedder_card(saved, metrics))
    return metrics


def _config(training: Training, start: Start | None) -> dict[str, Any]:
    """What the adapter says of itself with the whole change in it."""
    return {
        "name": NAME,
        "base": "all-MiniLM-L6-v2",
        "base_sha256": file_sha256(default_weights() / "model.safetensors"),
        "method": training.method,
        "rank": RANK + (start[0].rank if start else 0),
        "scale": ALPHA / RANK,
        "max_tokens": MAX_TOKENS,
        "request_tokens": MAX_TOKENS,
    }


def _weighed(
    settings: Settings,
    tensors: Mapping[str, Tensor],
    start: Start | None,
    config: Mapping[str, Any],
    before: Embedded,
    watched: Sequence[Request],
    report: Report,
) -> tuple[float, dict[str, Any]]:
    """The share of the change that finds the ``watched`` requests' answers best, and the figures of all shares.

    Of methods that are not low-rank the whole change is kept. Pools are thinned: only the
    comparison matters here.
    """
    pools = {name: _thinned(pool, name, watched) for name, pool in before.pools.items()}
    found = {0.0: retrieval_quality(watched, pools, before.asked)["all"]}
    shares = SHARES if config["method"] in ("lora", "adalora") else (1.0,)
    for place, share in enumerate(shares):
        report("Weighing the change", place, len(shares), "")
        adapter = AdapterConfig(**{**config, "scale": config["scale"] * share, "weights_sha256": ""})
        embedder = load_weights(
            default_weights(), NAME, settings, _with(stacked(tensors, share, start), adapter)
        )
        now = {
            name: Pool(pool.items, embedder.encode([each.passage for each in pool.items]))
            for name, pool in pools.items()
        }
        asked = embedder.encode([each.text for each in watched])
        found[share] = retrieval_quality(watched, now, dict(zip(watched, asked, strict=True)))["all"]
    report("Weighing the change", len(shares), len(shares), "")
    best = max(shares, key=lambda share: found[share]["joined"]["ndcg@10"])
    return best, {str(share): each for share, each in found.items()}


def _with(tensors: Mapping[str, Tensor], config: AdapterConfig) -> Callable[[Any], Any]:
    return lambda model: put_into(model, tensors, config)


def _thinned(pool: Pool, name: str, requests: Sequence[Request]) -> Pool:
    wanted = {each for request in requests if request.pool == name for each in request.relevant}
    sampled = set(Random(name).sample(range(len(pool.items)), min(THINNED, len(pool.items))))
    places = [place for place, item in enumerate(pool.items) if place in sampled or item.id in wanted]
    return Pool([pool.items[each] for each in places], pool.vectors[places])
