"""The view in memory: it says what Chroma and FTS5 say, before and after a snapshot, through every change."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from schema import Domain, Item, TimeDemand
from vectorstore import view as view_module
from vectorstore.catalogue import Catalogue
from vectorstore.conditions import Conditions
from vectorstore.lexical import EVERYTHING
from vectorstore.rows import Ranking, Rows

MakeItem = Callable[..., Item]
OpenCatalogue = Callable[..., Catalogue]
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
ALL = Conditions(NOW)


@pytest.fixture(params=[10**9, 0], ids=["all newer than the snapshot", "all in the snapshot"])
def compacting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a new snapshot is made at every write, or never."""
    monkeypatch.setattr(view_module, "FEWEST_TO_COMPACT", request.param)
    monkeypatch.setattr(view_module, "SHARE_TO_COMPACT", 0.0)
    return bool(request.param == 0)


def stocked(open_catalogue: OpenCatalogue, make_item: MakeItem) -> Catalogue:
    """300 items, of which 100 were changed and 50 deleted."""
    chance = random.Random(5)
    catalogue = open_catalogue()

    def made(number: int, version: int) -> Item:
        words = [f"word{int(chance.paretovariate(1))}" for _ in range(6)]
        published = NOW - timedelta(days=chance.randrange(3000)) if number % 5 else None
        domain = ("video", "news", "music")[number % 3] if version == 1 else "video"
        fields = {"text": " ".join(words[1:]), "published_at": published, "domain": domain}
        return make_item(f"i{number}", f"{words[0]} v{version}", **fields)

    catalogue.add([made(number, 1) for number in range(300)])
    catalogue.add([made(number, 2) for number in range(0, 300, 3)])
    catalogue.delete([f"i{number}" for number in range(0, 300, 6)])
    return catalogue


def by_id(catalogue: Catalogue, rows: Rows, ranking: Ranking) -> dict[str, float]:
    numbers = rows.numbers([place for place, _ in ranking])
    ids = {number: item.id for number, item in catalogue.items_of_rows(numbers).items()}
    return {ids[number]: score for number, (_, score) in zip(numbers, ranking, strict=True)}


def test_words_are_scored_as_by_fts5(
    open_catalogue: OpenCatalogue, make_item: MakeItem, compacting: bool
) -> None:
    catalogue = stocked(open_catalogue, make_item)
    rows = catalogue.rows()
    assert len(rows.base) == (250 if compacting else 0)
    for words in (["word3"], ["word2", "word17"], ["v2", "word1", "word5"], ["nothing"]):
        ours = rows.match(catalogue.stems(words), (), 300, rows.eligible(ALL))
        theirs = dict(catalogue.match(" ".join(words), EVERYTHING, 300))
        assert by_id(catalogue, rows, ours) == pytest.approx(theirs, rel=1e-4)


def test_name_is_matched_as_a_phrase(
    open_catalogue: OpenCatalogue, make_item: MakeItem, compacting: bool
) -> None:
    catalogue = open_catalogue()
    catalogue.add([make_item("a", "The Who"), make_item("b", "Who is the one"), make_item("c", "Zebra")])
    rows = catalogue.rows()
    found = rows.match([], catalogue.phrases(["The Who"]), 5, rows.eligible(ALL))
    assert list(by_id(catalogue, rows, found)) == ["a"]


def test_nearest_are_exact_in_any_window(
    open_catalogue: OpenCatalogue, make_item: MakeItem, compacting: bool
) -> None:
    catalogue = stocked(open_catalogue, make_item)
    vector = catalogue.embedder.encode(["word2 word3 v2"])[0]
    ids = [f"i{number}" for number in range(300) if number % 6]
    items, vectors = catalogue.get(ids), catalogue.vectors(ids)
    assert len(items) == len(vectors) == 250
    rows = catalogue.rows()
    domains: tuple[Domain, ...]
    for days, domains in ((1, ()), (30, ()), (400, ("video",)), (5000, ("news", "music")), (5000, ())):
        start = NOW - timedelta(days=days)
        window = TimeDemand(phrase="then", role="publication", start=start, end=NOW - timedelta(hours=1))
        conditions = Conditions(NOW, times=(window,), domains=domains)
        expected = {each.id: float(vectors[each.id] @ vector) for each in items if conditions.admits(each)}
        eligible = rows.eligible(conditions)
        assert eligible.count == len(expected)
        found = by_id(catalogue, rows, rows.nearest(vector, 10, eligible))
        best = sorted(expected.values(), reverse=True)[:10]
        assert list(found.values()) == pytest.approx(best, abs=1e-5)
        assert found == pytest.approx({item_id: expected[item_id] for item_id in found}, abs=1e-5)


def test_snapshot_is_sorted_by_domain_and_time_and_read_again(
    open_catalogue: OpenCatalogue, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = stocked(open_catalogue, make_item)
    vector = catalogue.embedder.encode(["word2 word3"])[0]
    before = by_id(catalogue, rows := catalogue.rows(), rows.nearest(vector, 20, rows.eligible(ALL)))
    catalogue.close()
    monkeypatch.setattr(view_module, "FEWEST_TO_COMPACT", 0)
    again = open_catalogue()
    rows = again.rows()
    assert (len(rows.base), len(rows.tail)) == (250, 0)
    assert len(rows.borders) == 3
    for start, end in pairwise((*rows.borders, 250)):
        assert len(set(rows.base.columns.domain[start:end].tolist())) == 1
        known = rows.base.columns.published_from[start:end]
        unknown = np.isnan(known)
        assert (np.diff(known[~unknown]) >= 0).all() and (np.diff(unknown.astype(int)) >= 0).all()
    after = by_id(again, rows, rows.nearest(vector, 20, rows.eligible(ALL)))
    assert list(after.values()) == pytest.approx(list(before.values()))
    open_catalogue().add([make_item("new", "word2 word3", published_at=NOW)])
    rows = again.rows()
    vector = catalogue.embedder.encode(["word2 word3."])[0]
    assert next(iter(by_id(again, rows, rows.nearest(vector, 1, rows.eligible(ALL))))) == "new"


@pytest.mark.parametrize("name", ["vectors.npy", "columns.npy", "terms.txt"])
def test_damaged_snapshot_is_made_anew_from_chroma(
    open_catalogue: OpenCatalogue, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(view_module, "FEWEST_TO_COMPACT", 0)
    catalogue = open_catalogue()
    catalogue.add([make_item("a", "zebra"), make_item("b", "lion")])
    catalogue.close()
    (file,) = Path(catalogue.place).glob(f"items.columns/*/{name}")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    again = open_catalogue()
    rows = again.rows()
    found = rows.nearest(again.embedder.encode(["zebra."])[0], 1, rows.eligible(ALL))
    assert by_id(again, rows, found) == pytest.approx({"a": 1.0})
    assert again.count() == 2
