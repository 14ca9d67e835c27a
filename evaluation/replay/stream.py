"""A stream of what was there and what happened, in the order of time. Times are POSIX seconds.

Items have rows in the order of their arrival, so that what exists at a moment is always a
prefix of the rows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal, Self

from errors import SourceError
from schema import Domain, Item

Kind = Literal["click", "like", "view", "dislike", "shown"]
POSITIVE: frozenset[Kind] = frozenset({"click", "like"})
HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """An item that exists from ``at`` on; ``described`` if there is more to it than its id."""

    at: float
    row: int
    item: Item
    described: bool = True


@dataclass(frozen=True, slots=True)
class Deed:
    """What a user did with an item; ``shown`` is what was offered and not taken."""

    at: float
    row: int
    user: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Request:
    """A moment at which a user chose ``targets``; ``shown`` is the list they chose from, if one is known.

    ``history`` holds rows known of the user from before the stream, the oldest first.
    """

    at: float
    user: str
    targets: tuple[int, ...]
    shown: tuple[int, ...] = ()
    history: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a system is told of a request: rows ``0 .. known`` exist, ``history`` is what the user took, the
    oldest first, ``seen`` what is not to be offered again. ``user`` is None for no one in particular."""

    at: float
    user: str | None
    known: int
    shown: tuple[int, ...] = ()
    history: tuple[int, ...] = ()
    seen: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Calendar:
    """The parts of a stream: nothing is asked before ``warm``, tuning ends at ``split``, reporting begins there.

    ``probe`` seconds lie between two looks at the top ten; a burst is an item that gains ``burst_users``
    within ``burst_seconds`` of its first. A target older than ``evergreen`` seconds is no news to anyone.
    ``bin`` seconds are one point of a plot over time.
    """

    warm: float
    split: float
    probe: float
    burst_users: int
    burst_seconds: float
    evergreen: float
    bin: float


@dataclass(frozen=True)
class Stream:
    """Arrivals, deeds and requests, each in the order of time.

    Raises:
        SourceError: something is out of order, or is done to an item that is not there yet.
    """

    name: str
    domain: Domain
    arrivals: Sequence[Arrival]
    deeds: Sequence[Deed]
    requests: Sequence[Request]
    calendar: Calendar
    all_described: bool = field(init=False, compare=False)
    _arrived: list[float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._require_order("arrivals", [each.at for each in self.arrivals])
        self._require_order("deeds", [each.at for each in self.deeds])
        self._require_order("requests", [each.at for each in self.requests])
        arrived = [each.at for each in self.arrivals]
        if any(each.row != row for row, each in enumerate(self.arrivals)):
            raise SourceError(f"stream {self.name}: rows are not in the order of arrival; use Stream.of")
        for deed in self.deeds:
            if not 0 <= deed.row < len(arrived) or arrived[deed.row] > deed.at:
                raise SourceError(
                    f"stream {self.name}: {deed.kind} at {told(deed.at)} of an item that is not there"
                )
        object.__setattr__(self, "_arrived", arrived)
        object.__setattr__(self, "all_described", all(each.described for each in self.arrivals))

    def _require_order(self, what: str, times: Sequence[float]) -> None:
        for one, other in pairwise(times):
            if other < one:
                raise SourceError(
                    f"stream {self.name}: {what} are out of order at {told(other)}; build it with Stream.of"
                )

    @classmethod
    def of(
        cls,
        name: str,
        domain: Domain,
        items: Mapping[str, tuple[float, Item, bool]],
        deeds: Iterable[tuple[float, str, str, Kind]],
        requests: Iterable[tuple[float, str, Sequence[str], Sequence[str], Sequence[str]]],
        calendar: Calendar,
    ) -> Self:
        """Sort everything by time (equals keep their order) and number the items.

        Args:
            name: of the stream.
            domain: of its items.
            items: by id, when each arrived, the item, and whether it is described.
            deeds: time, item id, user, kind.
            requests: time, user, ids of targets, of the list shown, of the earlier history.
            calendar: its parts.
        """
        order = sorted(items, key=lambda each: items[each][0])
        rows = {each: row for row, each in enumerate(order)}
        return cls(
            name=name,
            domain=domain,
            arrivals=[
                Arrival(items[each][0], row, items[each][1], items[each][2]) for each, row in rows.items()
            ],
            deeds=sorted((Deed(at, rows[each], user, kind) for at, each, user, kind in deeds), key=_at),
            requests=sorted(
                (
                    Request(
                        at, user, *(tuple(rows[each] for each in ids) for ids in (targets, shown, history))
                    )
                    for at, user, targets, shown, history in requests
                ),
                key=_at,
            ),
            calendar=calendar,
        )

    def known(self, at: float, *, inclusive: bool = False) -> int:
        """How many rows have arrived before ``at``, or by then."""
        return (bisect_right if inclusive else bisect_left)(self._arrived, at)

    def until(self, at: float) -> Stream:
        """The stream as it was at ``at``: items and requests up to then, and no deed of that moment or later."""
        return replace(
            self,
            arrivals=self.arrivals[: self.known(at, inclusive=True)],
            deeds=[each for each in self.deeds if each.at < at],
            requests=[each for each in self.requests if each.at <= at],
        )


def _at(thing: Deed | Request) -> float:
    return thing.at


def told(at: float) -> str:
    """A time for people to read."""
    return datetime.fromtimestamp(at, UTC).isoformat()
