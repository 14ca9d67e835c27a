"""Ingestion that is killed and run again, and ingestion into a Chroma server."""

from __future__ import annotations

import json
import multiprocessing
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx
import pytest

from schema import Demand
from settings import Settings, load_settings
from tests.vectorstore import ingest_process
from tests.vectorstore.hashing_embedder import HashingEmbedder
from tests.vectorstore.ingest_process import NOW
from vectorstore.catalogue import Catalogue
from vectorstore.embedder import Embedder
from vectorstore.ingest import ingest
from vectorstore.search import Search
from vectorstore.sources.json_lines import JsonLinesSource
from wiring import BUNDLED, load_bundled

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.vectorstore.store_process", "chromadb.api.rust"])
ANIMALS = ["zebra", "giraffe", "okapi", "lemur", "walrus", "heron", "badger", "lynx", "puffin", "newt"]
PLACES = [
    "harbour",
    "desert",
    "library",
    "circus",
    "orchard",
    "glacier",
    "station",
    "castle",
    "market",
    "moon",
]


def start(action: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    process = processes.Process(target=action, args=arguments, daemon=True)
    process.start()
    return process


@pytest.fixture
def films(tmp_path: Path) -> Path:
    """A hundred films, each about an animal in a place."""
    titles = [f"The {animal} of the {place}" for animal in ANIMALS for place in PLACES]
    path = tmp_path / "films.jsonl"
    rows = ({"id": f"v{n}", "domain": "video", "title": title} for n, title in enumerate(titles))
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return path


# Kills at random moments, so it proves by many runs; fixed moments are in test_processes.py.
@pytest.mark.parametrize(("kills", "hashing"), [(1, False), (6, True)])
def test_run_killed_at_any_moment_and_run_again_loses_and_doubles_nothing(
    kills: int, hashing: bool, films: Path, tmp_path: Path, minilm: Embedder
) -> None:
    moments = random.Random(kills)
    home = tmp_path / "home"
    settings = load_settings(home=home, precision="float32")
    embedder = HashingEmbedder() if hashing else minilm
    killed = 0
    with closing(Catalogue.open(settings, embedder)) as reader:  # open all the while, as the page is
        for _ in range(2 * kills + 3):
            if (before := reader.count()) == 100:
                if killed:
                    break
                reader.delete([f"v{n}" for n in range(100)])  # the run was over before the kill came
                before = 0
            run = start(ingest_process.ingest_file, home, films, 2, hashing)
            while run.is_alive() and reader.count() == before:
                time.sleep(0.005)
            time.sleep(moments.uniform(0, 0.06))
            run.kill()
            run.join(20)
            killed += run.exitcode == -signal.SIGKILL
            assert before <= reader.count() <= 100
            if killed == kills:
                break
        assert killed, "no run was interrupted"
        report = ingest(JsonLinesSource(films), reader, now=NOW)
        assert (report.added + report.unchanged, report.changed, report.rejected) == (100, 0, 0)
        _holds_all(reader)
    with closing(Catalogue.open(settings, embedder)) as fresh:
        _holds_all(fresh)


def _holds_all(catalogue: Catalogue) -> None:
    assert catalogue.count() == catalogue.count("video") == catalogue.stats().items == 100
    assert len(catalogue.vectors([f"v{n}" for n in range(100)])) == 100
    search = Search(catalogue, catalogue.embedder)
    for n in range(0, 100, 7):
        text = f"the {ANIMALS[n // 10]} of the {PLACES[n % 10]}"
        found = search(Demand(text=text, query=text), NOW, 100)
        assert found[0].item.id == f"v{n}"
        assert found[0].dense > 0.8 and found[0].lexical > 0
        assert len({each.item.id for each in found}) == len(found)


def test_first_start_that_was_killed_is_completed_by_the_next(settings: Settings) -> None:
    embedder = HashingEmbedder()
    with closing(Catalogue.open(settings, embedder)) as reader:
        run = start(ingest_process.first_start, settings.home)
        while run.is_alive() and reader.count() == 0:
            time.sleep(0.01)
        run.kill()
        run.join(20)
        assert run.exitcode == -signal.SIGKILL
    ids = [json.loads(line)["id"] for path in BUNDLED.glob("*.jsonl") for line in path.open()]
    with closing(Catalogue.open(settings, embedder)) as catalogue:
        there = catalogue.count()
        assert 0 < there < len(ids)
        assert load_bundled(catalogue, settings) == len(ids) - there
        assert {each.id for each in catalogue.get(ids)} == set(ids)
        assert catalogue.count() == len(ids)
        catalogue.delete(ids[:3])
        assert load_bundled(catalogue, settings) == 0, "what the user deleted stays deleted"
        assert catalogue.count() == len(ids) - 3


def test_catalogue_of_ones_own_is_not_mixed_with_the_bundled_one(settings: Settings, films: Path) -> None:
    with closing(Catalogue.open(settings, HashingEmbedder())) as catalogue:
        ingest(JsonLinesSource(films), catalogue, now=NOW)
        assert load_bundled(catalogue, settings) == 0
        assert catalogue.count() == 100


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Settings]:
    """Settings of a Chroma server on the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--path", str(tmp_path / "server")],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                if httpx.get(f"http://127.0.0.1:{port}/api/v2/heartbeat").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield load_settings(home=tmp_path / "home", chroma_host="127.0.0.1", chroma_port=port)
    finally:
        process.terminate()
        process.wait(timeout=10)


def test_ingestion_into_a_server_is_idempotent_and_seen_by_an_open_reader(
    server: Settings, films: Path, tmp_path: Path, minilm: Embedder
) -> None:
    elsewhere = server.model_copy(update={"home": tmp_path / "elsewhere"})
    with (
        closing(Catalogue.open(elsewhere, minilm)) as reader,
        closing(Catalogue.open(server, minilm)) as writer,
    ):
        assert reader.count() == 0
        assert ingest(JsonLinesSource(films), writer, now=NOW, batch_size=40).added == 100
        _holds_all(reader)
        again = ingest(JsonLinesSource(films), reader, now=NOW)
        assert (again.added, again.changed, again.unchanged) == (0, 0, 100)
        _holds_all(writer)
