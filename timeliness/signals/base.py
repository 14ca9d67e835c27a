"""The shape of a signal: what an event writes into its state, the value it gives, the evidence it offers.

The three duties follow Metarank's feature extractors (state, writes, value), with the
evidence added so that what raised a score can be said.
"""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar

from schema import Demand, Event, Evidence, Item


class Signal(ABC):
    """One thing that speaks for or against an item at a moment."""

    name: ClassVar[str]

    def observe(self, event: Event) -> None:
        """Write an event into the state. A signal that keeps none leaves it be."""
        return

    @abstractmethod
    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """How much it speaks for ``item`` at ``now``: 0..1, for taste −1..1; 0 where nothing is known."""

    @abstractmethod
    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """The fact behind the value in words of ``demand.language``; None where it is not worth saying."""

    def _say(self, words: str) -> Evidence:
        return Evidence(kind="signal", name=self.name, value=words)
