"""The profile says what the taste signal counts: decayed verdicts and the traits that they speak for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schema import Feedback, Item, Verdict
from timeliness.events import EventLog
from timeliness.signals.weights import load_weights
from timeliness.taste_profile import taste_profile

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def judged(name: str, category: str, verdict: Verdict, at: datetime) -> tuple[Item | None, Feedback]:
    item = Item(id=name, domain="video", title=name, categories=(category,))
    return item, Feedback(session="s", item_id=name, verdict=verdict, at=at)


def test_strength_halves_with_each_half_life_and_traits_follow() -> None:
    half_life = load_weights().of("video").half_life.taste
    verdicts = [
        judged("old", "jazz", "like", NOW - 2 * half_life),
        judged("new", "jazz", "like", NOW),
        judged("no", "horror", "dislike", NOW - half_life),
    ]
    profile = taste_profile("s", verdicts, NOW)
    assert [(each.item_id, each.strength) for each in profile.opinions] == [
        ("new", 1.0),
        ("no", pytest.approx(0.5)),
        ("old", pytest.approx(0.25)),
    ]
    assert {each.name: each.weight for each in profile.traits} == {"jazz": 1.25, "horror": -0.5}
    assert profile.traits[0].name == "jazz"


def test_later_verdicts_do_not_count_and_of_items_that_are_gone_nothing_is_left_but_the_verdict() -> None:
    later = judged("later", "jazz", "like", NOW + timedelta(seconds=1))
    gone = (None, Feedback(session="s", item_id="gone", verdict="like", at=NOW))
    profile = taste_profile("s", [later, gone], NOW)
    assert [(each.title, each.domain, each.strength) for each in profile.opinions] == [("gone", None, 0.0)]
    assert profile.traits == ()


def test_ancient_verdicts_leave_no_trait() -> None:
    profile = taste_profile("s", [judged("a", "jazz", "like", datetime(1970, 1, 1, tzinfo=UTC))], NOW)
    assert profile.traits == () and 0 <= profile.opinions[0].strength < 0.001


def test_retracting_one_verdict_leaves_the_others_and_other_users(tmp_path: Path) -> None:
    with EventLog(tmp_path / "events.sqlite") as log:
        for session, item in (("s", "a"), ("s", "b"), ("other", "a")):
            log.record(Feedback(session=session, item_id=item, verdict="like", at=NOW))
        log.record(Feedback(session="s", item_id="a", verdict="dislike", at=NOW + timedelta(hours=1)))
        before = log.forgotten()
        assert log.retract("s", "a") == 2 and log.forgotten() > before
        assert set(log.verdicts("s")) == {"b"} and set(log.verdicts("other")) == {"a"}
        assert {(each.user, each.item_id) for each in log.recent(NOW)} == {("s", "b"), ("other", "a")}
        assert log.retract("s", "a") == 0
