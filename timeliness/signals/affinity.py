"""Affinity: how much people who turned to what the user names or liked turned to an item too.

State: who turned to what (``timeliness/together.py``), and the items that are gone out from.
Events: every kind but a dislike and a feed's mention. Value: the strength of the item's link, 0 where none of
the items is known to the log.
"""

from collections.abc import Sequence
from datetime import datetime

from schema import Demand, Event, Evidence, Item
from timeliness.signals.base import Signal
from timeliness.signals.wording import is_chinese
from timeliness.together import NO_LINKS, Links, Together

FEWEST_USERS = 3  # who are spoken of: fewer would be somebody


class Affinity(Signal):
    """How strongly an item is linked to others by the people they share."""

    name = "affinity"

    def __init__(self, together: Together | None = None) -> None:
        self.together = Together() if together is None else together
        self._anchors: dict[str, Item] = {}

    def observe(self, event: Event) -> None:
        """Note that the event's user turned to its item."""
        self.together.observe(event)

    def of(self, anchors: Sequence[Item]) -> "Affinity":
        """The same state, gone out from ``anchors``."""
        view = Affinity(self.together)
        view._anchors = {each.id: each for each in anchors}
        return view

    def strongest(self, now: datetime, k: int) -> list[str]:
        """The ``k`` ids that are linked most strongly at ``now``, strongest first."""
        return self._at(now).strongest(k)

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """The strength of the item's link, 0..1."""
        return self._at(now).strengths.get(item.id, 0.0)

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``5 people who turned to Heat turned to this too``."""
        links = self._at(now)
        if item.id not in links.strengths:
            return None
        anchor, users = links.shared[item.id]
        if users < FEWEST_USERS:
            return None
        title = self._anchors[anchor].title
        if is_chinese(demand.language):
            return self._say(f"关注《{title}》的人中有{users}人也关注了它")
        return self._say(f"{users} people who turned to {title} turned to this too")

    def _at(self, now: datetime) -> Links:
        return self.together.links(list(self._anchors), now) if self._anchors else NO_LINKS
