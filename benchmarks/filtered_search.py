"""The nearest 50 under conditions, and a whole search, against plain Chroma with the same conditions as ``where``.

    python -m benchmarks.filtered_search --home artifacts/large      # keeps the catalogue for the next run

Three things are timed for every kind of condition, on the same vectors and requests in turn:

- ``nearest``: conditions and vector in, 50 ids and cosines out.
- ``search``: all of retrieval but embedding the request: conditions, nearest, BM25, the two
  joined, 32 items read and held to the exact conditions.
- ``plain``: what one would write first, a Chroma collection with the same fields as metadata,
  default configuration, ``query(..., n_results=50, where=...)``.

Recall at 50 is against all cosines under conditions that are written out here once more.
Requests are embedded by the default model; what the catalogue holds: benchmarks/large_catalogue.py.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.chat_turn import NOW, REQUESTS
from benchmarks.large_catalogue import BATCH, open_large
from schema import Demand, Item, Limits, TimeDemand
from settings import load_settings
from vectorstore.catalogue import Catalogue
from vectorstore.conditions import Conditions
from vectorstore.nearest import nearest
from vectorstore.search import Search

WANTED = 50
CANDIDATES = 32
_ALWAYS, _NEVER = -1e12, 1e12

Where = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of condition: as a demand, as Chroma's ``where``, and as a test of one record's fields."""

    name: str
    demand: dict[str, Any]
    where: tuple[Where, ...]
    holds: Callable[[dict[str, Any]], bool]


def published(since: datetime, until: datetime) -> Kind:
    """Came out between the two."""
    low, high = since.timestamp(), until.timestamp()
    window = TimeDemand(phrase="then", role="publication", start=since, end=until)
    return Kind(
        f"published {since:%Y-%m-%d} to {until:%Y-%m-%d}",
        {"times": (window,)},
        ({"published_from": {"$lt": high}}, {"published_until": {"$gt": low}}),
        lambda fields: fields["published_from"] < high and fields["published_until"] > low,
    )


def kinds() -> list[Kind]:
    """From what rejects little to what rejects nearly all. Validity at ``NOW`` is a part of each."""
    year = published(datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC))
    month = published(datetime(2023, 10, 1, tzinfo=UTC), datetime(2023, 11, 1, tzinfo=UTC))
    return [
        Kind("valid now", {}, (), lambda fields: True),
        Kind(
            "two domains",
            {"domains": ("video", "music")},
            ({"domain": {"$in": ["video", "music"]}},),
            lambda fields: fields["domain"] in ("video", "music"),
        ),
        Kind("one domain", {"domains": ("news",)}, ({"domain": "news"},), lambda f: f["domain"] == "news"),
        Kind(
            "at most 100 minutes",
            {"limits": Limits(max_minutes=100)},
            ({"minutes": {"$lte": 100.0}},),
            lambda fields: fields["minutes"] <= 100,
        ),
        Kind(
            "at most 50 USD",
            {"limits": Limits(max_price=50, currency="USD")},
            ({"price": {"$lte": 50.0}}, {"currency": "USD"}),
            lambda fields: fields["price"] <= 50 and fields["currency"] == "USD",
        ),
        Kind(
            "in Chinese",
            {"limits": Limits(languages=("zh",))},
            ({"language": "zh"},),
            lambda fields: fields["language"] == "zh",
        ),
        year,
        month,
        Kind(
            "a film of 2024, at most 100 minutes",
            {**year.demand, "domains": ("video",), "limits": Limits(max_minutes=100)},
            (*year.where, {"domain": "video"}, {"minutes": {"$lte": 100.0}}),
            lambda fields: year.holds(fields) and fields["domain"] == "video" and fields["minutes"] <= 100,
        ),
    ]


def fields_of(item: Item) -> dict[str, Any]:
    """The hard conditions of an item as Chroma metadata; unknown numbers meet no condition."""
    came_out = item.published_window
    begins = item.valid_from or item.published_at
    return {
        "domain": item.domain,
        "language": item.language.split("-")[0],
        "currency": item.currency or "",
        "price": _NEVER if item.price is None else item.price,
        "minutes": _NEVER if item.duration_minutes is None else item.duration_minutes,
        "published_from": came_out[0].timestamp() if came_out else _NEVER,
        "published_until": came_out[1].timestamp() if came_out else _ALWAYS,
        "valid_from": begins.timestamp() if begins else _ALWAYS,
        "valid_until": item.valid_until.timestamp() if item.valid_until and not item.recurrence else _NEVER,
    }


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

    def measure(self, kind: Kind, repeats: int) -> dict[str, Any]:
        """Milliseconds and recall for one kind of condition."""
        now = NOW.timestamp()
        mask = np.array(
            [
                each["valid_from"] <= now and each["valid_until"] > now and kind.holds(each)
                for each in self.fields
            ]
        )
        embedder = KnownRequests(self.catalogue.embedder.name, self.requests)
        search = Search(self.catalogue, embedder)
        spent: dict[str, list[float]] = {"nearest": [], "search": [], "plain": []}
        processor: dict[str, list[float]] = {name: [] for name in spent}
        recalls: dict[str, list[float]] = {"nearest": [], "plain": []}
        for repeat in range(repeats + 1):
            for text, vector in self.requests.items():
                marks = [(perf_counter(), process_time())]
                ours = self.nearest(vector, kind)
                marks.append((perf_counter(), process_time()))
                search(Demand(text=text, **kind.demand), NOW, CANDIDATES)
                marks.append((perf_counter(), process_time()))
                theirs = self.plain.query(vector, kind)
                marks.append((perf_counter(), process_time()))
                if repeat == 0:  # warms caches, and is checked
                    truth = self._truth(vector, mask)
                    found = [each.id for each in self.catalogue.items_of_rows(ours).values()]
                    recalls["nearest"].append(recall(found, truth))
                    recalls["plain"].append(recall(theirs, truth))
                    continue
                for name, (start, end) in zip(spent, pairwise(marks), strict=True):
                    spent[name].append((end[0] - start[0]) * 1000)
                    processor[name].append((end[1] - start[1]) * 1000)
        return {
            "kind": kind.name,
            "items": int(mask.sum()),
            **{
                name: {**percentiles(times), "processor": round(median(processor[name]), 2)}
                for name, times in spent.items()
            },
            "recall@50": {name: round(float(np.mean(each)), 4) for name, each in recalls.items()},
            "plain_to_nearest": round(median(spent["plain"]) / median(spent["nearest"]), 2),
        }

    def _truth(self, vector: NDArray[np.float32], mask: NDArray[np.bool_]) -> list[str]:
        cosines = np.where(mask, self.vectors @ vector, -np.inf)
        return [self.ids[each] for each in np.argsort(-cosines)[: min(WANTED, int(mask.sum()))]]


def recall(found: Sequence[str], truth: Sequence[str]) -> float:
    """The share of ``truth`` that was found; 1 where there is nothing to find."""
    return len(set(found) & set(truth)) / len(truth) if truth else 1.0


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {"median": round(median(times), 2), "p95": round(float(np.percentile(times, 95)), 2)}


def main() -> None:
    """Run the benchmark and print it; with ``--out`` also write it as JSON."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--size", type=int, default=100_000)
    options.add_argument("--requests", type=int, default=20, help="how many different ones, at least five")
    options.add_argument("--repeats", type=int, default=3, help="timed rounds over the requests")
    options.add_argument(
        "--home", type=Path, default=Path("artifacts/large"), help="where catalogues are kept"
    )
    options.add_argument("--out", type=Path, default=Path("artifacts/filtered_search.json"))
    chosen = options.parse_args()
    settings = load_settings(home=chosen.home / str(chosen.size), precision="float32")
    catalogue, items = open_large(settings, chosen.size)
    try:
        vectors = catalogue.embedder.encode([each.passage for each in items])
        fields = [fields_of(each) for each in items]
        plain = PlainChroma(settings.home / "plain")
        plain.grow(items, vectors, fields)
        more = max(0, chosen.requests - len(REQUESTS))
        titles = [each.title for each in random.Random(3).sample(items[:600], more)]
        texts = [*REQUESTS, *titles]
        requests = dict(zip(texts, catalogue.embedder.encode(texts), strict=True))
        compared = Compared(catalogue, plain, [each.id for each in items], vectors, fields, requests)
        machine = platform.processor() or platform.machine()
        rows: list[dict[str, Any]] = []
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        for kind in track(kinds(), "measuring", console=Console(stderr=True)):
            rows.append(compared.measure(kind, chosen.repeats))
            report = {"machine": machine, "size": chosen.size, "rows": rows}
            chosen.out.write_text(json.dumps(report, indent=2), encoding="utf-8")
    finally:
        catalogue.close()
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
