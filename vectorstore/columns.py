"""The hard conditions of many items at once, one array a field.

The rows of a snapshot are sorted by domain, and within it by ``published_from``; rows of
unknown publication come last. So what a domain and a window of publication admit lies in a slice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, get_args

import numpy as np
from numpy.typing import NDArray

from schema import Domain

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]
Booleans = NDArray[np.bool_]
Rows = NDArray[np.int64]

DOMAINS: tuple[str, ...] = get_args(Domain)

# Unknown prices, lengths and dates are NaN, which meets no condition; an open side of validity is infinite.
ROW = np.dtype(
    [
        ("number", "i8"),
        ("domain", "i4"),
        ("language", "i4"),
        ("currency", "i4"),
        ("price", "f8"),
        ("minutes", "f8"),
        ("published_from", "f8"),
        ("published_until", "f8"),
        ("valid_from", "f8"),
        ("valid_until", "f8"),
        ("recurs", "?"),
        ("may_be_on_offer", "?"),
        ("words", "f4"),
    ]
)
# The columns of ``items`` in SQLite that make a row, in this order; ``words`` comes from elsewhere.
SELECTED = (
    "rowid, domain, language, currency, price, minutes, published_from, published_until,"
    " valid_from, valid_until, recurs, may_be_on_offer"
)


@dataclass(frozen=True)
class Columns:
    """Arrays of equal length. ``domain``, ``language`` and ``currency`` hold codes (``code``); times are
    seconds since the epoch; ``words`` is how many words the item's texts have."""

    number: Rows
    domain: Integers
    language: Integers
    currency: Integers
    price: Floats
    minutes: Floats
    published_from: Floats
    published_until: Floats
    valid_from: Floats
    valid_until: Floats
    recurs: Booleans
    may_be_on_offer: Booleans
    words: NDArray[np.float32]

    @classmethod
    def of(cls, records: NDArray[Any]) -> Self:
        """The fields of ``records`` (of dtype ``ROW``), each in an array of its own."""
        return cls(**{name: np.ascontiguousarray(records[name]) for name in records.dtype.names or ()})

    def __len__(self) -> int:
        return len(self.number)

    def slice(self, place: slice) -> Columns:
        """The rows of ``place``."""
        return Columns(**{name: values[place] for name, values in vars(self).items()})


def code(text: str | None) -> int:
    """A number for the first three letters of ``text``: a domain, a primary language or a currency.

    Different domains and currencies differ in them; of a language tag it is the primary subtag.
    """
    return int.from_bytes((text or "").split("-")[0][:3].encode().ljust(3, b"\0")[:3])


def records(rows: Iterable[Sequence[Any]], words: Sequence[float]) -> NDArray[Any]:
    """An array of dtype ``ROW`` from rows of ``SELECTED`` and their numbers of words."""
    nan, infinity = np.nan, np.inf
    made = []
    for row, length in zip(rows, words, strict=True):
        number, domain, language, currency, price, minutes, since, until, start, end, recurs, offer = row
        made.append(
            (
                number,
                code(domain),
                code(language),
                code(currency),
                nan if price is None else price,
                nan if minutes is None else minutes,
                nan if since is None else since,
                nan if until is None else until,
                -infinity if start is None else start,
                infinity if end is None else end,
                bool(recurs),
                bool(offer),
                length,
            )
        )
    return np.array(made, ROW)


def empty() -> NDArray[Any]:
    """No rows."""
    return np.empty(0, ROW)
