import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from errors import CatalogueError
from schema import Event, Feedback
from timeliness.events import EventLog

ROOT = Path(__file__).parents[2]
SECOND = timedelta(seconds=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "events.sqlite"


@pytest.fixture
def log(path: Path) -> Iterator[EventLog]:
    with EventLog(path) as opened:
        yield opened


def view(now: datetime, user: str = "u", item: str = "x") -> Event:
    return Event(item_id=item, kind="view", user=user, at=now)


def verdict(now: datetime, what: str, item: str = "x", session: str = "s") -> Feedback:
    return Feedback.model_validate({"session": session, "item_id": item, "verdict": what, "at": now})


def test_events_come_back_as_they_were_written(log: EventLog, now: datetime) -> None:
    event = Event(item_id="x", kind="purchase", user="u", at=now + timedelta(microseconds=7), weight=2.5)
    assert log.record(event)
    assert log.recent(now) == [event]


def test_recent_is_half_open_and_in_order(log: EventLog, now: datetime) -> None:
    times = [now + n * SECOND for n in (3, 1, 2, 0)]
    log.record_all(view(at) for at in times)
    assert [each.at for each in log.recent(now + SECOND, now + 3 * SECOND)] == [
        now + SECOND,
        now + 2 * SECOND,
    ]


def test_a_repeated_entry_is_written_once(log: EventLog, now: datetime) -> None:
    assert log.record(view(now))
    assert not log.record(view(now.astimezone(UTC)))
    assert log.record(view(now), entry_id="a")
    assert not log.record(view(now + SECOND), entry_id="a")
    assert log.record_all([view(now), view(now + SECOND)]) == 1
    assert log.record(verdict(now, "like"))
    assert not log.record(verdict(now, "like"))
    assert len(log.recent(now)) == 4


def test_the_latest_verdict_on_an_item_counts(log: EventLog, now: datetime) -> None:
    log.record(verdict(now, "like"))
    log.record(verdict(now + SECOND, "dislike"))
    log.record(verdict(now, "like", item="y"))
    log.record(verdict(now, "like", item="z", session="other"))
    assert {item: each.verdict for item, each in log.verdicts("s").items()} == {"x": "dislike", "y": "like"}
    assert log.verdicts("nobody") == {}


def test_a_verdict_is_an_event_too(log: EventLog, now: datetime) -> None:
    log.record(verdict(now, "like"))
    assert log.recent(now) == [Event(item_id="x", kind="like", user="s", at=now)]


def test_a_bookmark_reads_each_event_once(log: EventLog, now: datetime) -> None:
    log.record_all([view(now), view(now + SECOND)])
    first, mark = log.after(0)
    log.record(view(now - SECOND))
    second, last = log.after(mark)
    assert (len(first), [each.at for each in second]) == (2, [now - SECOND])
    assert log.after(last) == ([], last)


def test_following_streams_what_came_since_over_many_pages(
    log: EventLog, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeliness.events._PAGE", 3)
    log.record_all([view(now - n * SECOND) for n in range(7)])
    numbers, events = zip(*log.following(0), strict=True)
    assert list(events) == log.after(0)[0]
    assert list(log.following(numbers[3])) == list(zip(numbers, events, strict=True))[4:]
    stream = log.following(numbers[-1] - 3)  # one whole page, and what is written while it is read
    read = [next(stream)]
    log.record(view(now, user="late"))
    assert [event.user for _, event in (*read, *stream)][-1] == "late"


def test_forgetting_deletes_from_the_file_itself(log: EventLog, path: Path, now: datetime) -> None:
    log.record(verdict(now, "like", session="secret-session", item="told-in-secret"))
    log.record(view(now, user="secret-session", item="told-in-secret"))
    log.record(view(now, user="somebody"))
    before = log.forgotten()
    assert log.forget("secret-session") == 3
    assert log.forgotten() > before
    assert log.verdicts("secret-session") == {}
    assert [each.user for each in log.recent(now)] == ["somebody"]
    left = b"".join(each.read_bytes() for each in path.parent.iterdir())
    assert b"secret" not in left
    assert log.forget("secret-session") == 0


def test_everything_can_be_forgotten(log: EventLog, now: datetime) -> None:
    log.record_all([view(now), verdict(now, "like")])
    assert log.forget() == 3
    assert log.recent(now - SECOND) == []
    assert log.record(view(now))


def test_the_log_survives_reopening(path: Path, now: datetime) -> None:
    with EventLog(path) as first:
        first.record(verdict(now, "like"))
    with EventLog(path) as second:
        assert second.verdicts("s")["x"].verdict == "like"


def test_a_batch_that_breaks_off_leaves_nothing(log: EventLog, now: datetime) -> None:
    def broken() -> Iterator[Event]:
        yield view(now)
        raise RuntimeError("the file ended early")

    with pytest.raises(RuntimeError):
        log.record_all(broken())
    assert log.recent(now) == []
    assert log.record(view(now))


def _write_many(path: Path, user: str, now: datetime) -> None:
    with EventLog(path) as log:
        for n in range(100):
            log.record(view(now + n * SECOND, user=user))


def test_processes_may_open_and_write_at_once(path: Path, now: datetime) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(path, f"u{n}", now)) for n in range(3)]
    for each in writers:
        each.start()
    for each in writers:
        each.join(60)
    assert [each.exitcode for each in writers] == [0, 0, 0]
    with EventLog(path) as log:
        assert len(log.recent(now)) == 300


def test_threads_may_share_a_log(log: EventLog, now: datetime) -> None:
    def write(user: str) -> None:
        for n in range(50):
            log.record(view(now + n * SECOND, user=user))

    threads = [Thread(target=write, args=(f"u{n}",)) for n in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(log.recent(now)) == 200


_WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from schema import Event
from timeliness.events import EventLog

log = EventLog(Path(sys.argv[1]))
begin = datetime(2026, 1, 1, tzinfo=UTC)
for batch in range(100_000):
    at = begin + timedelta(seconds=batch)
    log.record_all(Event(item_id=str(n), kind="view", user=str(batch), at=at) for n in range(10))
    print(batch, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_had_reported_and_leaves_no_half_batch(path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    reported = [int(writer.stdout.readline()) for _ in range(40)]
    os.kill(writer.pid, signal.SIGKILL)
    reported += [int(line) for line in writer.stdout]
    writer.wait()
    with EventLog(path) as log:
        users = [each.user for each in log.recent(datetime(2026, 1, 1, tzinfo=UTC))]
        assert {str(batch) for batch in reported} <= set(users)
        assert all(users.count(user) == 10 for user in set(users))
        assert log.record(view(datetime(2026, 1, 1, tzinfo=UTC)))


def test_a_file_that_is_no_log_is_named_in_the_error(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(CatalogueError, match=r"events\.sqlite.*move the file away"):
        EventLog(path)


def test_a_folder_that_cannot_be_made_is_named_in_the_error(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(CatalogueError, match="home"):
        EventLog(tmp_path / "home" / "events.sqlite")


def test_a_log_of_a_newer_version_is_left_alone(path: Path) -> None:
    EventLog(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(CatalogueError, match="newer"):
        EventLog(path)


def test_a_closed_log_says_so(path: Path, now: datetime) -> None:
    log = EventLog(path)
    log.close()
    with pytest.raises(CatalogueError):
        log.record(view(now))
