"""What people turn to together, and the affinity that follows from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schema import Demand, Event, Item
from timeliness.events import EventLog
from timeliness.signals.computer import SignalComputer
from timeliness.together import MOST_ITEMS, Together

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
DAY = timedelta(days=1)


def turned(user: str, *items: str, days_ago: float = 1, kind: str = "like") -> list[Event]:
    return [
        Event.model_validate({"item_id": each, "kind": kind, "user": user, "at": NOW - days_ago * DAY})
        for each in items
    ]


def together(*events: list[Event]) -> Together:
    made = Together()
    for each in events:
        for event in each:
            made.observe(event)
    return made


def film(name: str) -> Item:
    return Item(id=name, domain="video", title=name.title())


class TestTogether:
    def test_what_more_people_share_is_linked_more_strongly(self) -> None:
        seen = together(
            turned("a", "heat", "ronin"),
            turned("b", "heat", "ronin"),
            turned("c", "heat", "up"),
            turned("d", "up", "her"),
        )
        links = seen.links(["heat"], NOW)
        assert links.strongest(5) == ["ronin", "up"]
        assert links.shared["ronin"] == ("heat", 2)

    def test_what_everybody_knows_counts_for_less(self) -> None:
        events = [turned("a", "heat", "ronin"), turned("b", "heat", "titanic")]
        events += [turned(f"x{n}", "titanic", "other") for n in range(40)]
        assert together(*events).links(["heat"], NOW).strongest(2) == ["ronin", "titanic"]

    def test_somebody_who_turned_to_much_says_less_of_each(self) -> None:
        much = [f"film-{n}" for n in range(30)]
        links = together(turned("a", "heat", "ronin"), turned("b", "heat", *much)).links(["heat"], NOW)
        assert links.strongest(1) == ["ronin"]

    def test_strengths_grow_with_the_number_of_people_and_stay_below_one(self) -> None:
        few = together(turned("a", "heat", "ronin")).links(["heat"], NOW)
        many = together(*(turned(f"u{n}", "heat", "ronin") for n in range(100))).links(["heat"], NOW)
        assert 0 < few.strengths["ronin"] < 0.2 < 0.9 < many.strengths["ronin"] < 1

    def test_a_dislike_is_no_link_and_the_future_is_not_seen(self) -> None:
        seen = together(
            turned("a", "heat", days_ago=2),
            turned("a", "ronin", kind="dislike"),
            turned("b", "heat", "up", days_ago=-1),
        )
        assert not seen.links(["heat"], NOW).strengths
        assert "up" in seen.links(["heat"], NOW + 2 * DAY).strengths

    def test_of_a_user_with_more_than_the_most_items_the_latest_count(self) -> None:
        old = [each for n in range(MOST_ITEMS) for each in turned("a", f"film-{n}", days_ago=500 - n)]
        links = together(old, turned("a", "heat")).links(["heat"], NOW)
        assert f"film-{MOST_ITEMS - 1}" in links.strengths
        assert "film-0" not in links.strengths

    @pytest.mark.parametrize("anchors", ([], ["unknown"]))
    def test_of_nothing_known_nothing_is_linked(self, anchors: list[str]) -> None:
        assert not together(turned("a", "heat", "ronin")).links(anchors, NOW).strengths


class TestAffinity:
    @pytest.fixture
    def signals(self, tmp_path: Path) -> Any:
        with EventLog(tmp_path / "events.sqlite") as log:
            log.record_all([each for n in range(4) for each in turned(f"u{n}", "heat", "ronin")])
            log.record_all(turned("v", "heat", "up"))
            yield SignalComputer(log=log)

    def test_lifts_what_is_linked_and_names_the_people_and_what_they_share(
        self, signals: SignalComputer
    ) -> None:
        view, demand = signals.for_user((), [film("heat")]), Demand(text="like Heat")
        values = [view.compute(film(name), demand, NOW).affinity for name in ("ronin", "up", "her")]
        assert values[0] > values[1] > values[2] == 0
        said = [each.value for each in view.evidence(film("ronin"), demand, NOW) if each.name == "affinity"]
        assert said == ["4 people who turned to Heat turned to this too"]

    def test_speaks_of_nobody_by_himself(self, signals: SignalComputer) -> None:
        view = signals.for_user((), [film("heat")])
        assert not [
            each for each in view.evidence(film("up"), Demand(text="x"), NOW) if each.name == "affinity"
        ]

    def test_is_nothing_without_anything_to_go_out_from(self, signals: SignalComputer) -> None:
        view = signals.for_user()
        assert view.compute(film("ronin"), Demand(text="x"), NOW).affinity == 0
        assert view.linked(NOW, 5) == []
