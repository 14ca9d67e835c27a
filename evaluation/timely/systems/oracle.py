"""The oracle as a system: what could be reached at most."""

from __future__ import annotations

from evaluation.timely.oracle import Oracle
from evaluation.timely.scenario import Scenario
from evaluation.timely.systems.base import Answer


class OracleSystem:
    """Answers with right items. It alone looks at what is needed."""

    name = "oracle"
    twin: str | None = None

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle

    async def answer(self, scenario: Scenario, k: int) -> Answer:
        """The first ``k`` of the right items."""
        return Answer(tuple(self._oracle.ranking(scenario)[:k]))
