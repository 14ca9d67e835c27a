"""What a system is: a state that things are written into, and scores of what exists."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from evaluation.replay.stream import Arrival, Deed, Question

Scores = NDArray[np.float64]


class State:
    """What is remembered of the past. Several systems may share one."""

    def arrive(self, arrival: Arrival) -> None:
        """Take in an item that exists from now on; a state without use for it leaves it be."""
        return

    def observe(self, deed: Deed) -> None:
        """Take in what a user did."""
        return


class System(State, ABC):
    """Scores items for a request; it is its own state unless it says otherwise."""

    name: str

    @property
    def state(self) -> State:
        """What arrivals and deeds are written into."""
        return self

    @abstractmethod
    def score(self, question: Question) -> Scores:
        """Scores of rows ``0 .. question.known``, shape (known,), higher is better; -inf: not offered."""
