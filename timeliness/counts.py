"""Counts that decay, in bounded memory: which keys of an endless stream draw attention now.

Each key holds its count as it was when it was last touched, and is brought up to date
only when it is touched or asked for. Two touched keys compare without that: the
logarithm of a count plus the half-lives that had passed when it was touched never
changes in between (forward decay: Cormode, Shkapenyuk, Srivastava, Xu, ICDE 2009). So a
heap finds the smallest, which makes room for a newcomer when the table is full. The
newcomer takes over the evicted count as its possible error, as in Space-Saving
(Metwally, Agrawal, El Abbadi, ICDT 2005; with decay: Cormode, Korn, Tirthapura, ICDE
2008): a key whose true count exceeds the sum of all counts over the capacity is always
in the table, and no count is ever too small.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from heapq import heappop, heappush
from math import log2
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class DecayedCounts(Generic[Key]):
    """Exponentially decayed counts of at most ``capacity`` keys. Times are seconds on one scale.

    Args:
        half_lives: seconds after which a count has fallen by half; one count is kept for each,
            and the first decides who is evicted.
        capacity: how many keys are held.

    Raises:
        ValueError: no half-life, one that is not positive, or no capacity.
    """

    def __init__(self, half_lives: tuple[float, ...], capacity: int) -> None:
        if not half_lives or min(half_lives) <= 0 or capacity < 1:
            raise ValueError("decayed counts need positive half-lives and a capacity of at least 1")
        self.half_lives = half_lives
        self.capacity = capacity
        self._counts: dict[Key, list[float]] = {}  # seconds of the last touch, then a count a half-life
        self._order: list[tuple[float, int, Key]] = []  # smallest rank first, possibly outgrown since
        self._serial = 0

    def __len__(self) -> int:
        return len(self._counts)

    def __contains__(self, key: Key) -> bool:
        return key in self._counts

    def __iter__(self) -> Iterator[Key]:
        return iter(self._counts)

    def add(self, key: Key, at: float, amount: float = 1.0) -> Key | None:
        """Count ``amount`` for ``key`` at ``at``, late ones too; returns the key that was evicted for it."""
        if amount <= 0:
            return None
        evicted = None
        held = self._counts.get(key)
        if held is None:
            inherited = 0.0
            if len(self._counts) >= self.capacity:
                evicted, inherited = self._smallest(at)
            held = self._counts[key] = [at, *(inherited for _ in self.half_lives)]
            _decay_and_add(held, at, amount, self.half_lives)
            self._push(key, held)
        else:
            _decay_and_add(held, at, amount, self.half_lives)
        return evicted

    def value(self, key: Key, now: float, which: int = 0) -> float:
        """The count of ``key`` decayed to ``now`` by the ``which``-th half-life; 0 where it is not held."""
        held = self._counts.get(key)
        if held is None:
            return 0.0
        return float(held[1 + which] * 2.0 ** (-max(now - held[0], 0.0) / self.half_lives[which]))

    def held(self, key: Key) -> tuple[float, ...]:
        """The second at which ``key`` was touched last and its count by each half-life then, for ``restore``.

        Raises:
            KeyError: it is not held.
        """
        return tuple(self._counts[key])

    def restore(self, key: Key, held: Sequence[float]) -> None:
        """Hold ``key`` as ``held`` gave it.

        Raises:
            ValueError: it is of other half-lives, or there is no room.
        """
        if len(held) != 1 + len(self.half_lives) or len(self._counts) >= self.capacity:
            raise ValueError("a count of other half-lives, or one too many")
        self._counts[key] = list(held)
        self._push(key, self._counts[key])

    def pop_smallest(self) -> Key:
        """Remove the key of the smallest count and return it.

        Raises:
            KeyError: there is none.
        """
        if not self._counts:
            raise KeyError("no key is held")
        return self._smallest(0.0)[0]

    def _smallest(self, at: float) -> tuple[Key, float]:
        """Remove the key of the smallest count; with it, that count decayed to ``at``."""
        while True:
            rank, serial, key = heappop(self._order)
            current = self._rank(self._counts[key])
            if current > rank:
                heappush(self._order, (current, serial, key))  # ranks only grow: it may be the smallest yet
                continue
            value = self.value(key, at)
            del self._counts[key]
            return key, value

    def _push(self, key: Key, held: list[float]) -> None:
        self._serial += 1
        heappush(self._order, (self._rank(held), self._serial, key))

    def _rank(self, held: list[float]) -> float:
        return log2(max(held[1], 1e-300)) + held[0] / self.half_lives[0]


def _decay_and_add(held: list[float], at: float, amount: float, half_lives: tuple[float, ...]) -> None:
    last = held[0]
    for place, half_life in enumerate(half_lives, 1):
        if at >= last:
            held[place] = held[place] * 2.0 ** (-(at - last) / half_life) + amount
        else:
            held[place] += amount * 2.0 ** (-(last - at) / half_life)
    held[0] = max(last, at)
