"""How long a burst takes to show: from an item's first click until it is among the first ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from evaluation.replay.stream import HOUR, POSITIVE, Stream

TOP = 10


def bursts(stream: Stream) -> dict[int, float]:
    """The first click of each row that drew the calendar's ``burst_users`` within ``burst_seconds`` of it,
    of those first clicked in the later part."""
    calendar = stream.calendar
    first: dict[int, float] = {}
    users: dict[int, set[str]] = defaultdict(set)
    for deed in stream.deeds:
        if deed.kind in POSITIVE:
            begun = first.setdefault(deed.row, deed.at)
            if deed.at <= begun + calendar.burst_seconds:
                users[deed.row].add(deed.user)
    end = stream.deeds[-1].at - calendar.burst_seconds if stream.deeds else -np.inf
    return {
        row: at
        for row, at in first.items()
        if calendar.split <= at <= end and len(users[row]) >= calendar.burst_users
    }


class BurstWatch:
    """Notes when each system first has each burst among its first ten, of looks ``calendar.probe`` apart."""

    def __init__(self, stream: Stream) -> None:
        self.began = bursts(stream)
        self._limit = stream.calendar.burst_seconds
        self._shown: dict[str, dict[int, float]] = defaultdict(dict)

    def look(self, system: str, at: float, rows: Iterable[int]) -> None:
        """``rows`` are what ``system`` puts first at ``at``."""
        for row in list(rows)[:TOP]:
            if row in self.began and at >= self.began[row]:
                self._shown[system].setdefault(row, at)

    def figures(self, system: str) -> Mapping[str, float]:
        """Share of bursts that were shown within the burst's length, and the median hours until then
        (infinite where less than half ever were)."""
        if not self.began:
            return {}
        waits = np.array([self._shown[system].get(row, np.inf) - at for row, at in self.began.items()])
        return {
            "bursts": float(len(waits)),
            "burst_reflected": float(np.mean(waits <= self._limit)),
            "burst_hours": float(np.median(waits) / HOUR),
        }
