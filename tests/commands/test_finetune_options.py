"""Options that the two commands of training share."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from commands.finetune_options import TrainingOptions, one_of, with_training_options
from errors import SettingsError
from settings import Settings
from tests.commands.command_line import kairos


def test_every_shared_option_reaches_the_command_beside_its_own() -> None:
    app = typer.Typer()
    seen: list[tuple[TrainingOptions, str]] = []

    @app.command()
    @with_training_options
    def some(options: TrainingOptions, loss: str = "plain") -> None:
        seen.append((options, loss))

    given = ["--loss", "other", "--out", "x", "--data", "ikea", "--data", "mind", "--log", "none", "--json"]
    assert (
        CliRunner().invoke(app, [*given, "--map", "m.toml", "--minutes", "2", "--seed", "7"]).exit_code == 0
    )
    assert CliRunner().invoke(app, []).exit_code == 0
    (options, loss), plain = seen
    assert (options.out, options.map_file, options.minutes, options.seed) == (Path("x"), Path("m.toml"), 2, 7)
    assert (list(options.data or ()), options.log, options.as_json, loss) == (
        ["ikea", "mind"],
        "none",
        True,
        "other",
    )
    assert plain == (TrainingOptions(), "plain")


def test_choice_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    assert one_of("b", ("a", "b"), "--x") == "b"
    with pytest.raises(typer.BadParameter, match="'c' is none of a, b"):
        one_of("c", ("a", "b"), "--x")


@pytest.mark.parametrize("wrong", [("--method", "magic"), ("--loss", "magic"), ("--log", "magic")])
def test_wrong_choice_ends_both_commands_before_anything_is_read(
    tmp_path: Path, wrong: tuple[str, str]
) -> None:
    for task in ("embedder", "classifier"):
        done = kairos("finetune", task, *wrong, home=tmp_path / "home")
        assert done.code == 2
        assert "'magic' is none of" in done.err


def test_a_log_whose_package_is_missing_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.finetune_options.find_spec", lambda name: None if name == "wandb" else name)
    with pytest.raises(SettingsError, match=r"recommender\[wandb\]"):
        TrainingOptions(log="wandb").check(settings)
