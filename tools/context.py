"""What a tool may use: the long-lived parts, made once in the wiring and handed down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from settings import Settings
from vectorstore.naming import named_items

if TYPE_CHECKING:
    from schema import Demand, Item
    from serving.scorer import Scorer
    from timeliness.events import EventLog
    from timeliness.signals.computer import SignalComputer
    from vectorstore.catalogue import Catalogue
    from vectorstore.embedder import Embedder
    from vectorstore.search import Search


@dataclass(frozen=True)
class ToolContext:
    """The parts of a running Kairos."""

    settings: Settings
    embedder: Embedder
    catalogue: Catalogue
    search: Search
    scorer: Scorer
    events: EventLog

    @cached_property
    def signals(self) -> SignalComputer:
        """The signals of the moment, which follow the event log."""
        from timeliness.signals.computer import SignalComputer

        return SignalComputer(log=self.events, zone=self.settings.zone, country=self.settings.country)

    def signals_for(self, session: str, demand: Demand) -> SignalComputer:
        """The signals for the user of ``session``, who asks ``demand``.

        Affinity goes out from what the demand names or points at, unless to turn it down, and
        from what the user liked in its domains.
        """
        verdicts = self.events.verdicts(session) if session else {}
        judged = [(item, verdicts[item.id]) for item in self.catalogue.get(list(verdicts))]
        liked = [item for item, each in judged if each.verdict == "like" and _fits(item, demand)]
        named = named_items(self.catalogue, demand)
        return self.signals.for_user(judged, [*named, *self._pointed_at(demand), *liked])

    def _pointed_at(self, demand: Demand) -> list[Item]:
        if demand.intent == "reject":
            return []
        found = self.catalogue.get([each.item_id for each in demand.references if each.item_id])
        return [each for each in found if _fits(each, demand)]


def _fits(item: Item, demand: Demand) -> bool:
    return not demand.domains or item.domain in demand.domains
