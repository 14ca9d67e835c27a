"""A start reads what bursts add up to from a file, and trusts the file only where it fits the log."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schema import Event, Item
from tests.timeliness.damages import cut, empty, flip, older
from timeliness import attention
from timeliness.attention import Attention, LoggedAttention
from timeliness.attention_arrays import arrays_of, attention_of
from timeliness.events import EventLog
from timeliness.hot import HotTopics
from timeliness.signals.crowd import Crowd
from timeliness.signals.weights import load_weights
from timeliness.topics import Key, item_key

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ITEMS = {
    f"item-{n}": Item(id=f"item-{n}", domain="news", title=f"N{n}", categories=(f"part-{n % 2}",))
    for n in range(7)
}


def event(at: datetime, user: str, item: str, kind: str = "view") -> Event:
    return Event.model_validate({"item_id": item, "kind": kind, "user": user, "at": at})


def burst(start: int, end: int) -> list[Event]:
    """Different people within the last hours, most of them at the first item."""
    return [event(NOW - n * MINUTE, f"user-{n}", f"item-{n * n % 7}") for n in range(start, end)]


def visits() -> list[Event]:
    """A month of quiet, a burst, a flood and what feeds carry."""
    quiet = [event(NOW - n * DAY / 3, f"old-{n}", f"item-{n % 7}") for n in range(1, 90)]
    flood = [event(NOW - n * timedelta(seconds=20), "spammer", "item-3") for n in range(40)]
    feeds = [event(NOW - n * MINUTE, f"https://f{n}.example/rss", "item-5", "mention") for n in range(4)]
    return [*quiet, *burst(0, 120), *flood, *feeds]


def lookup(ids: Sequence[str]) -> list[Item]:
    return [ITEMS[each] for each in ids if each in ITEMS]


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EventLog:
    monkeypatch.setattr(attention, "SAVED_EVERY", 100)
    monkeypatch.setattr(attention, "_SETTLE_EVERY", 30)
    log = EventLog(tmp_path / "events.sqlite")
    log.record_all(visits())
    return log


def told(log: EventLog) -> object:
    """All that a new start says of bursts, by items and by topics."""
    crowd = Crowd(load_weights(), log)
    crowd.follow()
    rises = [crowd.trend._rise(each.id, each.domain, NOW) for each in ITEMS.values()]
    assert any(rises)
    return rises, crowd.trend.rising(NOW, 9), HotTopics(log, lookup).at(NOW)


def afresh(log: EventLog) -> object:
    """What is told by who never saw a snapshot."""
    for each in (log.trend_snapshot, log.topics_snapshot):
        each.unlink(missing_ok=True)
    return told(log)


def test_what_is_kept_comes_back_as_it_was(log: EventLog) -> None:
    made = LoggedAttention(log, lookup)
    made.follow()
    held = made.at(NOW)
    arrays = arrays_of(held)
    restored = attention_of(arrays, attention.CAPACITY)
    again = arrays_of(restored)
    assert all(again[name].tobytes() == each.tobytes() for name, each in arrays.items())
    assert restored.flooded(0.0) == [item_key("item-3")] == held.flooded(0.0)
    for each in burst(300, 400):
        held.observe(each, (Key("category", "news", "part-0"),))
        restored.observe(each, (Key("category", "news", "part-0"),))
    assert restored.rising(NOW.timestamp(), 50) == held.rising(NOW.timestamp(), 50)


def test_full_table_comes_back_full_and_evicts_as_before() -> None:
    held = Attention(capacity=20)
    for each in burst(0, 200):
        held.observe(each.model_copy(update={"item_id": each.user}))
    restored = attention_of(arrays_of(held), 20)
    for n in range(300, 340):
        for table in (held, restored):
            table.observe(event(NOW, "late", f"new-{n}"))
    assert set(restored.counts) == set(held.counts)
    with pytest.raises(ValueError, match="more than 19"):
        attention_of(arrays_of(held), 19)


def test_start_reads_only_the_events_after_the_snapshot(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(log)
    known = log.position()
    late = event(NOW - 9 * DAY, "late", "item-2")
    log.record_all([*burst(130, 160), late])
    read: list[Event] = []
    between = log.between

    def noted(*span: Any, **bounds: Any) -> Iterator[Event]:
        for each in between(*span, **bounds):
            read.append(each)
            yield each

    monkeypatch.setattr(log, "between", noted)
    restarted = told(log)
    assert len(read) == 2 * (log.position() - known)
    assert restarted == afresh(log)


def test_time_that_passed_since_the_snapshot_is_read(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.record_all(event(NOW + n * MINUTE, f"next-{n}", "item-6") for n in range(60))
    told(log)
    later = NOW + 60 * MINUTE
    restarted = HotTopics(log, lookup).at(later)
    afresh(log)
    log.topics_snapshot.unlink()
    assert restarted == HotTopics(log, lookup).at(later)


def test_a_moment_before_the_snapshot_is_told_without_it(log: EventLog) -> None:
    past = NOW - 60 * MINUTE
    expected = HotTopics(log, lookup).at(past)
    told(log)
    snapshot = log.topics_snapshot.read_bytes()
    assert HotTopics(log, lookup).at(past) == expected
    assert log.topics_snapshot.read_bytes() == snapshot


def _foreign(path: Path) -> None:
    with EventLog(path.with_name("other.sqlite")) as other:
        other.record_all(burst(1000, 1400))
        HotTopics(other, lookup).at(NOW)
        other.topics_snapshot.replace(path)


def _of_popularity(path: Path) -> None:
    with EventLog(path.with_name("events.sqlite")) as log:
        crowd = Crowd(load_weights(), log)
        crowd.follow()
        crowd._save(log, log.forgotten())
        log.snapshot.replace(path)


@pytest.mark.parametrize("damage", [cut, flip, older, _foreign, _of_popularity, empty])
def test_a_snapshot_that_does_not_fit_is_ignored_and_made_again(
    log: EventLog, damage: Callable[[Path], None]
) -> None:
    before = told(log)
    paths = [log.trend_snapshot, log.topics_snapshot]
    good = [each.read_bytes() for each in paths]
    for each in paths:
        damage(each)
    assert told(log) == before
    assert [each.read_bytes() for each in paths] == good


def test_forgetting_a_session_deletes_the_snapshots_that_name_it(log: EventLog) -> None:
    topics = HotTopics(log, lookup)
    topics.at(NOW)
    told(log)
    assert all(b"user-70" in each.read_bytes() for each in (log.trend_snapshot, log.topics_snapshot))
    log.forget("user-70")
    assert not log.trend_snapshot.exists() and not log.topics_snapshot.exists()
    kept = topics.at(NOW)
    assert b"user-70" not in log.topics_snapshot.read_bytes()
    afresh(log)
    assert kept == HotTopics(log, lookup).at(NOW)


def test_a_snapshot_older_than_a_deletion_is_not_used(log: EventLog) -> None:
    told(log)
    old = log.topics_snapshot.read_bytes()
    log.forget("user-70")
    log.topics_snapshot.write_bytes(old)  # as a writer that was killed before it looked again leaves it
    restarted = told(log)
    assert b"user-70" not in log.topics_snapshot.read_bytes()
    assert restarted == afresh(log)


def test_a_far_future_that_was_asked_for_hides_nothing_of_now(log: EventLog) -> None:
    topics = HotTopics(log, lookup)
    assert topics.at(NOW + 1000 * DAY).hot == ()
    assert topics.at(NOW).hot


_WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from timeliness.attention import LoggedAttention
from timeliness.events import EventLog
log = EventLog(Path(sys.argv[1]))
made = LoggedAttention(log, snapshot=log.trend_snapshot)
made.follow()
made.at(datetime.fromisoformat(sys.argv[2]))
print("ready", flush=True)
while True:
    made._save(made._states[-1])
"""


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_a_kill_while_snapshots_are_written_loses_nothing(log: EventLog) -> None:
    expected = afresh(log)
    for wait in (0.003, 0.011, 0.02):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, log._path, NOW.isoformat()], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(wait)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert told(log) == expected
