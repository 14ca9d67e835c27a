"""How soon a write is recommended and an event counts, while queries run.

    python -m benchmarks.freshness --home artifacts/large      # the catalogue of benchmarks.filtered_search

Milliseconds from before the call until the answer that shows it is complete, with another
thread that searches without a pause:

- ``write``: ``Catalogue.add`` of one item, which embeds it, and a search under conditions that
  returns it. ``add`` alone is shown too, and ``embed``, the embedder's part of it, timed by itself
  in turn with the writes.
- ``write, other process``: the same while the item is written by another process, seen by
  a reader here that searches again and again.
- ``event``: an event put into the log, and the scores of 32 candidates (all signals, by the
  classifier's relevance as given), of which the item's has changed.

Requests of the searches are embedded beforehand; the items written are embedded by the
default model.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from time import perf_counter
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.chat_turn import NOW, REQUESTS
from benchmarks.filtered_search import KnownRequests
from benchmarks.large_catalogue import circumstances, open_large
from schema import Demand, Event, Item, TimeDemand
from settings import Settings, load_settings
from timeliness.events import EventLog
from timeliness.fusion import fuse
from timeliness.signals.computer import SignalComputer
from vectorstore.catalogue import Catalogue
from vectorstore.search import Search

TITLE = "Freshness probe of the lighthouse keepers"
TODAY = TimeDemand(phrase="today", role="publication", start=NOW - timedelta(days=1), end=NOW)


def probe(number: int) -> Item:
    """A new item, published just now."""
    return Item(
        id=f"probe-{number}",
        domain="news",
        title=f"{TITLE}, number {number}",
        text="Keepers of lighthouses met to test how soon news of them arrives.",
        published_at=NOW - timedelta(minutes=1),
        added_at=NOW,
    )


def finds(search: Search, number: int) -> bool:
    """Whether a search for what is new today returns probe ``number``."""
    found = search(Demand(text=TITLE, domains=("news",), times=(TODAY,)), NOW, 32)
    return f"probe-{number}" in {each.item.id for each in found}


@contextmanager
def searching(search: Search) -> Iterator[list[float]]:
    """Search in another thread without a pause; gives how long each search took, in milliseconds."""
    stop, spent = Flag(), list[float]()

    def work() -> None:
        while not stop.is_set():
            for text in REQUESTS:
                start = perf_counter()
                search(Demand(text=text), NOW, 32)
                spent.append((perf_counter() - start) * 1000)

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield spent
    finally:
        stop.set()
        thread.join()


def measure_writes(catalogue: Catalogue, search: Search, count: int) -> dict[str, list[float]]:
    """``count`` items, one after another, each deleted again so that the next is not lost among them."""
    spent: dict[str, list[float]] = {"embed": [], "add": [], "write": []}
    for number in track(range(count), "writing", console=Console(stderr=True)):
        start = perf_counter()
        catalogue.embedder.encode([probe(number).passage])
        spent["embed"].append((perf_counter() - start) * 1000)
        start = perf_counter()
        catalogue.add([probe(number)])
        spent["add"].append((perf_counter() - start) * 1000)
        if not finds(search, number):
            raise AssertionError(f"probe {number} was written and not found")
        spent["write"].append((perf_counter() - start) * 1000)
        catalogue.delete([f"probe-{number}"])
    return spent


def _write_elsewhere(settings: Settings, size: int, said: Connection) -> None:
    catalogue, _ = open_large(settings, size)
    said.send(None)
    while (number := said.recv()) is not None:
        start = perf_counter()  # of one clock with the reader's: CLOCK_MONOTONIC
        catalogue.add([probe(number)])
        said.send(start)
        said.recv()
        catalogue.delete([f"probe-{number}"])
        said.send(None)
    catalogue.close()


def measure_elsewhere(settings: Settings, size: int, search: Search, count: int) -> list[float]:
    """As ``measure_writes``, the writer in a process of its own."""
    processes = multiprocessing.get_context("spawn")
    ours, theirs = processes.Pipe()
    writer = processes.Process(target=_write_elsewhere, args=(settings, size, theirs), daemon=True)
    writer.start()
    ours.recv()
    spent = []
    for number in track(range(count), "written elsewhere", console=Console(stderr=True)):
        ours.send(number)
        while not finds(search, number):
            pass
        end = perf_counter()
        spent.append((end - ours.recv()) * 1000)
        ours.send(None)
        ours.recv()
    ours.send(None)
    writer.join()
    return spent


def measure_events(catalogue: Catalogue, search: Search, count: int) -> list[float]:
    """Clicks on one candidate after another, by ever new users."""
    demand = Demand(text=REQUESTS[0])
    candidates = search(demand, NOW, 32)
    relevance = [0.5] * len(candidates)
    spent = []
    with (
        tempfile.TemporaryDirectory() as folder,
        EventLog(Path(folder) / "events.sqlite") as log,
    ):
        signals = SignalComputer(log=log)

        def scores() -> dict[str, float]:
            return {each.item.id: each.score for each in fuse(candidates, relevance, demand, NOW, signals)}

        before = scores()
        for number in track(range(count), "events", console=Console(stderr=True)):
            item = candidates[number % len(candidates)].item
            start = perf_counter()
            log.record(Event(item_id=item.id, kind="click", user=f"user-{number}", at=NOW))
            after = scores()
            spent.append((perf_counter() - start) * 1000)
            if after[item.id] == before[item.id]:
                raise AssertionError(f"the event of {item.id} changed nothing")
            before = after
    return spent


def measure(settings: Settings, size: int, count: int) -> dict[str, list[float]]:
    """Milliseconds by name."""
    catalogue, _ = open_large(settings, size)
    try:
        texts = [TITLE, *REQUESTS]
        vectors = dict(zip(texts, catalogue.embedder.encode(texts), strict=True))
        search = Search(catalogue, KnownRequests(catalogue.embedder.name, vectors))
        finds(search, 0)
        with searching(search) as searches:
            spent = measure_writes(catalogue, search, count)
            spent["event"] = measure_events(catalogue, search, count)
            spent["search meanwhile"] = list(searches)
            spent["write, other process"] = measure_elsewhere(settings, size, search, count)
        return spent
    finally:
        catalogue.close()


def percentiles(times: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and the longest."""
    p50, p99, longest = np.percentile(times, [50, 99, 100])
    return {
        "n": len(times),
        "p50": round(float(p50), 1),
        "p99": round(float(p99), 1),
        "longest": round(float(longest), 1),
    }


def main() -> None:
    """Run the benchmark and print it; with ``--out`` also write it as JSON."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--size", type=int, default=100_000)
    options.add_argument("--count", type=int, default=300, help="writes and events of each kind")
    options.add_argument(
        "--home", type=Path, default=Path("artifacts/large"), help="where the catalogue is kept"
    )
    options.add_argument("--out", type=Path, default=Path("artifacts/freshness.json"))
    chosen = options.parse_args()
    settings = load_settings(home=chosen.home / str(chosen.size), precision="float32")
    before = circumstances()
    rows = {name: percentiles(times) for name, times in measure(settings, chosen.size, chosen.count).items()}
    table = Table("", "n", "p50", "p99", "longest", title="milliseconds until it counts")
    for name, row in rows.items():
        table.add_row(name, *map(str, row.values()))
    Console().print(table)
    report: dict[str, Any] = {**before, "load_at_end": circumstances()["load"], "size": chosen.size}
    Console().print(f"load average {report['load']} before, {report['load_at_end']} after")
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(json.dumps({**report, "rows": rows}, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
