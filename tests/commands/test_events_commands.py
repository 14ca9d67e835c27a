"""Events from files into the log, and what is trending by them, through the command line and its parts."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.events import load_events
from errors import SourceError
from schema import Item
from settings import load_settings
from tests.commands.command_line import kairos, one_line_error
from timeliness.events import EventLog
from timeliness.hot import Trending
from vectorstore.sources.locate import locate
from wiring import open_catalogue

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def row(number: int, **other: Any) -> dict[str, Any]:
    at = NOW - number * timedelta(minutes=3)
    return {"item_id": "news/volcano", "kind": "view", "user": f"u{number}", "at": at.isoformat(), **other}


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with EventLog(tmp_path / "events.sqlite") as opened:
        yield opened


def load(path: Path, log: EventLog, zone: str = "UTC") -> tuple[int, int, int, int]:
    settings = load_settings(timezone=zone)
    report = load_events(locate(str(path), settings)[0], log, settings, rejects=path.with_suffix(".rejected"))
    return report.rows, report.added, report.repeated, report.rejected


def test_loaded_events_are_trending_and_a_second_load_doubles_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with closing(open_catalogue(load_settings(home=home))) as catalogue:
        item = Item(id="news/volcano", domain="news", title="Volcano wakes", published_at=NOW)
        catalogue.add([item.model_copy(update={"published_at": NOW - timedelta(hours=1)})])
    file = tmp_path / "clicks.jsonl"
    lines = [json.dumps(row(n)) for n in range(20)]
    file.write_text("\n".join([*lines, '{"item_id": "x", "kind": "stare"', json.dumps(row(1, kind="stare"))]))
    first = kairos("events", "load", str(file), "--json", home=home)
    assert first.code == 0, first.err
    assert json.loads(first.out) == {
        "source": "clicks.jsonl",
        "rows": 22,
        "added": 20,
        "repeated": 0,
        "rejected": 2,
    }
    assert "clicks.jsonl, line 22: kind: Input should be" in first.err
    rejects = [json.loads(line) for line in (home / "rejects" / "clicks.events.jsonl").open()]
    assert [each["line"] for each in rejects] == [21, 22]
    assert "20 in the log already" in kairos("events", "load", str(file), home=home).out
    done = kairos("trending", "--now", NOW.isoformat(), "--domain", "news", "--json", home=home)
    assert done.code == 0, done.err
    (hot,) = Trending.model_validate_json(done.out).hot
    assert (hot.name, hot.users, hot.since) == ("Volcano wakes", 20, NOW - timedelta(minutes=57))


def test_wrong_usage_and_unreadable_files_are_said_in_a_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = kairos("events", "add", "news/volcano", "stare", home=home)
    assert done.code == 2
    assert "kind" in done.err
    assert "no such file" in one_line_error(kairos("events", "load", str(tmp_path / "none.csv"), home=home))


def test_csv_gz_and_ids_are_read_and_a_time_without_a_zone_is_the_users(
    tmp_path: Path, log: EventLog
) -> None:
    file = tmp_path / "clicks.csv.gz"
    with gzip.open(file, "wt") as opened:
        opened.write(
            "id,item_id,kind,user,at,weight\na,x,click,ann,2026-11-25T17:00,\nb,x,click,ann,2026-11-25T17:00,0.5\n"
        )
    assert load(file, log, "Europe/Athens") == (2, 2, 0, 0)
    assert load(file, log, "Europe/Athens") == (2, 0, 2, 0)
    assert [(each.at, each.weight) for each in log.recent(NOW)] == [(NOW, 1.0), (NOW, 0.5)]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"at": "yesterday"}, "at: 'yesterday' is not ISO 8601"),
        ({"at": None}, "at: Field required"),
        ({"weight": -1}, "weight: Input should be greater than or equal to 0"),
        ({"weight": "NaN"}, "weight: Input should be a finite number"),
        ({"user": ""}, "user: Field required"),
        ({"colour": "red"}, "colour: Extra inputs are not permitted"),
        ({"at": 10**30}, "at: "),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_reason(
    tmp_path: Path, log: EventLog, bad: dict[str, Any], reason: str
) -> None:
    file = tmp_path / "clicks.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in (row(0), row(1, **bad))))
    assert load(file, log) == (2, 1, 0, 1)
    rejected = json.loads(file.with_suffix(".rejected").read_text())
    assert rejected["line"] == 2
    assert rejected["reason"].startswith(reason)
    file.write_text(json.dumps(row(0)))
    assert load(file, log) == (1, 0, 1, 0)
    assert not file.with_suffix(".rejected").exists(), "no old rejects beside a clean load"


def test_a_file_without_one_event_is_an_error_with_its_first_reason(tmp_path: Path, log: EventLog) -> None:
    file = tmp_path / "films.jsonl"
    file.write_text('{"title": "Heat"}\n')
    with pytest.raises(SourceError, match="none of 1 rows is an event; line 1: item_id: Field required"):
        load(file, log)
    assert log.position() == 0
