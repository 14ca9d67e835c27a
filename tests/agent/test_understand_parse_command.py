"""``app.py parse`` and ``app.py evaluate understanding`` as they are mounted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from commands.evaluate_understanding import understanding
from commands.parse import parse, read_history
from errors import SourceError
from evaluation.understanding import FOLDER
from schema import Conversation, Demand
from tests.agent.conftest import NOW


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(parse)
    app.command()(understanding)
    return app


def test_json_is_the_demand_and_nothing_else(app: typer.Typer) -> None:
    result = CliRunner().invoke(
        app, ["parse", "a comedy for tonight under $5", "--now", "2026-11-25T15:00:00Z", "--json"]
    )
    demand = Demand.model_validate_json(result.stdout)
    assert result.exit_code == 0 and demand.limits.max_price == 5
    assert demand.times[0].start and demand.times[0].start.isoformat().startswith("2026-11-25")


def test_a_person_reads_a_table(app: typer.Typer) -> None:
    result = CliRunner().invoke(
        app, ["parse", "a [bold]comedy[/bold], no gore", "--now", "2026-11-25T15:00:00Z"]
    )
    assert result.exit_code == 0
    assert "recommend" in result.stdout and "refuses" in result.stdout and "violent" in result.stdout


def test_history_is_a_conversation_or_turns(app: typer.Typer, tmp_path: Path) -> None:
    stored = json.loads((FOLDER / "contexts.json").read_text(encoding="utf-8"))["films"]
    whole, turns = tmp_path / "whole.json", tmp_path / "turns.json"
    whole.write_text(json.dumps(stored), encoding="utf-8")
    turns.write_text(
        json.dumps([{"role": "user", "text": "a light comedy film, no horror"}]), encoding="utf-8"
    )
    cheaper = CliRunner().invoke(app, ["parse", "cheaper", "--history", str(whole), "--json"])
    assert Demand.model_validate_json(cheaper.stdout).limits.max_price == 3.98
    kids = Demand.model_validate_json(
        CliRunner().invoke(app, ["parse", "and for kids?", "--history", str(turns), "--json"]).stdout
    )
    assert kids.intent == "refine" and {"comedy", "kids", "horror"} <= {each.text for each in kids.interests}


@pytest.mark.parametrize(
    "text", ["{", "3", '[{"role": "robot", "text": "x"}]', '["x"]', '{"turns": 5}', '{"shown": [{}]}']
)
def test_a_bad_history_is_a_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "history.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=r"history\.json"):
        read_history(path, NOW)


def test_a_missing_history_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.json"):
        read_history(tmp_path / "gone.json", NOW)


def test_what_a_history_leaves_out_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    path.write_text('{"turns": [{"role": "user", "text": "hi"}]}', encoding="utf-8")
    read = read_history(path, NOW)
    assert isinstance(read, Conversation) and read.turns[0].at == NOW


def test_the_evaluation_prints_figures_by_part(app: typer.Typer, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": "a wonderful, moving film", "label": 1}\n', encoding="utf-8")
    result = CliRunner().invoke(app, ["understanding", str(rows), "--json"])
    assert json.loads(result.stdout) == {"sentiment": {"accuracy": 1.0, "n": 1}}
