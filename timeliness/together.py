"""What people turn to together: items linked by the users that they share.

A link is item-based collaborative filtering (Sarwar and others, 2001): of two items it is the
sum over the users who turned to both of ``1 / how many items the user turned to``, divided by
``(n + 5)^0.8`` of the item that is gone out from and ``(m + 5)^0.2`` of the other, where n and m
are their users: close to a conditional probability, with a little taken from what everybody
knows (Deshpande and Karypis, 2004). The exponents and the 5 were chosen on ReDial's
training conversations, by five-fold cross-validation over conversations.

Memory is bounded by the pairs of a user and an item that are kept, ``MOST_PAIRS``. Beyond them the users
who came longest ago are forgotten, as 2Q has it (Johnson and Shasha, VLDB 1994): users of a
single item, who link nothing, wait apart, and while they hold more than ``SINGLE_SHARE`` of the
pairs one of them goes. So a flood of accounts that each come once pushes out no user who makes a link.
Links are then those among the users who are kept, exactly, and their numbers of users at most too small.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from schema import Event
from timeliness.crowd_snapshot import packed, unpacked
from timeliness.visits import NO_VISIT

MOST_ITEMS = 64  # of a user, the latest
MOST_USERS = 512  # of an item, the latest, when links are followed
MOST_PAIRS = 1_000_000  # of a user and an item
SINGLE_SHARE = 0.25  # of the pairs, that users of one item may always hold
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
    """Users and the items that they turned to, from events.

    Args:
        most_pairs: of a user and an item, kept at once.

    Raises:
        ValueError: ``most_pairs`` is less than one user may hold.
    """

    def __init__(self, most_pairs: int = MOST_PAIRS) -> None:
        if most_pairs < MOST_ITEMS:
            raise ValueError(f"links need room for at least {MOST_ITEMS} pairs of user and item")
        self._most_pairs = most_pairs
        # When users came (seconds since 1970), who came last comes last: users of one item, and of several.
        self._single: OrderedDict[str, dict[str, float]] = OrderedDict()
        self._several: OrderedDict[str, dict[str, float]] = OrderedDict()
        self._pairs = 0
        self._users: dict[str, dict[str, float]] = {}
        self._latest: float | None = None
        self._told: tuple[tuple[object, ...], Links] | None = None

    def __len__(self) -> int:
        """How many pairs of a user and an item are kept."""
        return self._pairs

    def observe(self, event: Event) -> None:
        """Note when the event's user first turned to its item; neither a dislike nor a feed's mention is a link."""
        if event.kind in NO_VISIT:
            return
        self._told = None
        at = event.at.timestamp()
        self._latest = max(at, self._latest or at)
        items = self._touched(event.user)
        at = min(at, items.get(event.item_id, at))
        if event.item_id not in items:
            if len(items) >= MOST_ITEMS:
                oldest = min(items, key=lambda each: items[each])
                if items[oldest] > at:
                    return
                del items[oldest]
                self._forget(oldest, event.user)
            self._pairs += 1
        items[event.item_id] = at
        self._users.setdefault(event.item_id, {})[event.user] = at
        if len(items) > 1 and event.user in self._single:
            self._several[event.user] = self._single.pop(event.user)
        while self._pairs > self._most_pairs:
            self._make_room()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that is kept, for ``of_arrays``."""
        held = {**self._single, **self._several}
        users = {user: place for place, user in enumerate(held)}
        items = {item_id: place for place, item_id in enumerate(self._users)}
        pairs = chain.from_iterable(each.items() for each in held.values())
        by_user = np.array([(items[item_id], at) for item_id, at in pairs], np.float64).reshape(-1, 2)
        turned = chain.from_iterable(self._users.values())
        return {
            "users": packed(list(users)),
            "items": packed(list(items)),
            "of_user": np.array([len(each) for each in held.values()], np.int64),
            "of_item": np.array([len(each) for each in self._users.values()], np.int64),
            "turned_to": by_user[:, 0].astype(np.int64),
            "at": by_user[:, 1],
            "turned": np.array([users[each] for each in turned], np.int64),
            "latest": np.array([] if self._latest is None else [self._latest], np.float64),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], most_pairs: int = MOST_PAIRS) -> Self:
        """What ``arrays`` gave, as it was then."""
        made = cls(most_pairs)
        users, items = unpacked(arrays["users"]), unpacked(arrays["items"])
        turned_to = [items[each] for each in arrays["turned_to"].tolist()]
        at, turned = arrays["at"].tolist(), [users[each] for each in arrays["turned"].tolist()]
        held: dict[str, dict[str, float]] = {}
        start = 0
        for user, size in zip(users, arrays["of_user"].tolist(), strict=True):
            end = start + size
            held[user] = dict(zip(turned_to[start:end], at[start:end], strict=True))
            (made._several if size > 1 else made._single)[user] = held[user]
            start = end
        made._pairs, start = start, 0
        for item_id, size in zip(items, arrays["of_item"].tolist(), strict=True):
            made._users[item_id] = {each: held[each][item_id] for each in turned[start : start + size]}
            start += size
        made._latest = next(iter(arrays["latest"].tolist()), None)
        return made

    def _touched(self, user: str) -> dict[str, float]:
        """The items of ``user``, who now comes last of their kind."""
        of = self._several if user in self._several else self._single
        items = of.setdefault(user, {})
        of.move_to_end(user)
        return items

    def _make_room(self) -> None:
        """Forget the user of one kind who came longest ago."""
        many = len(self._single) > SINGLE_SHARE * self._most_pairs or not self._several
        user, items = (self._single if many else self._several).popitem(last=False)
        for item_id in items:
            self._forget(item_id, user)

    def _forget(self, item_id: str, user: str) -> None:
        del self._users[item_id][user]
        if not self._users[item_id]:
            del self._users[item_id]
        self._pairs -= 1

    def links(self, anchors: Sequence[str], now: datetime) -> Links:
        """What those who turned to ``anchors`` turned to as well, by what happened up to ``now``.

        The strongest link has the strength ``u / (u + 5)``, where u is how many users the
        anchors have: what few people say counts for less. Anchors are not linked to themselves.
        The same question again, as retrieval and scoring of one request ask it, is answered from memory.
        """
        asked = (*anchors, now)
        if self._told is None or self._told[0] != asked:
            self._told = asked, self._links(anchors, now.timestamp())
        return self._told[1]

    def _links(self, anchors: Sequence[str], moment: float) -> Links:
        sums: dict[str, float] = {}
        shared: dict[str, tuple[str, int]] = {}
        speaking: set[str] = set()
        for anchor in dict.fromkeys(anchors):
            users = self._users_of(anchor, moment)[-MOST_USERS:]
            speaking.update(users)
            together, counts = self._together(users, moment)
            near = (len(users) + SMOOTHING) ** FROM
            for item_id, weight in together.items():
                far = (self._count(item_id, moment) + SMOOTHING) ** TO
                sums[item_id] = sums.get(item_id, 0.0) + weight / (near * far)
                if item_id not in shared or counts[item_id] > shared[item_id][1]:
                    shared[item_id] = anchor, counts[item_id]
        for anchor in anchors:
            sums.pop(anchor, None)
        if not sums:
            return NO_LINKS
        scale = len(speaking) / (len(speaking) + SMOOTHING) / max(sums.values())
        return Links({item_id: value * scale for item_id, value in sums.items()}, shared)

    def _users_of(self, item_id: str, now: float) -> list[str]:
        """Who turned to the item up to ``now``, the latest last."""
        users = self._users.get(item_id, {})
        return sorted((each for each, at in users.items() if at <= now), key=lambda each: users[each])

    def _count(self, item_id: str, now: float) -> int:
        users = self._users[item_id]
        if self._latest is not None and self._latest <= now:  # nothing lies ahead: no need to look
            return len(users)
        return sum(at <= now for at in users.values())

    def _together(self, users: Sequence[str], now: float) -> tuple[dict[str, float], dict[str, int]]:
        """What ``users`` turned to up to ``now``: weight and number of users by item."""
        weights: dict[str, float] = {}
        counts: dict[str, int] = {}
        for user in users:
            held = self._several.get(user) or self._single[user]
            items = [each for each, at in held.items() if at <= now]
            for item_id in items:
                weights[item_id] = weights.get(item_id, 0.0) + 1 / len(items)
                counts[item_id] = counts.get(item_id, 0) + 1
        return weights, counts
