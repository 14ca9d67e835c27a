"""The catalogue on a real Chroma server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from errors import CatalogueError
from schema import Demand, Item
from settings import Settings, load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore.catalogue import Catalogue
from vectorstore.collection import ItemCollection
from vectorstore.rebuild import rebuild
from vectorstore.search import Search

MakeItem = Callable[..., Item]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server on the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--host", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--port", str(number), "--path", str(folder)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                if httpx.get(f"http://127.0.0.1:{number}/api/v2/heartbeat").is_success:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield number
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.fixture
def machine(
    port: int, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], Catalogue]]:
    """Opens the server's catalogue as a machine of the given name does: with local files of its own."""
    opened: list[Catalogue] = []
    collection = f"test-{abs(hash(request.node.name))}"

    def settings_of(name: str) -> Settings:
        return load_settings(
            home=tmp_path / name, chroma_host="127.0.0.1", chroma_port=port, collection=collection
        )

    def open_(name: str) -> Catalogue:
        opened.append(Catalogue.open(settings_of(name), HashingEmbedder()))
        return opened[-1]

    yield open_
    for each in opened:
        each.close()


def matches(catalogue: Catalogue, word: str) -> list[str]:
    return [each for each, _ in catalogue.match(word, ("1", ()), 5)]


def test_new_item_is_found_by_the_very_next_query(
    machine: Callable[[str], Catalogue], make_item: MakeItem, now: datetime
) -> None:
    catalogue = machine("one")
    catalogue.add([make_item("a", "zebra"), make_item("b", "lion")])
    search = Search(catalogue, catalogue.embedder)
    catalogue.add([make_item("c", "a giraffe")])
    found = search(Demand(text="giraffe", query="giraffe"), now, 2)
    assert found[0].item.id == "c"


def test_machine_sees_what_another_one_writes_and_deletes(
    machine: Callable[[str], Catalogue], make_item: MakeItem
) -> None:
    one, two = machine("one"), machine("two")
    one.add([make_item("a", "zebra"), make_item("b", "lion")])
    assert matches(two, "zebra") == ["a"]
    two.add([make_item("a", "okapi")])
    two.delete(["b"])
    assert (matches(one, "zebra"), matches(one, "okapi"), matches(one, "lion")) == ([], ["a"], [])
    assert one.count() == two.count() == 1


def test_machines_that_write_at_once_lose_nothing(
    machine: Callable[[str], Catalogue], make_item: MakeItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three = machine("one"), machine("two"), machine("three")
    one.add([make_item("old", "zebra")])
    real = ItemCollection.upsert

    def upsert_after_another_machine(self: ItemCollection, *arguments: Any) -> None:
        monkeypatch.setattr(ItemCollection, "upsert", real)
        two.add([make_item("b", "lion")])
        real(self, *arguments)

    monkeypatch.setattr(ItemCollection, "upsert", upsert_after_another_machine)
    one.add([make_item("a", "okapi")])
    for each in (one, two, three):
        assert [matches(each, word) for word in ("zebra", "okapi", "lion")] == [["old"], ["a"], ["b"]]


def test_local_index_is_made_from_the_server_on_a_new_machine(
    machine: Callable[[str], Catalogue], make_item: MakeItem
) -> None:
    machine("one").add([make_item(f"i{n}", f"word{n}") for n in range(700)])
    other = machine("new")
    assert other.count() == 700
    assert matches(other, "word678") == ["i678"]


def test_rebuild_on_the_server_is_followed_by_open_machines(
    machine: Callable[[str], Catalogue], make_item: MakeItem
) -> None:
    one, two = machine("one"), machine("two")
    one.add([make_item("a", "zebra")])
    assert matches(two, "zebra") == ["a"]
    assert rebuild(one.settings, HashingEmbedder()) == 1
    two.add([make_item("b", "lion")])
    assert (matches(one, "lion"), matches(two, "zebra")) == (["b"], ["a"])


def test_absent_server_is_explained_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    settings = load_settings(home=tmp_path, chroma_host="127.0.0.1", chroma_port=free)
    with pytest.raises(CatalogueError, match=r"no Chroma server at .*'chroma run'") as caught:
        Catalogue.open(settings, HashingEmbedder())
    assert "\n" not in str(caught.value)
