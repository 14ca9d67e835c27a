"""Your own items and requests: what is refused, and that the split leaks nothing."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from errors import SourceError
from finetune.datasets.own import OwnData, read_own
from finetune.datasets.own_split import split_own
from finetune.datasets.requests import normal
from settings import Settings

Cells = Sequence[object]
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def _items(folder: Path, count: int = 40) -> str:
    path = folder / "items.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "text"])
        writer.writerows(
            [f"i{n}", f"thing {n}", f"made of {'wood' if n else 'tin'} {n}"] for n in range(count)
        )
    return str(path)


def _requests(folder: Path, header: Sequence[str], rows: Iterable[Cells]) -> str:
    path = folder / "requests.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return str(path)


def _read(folder: Path, settings: Settings, header: Sequence[str], rows: Iterable[Cells]) -> OwnData:
    return read_own(_items(folder), _requests(folder, header, rows), settings, "shopping")


def test_bad_rows_are_named_by_line_and_reason(tmp_path: Path, settings: Settings) -> None:
    rows: list[Cells] = [
        ("a wooden thing", "i1", "1", "2026-03-01"),
        ("a wooden thing", "i99", "1", "2026-03-01"),
        ("  ", "i1", "1", "2026-03-01"),
        ("tin", "i1", "maybe", "2026-03-01"),
        ("tin", "i2", "no", "yesterday"),
        ("tin", "", "1", "2026-03-01"),
        ("tin", "i3"),
    ]
    found = _read(tmp_path, settings, ["request", "item_id", "label", "at"], rows)
    assert [each.line for each in found.rejected] == [3, 4, 5, 6, 7, 8]
    reasons = [each.reason for each in found.rejected]
    for reason, part in zip(
        reasons,
        ("'i99'", "request is empty", "'maybe'", "ISO 8601", "item_id is empty", "2 fields"),
        strict=True,
    ):
        assert part in reason
    assert {each.file for each in found.rejected} == {"requests.csv"}
    assert len(found.choices) == 1


def test_missing_column_is_named_with_those_that_are_there(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(SourceError, match=r"no column 'item_id' \(there are product, request\)"):
        _read(tmp_path, settings, ["request", "product"], [("a", "i1")])


def test_file_without_one_good_row_is_an_error_with_the_first_reason(
    tmp_path: Path, settings: Settings
) -> None:
    with pytest.raises(SourceError, match=r"none of 2 rows is good; line 2: item_id 'x'"):
        _read(tmp_path, settings, ["request", "item_id"], [("a", "x"), ("b", "y")])


def test_items_without_domain_say_how_to_name_one(tmp_path: Path, settings: Settings) -> None:
    requests = _requests(tmp_path, ["request", "item_id"], [("a", "i1")])
    with pytest.raises(SourceError, match=r"line 2: domain: .*--domain"):
        read_own(_items(tmp_path), requests, settings)


def test_repeated_and_contradicting_rows_are_reported_and_the_later_counts(
    tmp_path: Path, settings: Settings
) -> None:
    rows: list[Cells] = [("tin", "i1", 1), ("Tin!", "i1", 1), ("tin", "i1", 0), ("tin", "i2", 1)]
    found = _read(tmp_path, settings, ["request", "item_id", "label"], rows)
    assert found.repeated_choices == 2
    assert found.contradicted == (4,)
    assert {each.item_id: each.chosen for each in found.choices} == {"i1": False, "i2": True}
    assert found.balance["chosen"] == found.balance["turned_down"] == 1


def test_column_that_is_not_read_is_reported(tmp_path: Path, settings: Settings) -> None:
    assert _read(tmp_path, settings, ["request", "item_id", "lable"], [("a", "i1", 0)]).unread == ("lable",)


def test_json_lines_take_a_list_of_ids(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_text(
        json.dumps({"request": "wood", "item_id": ["i1", "i2", "nope"]}) + "\n{broken\n", encoding="utf-8"
    )
    found = read_own(_items(tmp_path), str(path), settings, "shopping")
    assert [each.item_id for each in found.choices] == ["i1", "i2"]
    assert [each.line for each in found.rejected] == [1, 2]


def _asked(count: int) -> list[tuple[str, str]]:
    return [(f"wish {n}", f"i{n % 40}") for n in range(count)]


def test_conversation_and_words_are_on_one_side_only(tmp_path: Path, settings: Settings) -> None:
    # The same words in conversations of both sides, and several requests in each.
    rows = [(f"wish {n % 70}", f"i{n % 40}", f"talk {n % 53}") for n in range(300)]
    data = _read(tmp_path, settings, ["request", "item_id", "conversation"], rows)
    parts = split_own(data)
    assert parts.by == "conversation"
    assert not {each.owner for each in parts.training} & {each.owner for each in parts.held_out}
    learnt = {normal(each.text) for each in parts.training}
    assert not learnt & {normal(each.text) for each in parts.held_out}
    assert len({normal(each.text) for each in parts.held_out}) == len(parts.held_out)
    assert split_own(data) == parts


def test_without_conversations_a_fifth_of_the_requests_is_held_out(
    tmp_path: Path, settings: Settings
) -> None:
    data = _read(tmp_path, settings, ["request", "item_id"], _asked(100))
    parts = split_own(data)
    assert parts.by == "request"
    assert len(parts.held_out) == 20
    assert len(parts.training) == 80
    assert parts.left_out == 0


def test_with_times_nothing_is_learnt_from_what_came_later(tmp_path: Path, settings: Settings) -> None:
    # Conversation 0 goes on to the end: what it said before the moment is on neither side.
    rows = [
        (
            f"wish {n}",
            f"i{n % 40}",
            "0" if n % 25 == 0 else f"talk {n // 3}",
            (DAY + timedelta(days=n)).isoformat(),
        )
        for n in range(100)
    ]
    data = _read(tmp_path, settings, ["request", "item_id", "conversation", "at"], rows)
    parts = split_own(data)
    assert parts.by == "time"
    assert parts.since is not None
    at = {each.request: each.at for each in data.choices}
    assert max(str(at[each.text]) for each in parts.training) < str(parts.since)
    assert min(str(at[each.text]) for each in parts.held_out) >= str(parts.since)
    assert not {each.owner for each in parts.training} & {each.owner for each in parts.held_out}
    assert parts.left_out > 0
    assert 15 <= len(parts.held_out) <= 25


def test_items_of_the_same_text_are_no_wrong_answers(tmp_path: Path, settings: Settings) -> None:
    items = Path(_items(tmp_path))
    items.write_text(items.read_text(encoding="utf-8") + "twin,thing 1,made of wood 1\n", encoding="utf-8")
    requests = _requests(tmp_path, ["request", "item_id"], [*_asked(60), ("like one", "twin")])
    data = read_own(str(items), requests, settings, "shopping")
    parts = split_own(data)
    asked = {each.text: each for each in (*parts.training, *parts.held_out)}
    assert asked["like one"].relevant == asked["wish 1"].relevant == {"i1", "twin"}
    assert data.balance["items_with_the_text_of_another"] == 1


def test_turned_down_item_is_disliked_and_never_relevant(tmp_path: Path, settings: Settings) -> None:
    rows: list[Cells] = [(text, item, 1) for text, item in _asked(60)]
    rows += [(f"wish {n}", f"i{(n + 1) % 40}", 0) for n in range(60)]
    parts = split_own(_read(tmp_path, settings, ["request", "item_id", "label"], rows))
    for each in (*parts.training, *parts.held_out):
        assert len(each.disliked) == 1
        assert not each.disliked & each.relevant


def test_too_few_requests_are_counted(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(SourceError, match=r"7 requests to train on and 5 held out"):
        split_own(_read(tmp_path, settings, ["request", "item_id"], _asked(12)))
