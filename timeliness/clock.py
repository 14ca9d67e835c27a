"""The only reader of the wall clock. Everything else is given ``now``."""

from datetime import UTC, datetime, tzinfo


class Clock:
    """Tells the present moment, in ``zone``."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone

    def now(self) -> datetime:
        """The present moment, zone-aware."""
        return datetime.now(self._zone)


class FixedClock(Clock):
    """A clock that stands still at ``at``, for tests and replays.

    Raises:
        ValueError: ``at`` has no zone.
    """

    def __init__(self, at: datetime) -> None:
        if at.utcoffset() is None:
            raise ValueError(
                f"a clock needs a time with a zone, not {at.isoformat()}; add one such as +00:00"
            )
        super().__init__(at.tzinfo or UTC)
        self._at = at

    def now(self) -> datetime:
        """The moment at which this clock stands."""
        return self._at
