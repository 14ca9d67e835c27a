from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from schema import Event, Item
from timeliness.attention import Attention, LoggedAttention
from timeliness.events import EventLog
from timeliness.topics import Key, item_key

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with EventLog(tmp_path / "events.sqlite") as opened:
        yield opened


def event(at: datetime, user: str, item: str = "x") -> Event:
    return Event(item_id=item, kind="view", user=user, at=at)


def users(attention: Attention, now: datetime, item: str = "x") -> int:
    visits = attention.visits(item_key(item))
    return visits.users((now - 30 * DAY).timestamp(), now.timestamp()) if visits else 0


def test_memory_is_bounded_under_a_hundred_thousand_keys(now: datetime) -> None:
    attention = Attention(capacity=2_000, most_visitors=5_000)
    for n in range(100_000):
        at = now + n * timedelta(seconds=1)
        attention.observe(event(at, f"u{n}", f"once{n}"))
        if n % 100 == 0:
            attention.observe(event(at, f"f{n}", "frequent"))
    held = [attention.visits(key) for key in attention.counts]
    assert len(held) == len(attention.counts) <= 2_000
    assert sum(each.held for each in held if each) <= 5_000
    assert item_key("frequent") in attention.counts
    assert attention.rising((now + 100_000 * timedelta(seconds=1)).timestamp(), 1) == [item_key("frequent")]


def test_many_users_at_one_key_are_bounded_too(now: datetime) -> None:
    attention = Attention(most_visitors=1_000)
    for n in range(5_000):
        attention.observe(event(now - 10 * DAY + n * 3 * MINUTE, f"u{n}"))
    visits = attention.visits(item_key("x"))
    assert visits is not None
    assert visits.held <= 1_500  # two days of them
    assert sum(count for _, count in visits.counted(0, now.timestamp() + DAY.total_seconds())) == 5_000


def test_events_after_now_are_not_in_it_in_whatever_order_it_is_asked(log: EventLog, now: datetime) -> None:
    attention = LoggedAttention(log)
    log.record_all(event(now + n * MINUTE, f"u{n}") for n in range(10))
    attention.follow()
    for ahead in (4, 9, 2, 7, 0, 3, 9, 1):
        at = now + ahead * MINUTE
        assert users(attention.at(at), at) == ahead + 1


def test_late_events_come_in_and_those_after_now_wait(log: EventLog, now: datetime) -> None:
    attention = LoggedAttention(log)
    log.record(event(now, "a"))
    attention.follow()
    assert users(attention.at(now), now) == 1
    log.record_all([event(now - MINUTE, "late"), event(now + MINUTE, "early")])
    assert users(attention.at(now), now) == 1, "what is not known of yet is not read"
    attention.follow()
    assert users(attention.at(now), now) == 2
    assert users(attention.at(now + 2 * MINUTE), now + 2 * MINUTE) == 3


def test_what_is_forgotten_is_gone(log: EventLog, now: datetime) -> None:
    attention = LoggedAttention(log)
    log.record_all([event(now, "a"), event(now, "b")])
    attention.follow()
    assert users(attention.at(now), now) == 2
    log.forget("a")
    attention.follow()
    assert users(attention.at(now), now) == 1


def test_events_count_for_the_topics_of_their_items_once_the_catalogue_has_them(
    log: EventLog, now: datetime
) -> None:
    catalogue: dict[str, Item] = {}
    attention = LoggedAttention(log, lambda ids: [catalogue[each] for each in ids if each in catalogue])
    key = Key("category", "news", "world")
    log.record(event(now, "a"))
    attention.follow()
    assert attention.at(now).visits(key) is None
    catalogue["x"] = Item(id="x", domain="news", title="X", categories=("World",))
    log.record(event(now, "b"))
    attention.follow()
    visits = attention.at(now).visits(key)
    assert visits is not None
    assert visits.users(now.timestamp() - 1, now.timestamp()) == 1


def test_pages_of_the_log_are_read_whole(
    log: EventLog, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeliness.events._PAGE", 7)
    written = [event(now + (n // 3) * MINUTE, f"u{n}") for n in range(50)]
    log.record_all(written)
    assert list(log.between(None, now + DAY)) == written
    assert list(log.between(now + MINUTE, now + 5 * MINUTE)) == written[6:18]
    assert list(log.between(None, now + DAY, 20, 45)) == written[20:45]
    assert log.position() == 50
