"""The signals of ``timeliness/`` for all items at once, and systems that add them up.

The formulas are those of ``timeliness/signals/``, item by item there and over arrays here, since
a replay scores whole catalogues; a test holds the two together. Relevance is not the classifier's
(a replay has no request in words) but likeness to the latest history, made a probability.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from evaluation.replay.baselines import DecayedCounts
from evaluation.replay.co_visits import CoVisits
from evaluation.replay.content import HistoryLikeness
from evaluation.replay.stream import Arrival, Deed, Question
from evaluation.replay.system import Scores, State, System
from schema import Domain
from timeliness.bursts import FEWEST_USERS
from timeliness.rises import WINDOW, rise_of
from timeliness.signals.popularity import FULL as POPULAR
from timeliness.signals.weights import DomainWeights, SignalName
from timeliness.visits import Visits

USED: tuple[SignalName, ...] = ("relevance", "freshness", "trend", "popularity", "taste", "affinity")
LOOK = 1 / 12
_JUDGED = 100  # so many of a user's latest verdicts count


class Bursts:
    """Trend by row, by the product's own automaton, as of the last whole ``LOOK`` of the half-life, since the
    automaton takes a millisecond."""

    def __init__(self, capacity: int, half_life: float) -> None:
        self._half_life = timedelta(seconds=half_life)
        self._window = WINDOW * half_life
        self._look = LOOK * half_life
        self._visits: dict[int, Visits] = {}
        self._inside: deque[Deed] = deque()
        self._counts = np.zeros(capacity, np.int64)
        self._found: dict[int, tuple[float, float]] = {}

    def observe(self, deed: Deed) -> None:
        """Somebody came."""
        self._visits.setdefault(deed.row, Visits()).add(deed.user, str(deed.row), deed.at)
        self._inside.append(deed)
        self._counts[deed.row] += 1

    def values(self, at: float, known: int) -> Scores:
        """0 to 1 a row, shape (known,)."""
        while self._inside and self._inside[0].at < at - self._window:
            self._counts[self._inside.popleft().row] -= 1
        values, looked = np.zeros(known), at // self._look * self._look
        for row in np.flatnonzero(self._counts[:known] >= FEWEST_USERS).tolist():
            seen, value = self._found.get(row, (-np.inf, 0.0))
            if seen != looked:
                rise = rise_of(self._visits[row], datetime.fromtimestamp(looked, UTC), self._half_life)
                value = rise.strength if rise else 0.0
                self._found[row] = (looked, value)
            values[row] = value
        return values


class Users:
    """Users by row, each counted once, when first they came; halved every ``half_life`` seconds."""

    def __init__(self, capacity: int, half_life: float) -> None:
        self._counts = DecayedCounts(capacity, half_life)

    def observe(self, deed: Deed) -> None:
        """A user who had not come before."""
        self._counts.add(deed.row, deed.at)

    def values(self, at: float, known: int, rows: NDArray[np.int64] | None = None) -> Scores:
        """The logarithm of the users, 1 at ``POPULAR`` of them, shape (known,) or (rows,)."""
        counts = self._counts.values(at, known)
        if rows is not None:
            counts = counts[rows]
        return np.minimum(1.0, np.log1p(counts) / math.log1p(POPULAR))


class Taste:
    """Likeness of rows to what each user liked, less to what they disliked, by categories."""

    def __init__(self, capacity: int, half_life: float) -> None:
        self._half_life = half_life
        self._kinds: dict[frozenset[str], int] = {}
        self._kind_of = np.zeros(capacity, np.int64)
        self._names: dict[str, int] = {}
        self._verdicts: dict[str, dict[int, tuple[float, bool]]] = defaultdict(dict)
        self._traits = np.empty((0, 0))

    def arrive(self, arrival: Arrival) -> None:
        """Note its categories."""
        kind = frozenset(each.casefold().strip() for each in arrival.item.categories)
        for each in kind:
            self._names.setdefault(each, len(self._names))
        self._kind_of[arrival.row] = self._kinds.setdefault(kind, len(self._kinds))

    def observe(self, deed: Deed) -> None:
        """A click or like speaks for, a dislike against."""
        if deed.kind in {"click", "like", "dislike"}:
            verdicts = self._verdicts[deed.user]
            verdicts.pop(deed.row, None)
            verdicts[deed.row] = (deed.at, deed.kind != "dislike")

    def values(self, question: Question) -> Scores:
        """−1 to 1 a row, before the weights' ``relatives``."""
        judged = list(self._verdicts.get(question.user or "", {}).items())[-_JUDGED:]
        if not judged:
            return np.zeros(question.known)
        traits = self._matrix()
        near = traits[self._kind_of[[row for row, _ in judged]]] @ traits.T
        decay = 2.0 ** -((question.at - np.array([at for _, (at, _) in judged])) / self._half_life)
        far = 1.0 - np.clip(near * decay[:, None], 0.0, 1.0)
        liked = np.array([liked for _, (_, liked) in judged])
        by_kind = far[~liked].prod(axis=0) - far[liked].prod(axis=0)
        values: Scores = by_kind[self._kind_of[: question.known]]
        return values

    def _matrix(self) -> Scores:
        """Each kind's categories as a vector of length 1, shape (kinds, categories)."""
        if self._traits.shape != (len(self._kinds), len(self._names)):
            self._traits = np.zeros((len(self._kinds), len(self._names)))
            for kind, row in self._kinds.items():
                for each in kind:
                    self._traits[row, self._names[each]] = len(kind) ** -0.5
        return self._traits


@dataclass(frozen=True)
class Calibration:
    """Makes likeness a probability, sigmoid(slope * cosine + offset) (Platt, 1999); ``neutral`` is the
    cosine of an item without text."""

    slope: float
    offset: float
    neutral: float

    def tempered(self, cosines: Scores, temperature: float) -> Scores:
        """Probabilities with the logit divided by ``temperature``, as fusion takes them."""
        logits = self.slope * np.nan_to_num(cosines, nan=self.neutral) + self.offset
        values: Scores = 1.0 / (1.0 + np.exp(-logits / temperature))
        return values


class SignalTable(State):
    """The raw material of all signals, and their values at a question."""

    def __init__(
        self,
        capacity: int,
        domain: Domain,
        weights: DomainWeights,
        likeness: HistoryLikeness,
        co_visits: CoVisits,
        trends: Sequence[float],
        popularities: Sequence[float],
    ) -> None:
        self.domain = domain
        self.relatives = weights.relatives
        self.co_visits = co_visits
        self.half_life = weights.half_life
        self.likeness = likeness
        self.published = np.full(capacity, np.nan)
        self.trends = {each: Bursts(capacity, each) for each in trends}
        self.popularities = {each: Users(capacity, each) for each in popularities}
        self._turned: set[tuple[int, str]] = set()
        self._asked: Question | None = None
        self._answer: dict[SignalName, Scores] = {}
        self._taste = Taste(capacity, weights.half_life.taste.total_seconds())

    def arrive(self, arrival: Arrival) -> None:
        """Note when it came out and what it is."""
        if arrival.item.published_at is not None:
            self.published[arrival.row] = arrival.item.published_at.timestamp()
        self._taste.arrive(arrival)
        self.likeness.arrive(arrival)

    def observe(self, deed: Deed) -> None:
        """Write it into every signal; being shown is not attention, and a dislike none that counts."""
        if deed.kind == "shown":
            return
        self._taste.observe(deed)
        if deed.kind == "dislike":
            return
        self.co_visits.observe(deed)
        for trend in self.trends.values():
            trend.observe(deed)
        if (deed.row, deed.user) not in self._turned:
            self._turned.add((deed.row, deed.user))
            for each in self.popularities.values():
                each.observe(deed)

    def ages(self, question: Question) -> Scores:
        """Seconds since publication, NaN where unknown."""
        return np.maximum(question.at - self.published[: question.known], 0.0)

    def freshness(self, question: Question, half_life: float) -> Scores:
        """``2 ** (-age / half_life)``, 0 where the age is unknown."""
        return np.nan_to_num(2.0 ** -(self.ages(question) / half_life), nan=0.0)

    def taste(self, question: Question) -> Scores:
        """Of the question's user, before the weights' ``relatives``."""
        return self._taste.values(question)

    def signals(
        self, question: Question, calibration: Calibration, temperature: float
    ) -> dict[SignalName, Scores]:
        """Each signal's values by the half-lives of the weights, shape (known,); kept for the next to ask."""
        if question is not self._asked:
            trend, popularity, freshness = (
                each.total_seconds()
                for each in (self.half_life.trend, self.half_life.popularity, self.half_life.freshness)
            )
            self._asked = question
            self._answer = {
                "relevance": calibration.tempered(self.likeness.cosines(question), temperature),
                "freshness": self.freshness(question, freshness),
                "trend": self.trends[trend].values(question.at, question.known),
                "popularity": self.popularities[popularity].values(question.at, question.known),
                "taste": self.relatives * self.taste(question),
                "affinity": self.co_visits.values(question),
            }
        return self._answer


class Fused(System):
    """The weighted sum of the signals; a weight of 0 leaves one out."""

    def __init__(
        self,
        name: str,
        table: SignalTable,
        calibration: Calibration,
        weights: Mapping[SignalName, float],
        temperature: float,
    ) -> None:
        self.name = name
        self.weights = weights
        self._table = table
        self._calibration = calibration
        self._temperature = temperature

    @property
    def state(self) -> State:
        """Shared by all sums over the same signals."""
        return self._table

    def score(self, question: Question) -> Scores:
        """Σ weight × signal."""
        signals = self.signals(question)
        total = np.zeros(question.known)
        for name in USED:
            if self.weights[name]:
                total += self.weights[name] * signals[name]
        return total

    def signals(self, question: Question) -> dict[SignalName, Scores]:
        """Each signal's values, shape (known,)."""
        return self._table.signals(question, self._calibration, self._temperature)


class Tables(State):
    """Several tables written into as one."""

    def __init__(self, tables: Sequence[SignalTable]) -> None:
        self._tables = tables

    def arrive(self, arrival: Arrival) -> None:
        """For all."""
        for each in self._tables:
            each.arrive(arrival)

    def observe(self, deed: Deed) -> None:
        """For all."""
        for each in self._tables:
            each.observe(deed)


class FusedByTask(System):
    """One sum among all items, another within a list; ``tables`` are those of both."""

    def __init__(self, name: str, tables: Tables, among_all: Fused, in_list: Fused) -> None:
        self.name = name
        self._tables = tables
        self._among_all = among_all
        self._in_list = in_list

    @property
    def state(self) -> State:
        """The tables of both."""
        return self._tables

    def score(self, question: Question) -> Scores:
        """That of the task at hand."""
        return (self._in_list if question.shown else self._among_all).score(question)
