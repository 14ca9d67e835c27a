"""The nearest 50 under conditions, and a whole search, against plain Chroma with the same conditions as ``where``.

    python -m benchmarks.filtered_search --home artifacts/large      # keeps the catalogue for the next run

Three things are timed for every kind of condition, on the same vectors and requests in turn:

- ``nearest``: conditions and vector in, 50 ids and cosines out.
- ``search``: all of retrieval but embedding the request: conditions, nearest, BM25, the two
  joined, 32 items read and held to the exact conditions.
- ``plain``: what one would write first, a Chroma collection with the same fields as metadata,
  default configuration, ``query(..., n_results=50, where=...)``.

The last takes a hundred times as long, so ``--plain`` bounds how many of its queries are run a kind,
after one that warms it; the others run ``--repeats`` times over all requests.

Recall at 50 is against all cosines under conditions that are written out here once more.
Requests are embedded by the default model; what the catalogue holds: benchmarks/large_catalogue.py.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn, track
from rich.table import Table

from benchmarks.chat_turn import NOW, REQUESTS
from benchmarks.conditions import Kind, Where, fields_of, kinds
from benchmarks.large_catalogue import BATCH, circumstances, open_large
from schema import Demand, Item
from settings import load_settings
from vectorstore.catalogue import Catalogue
from vectorstore.conditions import Conditions
from vectorstore.nearest import nearest
from vectorstore.search import Search

WANTED = 50
CANDIDATES = 32


class PlainChroma:
    """A collection of its own with metadata, everything at its default but the cosine."""

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._collection = client.get_or_create_collection(
            "plain", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def grow(self, items: Sequence[Item], vectors: NDArray[np.float32], fields: list[dict[str, Any]]) -> None:
        """Put in what is missing."""
        for start in track(
            range(self._collection.count(), len(items), BATCH), "plain Chroma", console=Console(stderr=True)
        ):
            some: Any = slice(start, start + BATCH)
            self._collection.add(
                ids=[each.id for each in items[some]], embeddings=vectors[some], metadatas=fields[some]
            )

    def query(self, vector: NDArray[np.float32], kind: Kind) -> list[str]:
        """Ids of the nearest 50 of the kind that are valid at ``NOW``."""
        now = NOW.timestamp()
        where: Where = {"$and": [{"valid_from": {"$lte": now}}, {"valid_until": {"$gt": now}}, *kind.where]}
        return self._collection.query(
            query_embeddings=vector[np.newaxis], n_results=WANTED, where=where, include=["distances"]
        )["ids"][0]


class KnownRequests:
    """An embedder that knows the requests by heart, so that embedding them is not timed."""

    def __init__(self, name: str, vectors: dict[str, NDArray[np.float32]]) -> None:
        self.name = name
        self.dimensions = len(next(iter(vectors.values())))
        self._vectors = vectors

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, dimensions)."""
        return np.stack([self._vectors[each] for each in texts])


class Times:
    """What calls took, in milliseconds: by the clock, and of processor time."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self._processor: list[float] = []

    @contextmanager
    def measured(self, counts: bool) -> Iterator[None]:
        """Time what runs inside, and keep it where it ``counts``."""
        start, used = perf_counter(), process_time()
        yield
        end, used_by_end = perf_counter(), process_time()
        if counts:
            self.wall.append((end - start) * 1000)
            self._processor.append((used_by_end - used) * 1000)

    def summary(self) -> dict[str, float]:
        """How many, their median and 95th percentile, and the median processor time."""
        return {
            "n": len(self.wall),
            "median": round(median(self.wall), 2),
            "p95": round(float(np.percentile(self.wall, 95)), 2),
            "processor": round(median(self._processor), 2),
        }


@dataclass
class Compared:
    """The two ways over one catalogue, and the truth."""

    catalogue: Catalogue
    plain: PlainChroma
    ids: list[str]
    vectors: NDArray[np.float32]
    fields: list[dict[str, Any]]
    requests: dict[str, NDArray[np.float32]]

    def nearest(self, vector: NDArray[np.float32], kind: Kind) -> list[int]:
        """Row numbers of our nearest 50."""
        conditions = Conditions.of(Demand(text="x", **kind.demand), NOW, self.catalogue.settings)
        rows = self.catalogue.rows()
        found = nearest(self.catalogue, rows, rows.eligible(conditions), vector, WANTED)
        return rows.numbers([place for place, _ in found])

    def measure(self, kind: Kind, repeats: int, plain: int, advance: Callable[[], object]) -> dict[str, Any]:
        """Milliseconds and recall for one kind of condition; calls ``advance`` after each request."""
        mask = self._mask(kind)
        search = Search(self.catalogue, KnownRequests(self.catalogue.embedder.name, self.requests))
        times = {"nearest": Times(), "search": Times(), "plain": Times()}
        recalls: dict[str, list[float]] = {"nearest": [], "plain": []}
        for repeat in range(repeats + 1):  # the first round warms caches
            for number, (text, vector) in enumerate(self.requests.items()):
                timed = repeat > 0
                with times["nearest"].measured(timed):
                    ours = self.nearest(vector, kind)
                with times["search"].measured(timed):
                    search(Demand(text=text, **kind.demand), NOW, CANDIDATES)
                if repeat == 1:
                    found = [each.id for each in self.catalogue.items_of_rows(ours).values()]
                    recalls["nearest"].append(recall(found, self._truth(vector, mask)))
                if (repeat, number) == (0, 0) or (repeat == 1 and number < plain):
                    with times["plain"].measured(timed):
                        theirs = self.plain.query(vector, kind)
                    if timed:
                        recalls["plain"].append(recall(theirs, self._truth(vector, mask)))
                advance()
        ratio = median(times["plain"].wall) / median(times["nearest"].wall)
        return {
            "kind": kind.name,
            "items": int(mask.sum()),
            **{name: each.summary() for name, each in times.items()},
            "recall@50": {name: round(float(np.mean(each)), 4) for name, each in recalls.items()},
            "plain_to_nearest": round(ratio, 2),
        }

    def _mask(self, kind: Kind) -> NDArray[np.bool_]:
        now = NOW.timestamp()
        valid = (each["valid_from"] <= now < each["valid_until"] for each in self.fields)
        return np.array([ok and kind.holds(each) for ok, each in zip(valid, self.fields, strict=True)])

    def _truth(self, vector: NDArray[np.float32], mask: NDArray[np.bool_]) -> list[str]:
        cosines = np.where(mask, self.vectors @ vector, -np.inf)
        return [self.ids[each] for each in np.argsort(-cosines)[: min(WANTED, int(mask.sum()))]]


def recall(found: Sequence[str], truth: Sequence[str]) -> float:
    """The share of ``truth`` that was found; 1 where there is nothing to find."""
    return len(set(found) & set(truth)) / len(truth) if truth else 1.0


def main() -> None:
    """Run the benchmark and print it; with ``--out`` also write it as JSON."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--size", type=int, default=100_000)
    options.add_argument("--requests", type=int, default=20, help="how many different ones, at least five")
    options.add_argument("--repeats", type=int, default=3, help="timed rounds over the requests")
    options.add_argument("--plain", type=int, default=20, help="queries of plain Chroma a kind, at least one")
    options.add_argument(
        "--home", type=Path, default=Path("artifacts/large"), help="where catalogues are kept"
    )
    options.add_argument("--out", type=Path, default=Path("artifacts/filtered_search.json"))
    chosen = options.parse_args()
    if min(chosen.repeats, chosen.plain) < 1:
        options.error("--repeats and --plain must be at least 1")
    settings = load_settings(home=chosen.home / str(chosen.size), precision="float32")
    catalogue, items = open_large(settings, chosen.size)
    try:
        compared = prepared(catalogue, items, chosen.requests)
        _run(compared, chosen.repeats, chosen.plain, chosen.out)
    finally:
        catalogue.close()


def prepared(catalogue: Catalogue, items: list[Item], count: int) -> Compared:
    """Both ways over ``items``, with ``count`` requests: the fixed ones, then titles."""
    pages = range(0, len(items), BATCH)
    vectors = np.concatenate(
        [
            catalogue.embedder.encode([each.passage for each in items[start : start + BATCH]])
            for start in track(pages, "vectors and fields", console=Console(stderr=True))
        ]
    )
    fields = [fields_of(each) for each in items]
    plain = PlainChroma(catalogue.settings.home / "plain")
    plain.grow(items, vectors, fields)
    more = max(0, count - len(REQUESTS))
    texts = [*REQUESTS, *(each.title for each in random.Random(3).sample(items[:600], more))]
    requests = dict(zip(texts, catalogue.embedder.encode(texts), strict=True))
    return Compared(catalogue, plain, [each.id for each in items], vectors, fields, requests)


def _run(compared: Compared, repeats: int, plain: int, out: Path) -> None:
    """Measure every kind; the report so far is in ``out`` after each."""
    rows: list[dict[str, Any]] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    before = circumstances()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("measuring", total=len(kinds()) * (repeats + 1) * len(compared.requests))
        for kind in kinds():
            progress.update(task, description=kind.name)
            rows.append(compared.measure(kind, repeats, plain, lambda: progress.advance(task)))
            report = {**before, "load_at_end": circumstances()["load"], "size": len(compared.ids)}
            out.write_text(json.dumps({**report, "rows": rows}, indent=2), encoding="utf-8")
    print(f"load average {before['load']} before, {circumstances()['load']} after")
    _print(rows)


def _print(rows: Sequence[dict[str, Any]]) -> None:
    headings = ("condition", "items", "nearest", "search", "plain", "recall", "plain's", "plain / nearest")
    table = Table(*headings, title="milliseconds, median / 95th percentile (processor time); recall at 50")
    for row in rows:
        times = [
            f"{row[name]['median']} / {row[name]['p95']} ({row[name]['processor']})"
            for name in ("nearest", "search", "plain")
        ]
        recalls = [f"{row['recall@50'][name]:.3f}" for name in ("nearest", "plain")]
        table.add_row(row["kind"], f"{row['items']:,}", *times, *recalls, str(row["plain_to_nearest"]))
    Console().print(table)


if __name__ == "__main__":
    main()
