"""Computes every signal of an item at a moment, from the state that events have written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime, tzinfo

from schema import Demand, Domain, Evidence, Feedback, Item, Signals
from timeliness.events import EventLog
from timeliness.signals.base import Signal
from timeliness.signals.crowd import Crowd
from timeliness.signals.freshness import Freshness
from timeliness.signals.match import Match
from timeliness.signals.season import Season
from timeliness.signals.taste import Taste
from timeliness.signals.urgency import Urgency
from timeliness.signals.weights import Weights, load_weights

MOST_LOOKED_AT = 200  # items whose burst is worked out for one request


class SignalComputer:
    """All signals with their weights.

    Made once and kept; ``for_user`` gives one user's view of it. With a ``log``, the
    state follows it at every ``refresh``, what other processes write included.

    Args:
        weights: of ``load_weights``; the shipped ones by default.
        log: where events come from; without it, trend and popularity by events are silent.
        zone: the reader's, in which times are worded.
        country: ISO 3166, whose seasons are meant.
    """

    def __init__(
        self,
        weights: Weights | None = None,
        *,
        log: EventLog | None = None,
        zone: tzinfo = UTC,
        country: str = "US",
    ) -> None:
        self.weights = weights or load_weights()
        self._crowd = Crowd(self.weights, log, zone)
        self._taste = Taste(self.weights)
        self._affinity = self._crowd.affinity
        self._timely: tuple[Signal, ...] = (
            Match(),
            Freshness(self.weights),
            Urgency(self.weights, zone),
            Season(zone, country),
        )

    def for_user(
        self, verdicts: Sequence[tuple[Item, Feedback]] = (), anchors: Sequence[Item] = ()
    ) -> SignalComputer:
        """The same signals, by now, for a user.

        Args:
            verdicts: the user's, each with its item: they make the taste.
            anchors: the items that affinity goes out from.
        """
        self.refresh()
        view = copy(self)
        view._taste = Taste(self.weights, verdicts)
        view._affinity = self._crowd.affinity.of(anchors)
        return view

    def linked(self, now: datetime, k: int) -> list[str]:
        """Ids of the ``k`` items that affinity finds strongest at ``now``, strongest first."""
        with self._crowd.lock:
            return self._affinity.strongest(now, k)

    def refresh(self) -> None:
        """Take in new events of the log."""
        self._crowd.follow()

    def compute(self, item: Item, demand: Demand, now: datetime, relevance: float = 0.0) -> Signals:
        """Every signal of ``item`` at ``now``; ``relevance`` is the classifier's probability."""
        with self._crowd.lock:
            values = {each.name: each.value(item, demand, now) for each in self._all()}
        return Signals(relevance=relevance, **values)

    def evidence(self, item: Item, demand: Demand, now: datetime) -> list[Evidence]:
        """What the signals have to say for or against ``item``, worded in ``demand.language``."""
        with self._crowd.lock:
            found = [each.evidence(item, demand, now) for each in self._all()]
        return [each for each in found if each is not None]

    def trending(self, domains: dict[str, Domain], now: datetime, k: int = 10) -> list[tuple[str, float]]:
        """The ``k`` items with the strongest trend, strongest first, among those whose domain is given.

        Args:
            domains: the domain of each item id that may be listed.
            now: the moment at which the trend is judged.
            k: how many at most; items without a trend are left out.
        """
        with self._crowd.lock:
            return list(self._crowd.trend.strongest(domains, now, k))

    def bursting(
        self, lookup: Callable[[Sequence[str]], list[Item]], domains: Sequence[Domain], now: datetime, k: int
    ) -> list[str]:
        """Ids of the ``k`` items of ``domains`` (of any, where none is given) with the strongest trend.

        Args:
            lookup: gives the items of ids.
            domains: those that may be listed.
            now: the moment at which the trend is judged.
            k: how many at most; items without a trend are left out.
        """
        with self._crowd.lock:
            ids = self._crowd.trend.rising(now, MOST_LOOKED_AT)
        items = {each.id: each.domain for each in lookup(ids) if not domains or each.domain in domains}
        return [each for each, _ in self.trending(items, now, k)]

    def _all(self) -> tuple[Signal, ...]:
        return (*self._timely, self._crowd.trend, self._crowd.popularity, self._taste, self._affinity)
