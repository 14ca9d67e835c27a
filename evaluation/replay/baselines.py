"""Baselines that know only what was clicked and when: no text and no weights.

The circular buffer is the standing baseline of the NewsREEL challenge (Hopfgartner et al., 2014).
"""

from __future__ import annotations

from collections import deque

import numpy as np

from evaluation.replay.stream import POSITIVE, Arrival, Deed, Question
from evaluation.replay.system import Scores, System

_REBASE = 200.0  # doublings after which decayed sums are brought back into range


class DecayedCounts:
    """Counts by row in which each event halves with every ``half_life`` seconds."""

    def __init__(self, capacity: int, half_life: float) -> None:
        self.half_life = half_life
        self._sums = np.zeros(capacity)
        self._origin: float | None = None

    def add(self, row: int, at: float, amount: float = 1.0) -> None:
        """Count ``amount`` as of ``at``."""
        if self._origin is None:
            self._origin = at
        doublings = (at - self._origin) / self.half_life
        if doublings > _REBASE:
            self._sums *= 2.0**-doublings
            self._origin, doublings = at, 0.0
        self._sums[row] += amount * 2.0**doublings

    def values(self, at: float, known: int) -> Scores:
        """The counts as of ``at``, shape (known,)."""
        if self._origin is None:
            return np.zeros(known)
        decayed: Scores = self._sums[:known] * 2.0 ** -((at - self._origin) / self.half_life)
        return np.maximum(decayed, 0.0)


class PopularEver(System):
    """All positive deeds so far."""

    def __init__(self, capacity: int) -> None:
        self.name = "popular ever"
        self._counts = np.zeros(capacity)

    def observe(self, deed: Deed) -> None:
        """Count it."""
        self._counts[deed.row] += deed.kind in POSITIVE

    def score(self, question: Question) -> Scores:
        """The counts."""
        return self._counts[: question.known].copy()


class PopularInWindow(System):
    """Positive deeds of the last ``window`` seconds."""

    def __init__(self, capacity: int, window: float) -> None:
        self.name = "popular in a window"
        self.window = window
        self._counts = np.zeros(capacity)
        self._inside: deque[Deed] = deque()

    def observe(self, deed: Deed) -> None:
        """Count it."""
        if deed.kind in POSITIVE:
            self._counts[deed.row] += 1
            self._inside.append(deed)

    def score(self, question: Question) -> Scores:
        """The counts of what is still inside."""
        while self._inside and self._inside[0].at <= question.at - self.window:
            self._counts[self._inside.popleft().row] -= 1
        return self._counts[: question.known].copy()


class DecayedPopularity(System):
    """Positive deeds, each halved every ``half_life`` seconds."""

    def __init__(self, capacity: int, half_life: float) -> None:
        self.name = "decayed popularity"
        self.half_life = half_life
        self._counts = DecayedCounts(capacity, half_life)

    def observe(self, deed: Deed) -> None:
        """Count it."""
        if deed.kind in POSITIVE:
            self._counts.add(deed.row, deed.at)

    def score(self, question: Question) -> Scores:
        """The decayed counts."""
        return self._counts.values(question.at, question.known)


class ClickRate(System):
    """Decayed clicks over decayed offers, smoothed towards the rate of all."""

    def __init__(self, capacity: int, half_life: float, prior: float = 20.0) -> None:
        self.name = "decayed click rate"
        self.half_life = half_life
        self._prior = prior
        self._clicks = DecayedCounts(capacity, half_life)
        self._offers = DecayedCounts(capacity, half_life)

    def observe(self, deed: Deed) -> None:
        """Count the offer, and the click if it was taken."""
        self._offers.add(deed.row, deed.at)
        if deed.kind in POSITIVE:
            self._clicks.add(deed.row, deed.at)

    def score(self, question: Question) -> Scores:
        """Smoothed rates."""
        clicks, offers = (each.values(question.at, question.known) for each in (self._clicks, self._offers))
        usual = clicks.sum() / max(offers.sum(), 1e-9)
        rates: Scores = (clicks + self._prior * usual) / (offers + self._prior)
        return rates


class CircularBuffer(System):
    """The last ``size`` items that were clicked, the latest first; nothing else is offered."""

    def __init__(self, size: int) -> None:
        self.name = "circular buffer"
        self.size = size
        self._rows: deque[int] = deque(maxlen=size)

    def observe(self, deed: Deed) -> None:
        """Put it in, the oldest falls out."""
        if deed.kind in POSITIVE:
            self._rows.append(deed.row)

    def score(self, question: Question) -> Scores:
        """The place in the buffer of an item's latest click."""
        scores = np.full(question.known, -np.inf)
        for place, row in enumerate(self._rows):
            scores[row] = place
        return scores


class MostRecent(System):
    """The latest arrivals first."""

    def __init__(self, capacity: int) -> None:
        self.name = "most recent"
        self._arrived = np.zeros(capacity)

    def arrive(self, arrival: Arrival) -> None:
        """Note its time."""
        self._arrived[arrival.row] = arrival.at

    def score(self, question: Question) -> Scores:
        """The times of arrival."""
        return self._arrived[: question.known].copy()
