from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from timeliness.clock import Clock, FixedClock


def test_clock_tells_an_aware_present_in_its_zone() -> None:
    athens = ZoneInfo("Europe/Athens")
    first, second = Clock().now(), Clock(athens).now()
    assert first.tzinfo is UTC
    assert second.tzinfo is athens
    assert timedelta(0) <= second - first < timedelta(seconds=5)


def test_fixed_clock_stands_still(now: datetime) -> None:
    clock = FixedClock(now)
    assert clock.now() == clock.now() == now


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001
