"""How long a start takes over a long event log, with the snapshot of the crowd and without.

    python -m benchmarks.start --events 1000000

Seconds, and megabytes of the process. Events are drawn by a seed: items by Zipf's law, a
tenth of them as many users, over 37 days. Each start is a process of its own:

- ``first``: no snapshot yet; it is written at the end.
- ``again``: with the snapshot, no event after it.
- ``trend``: what bursts need, which is read from the log at the first request and has no snapshot.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.chat_turn import NOW
from benchmarks.large_catalogue import circumstances
from schema import Event
from timeliness.attention import LoggedAttention
from timeliness.events import EventLog
from timeliness.signals.crowd import Crowd
from timeliness.signals.weights import load_weights

ITEMS = 100_000
DAYS = 37


def drawn(count: int) -> Iterator[Event]:
    """``count`` views."""
    random = np.random.default_rng(0)
    items = np.minimum(random.zipf(1.3, count), ITEMS).tolist()
    users = random.integers(0, max(count // 10, 1), count).tolist()
    ages = random.uniform(0, DAYS * 86_400, count).tolist()
    for item, user, age in zip(items, users, ages, strict=True):
        yield Event(item_id=f"item-{item}", kind="view", user=f"u{user}", at=NOW - timedelta(seconds=age))


def start(path: Path, trend: bool) -> tuple[float, float]:
    """Seconds of a start, or of the first look at trends, and the process's peak of megabytes."""
    with EventLog(path) as log:
        begun = perf_counter()
        if trend:
            attention = LoggedAttention(log)
            attention.follow()
            attention.at(NOW)
        else:
            Crowd(load_weights(), log).follow()
        return perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run the benchmark and print it as JSON."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--events", type=int, default=1_000_000)
    count = options.parse_args().events
    before = circumstances()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.sqlite"
        with EventLog(path) as log:
            log.record_all(drawn(count))
        rows = {}
        for name, trend in (("first", False), ("again", False), ("trend", True)):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, megabytes = pool.apply(start, (path, trend))
            rows[name] = {"seconds": round(seconds, 2), "peak_mb": round(megabytes)}
        with EventLog(path) as log:
            size = log.snapshot.stat().st_size / 2**20 if log.snapshot.exists() else 0.0
    report = {**before, "load_at_end": circumstances()["load"], "events": count}
    print(json.dumps({**report, "snapshot_mb": round(size, 1), "rows": rows}, indent=2))


if __name__ == "__main__":
    main()
