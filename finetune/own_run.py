"""From two files of your own to an embedder and a classifier: training, and whether they beat the default."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from finetune.datasets.mining import BUNDLED_PREFIX
from finetune.datasets.own import OwnData
from finetune.datasets.own_split import POOL, OwnSplit, split_own
from finetune.datasets.pools import load_pools
from finetune.datasets.requests import Request, split
from finetune.datasets.synthetic import synthetic_requests
from finetune.embedder import REQUESTS_A_STEP
from finetune.lora import ADAPTERS
from finetune.run_data import Data, Report, data_sha256, embed
from finetune.trainer import Training
from finetune.validation import judge, measure
from schema import Item
from settings import Settings
from vectorstore.embedder import load_embedder

REPLAY = BUNDLED_PREFIX + "replay"
REPLAYED_AT_LEAST = 2 * REQUESTS_A_STEP
HELD_OUT_AT_MOST, REPLAY_HELD_OUT = 100, 20
# Share of the minutes that the embedder has; a step of the classifier takes longer.
EMBEDDER_SHARE = 0.35
EPOCHS = 12.0
_UNFINISHED = "unfinished.json"
_GENTLE = 5e-4  # what is trained already is changed with care


@dataclass(frozen=True)
class Options:
    """``minutes`` of training in all; ``replay``: synthetic requests about the bundled catalogue to one of your own."""

    minutes: float = 10.0
    replay: float = 0.5
    seed: int = 0
    max_steps: int | None = None


def training_data(settings: Settings, own: OwnData, replay: float, seed: int) -> tuple[Data, OwnSplit]:
    """What a training run reads of your own data, with synthetic requests repeated against forgetting.

    Raises:
        SourceError: too few requests.
    """
    parts = split_own(own)
    random = Random(seed)
    if replay <= 0:
        return Data({POOL: own.items}, parts.training, _some(parts.held_out, random)), parts
    everything = [item for items in load_pools(settings, seed, {}).values() for item in items]
    bundled = _unlike(everything, own.items)
    wanted = max(REPLAYED_AT_LEAST, round(replay * len(parts.training)))
    training, held_out = split(synthetic_requests({REPLAY: bundled}, seed))
    return (
        Data(
            {POOL: own.items, REPLAY: bundled},
            [*parts.training, *random.sample(training, min(wanted, len(training)))],
            [*_some(parts.held_out, random), *random.sample(held_out, min(REPLAY_HELD_OUT, len(held_out)))],
        ),
        parts,
    )


def _some(requests: Sequence[Request], random: Random) -> list[Request]:
    """As many as sharpen the figures; more would only take time."""
    return random.sample(list(requests), min(HELD_OUT_AT_MOST, len(requests)))


def _unlike(bundled: Sequence[Item], own: Sequence[Item]) -> list[Item]:
    """The bundled items; one whose id you use too is yours."""
    ids = {each.id for each in own}
    return [each for each in bundled if each.id not in ids]


def run(
    settings: Settings,
    out: Path,
    own: OwnData,
    options: Options,
    *,
    command: str,
    report: Report = lambda stage, done, total, note: None,
) -> dict[str, Any]:
    """Train both models into ``out`` and measure them on the held-out requests; returns the report.

    The default is what the settings name. A run that was cut short goes on where it was.

    Raises:
        SourceError: too few requests.
        ModelError: ``out`` cannot be written, or a model is missing.
    """
    from finetune import classifier_run, embedder_run

    began = perf_counter()
    data, parts = training_data(settings, own, options.replay, options.seed)
    plan = Training(epochs=EPOCHS, seed=options.seed, max_steps=options.max_steps)
    before = _default(settings, out, data, report)
    folder = out / "embedder"
    if not _made(folder, data, options.seed):
        embedder_run.run(
            settings,
            folder,
            data,
            replace(
                plan,
                loss="contrastive",
                minutes=options.minutes * EMBEDDER_SHARE,
                **_going_on("embedder"),
            ),
            command=command,
            report=_staged("Embedder", report),
        )
    trained = classifier_run.run(
        settings.model_copy(update={"embedder": str(folder)}),
        out / "classifier",
        data,
        replace(plan, minutes=options.minutes * (1 - EMBEDDER_SHARE), **_going_on("classifier")),
        command=command,
        report=_staged("Classifier", report),
    )
    after = trained["validation"]
    found = {
        "command": command,
        "seed": options.seed,
        "minutes": round((perf_counter() - began) / 60, 1),
        "data": {**own.balance, **_told(parts, own)},
        "better": {
            "embedder": after[POOL]["retrieval"]["ndcg@10"] > before[POOL]["retrieval"]["ndcg@10"],
            "classifier": after[POOL]["joined"]["ndcg@10"] > before[POOL]["joined"]["ndcg@10"],
            "order": after[POOL]["joined"]["ndcg@10"] >= after[POOL]["retrieval"]["ndcg@10"],
        },
        "before": before,
        "after": after,
    }
    (out / "report.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (out / _UNFINISHED).unlink(missing_ok=True)
    return found


def _default(settings: Settings, out: Path, data: Data, report: Report) -> dict[str, Any]:
    """What the embedder of the settings and the shipped classifier make of the held-out requests.

    Kept in ``out`` while the run is unfinished.
    """
    from serving.adapted import AdaptedScorer

    embedder = load_embedder(settings)
    scorer = AdaptedScorer.load(ADAPTERS / "classifier", settings)
    names = [data_sha256(data), embedder.name, scorer.name]
    kept = out / _UNFINISHED
    try:
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        if found.pop("of") == names:
            return found
    except (OSError, ValueError, KeyError):
        pass
    embedded = embed(settings, replace(data, training=[]), embedder, _staged("Default", report))
    count = 0

    def judged() -> None:
        nonlocal count
        count += 1
        report("Default: validating", count, len(data.validation), "")

    some = judge(scorer, data.validation, embedded.pools, embedded.asked, judged)
    found = measure([(each, scorer.config) for each in some])
    out.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"of": names, **found}), encoding="utf-8")
    return found


def _told(parts: OwnSplit, own: OwnData) -> dict[str, Any]:
    return {
        "split_by": parts.by,
        "held_out_since": parts.since.isoformat() if parts.since else None,
        "training": len(parts.training),
        "held_out": len(parts.held_out),
        "left_out": parts.left_out,
        "repeated_items": own.repeated_items,
        "repeated_requests": own.repeated_choices,
        "contradicted_lines": list(own.contradicted),
        "unread_columns": list(own.unread),
        "rejected": [asdict(each) for each in own.rejected],
    }


def _going_on(task: str) -> dict[str, Any]:
    """The shipped model to start from, gently; nothing where its method cannot be gone on with."""
    shipped = ADAPTERS / task
    try:
        method = json.loads((shipped / "config.json").read_text(encoding="utf-8")).get("method", "lora")
    except (OSError, ValueError):
        return {}
    return {"start": shipped, "method": "lora", "learning_rate": _GENTLE} if method == "lora" else {}


def _staged(name: str, report: Report) -> Report:
    return lambda stage, done, total, note: report(f"{name}: {stage.casefold()}", done, total, note)


def _made(folder: Path, data: Data, seed: int) -> bool:
    """Whether the embedder in ``folder`` is that of an unfinished run with the same data."""
    if not (folder.parent / _UNFINISHED).exists():
        return False
    try:
        metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(metrics.get("data_sha256") == data_sha256(data) and metrics.get("seed") == seed)


def table(found: Mapping[str, Any]) -> str:
    """The figures before and after as a Markdown table, your requests first."""
    lines = [
        "| held-out requests | n | models | search R@10 | search nDCG@10 | with classifier R@10 | MRR | nDCG@10 [95 %] |",
        f"|{'---|' * 8}",
    ]
    names = {POOL: "yours", REPLAY: "bundled catalogue, synthetic"}
    for pool, name in names.items():
        for side, models in (("before", "default"), ("after", "own")):
            if (each := found[side].get(pool)) is None:
                continue
            low, high = each["joined"]["interval"]
            cells = [f"{each['retrieval'][measure]:.3f}" for measure in ("recall@10", "ndcg@10")]
            cells += [f"{each['joined'][measure]:.3f}" for measure in ("recall@10", "mrr", "ndcg@10")]
            lines.append(f"| {name} | {each['n']} | {models} | {' | '.join(cells)} [{low:.3f}, {high:.3f}] |")
    return "\n".join(lines)
