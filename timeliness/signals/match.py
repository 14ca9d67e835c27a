"""Match: how many of the wishes the item's own fields bear out.

State: none. Events: none. Value: the mean over the wishes of how tellingly a field holds
them (1 in a category or attribute, less in the title or the description), less what is
not wanted and borne out all the same. An offer is a wish too, which an old price or a window of
its own bears out; being cheaper every season does not. The classifier judges meaning; this says what can
be pointed at, and so moves the order towards what can be justified. Its evidence is in
the reasons themselves.
"""

from datetime import datetime

from schema import Demand, Evidence, Item
from timeliness.matching import support
from timeliness.signals.base import Signal
from timeliness.validity import marked_down

OFFER = 2.0  # what an offer that is asked for counts beside other wishes
_TELLING = {"title": 0.8, "description": 0.4}


class Match(Signal):
    """The share of the wishes that the item's fields bear out."""

    name = "match"

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """0 where nothing is wished or nothing fits, 1 where all wishes stand in the item's fields."""
        wished = [(each.weight, _held(item, each.text)) for each in demand.interests if each.polarity > 0]
        if demand.limits.on_offer:
            wished.append((OFFER, float(item.valid_until is not None or marked_down(item))))
        if not wished:
            return 0.0
        refused = sum(_held(item, each.text) for each in demand.interests if each.polarity < 0)
        held = sum(weight * share for weight, share in wished)
        return max(0.0, held / max(sum(weight for weight, _ in wished), 1e-9) - 0.5 * refused)

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """None: the reasons name the fields."""
        return None


def _held(item: Item, wish: str) -> float:
    found = support(wish, item)
    return _TELLING.get(found.name, 1.0) if found else 0.0
