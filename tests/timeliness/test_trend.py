from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from schema import Demand, Event, Item
from timeliness.events import EventLog
from timeliness.signals.trend import Trend
from timeliness.signals.weights import Weights, load_weights

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PLAIN = Demand(text="something")
ITEM = Item(id="x", domain="news", title="X")


@pytest.fixture(scope="module")
def weights() -> Weights:
    return load_weights()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with EventLog(tmp_path / "events.sqlite") as opened:
        yield opened


@pytest.fixture
def trend(weights: Weights, log: EventLog) -> Trend:
    return Trend(weights, log)


def event(at: datetime, user: str, kind: str = "view") -> Event:
    return Event.model_validate({"item_id": "x", "kind": kind, "user": user, "at": at})


def steady(now: datetime, a_day: int = 48, days: int = 30) -> list[Event]:
    """Different people at even intervals, up to ``now``."""
    return [event(now - MINUTE - n * timedelta(days=1) / a_day, f"steady{n}") for n in range(a_day * days)]


def test_is_nothing_without_events_and_without_a_log(trend: Trend, weights: Weights, now: datetime) -> None:
    for each in (trend, Trend(weights)):
        each.follow()
        assert each.value(ITEM, PLAIN, now) == 0.0
        assert each.evidence(ITEM, PLAIN, now) is None


def test_a_burst_is_told_as_people_and_times_the_usual_in_the_span_that_holds_it(
    trend: Trend, log: EventLog, now: datetime
) -> None:
    log.record_all(steady(now))
    log.record_all(event(now - n * 4 * MINUTE, f"new{n}") for n in range(10))
    trend.follow()
    said = trend.evidence(ITEM, PLAIN, now)
    assert said is not None
    assert said.value == "12 people in the last hour, 6 times its usual"
    assert trend.value(ITEM, PLAIN, now) > 0.3
    chinese = trend.evidence(ITEM, Demand(text="推荐", language="zh"), now)
    assert chinese is not None
    assert chinese.value == "最近1小时有12人关注，是平时的6倍"


def test_what_was_never_seen_before_has_no_usual_to_speak_of(
    trend: Trend, log: EventLog, now: datetime
) -> None:
    log.record_all(event(now - n * 5 * MINUTE, f"new{n}") for n in range(20))
    trend.follow()
    said = trend.evidence(ITEM, PLAIN, now)
    assert said is not None
    assert said.value == "20 people in the last 2 hours"


def test_steady_attention_is_no_trend_however_high(trend: Trend, log: EventLog, now: datetime) -> None:
    log.record_all(steady(now, a_day=240))
    trend.follow()
    assert trend.value(ITEM, PLAIN, now) == 0.0
    log.record_all(event(now - n * timedelta(seconds=10), f"new{n}") for n in range(300))
    trend.follow()
    assert trend.value(ITEM, PLAIN, now) > 0.5


def test_one_user_or_a_handful_who_send_much_make_no_trend(
    trend: Trend, log: EventLog, now: datetime
) -> None:
    log.record_all(event(now - n * timedelta(seconds=7), "spammer") for n in range(500))
    log.record_all(event(now - n * timedelta(seconds=11), f"group{n % 10}") for n in range(300))
    trend.follow()
    assert trend.value(ITEM, PLAIN, now) == 0.0


def test_dislikes_and_events_of_no_weight_are_no_attention(
    trend: Trend, log: EventLog, now: datetime
) -> None:
    log.record_all(event(now - n * MINUTE, f"u{n}", "dislike") for n in range(60))
    log.record_all(event(now - n * MINUTE, f"w{n}").model_copy(update={"weight": 0.0}) for n in range(60))
    trend.follow()
    assert trend.value(ITEM, PLAIN, now) == 0.0


def test_a_trend_passes(trend: Trend, log: EventLog, now: datetime) -> None:
    log.record_all(event(now - n * MINUTE, f"u{n}") for n in range(40))
    trend.follow()
    values = [trend.value(ITEM, PLAIN, now + hours * HOUR) for hours in (0, 3, 6, 12, 48)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.5 > values[2]
    assert values[-1] == 0.0


def test_the_future_is_unseen_whatever_was_asked_before(trend: Trend, log: EventLog, now: datetime) -> None:
    log.record_all(steady(now))
    log.record_all(event(now + n * MINUTE, f"later{n}") for n in range(1, 60))
    trend.follow()
    later = now + HOUR
    assert trend.value(ITEM, PLAIN, now) == 0.0
    assert trend.value(ITEM, PLAIN, later) > 0.5
    assert trend.value(ITEM, PLAIN, now) == 0.0
    assert trend.evidence(ITEM, PLAIN, now) is None


def test_the_order_of_arrival_does_not_matter(weights: Weights, tmp_path: Path, now: datetime) -> None:
    events = [event(now - n * 3 * MINUTE, f"u{n % 20}") for n in range(40)]
    values = []
    for name, order in (("forward", events), ("backward", events[::-1])):
        with EventLog(tmp_path / name) as log:
            trend = Trend(weights, log)
            for each in order:
                log.record(each)
                trend.follow()
                trend.value(ITEM, PLAIN, now)
            values.append(trend.value(ITEM, PLAIN, now))
    assert values[0] == values[1] > 0
