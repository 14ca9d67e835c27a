"""Whether the hour, the weekday and the season say which categories are turned to: a signal on trial.

By category, how the visits so far lie over the cycle, against those of all categories: the base-2
logarithm of the smoothed share of the category's visits that falls on this part of the cycle, over the
share of all visits there. Shares are smoothed by a von Mises kernel (Taylor, 2008) and drawn towards all
by ``PRIOR`` visits. A user counts once a day for a category.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import grouped_bootstrap_interval
from evaluation.replay.choice import Choices, fit
from evaluation.replay.stream import DAY, YEAR, Arrival, Deed, Question
from evaluation.replay.system import Scores, State

PRIOR = 50.0
MOST = 1.0  # doublings beyond which a rhythm says no more
_SLOTS = 64  # parts of a cycle


@dataclass(frozen=True)
class Cycle:
    """A length of time that comes back, and the standard deviation of the kernel, both in seconds."""

    length: float
    width: float

    def slot(self, at: float) -> int:
        """The part of the cycle that ``at`` falls into, in UTC; a week begins on the epoch's Thursday."""
        return int(at % self.length / self.length * _SLOTS)

    def kernel(self) -> Scores:
        """Weights of slots by their distance, circulant and summing to 1, shape (slots, slots)."""
        angles = 2 * np.pi * np.arange(_SLOTS) / _SLOTS
        concentration = (2 * np.pi * self.width / self.length) ** -2
        bell = np.exp(concentration * (np.cos(angles) - 1.0))
        places = np.arange(_SLOTS)
        kernel: Scores = (bell / bell.sum())[(places[:, None] - places[None, :]) % _SLOTS]
        return kernel


CYCLES: Mapping[str, Cycle] = {
    "day": Cycle(DAY, DAY / 16),
    "week": Cycle(7 * DAY, DAY / 2),
    "year": Cycle(YEAR, 14 * DAY),
}


class Rhythm(State):
    """Visits by category and part of each cycle."""

    def __init__(self, capacity: int) -> None:
        self._names: dict[str, int] = {}
        self._kinds: dict[tuple[int, ...], int] = {}
        self._kind_of = np.zeros(capacity, np.int64)
        self._categories: dict[int, tuple[int, ...]] = {}
        self._seen: set[tuple[str, int, int]] = set()
        self._visits: dict[str, list[NDArray[np.float64]]] = {name: [] for name in CYCLES}
        self._kernels = {name: each.kernel() for name, each in CYCLES.items()}

    def arrive(self, arrival: Arrival) -> None:
        """Note its categories."""
        found = sorted({each.casefold().strip() for each in arrival.item.categories})
        kind = tuple(self._names.setdefault(each, len(self._names)) for each in found)
        for visits in self._visits.values():
            visits.extend(np.zeros(_SLOTS) for _ in range(len(self._names) - len(visits)))
        self._categories[arrival.row] = kind
        self._kind_of[arrival.row] = self._kinds.setdefault(kind, len(self._kinds))

    def observe(self, deed: Deed) -> None:
        """Count the user for the item's categories."""
        if deed.kind in {"shown", "dislike"}:
            return
        for category in self._categories[deed.row]:
            if (visit := (deed.user, int(deed.at // DAY), category)) not in self._seen:
                self._seen.add(visit)
                for name, cycle in CYCLES.items():
                    self._visits[name][category][cycle.slot(deed.at)] += 1

    def values(self, question: Question) -> dict[str, Scores]:
        """By cycle, the mean over a row's categories, -``MOST`` to ``MOST``, 0 without any, shape (known,)."""
        found: dict[str, Scores] = {}
        for name, cycle in CYCLES.items():
            lifts = self._lifts(name, cycle.slot(question.at))
            by_kind = np.array([np.mean([lifts[each] for each in kind] or [0.0]) for kind in self._kinds])
            found[name] = by_kind[self._kind_of[: question.known]]
        return found

    def _lifts(self, name: str, slot: int) -> Scores:
        """A logarithm a category, shape (categories,)."""
        if not self._visits[name]:
            return np.zeros(0)
        visits, near = np.stack(self._visits[name]), self._kernels[name][slot]
        total = visits.sum()
        usual = (visits.sum(axis=0) @ near + 1.0) / (total + _SLOTS)
        share = (visits @ near + PRIOR * usual) / (visits.sum(axis=1) + PRIOR)
        lifts: Scores = np.clip(np.log2(share / usual), -MOST, MOST)
        return lifts


@dataclass(frozen=True)
class Gain:
    """What a cycle adds to the mean log-likelihood of a choice beside all other signals, on choices that it was
    not fitted on: mean and 95 % interval, by drawing users."""

    weight: float
    mean: float
    low: float
    high: float


def gain(fitted: Choices, held_out: Choices, users: Sequence[str], seed: int = 0) -> Gain:
    """Fit with and without the last column on ``fitted``, compare on ``held_out``; ``users`` chose there."""
    with_it, without = fit(fitted), fit(_less(fitted))
    added = held_out.likelihoods(with_it) - _less(held_out).likelihoods(without)
    low, high = grouped_bootstrap_interval(added.tolist(), users, seed=seed)
    return Gain(float(with_it[-1]), float(added.mean()), low, high)


def _less(choices: Choices) -> Choices:
    return Choices(choices.signals[:, :-1], choices.starts)
