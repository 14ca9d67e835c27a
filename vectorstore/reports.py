"""What the catalogue reports of itself and of its writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from schema import Frozen
from vectorstore.lexical import Tally

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AddReport:
    """What ``Catalogue.add`` did, in items."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: AddReport) -> AddReport:
        return AddReport(
            self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged
        )


class DomainStats(Frozen):
    """One domain: ``earliest`` and ``latest`` publication, and how many items have a window of
    validity that ends, one that recurs, and a price."""

    domain: str
    items: int
    earliest: datetime | None
    latest: datetime | None
    with_window: int
    recurring: int
    with_price: int


class CatalogueStats(Frozen):
    """What a catalogue holds; ``place`` is its folder or server."""

    place: str
    embedder: str
    items: int
    domains: tuple[DomainStats, ...]


def domain_stats(tally: Tally) -> DomainStats:
    """``tally`` with its times as datetimes."""
    return DomainStats(
        domain=tally.domain,
        items=tally.items,
        earliest=_datetime(tally.earliest),
        latest=_datetime(tally.latest),
        with_window=tally.with_window,
        recurring=tally.recurring,
        with_price=tally.with_price,
    )


def _datetime(seconds: float | None) -> datetime | None:
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)
