"""``app.py catalogue``, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import wiring
from app import app
from errors import CatalogueError, KairosError, UnknownItemError
from schema import Item
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore.catalogue import Catalogue

MakeItem = Callable[..., Item]
OpenCatalogue = Callable[..., Catalogue]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(open_catalogue: OpenCatalogue, make_item: MakeItem, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small catalogue; the commands use its light embedder."""
    catalogue = open_catalogue()
    catalogue.add(
        [
            make_item(
                "film/zebra", "Zebra [red]", categories=["documentary"], published_at="2020-02-02T00:00:00Z"
            ),
            make_item("news/lion", "Lion", domain="news"),
            make_item("film/old", "Old zebra", valid_until="2020-01-01T00:00:00Z"),
        ]
    )
    catalogue.close()
    monkeypatch.setattr(wiring, "open_embedder", lambda settings, directory=None: HashingEmbedder())
    return catalogue.place


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["catalogue", *arguments])


def test_stats_as_json_and_as_a_table(folder: str) -> None:
    found = json.loads(run("stats", "--catalogue", folder, "--json").stdout)
    assert (found["items"], [each["domain"] for each in found["domains"]]) == (3, ["news", "video"])
    assert found["domains"][1]["earliest"] == "2020-02-02T00:00:00Z"
    assert "3 items" in run("stats", "--catalogue", folder).stdout


def test_show_prints_the_item(folder: str) -> None:
    shown = run("show", "film/zebra", "--catalogue", folder, "--json")
    assert Item.model_validate_json(shown.stdout).title == "Zebra [red]"
    assert "Zebra [red]" in run("show", "film/zebra", "--catalogue", folder).stdout


def test_search_finds_only_what_is_valid_then(folder: str) -> None:
    found = json.loads(run("search", "zebra", "--catalogue", folder, "--domain", "video", "--json").stdout)
    assert [each["item"]["id"] for each in found] == ["film/zebra"]
    then = run("search", "zebra", "--catalogue", folder, "--now", "2019-06-01T00:00:00Z", "--json")
    assert "film/old" in {each["item"]["id"] for each in json.loads(then.stdout)}
    assert "Zebra [red]" in run("search", "zebra", "--catalogue", folder).stdout


def test_deleted_item_is_gone(folder: str) -> None:
    assert json.loads(run("delete", "news/lion", "--catalogue", folder, "--json").stdout) == {
        "deleted": "news/lion"
    }
    assert isinstance(run("show", "news/lion", "--catalogue", folder).exception, UnknownItemError)


def test_rebuild_reports_what_it_embedded(folder: str) -> None:
    report = json.loads(run("rebuild", "--catalogue", folder, "--json").stdout)
    assert report == {"items": 3, "embedder": "hashing-64"}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(["show", "nothing"], UnknownItemError), (["stats", "--catalogue", "/no/such/folder"], CatalogueError)],
)
def test_what_is_not_there_is_an_error_of_one_line(
    folder: str, arguments: list[str], error: type[KairosError]
) -> None:
    named = arguments if "--catalogue" in arguments else [*arguments, "--catalogue", folder]
    raised = run(*named).exception
    assert isinstance(raised, error)
    assert "\n" not in str(raised)


@pytest.mark.parametrize(
    "arguments", [["search"], ["search", "x", "--domain", "cars"], ["search", "x", "--now", "soon"]]
)
def test_wrong_usage_is_told_apart(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


def test_error_is_one_line_on_stderr_and_exit_code_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "app.py", "catalogue", "show", "x", "--catalogue", "/no/such/folder"],
        cwd=ROOT,
        env={**os.environ, "KAIROS_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("kairos: catalogue /no/such/folder") and done.stderr.count("\n") == 1
