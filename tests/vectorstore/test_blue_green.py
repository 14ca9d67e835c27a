"""Another embedder version takes over while queries run, and goes back."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from numpy.typing import NDArray

from errors import ModelError
from finetune.registry import SHIPPED, Registry
from schema import Demand, Item
from settings import Settings, load_settings
from tests.finetune.adapters import adapter
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore.active import ActiveCatalogue, served
from vectorstore.embedder import Embedder
from vectorstore.rebuild import switch_embedder

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
ITEMS = [Item(id=f"i{n:03}", domain="video", title=f"film number{n}") for n in range(600)]
Open = Callable[[], ActiveCatalogue]


class Loader:
    """Loads the hashing embedder of a version: 64 dimensions shipped, 32 for others."""

    def __init__(self) -> None:
        self.made: dict[int, HashingEmbedder] = {}

    def __call__(self, settings: Settings) -> Embedder:
        size = 64 if settings.embedder == "default" else 32
        return self.made.setdefault(size, HashingEmbedder(size))


@pytest.fixture
def load() -> Loader:
    return Loader()


@pytest.fixture
def registry(settings: Settings, tmp_path: Path) -> Registry:
    made = Registry(settings)
    made.add("embedder", "green", adapter(tmp_path / "green"))
    return made


@pytest.fixture
def active(settings: Settings, load: Loader) -> Iterator[Open]:
    opened: list[ActiveCatalogue] = []

    def open_() -> ActiveCatalogue:
        opened.append(ActiveCatalogue(settings, load))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


def found(catalogue: ActiveCatalogue, words: str, k: int = 5) -> list[str]:
    return [each.item.id for each in catalogue.search(Demand(text=words, query=words), NOW, k)]


def test_queries_get_full_results_all_through_a_switch(
    settings: Settings, registry: Registry, active: Open, load: Loader
) -> None:
    catalogue = active()
    catalogue.add(ITEMS)
    over = Event()
    counts: set[tuple[int, str, int]] = set()
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            turn = 0
            while not over.is_set():
                turn += 1
                n = turn % 600
                hits = found(catalogue, f"number{n}", 7)
                counts.add((len(hits), "found" if hits[0] == f"i{n:03}" else "lost", catalogue.count()))
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=ask) for _ in range(2)]
    for each in threads:
        each.start()
    for version, dimensions in (("green", 32), (SHIPPED, 64)):
        switch_embedder(settings, "green" if version == "green" else None, load=load)
        while catalogue.version != version and not failures:  # a thread may be opening it
            found(catalogue, "number1")
        assert catalogue.embedder.dimensions == dimensions
    over.set()
    for each in threads:
        each.join()
    assert not failures
    assert counts == {(7, "found", 600)}


def test_items_written_during_the_build_are_in_the_new_collection(
    settings: Settings, registry: Registry, active: Open, load: Loader
) -> None:
    catalogue, other = active(), active()
    catalogue.add(ITEMS[:300])
    late = Item(id="late", domain="video", title="zebra crossing")

    def write(done: int, total: int) -> None:
        if done == total and not other.get(["late"]):
            other.add([late])
            other.delete(["i000"])

    switch_embedder(settings, "green", write, load)
    for each in (catalogue, other, active()):
        assert found(each, "zebra", 1) == ["late"]
        assert each.version == "green"
        assert each.get(["i000"]) == []
        assert each.count() == 300


def test_write_that_a_switch_overtakes_is_made_again_in_the_new_collection(
    settings: Settings, registry: Registry, active: Open, load: Loader
) -> None:
    catalogue = active()
    catalogue.add(ITEMS[:10])
    shipped = load.made[64]
    real = shipped.encode

    def overtaken(texts: Sequence[str]) -> NDArray[np.float32]:
        shipped.encode = real  # type: ignore[method-assign]
        switch_embedder(settings, "green", load=load)
        return real(texts)

    shipped.encode = overtaken  # type: ignore[method-assign]
    report = catalogue.add([Item(id="new", domain="video", title="okapi")])
    assert report.added == 1
    assert catalogue.version == "green"
    assert found(catalogue, "okapi", 1) == ["new"]


def test_only_what_changed_is_embedded_on_the_way_back(
    settings: Settings, registry: Registry, active: Open, load: Loader
) -> None:
    catalogue = active()
    catalogue.add(ITEMS[:50])
    switch_embedder(settings, "green", load=load)
    changed = ITEMS[1].model_copy(update={"title": "tapir"})
    repriced = ITEMS[2].model_copy(update={"price": 2.0, "currency": "EUR"})
    before = load.made[32].embedded
    catalogue.add([changed, repriced, ITEMS[3], Item(id="new", domain="video", title="okapi")])
    assert load.made[32].embedded == before + 2, "the text of one changed, one is new"
    before = load.made[64].embedded
    report = switch_embedder(settings, None, load=load)
    assert load.made[64].embedded == before + 2
    assert (report.added, report.changed, report.unchanged) == (1, 2, 48)
    assert catalogue.get(["i002"]) == [repriced]
    assert found(catalogue, "tapir", 1) == ["i001"]
    assert found(catalogue, "okapi", 1) == ["new"]


def switch_and_die(home: Path, moment: int) -> None:
    """Begin a switch to "green" and die after so many calls of the progress."""
    calls = 0

    def die(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    if not moment:
        Registry.use = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign, assignment]
    switch_embedder(load_settings(home=home), "green", die, Loader())


@pytest.mark.parametrize("moment", [1, 0])
def test_killed_build_leaves_the_old_one_serving_and_is_gone_on_with(
    settings: Settings, registry: Registry, active: Open, load: Loader, moment: int
) -> None:
    catalogue = active()
    catalogue.add(ITEMS)
    child = multiprocessing.get_context("spawn").Process(target=switch_and_die, args=(settings.home, moment))
    child.start()
    child.join(120)
    assert child.exitcode == -signal.SIGKILL
    for each in (catalogue, active()):
        assert each.version == SHIPPED
        assert found(each, "number7", 1) == ["i007"]
    switch_embedder(settings, "green", load=load)
    assert load.made[32].embedded <= 600 - 256 if moment else load.made[32].embedded < 10
    assert found(catalogue, "number7", 1) == ["i007"]
    assert (catalogue.version, catalogue.count()) == ("green", 600)


def test_damaged_version_is_refused_before_anything_is_built(
    settings: Settings, registry: Registry, active: Open, load: Loader
) -> None:
    catalogue = active()
    catalogue.add(ITEMS[:5])
    weights = registry.folder("embedder", "green") / "adapter.safetensors"
    weights.write_bytes(b"cut")
    with pytest.raises(ModelError, match="damaged"):
        switch_embedder(settings, "green", load=load)
    assert 32 not in load.made
    assert found(catalogue, "number3", 1) == ["i003"]


def test_page_serves_on_where_the_new_version_is_damaged_after_the_switch(
    settings: Settings, registry: Registry, active: Open, load: Loader, caplog: pytest.LogCaptureFixture
) -> None:
    catalogue = active()
    catalogue.add(ITEMS[:5])
    switch_embedder(settings, "green", load=load)
    (registry.folder("embedder", "green") / "adapter.safetensors").write_bytes(b"cut")
    assert found(catalogue, "number3", 1) == ["i003"]
    assert catalogue.version == SHIPPED
    assert "goes on serving" in caplog.text
    with pytest.raises(ModelError, match="damaged"):
        active()
    assert switch_embedder(settings, None, load=load).unchanged == 5, "the way back needs no damaged file"
    assert active().version == SHIPPED


def test_first_catalogue_is_made_for_the_active_version(
    settings: Settings, registry: Registry, active: Open, load: Loader
) -> None:
    switch_embedder(settings, "green", load=load)
    catalogue = active()
    catalogue.add(ITEMS[:5])
    assert found(catalogue, "number3", 1) == ["i003"]
    assert catalogue.stats().embedder == "hashing-32"


def test_embedder_that_is_set_by_hand_follows_no_switch(
    settings: Settings, registry: Registry, load: Loader
) -> None:
    switch_embedder(settings, "green", load=load)
    by_hand = settings.model_copy(update={"embedder": "somebody/model"})
    assert served(by_hand) == by_hand
    assert served(settings).collection == "items-green"
