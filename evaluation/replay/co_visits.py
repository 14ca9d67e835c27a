"""Affinity for all items at once: which rows were turned to by those who turned to the latest history.

The formula is that of ``timeliness/together.py`` over arrays; a test holds the two together.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from evaluation.replay.stream import Deed, Question
from evaluation.replay.system import Scores, State
from timeliness.together import FROM, MOST_ITEMS, MOST_USERS, SMOOTHING, TO

ANCHORS = 10  # so many items of the history are gone out from


class CoVisits(State):
    """Users and the rows that they turned to, the latest ``MOST_ITEMS`` of each."""

    def __init__(self, capacity: int) -> None:
        self._rows: dict[str, dict[int, None]] = defaultdict(dict)
        self._arrays: dict[str, NDArray[np.int64]] = {}
        self._users: dict[int, dict[str, None]] = defaultdict(dict)
        self._counts = np.zeros(capacity)
        self._asked: Question | None = None
        self._answer: Scores = np.empty(0)

    def observe(self, deed: Deed) -> None:
        """Note that the user turned to the row; a dislike or an offer is no link. Once for all who share this."""
        rows = self._rows[deed.user]
        if deed.kind in {"dislike", "shown"} or deed.row in rows:
            return
        if len(rows) >= MOST_ITEMS:
            oldest = next(iter(rows))
            del rows[oldest], self._users[oldest][deed.user]
            self._counts[oldest] -= 1
        rows[deed.row] = None
        self._users[deed.row][deed.user] = None
        self._counts[deed.row] += 1
        self._arrays.pop(deed.user, None)

    def values(self, question: Question) -> Scores:
        """The strength of each row's link, 0 to 1, shape (known,)."""
        if question is not self._asked:
            self._asked, self._answer = question, self._strengths(question)
        return self._answer

    def _strengths(self, question: Question) -> Scores:
        anchors = list(dict.fromkeys(question.history[-ANCHORS:]))
        sums, speaking = np.zeros(question.known), set[str]()
        for anchor in anchors:
            users = list(self._users.get(anchor, ()))[-MOST_USERS:]
            if not users:
                continue
            speaking.update(users)
            rows = [self._array(each) for each in users]
            shares = np.concatenate([np.full(len(each), 1 / len(each)) for each in rows])
            together = np.bincount(np.concatenate(rows), shares, question.known)
            sums += together / (len(users) + SMOOTHING) ** FROM
        sums /= (self._counts[: question.known] + SMOOTHING) ** TO
        sums[anchors] = 0.0
        if not sums.any():
            return sums
        strengths: Scores = sums * (len(speaking) / (len(speaking) + SMOOTHING) / sums.max())
        return strengths

    def _array(self, user: str) -> NDArray[np.int64]:
        if user not in self._arrays:
            self._arrays[user] = np.fromiter(self._rows[user], np.int64)
        return self._arrays[user]
