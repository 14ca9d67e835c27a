"""Fits the embedder to a new catalogue without any label, from the items' own texts.

========  ==========================================================================
simcse    a text against itself under another dropout (Gao et al., 2021)
cropping  two runs of words cut from one text (independent cropping; Izacard et al., 2022)
cloze     a sentence against the rest of its text (inverse cloze task; Lee et al., 2019)
========  ==========================================================================

The other texts of a step are the wrong answers. Measured on items that were not trained
on: by a sentence taken out of an item's text the rest is to be found among all items, and
by synthetic requests the items that answer them. Less than the whole change is kept, or
none of it, where that finds more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from errors import SourceError
from finetune.datasets.mining import BUNDLED_PREFIX, Pool
from finetune.datasets.requests import Request, is_validation
from finetune.datasets.synthetic import synthetic_requests
from finetune.lora import finish_adapter, save_adapter
from finetune.retrieval_validation import retrieval_quality
from finetune.sentence_pairs import (
    Start,
    adapter_config,
    changed_embedder,
    shipped_start,
    stacked,
    train_pairs,
)
from finetune.trainer import Training
from finetune.training_run import fresh_folder
from schema import Item
from settings import Settings
from vectorstore.embedder import DEFAULT_ADAPTER, Embedder, load_adapted, load_base

if TYPE_CHECKING:
    from torch import Tensor

    from finetune.run_data import Report

Way = Literal["simcse", "cropping", "cloze"]
WAYS: tuple[Way, ...] = get_args(Way)
NAME = "kairos-embedder"
POOL, ASKED = "parts", BUNDLED_PREFIX + "synthetic"
LEAST_TEXTS = 64
PAIRS_A_STEP = 32
SHARES = (0.35, 0.7, 1.0)
MEASURED_ITEMS, MEASURED_REQUESTS = 1500, 150
_LEARNING_RATES: Mapping[Way, float] = {"simcse": 2e-4, "cropping": 5e-4, "cloze": 5e-4}
_WATCHED, _HELD_OUT = 0.1, 0.1


@dataclass(frozen=True)
class Probe:
    """Requests with the items that they are to find; of each request's own item the part asked for is cut out."""

    items: Mapping[str, Sequence[Item]]
    requests: Sequence[Request]

    def quality(self, embedder: Embedder) -> dict[str, Any]:
        """What ``embedder`` finds: see ``retrieval_quality``."""
        pools = {
            name: Pool(items, embedder.encode([each.passage for each in items]))
            for name, items in self.items.items()
        }
        asked = embedder.encode([each.text for each in self.requests])
        return retrieval_quality(self.requests, pools, dict(zip(self.requests, asked, strict=True)))


def part_of(item: Item, random: Random) -> tuple[str, str] | None:
    """A sentence of the item's text and the text without it; of a single sentence half the words; None if it is short."""
    sentences = [each for each in re.split(r"(?<=[.!?。！？])\s+", item.text) if each.strip()]
    long = [each for each in sentences if len(each.split()) >= 5]
    if len(sentences) > 1 and long:
        taken = random.choice(long)
        return taken, " ".join(each for each in sentences if each is not taken)
    words = item.text.split()
    if len(words) < 8:
        return None
    start = random.randrange(len(words) - len(words) // 2)
    return " ".join(words[start : start + len(words) // 2]), " ".join(
        [*words[:start], *words[start + len(words) // 2 :]]
    )


def training_pairs(items: Sequence[Item], way: Way, seed: int) -> list[tuple[str, str]]:
    """One pair of each item, shuffled; an item without enough text gives none, but for simcse."""
    random = Random(seed)
    found = []
    for item in items:
        if way == "simcse":
            found.append((item.passage, item.passage))
        elif way == "cloze":
            if part := part_of(item, random):
                rest = item.model_copy(update={"text": part[1]})
                found.append((part[0], rest.passage))
        elif len(words := item.passage.split()) >= 8:
            found.append((_run_of(words, random), _run_of(words, random)))
    random.shuffle(found)
    return found


def _run_of(words: Sequence[str], random: Random) -> str:
    """A tenth to a half of the words, four at least."""
    length = max(4, round(len(words) * random.uniform(0.1, 0.5)))
    start = random.randrange(len(words) - length + 1)
    return " ".join(words[start : start + length])


def probe(items: Sequence[Item], chosen: Sequence[Item], seed: int) -> Probe:
    """What ``chosen`` ones are asked for, among at most ``MEASURED_ITEMS`` of all."""
    random = Random(seed)
    wanted = random.sample(list(chosen), min(MEASURED_REQUESTS, len(chosen)))
    ids = {each.id for each in wanted}
    others = [each for each in items if each.id not in ids]
    others = random.sample(others, min(MEASURED_ITEMS, len(others)))
    requests, cut = [], []
    for item in wanted:
        part = part_of(item, random)
        cut.append(item.model_copy(update={"text": part[1]}) if part else item)
        if part:
            requests.append(Request(part[0], item.id, POOL, item.id, frozenset({item.id}), synthetic=False))
    whole = [*wanted, *others]
    asked = [each for each in synthetic_requests({ASKED: whole}, seed) if each.target in ids]
    asked = random.sample(asked, min(MEASURED_REQUESTS, len(asked)))
    return Probe({POOL: [*cut, *others], ASKED: whole}, [*requests, *asked])


def adapt(
    settings: Settings,
    out: Path,
    items: Sequence[Item],
    *,
    way: Way = "cloze",
    minutes: float = 5.0,
    max_steps: int | None = None,
    seed: int = 0,
    command: str = "",
    report: Report = lambda stage, done, total, note: None,
) -> dict[str, Any]:
    """Train the shipped embedder on the texts of ``items``, adapter into ``out``; returns the figures.

    Args:
        settings: device and precision.
        out: replaced at the end, whole; left as it is where none of the change helps.
        items: of the new catalogue.
        way: see the module.
        minutes: about how long training may take.
        max_steps: at most.
        seed: of samples and training.
        command: for the card.
        report: told of progress.

    Raises:
        SourceError: too few items have a text.
        ModelError: ``out`` cannot be replaced.
    """
    learnt, watched, held_out = _sides(items)
    pairs = training_pairs(learnt, way, seed)
    if len(pairs) < LEAST_TEXTS:
        raise SourceError(
            f"{len(pairs)} of {len(items)} items have a text to train on; at least {LEAST_TEXTS} are needed"
        )
    training = Training(learning_rate=_LEARNING_RATES[way], seed=seed)
    start = shipped_start()
    steps = _steps(pairs, training, minutes, max_steps, report)
    for epoch in range(1, ceil(steps * PAIRS_A_STEP / len(pairs))):  # other parts of the same texts
        pairs += training_pairs(learnt, way, seed + epoch)
    tensors, seconds = _trained(pairs, training, steps, start, report)
    base = load_adapted(DEFAULT_ADAPTER, settings) if start else load_base(settings)
    share, weighed = _weighed(settings, tensors, start, probe(items, watched, seed), base, report)
    found: dict[str, Any] = {"command": command, "way": way, "seed": seed, "items": len(items)}
    found |= {"trained_on": len(learnt), "steps": steps, "seconds": round(seconds, 1)}
    found |= {"share": share, "weighed": weighed}
    changed = changed_embedder(settings, NAME, tensors, share, start) if share else base
    found |= _before_and_after(probe(items, held_out, seed), base, changed, report)
    if share:
        _save(out, stacked(tensors, share, start), share, found)
    return found


def _sides(items: Sequence[Item]) -> tuple[list[Item], list[Item], list[Item]]:
    """Items to train on, to weigh the change by, and to measure on."""
    held_out = [each for each in items if is_validation(f"adapt/{each.id}", _HELD_OUT)]
    rest = [each for each in items if not is_validation(f"adapt/{each.id}", _HELD_OUT)]
    watched = [each for each in rest if is_validation(f"watched/{each.id}", _WATCHED)]
    return [each for each in rest if not is_validation(f"watched/{each.id}", _WATCHED)], watched, held_out


def _trained(
    pairs: Sequence[tuple[str, str]], training: Training, steps: int, start: Start | None, report: Report
) -> tuple[dict[str, Tensor], float]:
    """What has changed, and the seconds it took."""
    began = perf_counter()
    tensors = train_pairs(
        _columns(pairs),
        "ranking",
        training,
        steps,
        PAIRS_A_STEP,
        lambda step, planned, loss: report("Training", step, planned, f"loss {loss:.3f}"),
        start,
    )
    return tensors, perf_counter() - began


def _columns(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    return {"sentence1": [one for one, _ in pairs], "sentence2": [two for _, two in pairs]}


def _before_and_after(measured: Probe, base: Embedder, changed: Embedder, report: Report) -> dict[str, Any]:
    """What both find; the same where nothing is changed."""
    report("Measuring", 0, 2, "")
    before = measured.quality(base)
    report("Measuring", 1, 2, "")
    after = before if changed is base else measured.quality(changed)
    report("Measuring", 2, 2, "")
    return {"before": before, "validation": after}


def _steps(
    pairs: Sequence[tuple[str, str]],
    training: Training,
    minutes: float,
    max_steps: int | None,
    report: Report,
) -> int:
    """As many as the minutes allow, by timing a few of a model that is thrown away."""
    if max_steps is not None and max_steps <= 4:
        return max_steps
    report("Timing a step", 0, 0, "")
    columns = _columns(pairs[: 4 * PAIRS_A_STEP])
    stamps: list[float] = []
    train_pairs(columns, "ranking", training, 3, PAIRS_A_STEP, lambda *_: stamps.append(perf_counter()))
    step = (stamps[-1] - stamps[0]) / (len(stamps) - 1)
    steps = max(1, int(60 * minutes / step))
    return min(steps, max_steps) if max_steps else steps


def _weighed(
    settings: Settings,
    tensors: Mapping[str, Tensor],
    start: Start | None,
    watched: Probe,
    base: Embedder,
    report: Report,
) -> tuple[float, dict[str, float]]:
    """The share of the change that finds most for items that were not trained on, 0 among them."""
    found = {0.0: _score(watched.quality(base))}
    for place, share in enumerate(SHARES):
        report("Weighing the change", place, len(SHARES), "")
        changed = changed_embedder(settings, NAME, tensors, share, start)
        found[share] = _score(watched.quality(changed))
    report("Weighing the change", len(SHARES), len(SHARES), "")
    best = max(found, key=lambda share: (found[share], -share))
    return best, {str(share): round(score, 4) for share, score in found.items()}


def _score(quality: Mapping[str, Any]) -> float:
    """nDCG@10 as the search finds, parts of texts and synthetic requests counting the same."""
    return float(np.mean([each["joined"]["ndcg@10"] for name, each in quality.items() if name != "all"]))


def _save(out: Path, tensors: Mapping[str, Tensor], share: float, found: Mapping[str, Any]) -> None:
    with fresh_folder(out) as fresh:
        save_adapter(fresh, tensors, {"name": NAME, **adapter_config(tensors, share)})
        card = (
            f"# {NAME}, fitted to a catalogue without labels\n\nMade by `{found['command']}` ({found['way']}, seed"
            f" {found['seed']}, {found['steps']} steps, {found['trained_on']} texts). Held-out items, before and after:"
            f"\n\n{table(found)}\n"
        )
        finish_adapter(fresh, out, found, card)


def table(found: Mapping[str, Any]) -> str:
    """Figures before and after as a Markdown table."""
    lines = [
        "| held-out requests | n | R@10 cosine | nDCG@10 cosine | R@10 search | nDCG@10 search |",
        f"|{'---|' * 6}",
    ]
    for pool, name in ((POOL, "a part of the text"), (ASKED, "synthetic requests")):
        if (after := found["validation"].get(pool)) is None:
            continue
        cells = [
            f"{found['before'][pool][way][measure]:.3f} -> {after[way][measure]:.3f}"
            for way in ("cosine", "joined")
            for measure in ("recall@10", "ndcg@10")
        ]
        lines.append(f"| {name} | {after['n']} | {' | '.join(cells)} |")
    return "\n".join(lines)
