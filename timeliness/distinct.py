"""How many different users each item has, and how recently, in bounded memory.

Of each item the users with the smallest hashes are kept, a bottom-k sketch (Cohen and Kaplan,
PODC 2007; distinct counting by the k smallest values: Bar-Yossef and others, RANDOM 2002). The
hash of a user is one point of 0..1, however often they come, so repeating changes nothing. Those
below the threshold are a uniform sample of all users; each stands for ``1 / threshold`` of them.

Up to ``per_item`` users an item is exact. Beyond, the estimate has no bias, and a relative standard
error of at most ``1 / sqrt(per_item - 1)``: 3 % at 1,024. Where all items together would exceed ``capacity``,
``per_item`` is halved down to ``FEWEST`` (13 %), after which the items that nobody turned
to for longest are dropped: they then count nobody.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from timeliness.crowd_snapshot import packed, unpacked

PER_ITEM = 1024
CAPACITY = 1_000_000
FEWEST = 64
_SPACE = float(2**64)


@dataclass
class _Sketch:
    """First visits (seconds since 1970) by hash of the user, all hashes below ``threshold``."""

    first: dict[float, float] = field(default_factory=dict)
    threshold: float = 1.0
    ordered: NDArray[np.float64] | None = None

    def trim(self, most: int) -> None:
        """Keep the ``most`` smallest hashes; the next one is the threshold."""
        if len(self.first) == most + 1:
            self.threshold = max(self.first)
            del self.first[self.threshold]
        elif len(self.first) > most:
            self.threshold = sorted(self.first)[most]
            self.first = {point: at for point, at in self.first.items() if point < self.threshold}


class DistinctUsers:
    """The different users of many items.

    Args:
        per_item: users kept of one item, at least ``FEWEST``.
        capacity: users kept of all items together, at least ``per_item``.

    Raises:
        ValueError: a bound is smaller than that.
    """

    def __init__(self, per_item: int = PER_ITEM, capacity: int = CAPACITY) -> None:
        if not FEWEST <= per_item <= capacity:
            raise ValueError(f"keep at least {FEWEST} users of an item, and no more of one than of all")
        self.per_item = per_item
        self._capacity = capacity
        self._sketches: OrderedDict[str, _Sketch] = OrderedDict()  # the one turned to last comes last
        self._held = 0

    def __len__(self) -> int:
        """How many users are kept, over all items."""
        return self._held

    def add(self, item_id: str, user: str, at: float) -> None:
        """Note that ``user`` turned to the item at ``at`` (seconds since 1970); the first time counts."""
        sketch = self._sketches.setdefault(item_id, _Sketch())
        self._sketches.move_to_end(item_id)
        point = _point(user)
        if point >= sketch.threshold or sketch.first.get(point, at + 1) <= at:
            return
        before = len(sketch.first)
        sketch.first[point] = at
        sketch.ordered = None
        sketch.trim(self.per_item)
        self._held += len(sketch.first) - before
        if self._held > self._capacity:
            self._shrink()

    def times(self, item_id: str) -> tuple[NDArray[np.float64], float]:
        """When the kept users first turned to the item, in order, and how many users each stands for.

        Returns:
            Seconds since 1970, shape (kept,), and a factor, 1 where all users are kept.
        """
        sketch = self._sketches.get(item_id)
        if sketch is None:
            return np.empty(0, np.float64), 1.0
        if sketch.ordered is None:
            sketch.ordered = np.sort(np.fromiter(sketch.first.values(), np.float64, len(sketch.first)))
        return sketch.ordered, 1.0 / sketch.threshold

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All that is kept, for ``of_arrays``."""
        kept = list(self._sketches.values())
        return {
            "items": packed(list(self._sketches)),
            "thresholds": np.array([each.threshold for each in kept], np.float64),
            "sizes": np.array([len(each.first) for each in kept], np.int64),
            "points": np.array([point for each in kept for point in each.first], np.float64),
            "times": np.array([at for each in kept for at in each.first.values()], np.float64),
            "per_item": np.array(self.per_item, np.int64),
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], capacity: int = CAPACITY) -> Self:
        """What ``arrays`` gave, as it was then."""
        made = cls(int(arrays["per_item"]), capacity)
        points, times = arrays["points"].tolist(), arrays["times"].tolist()
        start = 0
        columns = unpacked(arrays["items"]), arrays["thresholds"].tolist(), arrays["sizes"].tolist()
        for item_id, threshold, size in zip(*columns, strict=True):
            first = dict(zip(points[start : start + size], times[start : start + size], strict=True))
            made._sketches[item_id] = _Sketch(first, threshold)
            start += size
        made._held = start
        return made

    def _shrink(self) -> None:
        """Make room: a tenth of the capacity, so that it is seldom done."""
        room = int(0.9 * self._capacity)
        while self._held > room and self.per_item > FEWEST:
            self.per_item = max(self.per_item // 2, FEWEST)
            for sketch in self._sketches.values():
                sketch.trim(self.per_item)
                sketch.ordered = None
            self._held = sum(len(each.first) for each in self._sketches.values())
        while self._held > room:
            _, dropped = self._sketches.popitem(last=False)
            self._held -= len(dropped.first)


def _point(user: str) -> float:
    """A place of ``user`` in 0..1, below 1, the same in every process."""
    number = int.from_bytes(blake2b(user.encode("utf-8", "surrogatepass"), digest_size=8).digest())
    return min(number / _SPACE, 1.0 - 2.0**-53)
