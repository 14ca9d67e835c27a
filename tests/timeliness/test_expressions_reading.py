"""What one asks to read, watch or hear from a time came out then; what one tells of having read is no demand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from timeliness.expressions import find_times

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("what should I read about health from yesterday?", datetime(2026, 11, 24, tzinfo=UTC)),
        ("what should I read about basketball from the past week?", datetime(2026, 11, 18, 15, tzinfo=UTC)),
        ("what should I read about politics since yesterday?", datetime(2026, 11, 24, tzinfo=UTC)),
        ("what should we read about crime from today?", datetime(2026, 11, 25, tzinfo=UTC)),
        ("a film to watch from 1994", datetime(1994, 1, 1, tzinfo=UTC)),
        ("music to listen to from the 90s", datetime(1990, 1, 1, tzinfo=UTC)),
        ("articles I can read from last month", datetime(2026, 10, 1, tzinfo=UTC)),
    ],
)
def test_reading_from_a_time_asks_for_what_came_out_then(text: str, start: datetime) -> None:
    (found,) = find_times(text, NOW, zone=UTC)
    assert found.role == "publication"
    assert found.start == start


@pytest.mark.parametrize(
    "text", ["what should I read today?", "something to watch from now on", "something to watch from 8 pm"]
)
def test_reading_at_a_time_asks_for_use_then(text: str) -> None:
    (found,) = find_times(text, NOW, zone=UTC)
    assert found.role == "use"


@pytest.mark.parametrize("text", ["I read a book yesterday", "a show I watched last night"])
def test_what_was_read_is_no_demand(text: str) -> None:
    assert find_times(text, NOW, zone=UTC) == []
