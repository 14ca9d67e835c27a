"""Match: how many of the wishes the item's own fields bear out.

State: none. Events: none. Value: the mean over the wishes of how tellingly a field holds
them (1 in a category or attribute, less in the title or the description), less what is
not wanted and borne out all the same. The classifier judges meaning; this says what can
be pointed at, and so moves the order towards what can be justified. Its evidence is in
the reasons themselves.
"""

from datetime import datetime

from schema import Demand, Evidence, Item
from timeliness.matching import support
from timeliness.signals.base import Signal

_TELLING = {"title": 0.8, "description": 0.4}


class Match(Signal):
    """The share of the wishes that the item's fields bear out."""

    name = "match"

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """0 where nothing is wished or nothing fits, 1 where all wishes stand in the item's fields."""
        wanted = [each for each in demand.interests if each.polarity > 0]
        if not wanted:
            return 0.0
        refused = sum(_held(item, each.text) for each in demand.interests if each.polarity < 0)
        held = sum(each.weight * _held(item, each.text) for each in wanted)
        return max(0.0, held / max(sum(each.weight for each in wanted), 1e-9) - 0.5 * refused)

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """None: the reasons name the fields."""
        return None


def _held(item: Item, wish: str) -> float:
    found = support(wish, item)
    return _TELLING.get(found.name, 1.0) if found else 0.0
