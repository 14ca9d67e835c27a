"""Who turned to one thing, and when: a user counts once a day, however often they come.

The latest days are kept by user: the moment at which the user first came that day, how
often they came to one and the same item, and to which item first. Older days are kept
as counts by quarter of an hour. A user who came to one item more often than
``MOST_A_DAY`` times in a day floods it and counts for nothing there; what they sent is
kept, so that it can be reported. All times are seconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

BIN = 900
DAY = 86_400
NO_VISIT = frozenset({"dislike", "mention"})  # kinds of event in which nobody turned to the item
MOST_A_DAY = 5  # events of one user at one item: a view, a click, a like, a purchase, once more
BY_USER_DAYS = 9
KEPT_DAYS = 37
MOST_USERS_A_DAY = 20_000  # beyond these a day's further users are not counted: a bound, and never too many


@dataclass(slots=True)
class _User:
    first: float
    events: int
    item: str


class UserDay(NamedTuple):
    """A user on a day (days since 1970): the first moment, how often they came to one item, and the first item."""

    day: int
    user: str
    first: float
    events: int
    item: str


class Visits:
    """The visits to one key."""

    __slots__ = ("_bins", "_days", "first", "held")

    def __init__(self) -> None:
        self._days: dict[int, dict[str, _User]] = {}
        self._bins: dict[int, int] = {}
        self.first: float | None = None
        self.held = 0  # users kept by name

    def add(self, user: str, item: str, at: float, events: int | None = None) -> int:
        """Note a visit; returns how often ``user`` came to one item that day, this time included.

        Args:
            user: who came.
            item: to which item.
            at: when.
            events: how often by now, where that is counted elsewhere; None counts it here.
        """
        self.first = at if self.first is None else min(self.first, at)
        day = self._days.setdefault(int(at // DAY), {})
        known = day.get(user)
        if known is None:
            if len(day) >= MOST_USERS_A_DAY:
                return MOST_A_DAY + 1
            day[user] = _User(at, events or 1, item)
            self.held += 1
            return events or 1
        known.events = known.events + 1 if events is None else max(known.events, events)
        if at < known.first:
            known.first, known.item = at, item
        return known.events

    def settle(self, now: float, days: int = BY_USER_DAYS) -> None:
        """Keep only the last ``days`` by user, and nothing that is too old to matter."""
        newest = int(now // DAY)
        for day in [each for each in self._days if each <= newest - days]:
            users = self._days.pop(day)
            self.held -= len(users)
            for user in users.values():
                if user.events <= MOST_A_DAY:
                    place = int(user.first // BIN)
                    self._bins[place] = self._bins.get(place, 0) + 1
        oldest = (newest - KEPT_DAYS) * DAY
        for place in [each for each in self._bins if each * BIN < oldest]:
            del self._bins[place]
        if self.first is not None:
            self.first = max(self.first, oldest)

    def days(self) -> Iterator[UserDay]:
        """The days that are kept by user."""
        for day, users in self._days.items():
            for user, each in users.items():
                yield UserDay(day, user, each.first, each.events, each.item)

    @property
    def binned(self) -> int:
        """How many quarters of an hour ``bins`` gives."""
        return len(self._bins)

    def bins(self) -> Iterator[tuple[int, int]]:
        """Quarters of an hour since 1970 that are kept as counts, and those."""
        yield from self._bins.items()

    @classmethod
    def restored(cls, first: float | None, days: Iterable[UserDay], bins: Iterable[Sequence[int]]) -> Visits:
        """What ``first``, ``days`` and ``bins`` gave, as it was then."""
        made = cls()
        made.first = first
        for day, user, at, events, item in days:
            made._days.setdefault(day, {})[user] = _User(at, events, item)
            made.held += 1
        made._bins.update((place, count) for place, count in bins)
        return made

    def counted(self, since: float, until: float) -> Iterator[tuple[float, int]]:
        """Moments in ``(since, until]`` and how many users came first that day at each, no flooders."""
        for place, count in self._bins.items():
            if since < (middle := (place + 0.5) * BIN) <= until:
                yield middle, count
        for day, users in self._days.items():
            if (day + 1) * DAY > since and day * DAY <= until:
                for user in users.values():
                    if user.events <= MOST_A_DAY and since < user.first <= until:
                        yield user.first, 1

    def users(self, since: float, until: float) -> int:
        """How many different users ``counted`` counts there, those kept by name."""
        return len({user for user, each in self._named(since, until) if each.events <= MOST_A_DAY})

    def items(self, since: float, until: float) -> dict[str, int]:
        """By item, how many of those users came to it first."""
        found: dict[str, int] = {}
        for _, each in self._named(since, until):
            if each.events <= MOST_A_DAY:
                found[each.item] = found.get(each.item, 0) + 1
        return found

    def events(self, since: float, until: float) -> int:
        """All events, of flooders too, of the users who came first that day in ``(since, until]``."""
        return sum(each.events for _, each in self._named(since, until))

    def flooding(self, since: float, until: float) -> dict[str, int]:
        """Those of ``events`` that came from users on days on which they flooded it."""
        found: dict[str, int] = {}
        for user, each in self._named(since, until):
            if each.events > MOST_A_DAY:
                found[user] = found.get(user, 0) + each.events
        return found

    def _named(self, since: float, until: float) -> Iterator[tuple[str, _User]]:
        for day, users in self._days.items():
            if (day + 1) * DAY > since and day * DAY <= until:
                for user, each in users.items():
                    if since < each.first <= until:
                        yield user, each
