"""What a source of items gives: rows with their place in the source, good or bad, as a stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Row:
    """One record: ``number`` is its line (text files, from 1) or row (from 1)."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class BadRow:
    """A place that could not be read as a record, and why."""

    number: int
    reason: str
    raw: str = ""


class Source(Protocol):
    """A file or feed that yields rows.

    ``name`` is what messages call it; ``size`` what ``rows`` will report to ``advance`` in
    all (bytes, or rows where there are no bytes), None if unknown; ``default_map`` names
    the committed mapping that fits it, if any.
    """

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int | None: ...

    @property
    def default_map(self) -> str | None: ...

    def rows(self, advance: Advance) -> Iterator[Row | BadRow]:
        """Stream the rows.

        Raises:
            SourceError: the source cannot be read at all.
        """
        ...
