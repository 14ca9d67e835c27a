"""Chroma's vector files: how often they are rewritten, and what a kill in the middle of it leaves."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Timer, current_thread

import pytest

from errors import CatalogueError
from schema import Item
from settings import Settings, load_settings
from tests.vectorstore import store_process
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore.catalogue import Catalogue
from vectorstore.chroma_file import ChromaFile
from vectorstore.collection import SYNC_THRESHOLD, ItemCollection
from vectorstore.connection import EmbeddedChroma, connection
from vectorstore.rebuild import rebuild
from vectorstore.vector_files import COPYING, VectorFiles

MakeItem = Callable[..., Item]
OpenCatalogue = Callable[..., Catalogue]
BATCH = 256


def add(catalogue: Catalogue, first: int, last: int) -> None:
    for start in range(first, last, BATCH):
        catalogue.add([store_process.item(f"i{n}", words(n)) for n in range(start, start + BATCH)])


def words(number: int) -> str:
    return " ".join(f"w{number * factor * 7919 % 9973}" for factor in range(1, 9))


def is_whole(catalogue: Catalogue, count: int, sample: int = 50) -> bool:
    numbers = random.Random(1).sample(range(count), sample)
    stored = catalogue.vectors([f"i{n}" for n in numbers])
    for number in numbers:
        vector = catalogue.embedder.encode([f"{words(number)}."])[0]
        if stored[f"i{number}"] != pytest.approx(vector, abs=1e-5):
            return False
        if catalogue.nearest(vector, 1)[0][1] < 0.999:
            return False
    return catalogue.count() >= count


def vector_files(folder: Path) -> Path:
    return next(folder.glob("*/data_level0.bin")).parent


@pytest.fixture
def torn(open_catalogue: OpenCatalogue, tmp_path: Path) -> Path:
    """A folder as a kill leaves it that came while 1,536 items' vectors were being rewritten."""
    catalogue = open_catalogue()
    whole = Path(catalogue.place)
    add(catalogue, 0, 6 * BATCH)
    catalogue.close()
    EmbeddedChroma(whole).before_write(BATCH)  # what the writer that is killed does first
    killed = tmp_path / "killed" / "catalogue"
    shutil.copytree(whole, killed)
    before = vector_files(whole).joinpath("data_level0.bin").stat().st_size
    catalogue = open_catalogue()
    add(catalogue, 6 * BATCH, 8 * BATCH)
    catalogue.close()
    written = vector_files(whole)
    assert written.joinpath("data_level0.bin").stat().st_size > before, "Chroma has rewritten its files"
    for file in written.iterdir():
        shutil.copy2(file, vector_files(killed) / file.name)
    (vector_files(killed) / "index_metadata.pickle").write_bytes(b"")
    with sqlite3.connect(killed / "items.lexical.sqlite") as state:
        state.execute("UPDATE state SET value = 1 WHERE name = 'writing'")
    state.close()
    return killed


def test_files_torn_by_a_kill_are_put_back_and_nothing_is_lost(
    open_catalogue: OpenCatalogue, torn: Path
) -> None:
    catalogue = open_catalogue(directory=torn)
    assert is_whole(catalogue, 6 * BATCH)
    add(catalogue, 6 * BATCH, 12 * BATCH)
    catalogue.close()
    assert is_whole(open_catalogue(directory=torn), 12 * BATCH)


def test_torn_files_without_a_copy_are_explained_and_rebuilt(
    open_catalogue: OpenCatalogue, torn: Path
) -> None:
    shutil.rmtree(torn / "vector-files-copy")
    with pytest.raises(CatalogueError, match="catalogue rebuild"):
        open_catalogue(directory=torn)
    assert rebuild(load_settings(home=torn.parent), HashingEmbedder(), torn) == 6 * BATCH
    assert is_whole(open_catalogue(directory=torn), 6 * BATCH)


def copied(folder: Path) -> bool:
    """Whether the copy is one of the files as they are."""
    copy = folder / "vector-files-copy" / vector_files(folder).name / "data_level0.bin"
    return copy.exists() and copy.stat().st_mtime_ns == (vector_files(folder) / copy.name).stat().st_mtime_ns


def test_write_after_a_rewrite_does_not_wait_for_the_copy_and_a_large_one_does(
    open_catalogue: OpenCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = open_catalogue()
    folder, go_on = Path(catalogue.place), Event()
    real = ChromaFile.flushed

    def flushed(file: ChromaFile, collection: str | None = None) -> dict[str, int | None]:
        if current_thread().name == COPYING and list(folder.glob("*/index_metadata.pickle")):
            assert go_on.wait(30)
        return real(file, collection)

    monkeypatch.setattr(ChromaFile, "flushed", flushed)
    for number in range(SYNC_THRESHOLD // 50 + 2):
        catalogue.add([store_process.item(f"i{n}", words(n)) for n in range(50 * number, 50 * number + 50)])
        if list(folder.glob("*/index_metadata.pickle")):
            break
    count = catalogue.count()
    for extra in range(3):
        catalogue.add([store_process.item(f"i{count + extra}", words(count + extra))])
    assert not copied(folder), "it is still being made"
    Timer(0.2, go_on.set).start()
    before = vector_files(folder).joinpath("data_level0.bin").stat().st_mtime_ns
    monkeypatch.setattr(ItemCollection, "upsert", lambda *_: None)  # look before Chroma writes
    add(catalogue, count + 3, count + 3 + BATCH)
    assert copied(folder)
    assert vector_files(folder).joinpath("data_level0.bin").stat().st_mtime_ns == before
    assert not list(folder.glob("vector-files-copy-partial*"))


def test_copy_is_not_taken_of_files_that_were_rewritten_while_it_was_made(
    open_catalogue: OpenCatalogue,
) -> None:
    catalogue = open_catalogue()
    add(catalogue, 0, 2 * BATCH)
    catalogue.close()
    folder = Path(catalogue.place)
    files = VectorFiles(folder, ChromaFile(folder))
    files.look(1)
    changed = vector_files(folder) / "data_level0.bin"
    os.utime(changed, ns=(1, 1))  # another process wrote
    files.keep(1)
    assert copied(folder)
    assert (folder / "vector-files-copy" / vector_files(folder).name / changed.name).stat().st_mtime_ns == 1


@pytest.mark.slow
def test_kills_while_vector_files_are_rewritten_lose_nothing(
    open_catalogue: OpenCatalogue, tmp_path: Path
) -> None:
    processes = multiprocessing.get_context("forkserver")
    folder = tmp_path / "home" / "catalogue"
    done = 0
    for _ in range(12):
        writer = processes.Process(target=_write_on, args=(folder, done), daemon=True)
        writer.start()
        _kill_at_a_rewrite(writer.pid, folder)
        writer.join()
        catalogue = open_catalogue()
        assert is_whole(catalogue, max(done, catalogue.count()))
        done = catalogue.count()
        catalogue.close()


def _write_on(folder: Path, first: int) -> None:
    add(store_process.open_in(folder), first, first + 1_000_000)


def _kill_at_a_rewrite(pid: int | None, folder: Path) -> None:
    assert pid is not None
    seen: set[int] = set()
    end = time.perf_counter() + 30
    while len(seen) < 3 and time.perf_counter() < end:
        seen.update(each.stat().st_mtime_ns for each in folder.glob("*-*-*-*-*/data_level0.bin"))
    os.kill(pid, signal.SIGKILL)


def test_chroma_is_made_to_write_ahead_once(open_catalogue: OpenCatalogue) -> None:
    catalogue = open_catalogue()
    add(catalogue, 0, BATCH)
    catalogue.close()
    assert (Path(catalogue.place) / "chroma.sqlite3").read_bytes()[18:20] == b"\x02\x02", "write-ahead"
    assert is_whole(open_catalogue(), BATCH)


def test_collection_of_an_earlier_version_writes_its_vector_files_as_often_as_a_new_one(
    open_catalogue: OpenCatalogue, make_item: MakeItem, hashing: HashingEmbedder, settings: Settings
) -> None:
    way = connection(settings, None)
    settings.catalogue_dir.mkdir(parents=True)
    client = way.open()
    client.create_collection(
        settings.collection,
        metadata={"embedder": hashing.name, "generation": 0},
        configuration={"hnsw": {"space": "cosine"}},
        embedding_function=None,
    )
    client.close()
    catalogue = open_catalogue()
    assert catalogue.add([make_item(f"item-{n}") for n in range(SYNC_THRESHOLD + 1)]).added > SYNC_THRESHOLD
    assert list(settings.catalogue_dir.glob("*/index_metadata.pickle")), "the vector files were not written"
    catalogue.close()
    assert open_catalogue().count() == SYNC_THRESHOLD + 1
