"""How long a start takes over a long event log, with the snapshots of what it adds up to and without.

    python -m benchmarks.start --events 1000000

Seconds, and megabytes of the process. Events are drawn by a seed: items by Zipf's law, a
tenth of them as many users, over 37 days. Each start is a process of its own:

- ``first``: popularity and links, no snapshot yet; it is written at the end.
- ``again``: with the snapshot, no event after it.
- ``bursts_first``: what bursts need at the first request, no snapshot yet; it is written at the end.
- ``bursts_again``: with the snapshot, a minute later, no event after it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
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


def start(path: Path, bursts_at: datetime | None) -> tuple[float, float]:
    """Seconds of a start, or of the first look at bursts, and the process's peak of megabytes."""
    with EventLog(path) as log:
        begun = perf_counter()
        if bursts_at is not None:
            attention = LoggedAttention(log, snapshot=log.trend_snapshot)
            attention.follow()
            attention.at(bursts_at)
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
        looks = {
            "first": None,
            "again": None,
            "bursts_first": NOW,
            "bursts_again": NOW + timedelta(minutes=1),
        }
        for name, bursts_at in looks.items():
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, megabytes = pool.apply(start, (path, bursts_at))
            rows[name] = {"seconds": round(seconds, 2), "peak_mb": round(megabytes)}
        with EventLog(path) as log:
            sizes = [
                round(each.stat().st_size / 2**20, 1)
                for each in (log.snapshot, log.trend_snapshot)
                if each.exists()
            ]
    report = {**before, "load_at_end": circumstances()["load"], "events": count}
    print(json.dumps({**report, "snapshots_mb": sizes, "rows": rows}, indent=2))


if __name__ == "__main__":
    main()
