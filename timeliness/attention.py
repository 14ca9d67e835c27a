"""What has drawn attention up to a moment: decayed counts and visits by item, category and named thing.

``Attention`` holds what a stream of events adds up to, in bounded memory. ``LoggedAttention``
gives it for any ``now`` from the event log: it reads on as time goes on, and reads anew
what is needed where ``now`` lies before what it has read. An event after ``now`` is
never in it. What many events add up to is kept in a file beside the log, from which the
next start goes on (``timeliness/crowd_snapshot.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from math import sqrt
from pathlib import Path
from threading import RLock

import numpy as np

from schema import Event, Item
from timeliness.carried import Carried
from timeliness.counts import DecayedCounts
from timeliness.crowd_snapshot import SAVED_EVERY, Mark, discard, load, save
from timeliness.events import EventLog
from timeliness.topics import Key, item_key, topics_of
from timeliness.visits import DAY, KEPT_DAYS, MOST_A_DAY, Visits

CAPACITY = 20_000  # keys
MOST_VISITORS = 500_000  # users kept by name, over all keys
HALF_LIVES = (1.0 * DAY, 2.0 * DAY / 24, 7.0 * DAY)
RISING = 1.0  # standard deviations above the usual, as the decayed counts tell it, that are worth a look
_BATCH = 2000
_REMEMBERED_ITEMS = 50_000
_STATES = 3
_LEAST = 1e-9  # counted for an event, however light
_SETTLE_EVERY = 20_000  # events
_STRAY = timedelta(days=1)  # that a moment may lie before one asked for, of which no event was read since

Lookup = Callable[[Sequence[str]], list[Item]]


class Attention:
    """Counts of the keys of one stream. Dislikes and events of weight 0 are no attention.

    ``carried``: what feeds mention, which is no visit of anybody.
    """

    def __init__(self, capacity: int = CAPACITY, most_visitors: int = MOST_VISITORS) -> None:
        self.counts: DecayedCounts[Key] = DecayedCounts(HALF_LIVES, capacity)
        self.carried = Carried()
        self.latest: float | None = None
        self._most_visitors = most_visitors
        self._visits: dict[Key, Visits] = {}
        self._flooded: dict[Key, float] = {}
        self._visitors = 0
        self._observed = 0

    def observe(self, event: Event, topics: Sequence[Key] = ()) -> None:
        """Take in an event, in any order, and count it for its item and for ``topics``.

        The n-th event of a user at an item in a day adds 1/n² to the decayed counts.
        """
        if event.kind == "dislike" or event.weight == 0:
            return
        at = event.at.timestamp()
        self.latest = at if self.latest is None else max(self.latest, at)
        if event.kind == "mention":
            self.carried.observe(event)
            return
        key = item_key(event.item_id)
        times = self._count(key, event, at, None)
        if times > MOST_A_DAY:
            self._flooded[key] = max(self._flooded.get(key, at), at)
        for each in topics:
            self._count(each, event, at, times)
        self._observed += 1
        if self._observed % _SETTLE_EVERY == 0:
            self._settle()
        if self._visitors > self._most_visitors:
            self._shrink()

    def visits(self, key: Key) -> Visits | None:
        """The visits to ``key``; None where it is not held."""
        return self._visits.get(key)

    def held(self, key: Key) -> Visits:
        """The visits to ``key``.

        Raises:
            KeyError: it is not held.
        """
        return self._visits[key]

    def flooded_at(self) -> dict[Key, float]:
        """When each flooded item was flooded last."""
        return dict(self._flooded)

    def restore(self, key: Key, counts: Sequence[float], visits: Visits) -> None:
        """Hold ``key`` as it was held: what ``counts.held`` and ``held`` gave."""
        self.counts.restore(key, counts)
        self._visits[key] = visits
        self._visitors += visits.held

    def resume(self, flooded: Mapping[Key, float], carried: Carried, latest: float | None) -> None:
        """Go on with the rest of what was held."""
        self._flooded, self.carried, self.latest = dict(flooded), carried, latest

    def flooded(self, since: float) -> list[Key]:
        """The items that some user came to more often than ``MOST_A_DAY`` times a day, last after ``since``."""
        return [key for key, last in self._flooded.items() if last > since]

    def rising(self, now: float, most: int) -> list[Key]:
        """The keys whose count of late stands out most from what the last week leads one to expect."""
        *late, week = HALF_LIVES
        found: list[tuple[float, Key]] = []
        for key in self.counts:
            weekly = self.counts.value(key, now, len(late))
            excess = 0.0
            for place, half_life in enumerate(late):
                expected = weekly * half_life / week
                excess = max(excess, (self.counts.value(key, now, place) - expected) / sqrt(expected + 1))
            if excess >= RISING:
                found.append((excess, key))
        return [key for _, key in sorted(found, reverse=True)[:most]]

    def _count(self, key: Key, event: Event, at: float, times: int | None) -> int:
        visits = self._visits.get(key)
        if visits is None:
            visits = self._visits[key] = Visits()
        before = visits.held
        times = visits.add(event.user, event.item_id, at, times)
        self._visitors += visits.held - before
        evicted = self.counts.add(key, at, max(min(event.weight, 1.0) / times**2, _LEAST))
        if evicted is not None:
            self._drop(evicted)
        return times

    def _drop(self, key: Key) -> None:
        self._visitors -= self._visits.pop(key).held
        self._flooded.pop(key, None)

    def _settle(self) -> None:
        for visits in self._visits.values():
            before = visits.held
            visits.settle(self.latest or 0.0)
            self._visitors += visits.held - before

    def _shrink(self) -> None:
        """Keep fewer users by name: only of the last two days, then only of the keys that count most."""
        for visits in self._visits.values():
            visits.settle(self.latest or 0.0, days=2)
        self._visitors = sum(each.held for each in self._visits.values())
        while self._visitors > 0.9 * self._most_visitors and len(self._visits) > 1:
            self._drop(self.counts.pop_smallest())


class _State:
    """An ``Attention`` and how far it has read: events up to ``number`` whose time is up to ``time``."""

    def __init__(self, time: datetime, attention: Attention, number: int = 0) -> None:
        self.attention = attention
        self.number = number
        self.time = time
        self.horizon = time  # the latest moment asked for: what was too old by then was not read

    def usable(self, now: datetime) -> bool:
        """Whether it has read nothing after ``now``, and what was not too old by then."""
        latest = self.attention.latest
        return self.horizon - now <= _STRAY and (latest is None or latest <= now.timestamp())


class LoggedAttention:
    """The attention at any moment, by an event log. Safe to use from several threads.

    Args:
        log: where events come from.
        lookup: gives the items of ids, for their topics; without it only items are counted.
        capacity: keys held at once.
        snapshot: the file of what many events add up to; it belongs to ``log``, which deletes it with what
            is forgotten, and to one ``lookup``. None keeps none.
    """

    def __init__(
        self,
        log: EventLog,
        lookup: Lookup | None = None,
        capacity: int = CAPACITY,
        snapshot: Path | None = None,
    ) -> None:
        self._log = log
        self._snapshot = snapshot
        self._lookup = lookup
        self._capacity = capacity
        self._lock = RLock()
        self._states: list[_State] = []  # the one used last comes last
        self._known = 0
        self._forgotten: int | None = None
        self._topics: dict[str, tuple[Key, ...]] = {}
        self._saved_for = datetime.min.replace(tzinfo=UTC)

    def follow(self) -> None:
        """Know of what the log holds by now; after a deletion all is read anew."""
        with self._lock:
            forgotten = self._log.forgotten()
            if forgotten != self._forgotten:
                self._states.clear()
                self._forgotten = forgotten
                self._restore(forgotten)
            self._known = self._log.position()

    def at(self, now: datetime) -> Attention:
        """What the events up to ``now`` that are known of add up to. Use it before the next call."""
        with self._lock:
            state = self._nearest(now)
            self._advance(state, now)
            return state.attention

    def _nearest(self, now: datetime) -> _State:
        """The state that has read most and nothing after ``now``, or a new one."""
        if usable := [each for each in self._states if each.usable(now)]:
            state = max(usable, key=lambda each: each.time)
            self._states.remove(state)
        else:
            state = _State(now, Attention(self._capacity))
        self._states = [*self._states, state][-_STATES:]
        return state

    def _advance(self, state: _State, now: datetime) -> None:
        oldest = now - timedelta(days=KEPT_DAYS)
        taken = 0
        if state.number == 0:
            taken = self._take(state, self._log.between(oldest, now, upto=self._known))
        else:
            if state.time < now:
                taken = self._take(state, self._log.between(max(state.time, oldest), now, upto=state.number))
            if state.number < self._known:
                taken += self._take(state, self._log.between(oldest, now, state.number, self._known))
        state.number, state.time, state.horizon = self._known, now, max(state.horizon, now)
        if taken >= SAVED_EVERY and now >= self._saved_for:
            self._save(state)

    def _take(self, state: _State, events: Iterator[Event]) -> int:
        taken = 0
        while batch := list(islice(events, _BATCH)):
            if self._lookup is not None:
                self._learn({each.item_id for each in batch}, self._lookup)
            for each in batch:
                state.attention.observe(each, self._topics.get(each.item_id, ()))
            taken += len(batch)
        return taken

    def _restore(self, forgotten: int) -> None:
        """Begin with the snapshot, where it is of this log as it is; else delete it."""
        if self._snapshot is None:
            return
        from timeliness.attention_arrays import attention_of

        found = load(self._snapshot)
        if found is not None:
            mark, arrays = found
            if mark.deletions == forgotten and self._log.id_of(mark.number) == mark.event:
                with suppress(KeyError, ValueError, IndexError):
                    time = datetime.fromtimestamp(float(arrays["time"]), UTC)
                    self._states = [_State(time, attention_of(arrays, self._capacity), mark.number)]
                    self._saved_for = time
                    return
        discard(self._snapshot)

    def _save(self, state: _State) -> None:
        """Write the snapshot; one that cannot be written is only missed at the next start."""
        if self._snapshot is None or self._forgotten is None:
            return
        event = self._log.id_of(state.number)
        if event is None:  # deleted just now
            return
        from timeliness.attention_arrays import arrays_of

        arrays = {**arrays_of(state.attention), "time": np.array(state.time.timestamp())}
        with suppress(OSError):
            save(self._snapshot, Mark(state.number, event, self._forgotten), arrays)
            self._saved_for = state.time
        if self._log.forgotten() != self._forgotten:  # another process deleted: what it names must not stay
            discard(self._snapshot)

    def _learn(self, ids: set[str], lookup: Lookup) -> None:
        """Remember the topics of items; an item that is not in the catalogue yet is looked up again."""
        if len(self._topics) > _REMEMBERED_ITEMS:
            self._topics.clear()
        if missing := sorted(ids - self._topics.keys()):
            self._topics.update({each.id: topics_of(each) for each in lookup(missing)})
