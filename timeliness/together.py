"""What people turn to together: items linked by the users that they share.

A link is item-based collaborative filtering (Sarwar and others, 2001): of two items it is the
sum over the users who turned to both of ``1 / how many items the user turned to``, divided by
``(n + 5)^0.8`` of the item that is gone out from and ``(m + 5)^0.2`` of the other, where n and m
are their users: close to a conditional probability, with a little taken from what everybody
knows (Deshpande and Karypis, 2004). The exponents and the 5 were chosen on ReDial's
training conversations, by five-fold cross-validation over conversations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schema import Event

MOST_ITEMS = 64  # of a user, the latest
MOST_USERS = 512  # of an item, the latest, when links are followed
SMOOTHING = 5.0
FROM, TO = 0.8, 0.2


@dataclass(frozen=True)
class Links:
    """What is linked to some items: ``strengths`` by id, 0..1, and who stands behind a link.

    ``shared`` holds, by linked id, the item that it shares most users with and how many.
    """

    strengths: Mapping[str, float]
    shared: Mapping[str, tuple[str, int]]

    def strongest(self, k: int) -> list[str]:
        """The ``k`` ids with the strongest links, the strongest first."""
        return sorted(self.strengths, key=lambda each: (-self.strengths[each], each))[:k]


NO_LINKS = Links({}, {})


class Together:
    """Users and the items that they turned to, from events."""

    def __init__(self) -> None:
        self._items: dict[str, dict[str, datetime]] = {}
        self._users: dict[str, dict[str, datetime]] = {}
        self._latest: datetime | None = None

    def observe(self, event: Event) -> None:
        """Note when the event's user first turned to its item; a dislike is no link."""
        if event.kind == "dislike":
            return
        self._latest = max(event.at, self._latest or event.at)
        items = self._items.setdefault(event.user, {})
        if event.item_id in items:
            at = min(event.at, items[event.item_id])
        else:
            at = event.at
            if len(items) >= MOST_ITEMS:
                oldest = min(items, key=lambda each: items[each])
                if items[oldest] > at:
                    return
                del items[oldest]
                self._users[oldest].pop(event.user, None)
        items[event.item_id] = at
        self._users.setdefault(event.item_id, {})[event.user] = at

    def links(self, anchors: Sequence[str], now: datetime) -> Links:
        """What those who turned to ``anchors`` turned to as well, by what happened up to ``now``.

        The strongest link has the strength ``u / (u + 5)``, where u is how many users the
        anchors have: what few people say counts for less. Anchors are not linked to themselves.
        """
        sums: dict[str, float] = {}
        shared: dict[str, tuple[str, int]] = {}
        speaking: set[str] = set()
        for anchor in dict.fromkeys(anchors):
            users = self._users_of(anchor, now)[-MOST_USERS:]
            speaking.update(users)
            together, counts = self._together(users, now)
            near = (len(users) + SMOOTHING) ** FROM
            for item_id, weight in together.items():
                far = (self._count(item_id, now) + SMOOTHING) ** TO
                sums[item_id] = sums.get(item_id, 0.0) + weight / (near * far)
                if item_id not in shared or counts[item_id] > shared[item_id][1]:
                    shared[item_id] = anchor, counts[item_id]
        for anchor in anchors:
            sums.pop(anchor, None)
        if not sums:
            return NO_LINKS
        scale = len(speaking) / (len(speaking) + SMOOTHING) / max(sums.values())
        return Links({item_id: value * scale for item_id, value in sums.items()}, shared)

    def _users_of(self, item_id: str, now: datetime) -> list[str]:
        """Who turned to the item up to ``now``, the latest last."""
        users = self._users.get(item_id, {})
        return sorted((each for each, at in users.items() if at <= now), key=lambda each: users[each])

    def _count(self, item_id: str, now: datetime) -> int:
        users = self._users[item_id]
        if self._latest is not None and self._latest <= now:  # nothing lies ahead: no need to look
            return len(users)
        return sum(at <= now for at in users.values())

    def _together(self, users: Sequence[str], now: datetime) -> tuple[dict[str, float], dict[str, int]]:
        """What ``users`` turned to up to ``now``: weight and number of users by item."""
        weights: dict[str, float] = {}
        counts: dict[str, int] = {}
        for user in users:
            items = [each for each, at in self._items[user].items() if at <= now]
            for item_id in items:
                weights[item_id] = weights.get(item_id, 0.0) + 1 / len(items)
                counts[item_id] = counts.get(item_id, 0) + 1
        return weights, counts
