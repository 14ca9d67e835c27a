"""``app.py finetune``: trains the models that Kairos ships, or your own."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.output import stderr_console
from errors import SettingsError
from settings import Settings, load_settings

if TYPE_CHECKING:
    from finetune.classifier_run import Report

finetune = typer.Typer(help="Train the models of Kairos on this machine.", no_args_is_help=True)


@finetune.callback()
def _group() -> None:
    """Train the models of Kairos on this machine."""


@finetune.command()
def classifier(
    out: Annotated[
        Path | None, typer.Option(help="Folder of the adapter. [default: the one that is shipped]")
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0.01, help="Training ends after these minutes at the latest.")
    ] = 20.0,
    epochs: Annotated[float, typer.Option(min=0.01, help="Times that each request is seen.")] = 2.0,
    seed: Annotated[int, typer.Option(min=0, help="Of samples, synthetic requests and training.")] = 0,
    data: Annotated[
        list[str] | None,
        typer.Option(help="Public data set to use, more than once if wanted. [default: all, see the guide]"),
    ] = None,
    share: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Part of the requests to use, for a quick trial.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
) -> None:
    """Train the classifier that judges how well an item answers a request.

    Needs KAIROS_DATA, and the packages of the extra 'train'. Run it again after any
    interruption: it goes on where it was. Guide: docs/fine-tuning.md

    Example: KAIROS_DATA=data-sets app.py finetune classifier --minutes 20
    """
    from serving.scorer import DEFAULT_ADAPTER

    settings = load_settings()
    _check(settings, data)
    from finetune.classifier import Training
    from finetune.classifier_run import load_data, run

    with _progress() as report:
        report("Reading data", 0, 0, "")
        made = load_data(settings, seed, data, share)
        metrics = run(
            settings,
            out or DEFAULT_ADAPTER,
            made,
            Training(epochs=epochs, minutes=minutes, seed=seed),
            command=shlex.join(["app.py", *sys.argv[1:]]),
            report=report,
        )
    _print(metrics, as_json)


def _check(settings: Settings, names: list[str] | None) -> None:
    from importlib.util import find_spec

    from finetune.datasets.pools import PUBLIC

    unknown = [each for each in names or () if each not in PUBLIC]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(PUBLIC)}", param_hint="--data")
    if find_spec("peft") is None:
        raise SettingsError("training needs peft: run 'pip install kairos-recommender[train]'")
    if settings.data is None:
        raise SettingsError("training needs data: set KAIROS_DATA to the folder of public data sets")


class _progress:
    """A line of progress with the time that is left, on stderr."""

    def __enter__(self) -> Report:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=stderr_console(),
        )
        self._tasks: dict[str, int] = {}
        self._bar.start()
        return self._report

    def _report(self, stage: str, done: float, total: float, note: str) -> None:
        from rich.progress import TaskID

        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total or None, note=note)
        self._bar.update(TaskID(self._tasks[stage]), completed=done, total=total or None, note=note)

    def __exit__(self, *failure: object) -> None:
        self._bar.stop()


def _print(metrics: dict[str, object], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(metrics, indent=2))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    from finetune.card import table

    Console().print(Markdown(table(metrics["validation"])))  # type: ignore[arg-type]
