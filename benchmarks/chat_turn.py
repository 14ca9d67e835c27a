"""A chat turn by stage, at several catalogue sizes, against a plain pipeline in the same run.

    make bench            # or: python -m benchmarks.chat_turn --sizes 600 10000

The plain pipeline is what one would write first: sentence-transformers' encode, a Chroma
query, CrossEncoder.predict, each with its defaults and the same MiniLM weights, over the
same items, candidates and requests. Its order of magnitude is the yardstick; machines
differ, so the ratio is the figure to quote.

Catalogues larger than the bundled one repeat its items under other ids, with a numbered
title and a vector moved by a little seeded noise: the cost of search is real, the
relevance of copies is of no interest here.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import platform
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from agent.assistant import Assistant
from benchmarks.plain_pipeline import PlainPipeline
from schema import Item
from settings import Settings, load_settings
from vectorstore.catalogue import Catalogue
from vectorstore.embedder import Embedder, load_embedder
from wiring import BUNDLED, make_assistant, parts_over

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
REQUESTS = (
    "something light and funny for tonight, under 100 minutes, no horror",
    "noise-cancelling headphones under $200, any deals this weekend?",
    "what should I read about the climate talks today?",
    "quiet piano music released this year",
    "a smart lock that works with HomeKit",
)
BATCH = 2000
STAGES = ("understand", "retrieve", "score", "choose", "justify")


class RepeatedItems:
    """Embeds passages of numbered copies as their original, moved by noise seeded by the text."""

    def __init__(self, embedder: Embedder, originals: Sequence[Item]) -> None:
        self._embedder = embedder
        vectors = embedder.encode([each.passage for each in originals])
        self._known = {_passage_key(each): vector for each, vector in zip(originals, vectors, strict=True)}
        self.name = f"{embedder.name}-repeated"
        self.dimensions = embedder.dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As ``Embedder.encode``; (n, dimensions)."""
        rows = [self._known.get(_text_key(each)) for each in texts]
        fresh = [text for text, row in zip(texts, rows, strict=True) if row is None]
        encoded = iter(self._embedder.encode(fresh)) if fresh else iter(())
        made = [
            _moved(row, text) if row is not None else next(encoded)
            for text, row in zip(texts, rows, strict=True)
        ]
        return np.stack(made).astype(np.float32)


def _passage_key(item: Item) -> str:
    return _text_key(item.passage)


def _text_key(text: str) -> str:
    return text.split(" #", 1)[1].split(" ", 1)[1] if text.startswith("Copy #") else text


def _moved(vector: NDArray[np.float32], text: str) -> NDArray[np.float32]:
    seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    noisy = vector + np.random.default_rng(seed).normal(0, 0.02, vector.shape)
    unit: NDArray[np.float32] = (noisy / np.linalg.norm(noisy)).astype(np.float32)
    return unit


def bundled_items() -> list[Item]:
    """The items that come with Kairos."""
    lines = [
        line for file in sorted(BUNDLED.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()
    ]
    return [Item.model_validate_json(line) for line in lines if line.strip()]


def repeated(originals: Sequence[Item], first: int, size: int) -> Iterator[Item]:
    """Items number ``first`` to ``size``: the originals, then numbered copies of them."""
    for n in range(first, size):
        item = originals[n % len(originals)]
        if n < len(originals):
            yield item
        else:
            title = f"Copy #{n} {item.title}"[:500]
            yield item.model_copy(update={"id": f"{item.id}#{n}", "title": title})


async def kairos_turns(assistant: Assistant, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each stage and of the whole turn, ``repeats`` times over all requests."""
    spent: dict[str, list[float]] = {name: [] for name in (*STAGES, "turn")}
    for repeat in range(repeats + 1):
        for n, text in enumerate(REQUESTS):
            start = perf_counter()
            reply = await assistant.ask(text, session=f"bench-{repeat}-{n}", now=NOW)
            if repeat == 0:  # the first round warms caches
                continue
            spent["turn"].append((perf_counter() - start) * 1000)
            for name in STAGES:
                spent[name].append(reply.timings.get(name, 0.0))
    return spent


def plain_turns(plain: PlainPipeline, candidates: int, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of the plain pipeline's steps and of its whole turn."""
    spent: dict[str, list[float]] = {name: [] for name in ("understand", "retrieve", "score", "turn")}
    for repeat in range(repeats + 1):
        for text in REQUESTS:
            steps = plain.turn(text, candidates)
            if repeat == 0:
                continue
            for name, value in zip(spent, (*steps, sum(steps)), strict=True):
                spent[name].append(value)
    return spent


def measure(
    settings: Settings,
    size: int,
    repeats: int,
    embedder: Embedder,
    originals: Sequence[Item],
    plain: PlainPipeline,
) -> dict[str, Any]:
    """Both pipelines at one size; the catalogues grow by what they lack."""
    catalogue = Catalogue.open(settings, embedder)
    try:
        items = list(repeated(originals, catalogue.count(), size))
        for start in track(
            range(0, len(items), BATCH), f"growing to {size:,} items", console=Console(stderr=True)
        ):
            catalogue.add(items[start : start + BATCH])
            plain.add(items[start : start + BATCH], embedder)
        with parts_over(catalogue, settings) as parts:
            ours = asyncio.run(_turns_then_close(make_assistant(parts), repeats))
    finally:
        catalogue.close()
    kairos = {name: round(median(times), 1) for name, times in ours.items()}
    peer = {
        name: round(median(times), 1)
        for name, times in plain_turns(plain, settings.candidates, repeats).items()
    }
    return {
        "items": size,
        "kairos": kairos,
        "plain": peer,
        "turn_ratio": round(kairos["turn"] / peer["turn"], 2),
    }


async def _turns_then_close(assistant: Assistant, repeats: int) -> dict[str, list[float]]:
    try:
        return await kairos_turns(assistant, repeats)
    finally:
        await assistant.close()


def main() -> None:
    """Run the benchmark and print it; with ``--out`` also write it as JSON."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sizes", type=int, nargs="+", default=[600, 10_000, 100_000])
    options.add_argument("--repeats", type=int, default=5, help="rounds over the five requests")
    options.add_argument("--out", type=Path, default=Path("artifacts/chat_turn.json"))
    chosen = options.parse_args()
    originals = bundled_items()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder))
        embedder = RepeatedItems(load_embedder(settings), originals)
        plain = PlainPipeline(Path(folder) / "plain")
        for size in sorted(chosen.sizes):
            rows.append(measure(settings, size, chosen.repeats, embedder, originals, plain))
    _print(rows)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    report = {"machine": platform.processor() or platform.machine(), "requests": REQUESTS, "rows": rows}
    chosen.out.write_text(json.dumps(report, indent=2), encoding="utf-8")


def _print(rows: Sequence[dict[str, Any]]) -> None:
    table = Table("items", "pipeline", *STAGES, "turn", "ratio", title="median milliseconds")
    for row in rows:
        for name in ("kairos", "plain"):
            cells = [str(row[name].get(stage, "-")) for stage in (*STAGES, "turn")]
            table.add_row(
                f"{row['items']:,}", name, *cells, str(row["turn_ratio"]) if name == "kairos" else "1"
            )
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
