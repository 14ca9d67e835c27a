"""Times told by the one that was spoken of last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.understand.local import LocalUnderstanding
from agent.understand.neighbours import beside
from schema import TimeDemand
from tests.agent.test_return_to_topic import after

WEEK = TimeDemand(
    phrase="this week",
    role="publication",
    start=datetime(2026, 11, 23, tzinfo=UTC),
    end=datetime(2026, 11, 30, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("and the week before?", (2026, 11, 16)),
        ("a week earlier", (2026, 11, 16)),
        ("what about the week after", (2026, 11, 30)),
        ("the previous month", (2026, 10, 23)),
        ("the year before", (2025, 11, 23)),
        ("前一周呢", (2026, 11, 16)),
    ],
)
def test_neighbour_is_as_long_and_lies_beside(text: str, start: tuple[int, int, int]) -> None:
    found = beside(text, text, [WEEK])
    assert found is not None and found.role == "publication"
    assert found.start == datetime(*start, tzinfo=UTC)
    assert found.end is not None and found.end > found.start


@pytest.mark.parametrize("text", ["the week before Christmas", "the day after tomorrow", "before the week"])
def test_time_with_an_anchor_of_its_own_is_no_neighbour(text: str) -> None:
    assert beside(text, text, [WEEK]) is None


def test_nothing_lies_beside_a_time_that_was_not_spoken_of() -> None:
    assert (
        beside("the week before", "the week before", [TimeDemand(phrase="new", role="publication")]) is None
    )


@pytest.mark.parametrize("text", ["the week after", "the decade after"])
def test_nothing_lies_beside_the_last_times_of_the_calendar(text: str) -> None:
    last = WEEK.model_copy(
        update={
            "start": datetime(9999, 12, 20, tzinfo=UTC),
            "end": datetime(9999, 12, 27, tzinfo=UTC),
        }
    )
    assert beside(text, text, [last]) is None


def test_neighbouring_week_keeps_the_topic(local_understanding: LocalUnderstanding) -> None:
    demand = after(local_understanding, "what happened in sport this week?", "and the week before?")
    assert demand.intent == "refine" and [each.text for each in demand.interests] == ["sport"]
    assert [each.phrase for each in demand.times] == ["the week before"]
    assert demand.times[0].end == datetime(2026, 11, 23, tzinfo=UTC)
