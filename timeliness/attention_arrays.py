"""What an ``Attention`` holds as arrays, for the snapshot beside the event log, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from timeliness.attention import Attention
from timeliness.carried import Carried, Mention
from timeliness.crowd_snapshot import packed, unpacked
from timeliness.topics import Key
from timeliness.visits import UserDay, Visits

_Arrays = Mapping[str, NDArray[Any]]


def arrays_of(attention: Attention) -> dict[str, NDArray[Any]]:
    """All that is kept, for ``attention_of``."""
    keys = list(attention.counts)
    places = {key: place for place, key in enumerate(keys)}
    visits = [attention.held(key) for key in keys]
    days = [list(each.days()) for each in visits]
    rows = [row for each in days for row in each]
    bins = [pair for each in visits for pair in each.bins()]
    users, items = _Numbered(), _Numbered()
    named = [(row.day, users[row.user], row.first, row.events, items[row.item]) for row in rows]
    mentions = list(attention.carried.mentions())
    flooded = [(places[key], at) for key, at in attention.flooded_at().items()]
    return {
        "kinds": packed([each.kind for each in keys]),
        "domains": packed([each.domain for each in keys]),
        "names": packed([each.name for each in keys]),
        "counts": np.array([attention.counts.held(key) for key in keys], np.float64),
        "first": np.array([np.nan if each.first is None else each.first for each in visits], np.float64),
        "days": np.array([len(each) for each in days], np.int64),
        "named": np.array(named, np.float64).reshape(-1, 5),
        "bins_of": np.array([each.binned for each in visits], np.int64),
        "bins": np.array(bins, np.int64).reshape(-1, 2),
        "users": packed(list(users)),
        "items": packed(list(items)),
        "flooded": np.array(flooded, np.float64).reshape(-1, 2),
        "mentioned": packed([each.item_id for each in mentions]),
        "feeds": packed([each.feed for each in mentions]),
        "mentioned_at": np.array([each.at for each in mentions], np.float64),
        "latest": np.array([] if attention.latest is None else [attention.latest], np.float64),
    }


def attention_of(arrays: _Arrays, capacity: int) -> Attention:
    """What ``arrays`` gave, as it was then.

    Raises:
        KeyError, ValueError, IndexError: they are no such arrays, or of more keys than ``capacity``.
    """
    keys = [
        Key(cast("Any", kind), cast("Any", domain), name)
        for kind, domain, name in zip(
            unpacked(arrays["kinds"]), unpacked(arrays["domains"]), unpacked(arrays["names"]), strict=True
        )
    ]
    if len(keys) > capacity:
        raise ValueError(f"{len(keys)} keys are more than {capacity}")
    made = Attention(capacity)
    visits = _visits(arrays)
    for key, counts, each in zip(keys, arrays["counts"].tolist(), visits, strict=True):
        made.restore(key, counts, each)
    flooded = {keys[int(place)]: at for place, at in arrays["flooded"].tolist()}
    mentions = zip(
        unpacked(arrays["mentioned"]), unpacked(arrays["feeds"]), arrays["mentioned_at"].tolist(), strict=True
    )
    made.resume(
        flooded,
        Carried.restored(Mention(*each) for each in mentions),
        next(iter(arrays["latest"].tolist()), None),
    )
    return made


def _visits(arrays: _Arrays) -> Iterable[Visits]:
    """The visits by key, in their order."""
    users, items = unpacked(arrays["users"]), unpacked(arrays["items"])
    named, bins = iter(arrays["named"].tolist()), iter(arrays["bins"].tolist())
    sizes = zip(arrays["first"].tolist(), arrays["days"].tolist(), arrays["bins_of"].tolist(), strict=True)
    for first, days, binned in sizes:
        rows = (
            UserDay(int(day), users[int(user)], at, int(events), items[int(item)])
            for day, user, at, events, item in islice(named, days)
        )
        yield Visits.restored(None if first != first else first, rows, islice(bins, binned))


class _Numbered(dict[str, int]):
    """Names by the order in which they were asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = number = len(self)
        return number
