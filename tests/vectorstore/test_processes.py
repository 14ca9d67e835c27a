"""The catalogue among processes: they see each other's writes, wait for each other, and may be killed."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from errors import CatalogueError
from schema import Demand, Item
from tests.vectorstore import store_process
from vectorstore.catalogue import Catalogue
from vectorstore.conditions import Conditions
from vectorstore.lock import WriteLock
from vectorstore.search import Search
from vectorstore.stores import PATIENCE

MakeItem = Callable[..., Item]
OpenCatalogue = Callable[..., Catalogue]
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.vectorstore.store_process", "chromadb.api.rust"])


def start(action: Callable[..., None], catalogue: Catalogue | Path, *arguments: Any) -> ForkServerProcess:
    folder = catalogue if isinstance(catalogue, Path) else Path(catalogue.place)
    process = processes.Process(target=action, args=(folder, *arguments), daemon=True)
    process.start()
    return process


def run(action: Callable[..., None], catalogue: Catalogue | Path, *arguments: Any) -> int | None:
    process = start(action, catalogue, *arguments)
    process.join(60)
    return process.exitcode


def found(catalogue: Catalogue, word: str) -> tuple[list[str], list[str], list[str]]:
    """Ids that hold ``word``: by its words, by its vector (cosine 1), and as stored.

    Words and vectors are looked for in the view and, where it is slower, in Chroma and FTS5 too.
    """
    vector = catalogue.embedder.encode([f"{word}."])[0]
    rows = catalogue.rows()
    everything = rows.eligible(Conditions(NOW))
    near = [place for place, cosine in rows.nearest(vector, 5, everything) if cosine > 0.999]
    holding = [place for place, _ in rows.match(catalogue.stems([word]), (), 5, everything)]
    ids = {number: item.id for number, item in catalogue.items_of_rows(rows.numbers(near + holding)).items()}
    lexical = [ids[number] for number in rows.numbers(holding)]
    dense = [ids[number] for number in rows.numbers(near)]
    assert [each for each, _ in catalogue.match(word, ("1", ()), 5)] == lexical
    assert [each for each, cosine in catalogue.nearest(vector, 5) if cosine > 0.999] == dense
    stored = [item.id for item in catalogue.get(["a", "b", "c"]) if word in item.title]
    return lexical, dense, stored


def test_open_reader_sees_what_another_process_adds_changes_and_deletes(
    open_catalogue: OpenCatalogue, make_item: MakeItem
) -> None:
    reader = open_catalogue()
    reader.add([make_item("a", "zebra"), make_item("b", "lion")])
    assert found(reader, "zebra") == (["a"], ["a"], ["a"])
    assert run(store_process.add, reader, "c", "giraffe") == 0
    assert found(reader, "giraffe") == (["c"], ["c"], ["c"])
    assert run(store_process.add, reader, "a", "okapi") == 0
    assert found(reader, "okapi") == (["a"], ["a"], ["a"])
    assert found(reader, "zebra") == ([], [], [])
    assert run(store_process.delete, reader, "b") == 0
    assert found(reader, "lion") == ([], [], [])
    assert reader.count() == 2


def test_writer_that_was_open_before_does_not_undo_anothers_write(
    open_catalogue: OpenCatalogue, make_item: MakeItem
) -> None:
    ours = open_catalogue()
    ours.add([make_item("a", "zebra")])
    assert run(store_process.add, ours, "b", "lion") == 0
    ours.add([make_item("c", "giraffe")])
    ours.close()
    fresh = open_catalogue()
    for item_id, word in (("a", "zebra"), ("b", "lion"), ("c", "giraffe")):
        assert found(fresh, word) == ([item_id], [item_id], [item_id])


def test_two_writers_at_once_lose_nothing(open_catalogue: OpenCatalogue) -> None:
    catalogue = open_catalogue()
    writers = [start(store_process.add_many, catalogue, prefix, 0, 600, 60) for prefix in ("x", "y")]
    for writer in writers:
        writer.join(60)
        assert writer.exitcode == 0
    assert catalogue.count() == 1200
    for item_id in ("x0", "x599", "y0", "y599"):
        assert [each for each, _ in catalogue.match(item_id, ("1", ()), 5)] == [item_id]


def test_reading_waits_for_no_writer(open_catalogue: OpenCatalogue, make_item: MakeItem) -> None:
    reader = open_catalogue()
    reader.add([make_item("a", "zebra")])
    heard, said = processes.Pipe()
    writer = start(store_process.add_and_hold, reader, "b", "lion", said)
    assert heard.recv() == "added"
    assert (reader.count(), [each.id for each in reader.get(["b"])]) == (2, ["b"])
    search = Search(reader, reader.embedder)
    assert search(Demand(text="lion"), NOW, 1)[0].item.id == "b"
    vector = reader.embedder.encode(["lion"])[0]
    assert reader.nearest_at_once(vector, 2) is None, "Chroma would have to be opened under the lock"
    heard.send("go on")
    writer.join(20)
    found = [reader.nearest_at_once(vector, 2) for _ in range(PATIENCE)]
    assert found[0] is None and len(found[-1] or ()) == 2, "in the end Chroma is opened afresh"


def test_writer_waits_for_another_and_says_so_when_it_takes_too_long(
    open_catalogue: OpenCatalogue, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = open_catalogue()
    heard, said = processes.Pipe()
    holder = start(store_process.hold, catalogue, 1.5, said)
    assert heard.recv() == "held"
    monkeypatch.setattr(WriteLock, "wait", 0.2)
    with pytest.raises(CatalogueError, match="another process has been writing"):
        catalogue.add([make_item("a", "zebra")])
    assert catalogue.count() == 0, "reading goes on"
    monkeypatch.setattr(WriteLock, "wait", 30)
    catalogue.add([make_item("a", "zebra")])
    assert found(catalogue, "zebra") == (["a"], ["a"], ["a"])
    holder.join(10)


@pytest.mark.parametrize(
    ("point", "written"),
    [
        ("after-note", False),
        ("before-upsert", False),
        ("after-upsert", True),
        ("before-finish", True),
        ("after-finish", True),
        ("before-apply", True),
        ("after-apply", True),
    ],
)
def test_kill_in_a_write_leaves_store_and_index_in_step(
    open_catalogue: OpenCatalogue, make_item: MakeItem, point: str, written: bool
) -> None:
    before = open_catalogue()
    before.add([make_item("a", "zebra"), make_item("b", "lion")])
    assert run(store_process.add, before, "a", "okapi", point) == -signal.SIGKILL
    for catalogue in (open_catalogue(), before):  # one opened after the kill, one that was open
        assert found(catalogue, "okapi") == ((["a"],) * 3 if written else ([],) * 3)
        assert found(catalogue, "zebra") == (([],) * 3 if written else (["a"],) * 3)
        assert found(catalogue, "lion") == (["b"], ["b"], ["b"])
    before.add([make_item("c", "giraffe")])
    assert found(before, "giraffe") == (["c"], ["c"], ["c"])


@pytest.mark.parametrize("point", ["before-flush", "after-flush", "before-adopt", "after-adopt"])
def test_kill_while_the_view_is_rewritten_loses_nothing(
    open_catalogue: OpenCatalogue, make_item: MakeItem, point: str
) -> None:
    before = open_catalogue()
    before.add([make_item("a", "zebra"), make_item("b", "lion")])
    assert run(store_process.add_and_compact, before, "c", "giraffe") == 0
    assert found(before, "giraffe") == (["c"], ["c"], ["c"])
    assert run(store_process.add_and_compact, before, "a", "okapi", point) == -signal.SIGKILL
    for catalogue in (open_catalogue(), before):
        assert found(catalogue, "okapi") == (["a"], ["a"], ["a"])
        assert found(catalogue, "zebra") == ([], [], [])
        assert found(catalogue, "giraffe") == (["c"], ["c"], ["c"])
    assert run(store_process.add_and_compact, before, "b", "tiger") == 0
    assert found(before, "tiger") == (["b"], ["b"], ["b"])
    left = [each.name for each in (Path(before.place) / "items.columns").iterdir()]
    assert len(left) == 1 and not left[0].endswith(".partial")


@pytest.mark.parametrize("point", ["before-delete", "after-delete", "before-apply"])
def test_kill_in_a_deletion_leaves_store_and_index_in_step(
    open_catalogue: OpenCatalogue, make_item: MakeItem, point: str
) -> None:
    before = open_catalogue()
    before.add([make_item("a", "zebra"), make_item("b", "lion")])
    assert run(store_process.delete, before, "a", point) == -signal.SIGKILL
    catalogue = open_catalogue()
    there = point == "before-delete"
    assert found(catalogue, "zebra") == ((["a"],) * 3 if there else ([],) * 3)
    assert catalogue.count() == 1 + there


def test_first_write_ever_may_be_killed(open_catalogue: OpenCatalogue, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "catalogue"
    assert run(store_process.add, folder, "a", "okapi", "before-apply") == -signal.SIGKILL
    assert found(open_catalogue(), "okapi") == (["a"], ["a"], ["a"])
