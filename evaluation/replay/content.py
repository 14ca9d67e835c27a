"""Baselines that know only texts: BM25 and MiniLM, asked with what the user took last."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evaluation.replay.stream import Arrival, Question
from evaluation.replay.system import Scores, State, System
from evaluation.replay.vectors import Vectors
from schema import Item
from vectorstore.lexical import EVERYTHING, LexicalIndex

RECENT = 10  # so many items of the history make the question


class Bm25(System):
    """The titles of the latest history as the query, over an index that grows with the arrivals."""

    def __init__(self, file: Path, limit: int = 200) -> None:
        self.name = "BM25"
        self._index = LexicalIndex(file)
        self._waiting: list[Item] = []
        self._rows: dict[str, int] = {}
        self._titles: dict[int, str] = {}
        self._limit = limit

    def arrive(self, arrival: Arrival) -> None:
        """Index it with the next question."""
        if arrival.described:
            self._waiting.append(arrival.item)
            self._rows[arrival.item.id] = arrival.row
            self._titles[arrival.row] = arrival.item.title

    def score(self, question: Question) -> Scores:
        """BM25 of the best ``limit``; -inf for the rest."""
        if self._waiting:
            self._index.apply(self._waiting, ())
            self._waiting = []
        scores = np.full(question.known, -np.inf)
        titles = [self._titles[row] for row in question.history[-RECENT:] if row in self._titles]
        for item_id, score in self._index.match(" ".join(reversed(titles)), EVERYTHING, self._limit):
            scores[self._rows[item_id]] = score
        return scores


class HistoryLikeness(State):
    """Cosines of items to the mean vector of the latest history; NaN where there is no text."""

    def __init__(self, capacity: int, vectors: Vectors) -> None:
        self._vectors = vectors
        self._places = np.full(capacity, -1)
        self._matrix = np.empty((0, vectors.dimensions), np.float32)
        self._used = 0
        self._rows: NDArray[np.int64] = np.empty(0, np.int64)
        self._asked: Question | None = None
        self._answer: Scores = np.empty(0)

    def arrive(self, arrival: Arrival) -> None:
        """Look its vector up, once for all who share this."""
        if not arrival.described or self._places[arrival.row] >= 0:
            return
        if self._used == len(self._matrix):
            room = max(1024, self._used)
            self._matrix = np.concatenate([self._matrix, np.empty((room, self._matrix.shape[1]), np.float32)])
            self._rows = np.concatenate([self._rows, np.empty(room, np.int64)])
        self._matrix[self._used] = self._vectors.of(arrival.item)
        self._rows[self._used] = arrival.row
        self._places[arrival.row] = self._used
        self._used += 1

    def cosines(self, question: Question) -> Scores:
        """One cosine a row, shape (known,)."""
        if question is self._asked:
            return self._answer
        likeness = np.full(question.known, np.nan)
        places = [self._places[row] for row in question.history if self._places[row] >= 0][-RECENT:]
        if places:
            mean = self._matrix[places].mean(axis=0)
            mean /= max(float(np.linalg.norm(mean)), 1e-9)
            used = int(np.searchsorted(self._rows[: self._used], question.known))
            likeness[self._rows[:used]] = self._matrix[:used] @ mean
        self._asked, self._answer = question, likeness
        return likeness


class MiniLm(System):
    """Likeness to the latest history; ``neutral`` stands for an item without text."""

    def __init__(self, likeness: HistoryLikeness, neutral: float) -> None:
        self.name = "MiniLM"
        self._likeness = likeness
        self._neutral = neutral

    @property
    def state(self) -> State:
        """Shared with whoever else asks for likeness."""
        return self._likeness

    def score(self, question: Question) -> Scores:
        """The cosines."""
        return np.nan_to_num(self._likeness.cosines(question), nan=self._neutral)
