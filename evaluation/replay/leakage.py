"""Holds systems to what was known: whatever they are handed is stamped, and what they answer is checked.

Three checks. Every arrival and deed that is handed over leaves its stamp, and a question that
is earlier than a stamp fails the run. An answer about rows that had not arrived fails it. And a
system that came by the future in any other way answers differently once the future is cut off:
``require_same`` compares the answers of the whole stream with those of one that ends at the request.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from errors import KairosError
from evaluation.replay.stream import Arrival, Deed, Question, told
from evaluation.replay.system import Scores, State, System


class LeakageError(KairosError):
    """A system was handed, or made use of, what did not exist yet."""


class Gate:
    """The only way by which things reach systems, and answers come back."""

    def __init__(self, systems: Sequence[System]) -> None:
        states: dict[int, State] = {id(each.state): each.state for each in systems}
        self._states = tuple(states.values())
        self._latest_deed = -np.inf
        self._stamps: list[float] = []

    def arrive(self, arrival: Arrival) -> None:
        """Hand an item to every system."""
        if arrival.row != len(self._stamps):
            raise LeakageError(f"item {arrival.item.id} was handed over before those that arrived earlier")
        self._stamps.append(arrival.at)
        for each in self._states:
            each.arrive(arrival)

    def observe(self, deed: Deed) -> None:
        """Hand a deed to every system."""
        self._latest_deed = max(self._latest_deed, deed.at)
        for each in self._states:
            each.observe(deed)

    def ask(self, system: System, question: Question) -> Scores:
        """The system's scores of rows ``0 .. known``.

        Raises:
            LeakageError: something that was handed over is not older than the question, an item that is
                asked about is younger, or the answer is about others.
        """
        if self._latest_deed >= question.at:
            raise LeakageError(
                f"{system.name} was handed a deed of {told(self._latest_deed)} before the request of"
                f" {told(question.at)}"
            )
        self._require_there(system, question, range(max(question.known - 1, 0), question.known))
        self._require_there(system, question, (*question.shown, *question.history))
        scores = system.score(question)
        if scores.shape != (question.known,):
            raise LeakageError(
                f"{system.name} answered the request of {told(question.at)} with {scores.shape[0]} items of"
                f" which {question.known} exist"
            )
        return scores

    def younger(self, rows: Sequence[int], at: float) -> int:
        """How many of ``rows`` had not arrived by ``at``."""
        return sum(row >= len(self._stamps) or self._stamps[row] > at for row in rows)

    def _require_there(self, system: System, question: Question, rows: Sequence[int]) -> None:
        for row in rows:
            if row >= len(self._stamps) or row >= question.known or self._stamps[row] > question.at:
                raise LeakageError(
                    f"{system.name} would be told of item number {row} at {told(question.at)}, before it arrived"
                )


def require_same(system: str, at: float, whole: Scores, cut: Scores) -> None:
    """The answer must not depend on whether the stream goes on.

    Raises:
        LeakageError: it does.
    """
    if whole.shape != cut.shape or not np.allclose(whole, cut, rtol=1e-5, atol=1e-6, equal_nan=True):
        raise LeakageError(
            f"{system} answers the request of {told(at)} differently when what came later is cut off: it peeks"
        )
