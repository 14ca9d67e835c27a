"""The shape of a measured system: it gets the scenario's messages with their moments, and answers the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from evaluation.timely.scenario import Scenario
from schema import Recommendation


@dataclass(frozen=True)
class Answer:
    """Items, best first, with the recommendations they came in where the system gives reasons."""

    ids: tuple[str, ...]
    recommendations: tuple[Recommendation, ...] = ()
    text: str = ""
    seconds: float = 0.0


class System(Protocol):
    """A recommender. ``twin`` names the same system without recency, for the evergreen loss."""

    name: str
    twin: str | None

    async def answer(self, scenario: Scenario, k: int) -> Answer:
        """The ``k`` best for the last message of ``scenario``. It must not look at ``scenario.need``."""
        ...
