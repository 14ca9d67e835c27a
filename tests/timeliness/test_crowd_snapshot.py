"""A start reads what the log added up to from a file, and trusts the file only where it fits the log."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schema import Demand, Event, Feedback, Item
from tests.timeliness.damages import cut, empty, flip, older
from timeliness.events import EventLog
from timeliness.signals import crowd
from timeliness.signals.crowd import Crowd
from timeliness.signals.weights import load_weights

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
WEIGHTS = load_weights()
ITEMS = [Item(id=f"item-{n}", domain="news", title=f"N{n}", added_at=NOW) for n in range(7)]


def visits(start: int, end: int) -> list[Event]:
    return [
        Event(item_id=f"item-{n * n % 7}", kind="view", user=f"user-{n % 61}", at=NOW - timedelta(minutes=n))
        for n in range(start, end)
    ]


def told(read: Crowd) -> object:
    """All that popularity and affinity say of the items."""
    demand, view = Demand(text="news"), read.affinity.of(ITEMS[:1])
    links = view.together.links(["item-0", "item-1"], NOW)
    return [read.popularity.value(each, demand, NOW) for each in ITEMS], links


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EventLog:
    monkeypatch.setattr(crowd, "SAVED_EVERY", 100)
    log = EventLog(tmp_path / "events.sqlite")
    log.record_all(visits(0, 300))
    return log


def followed(log: EventLog) -> Crowd:
    made = Crowd(WEIGHTS, log)
    made.follow()
    return made


def afresh(log: EventLog) -> object:
    """What is told by who never saw a snapshot."""
    log.snapshot.unlink(missing_ok=True)
    return told(followed(log))


def test_start_reads_only_the_events_after_the_snapshot(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed(log)
    log.record_all(visits(300, 350))
    asked: list[int] = []
    following = log.following

    def noted(number: int) -> Iterator[tuple[int, Event]]:
        asked.append(number)
        return following(number)

    monkeypatch.setattr(log, "following", noted)
    restarted = told(followed(log))
    assert asked == [300]
    assert restarted == afresh(log)


def _foreign(path: Path) -> None:
    with EventLog(path.with_name("other.sqlite")) as other:
        other.record_all(visits(1000, 1400))
        followed(other)
        other.snapshot.replace(path)


@pytest.mark.parametrize("damage", [cut, flip, older, _foreign, empty])
def test_a_snapshot_that_does_not_fit_is_ignored_and_made_again(
    log: EventLog, damage: Callable[[Path], None]
) -> None:
    before = told(followed(log))
    good = log.snapshot.read_bytes()
    damage(log.snapshot)
    assert told(followed(log)) == before
    assert log.snapshot.read_bytes() == good


def test_forgetting_a_session_deletes_the_snapshot_that_names_it(log: EventLog) -> None:
    reader = followed(log)
    assert b"user-7" in log.snapshot.read_bytes()
    log.forget("user-7")
    assert not log.snapshot.exists()
    reader.follow()
    assert b"user-7" not in log.snapshot.read_bytes()
    assert told(reader) == afresh(log)


def test_retracting_a_verdict_deletes_the_snapshot_that_names_its_user(log: EventLog) -> None:
    log.record(Feedback(session="user-secret", item_id="item-1", verdict="like", at=NOW))
    followed(log)
    assert b"user-secret" in log.snapshot.read_bytes()
    others = [each for each in log._snapshots if each != log.snapshot]
    for each in others:
        each.write_bytes(b"user-secret")
    assert log.retract("user-secret", "item-1") == 1
    assert not any(each.exists() for each in (log.snapshot, *others))


def test_a_liking_event_without_a_verdict_is_retracted_as_a_deletion(log: EventLog) -> None:
    log.record(Event(item_id="item-1", kind="like", user="ann", at=NOW))
    before = log.forgotten()
    assert log.retract("ann", "item-1") == 0
    assert log.forgotten() > before


def test_a_snapshot_older_than_a_deletion_is_not_used(log: EventLog) -> None:
    followed(log)
    old = log.snapshot.read_bytes()
    log.forget("user-7")
    log.snapshot.write_bytes(old)  # as a writer that was killed before it looked again leaves it
    restarted = told(followed(log))
    assert b"user-7" not in log.snapshot.read_bytes()
    assert restarted == afresh(log)


_WRITER = """
import sys
from pathlib import Path
from timeliness.events import EventLog
from timeliness.signals import crowd
from timeliness.signals.weights import load_weights
crowd.SAVED_EVERY = 1
log, weights = EventLog(Path(sys.argv[1])), load_weights()
made = crowd.Crowd(weights, log)
made.follow()
print("ready", flush=True)
while True:
    made._save(log, log.forgotten())
"""


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_a_kill_while_snapshots_are_written_loses_nothing(log: EventLog) -> None:
    expected = afresh(log)
    for wait in (0.003, 0.011, 0.02, 0.033):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, log._path], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(wait)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        assert told(followed(log)) == expected
