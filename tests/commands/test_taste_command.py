"""``app.py taste``: seen, changed, exported and deleted from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from app import app
from errors import UnknownItemError

AT = ("--now", "2026-11-25T15:00:00+00:00")
FILM = "video/airplane-1980"


@pytest.fixture(scope="module")
def _home(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("taste"))


@pytest.fixture
def run(_home: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("KAIROS_HOME", _home)
    return lambda *words: CliRunner().invoke(app, ["taste", *words])


def test_a_verdict_is_given_changed_exported_and_removed(run: Callable[..., Result]) -> None:
    from schema import Item
    from settings import load_settings
    from wiring import open_catalogue

    catalogue = open_catalogue(load_settings())
    catalogue.add([Item(id=FILM, domain="video", title="Airplane!", categories=("comedy",))])
    catalogue.close()
    assert "No verdicts yet" in run("show").stdout
    assert run("set", FILM, "dislike", *AT).exit_code == 0
    assert run("set", FILM, "like", "--now", "2026-11-25T16:00:00+00:00").exit_code == 0
    shown = json.loads(run("show", "--json", "--now", "2026-11-25T16:00:00+00:00").stdout)
    assert [(each["verdict"], each["strength"]) for each in shown["opinions"]] == [("like", 1.0)]
    assert shown["traits"][0]["name"] == "comedy"
    assert "Airplane!" in run("show", "--now", "2026-11-26").stdout
    assert run("remove", FILM).exit_code == 0
    assert json.loads(run("show", "--json").stdout)["opinions"] == []


def test_clear_deletes_all_after_a_question(run: Callable[..., Result]) -> None:
    run("set", FILM, "like", *AT)
    assert run("clear").exit_code == 1  # nobody said yes
    assert FILM in run("show", "--now", "2026-11-26").stdout
    assert run("clear", "--yes").exit_code == 0
    assert FILM not in run("show", "--now", "2026-11-26").stdout


def test_mistakes_are_told(run: Callable[..., Result]) -> None:
    assert run("set", FILM, "adore").exit_code == 2
    for words in (("set", "video/nothing", "like"), ("remove", "video/nothing")):
        assert isinstance(run(*words).exception, UnknownItemError)
