"""``app.py models``: which trained version serves, and going over to another or back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.output import stderr_console
from settings import Settings, load_settings

if TYPE_CHECKING:
    from finetune.registry import Task, Version

models = typer.Typer(
    help="The versions of the trained models: list them, use one, go back. Guide: docs/fine-tuning.md",
    no_args_is_help=True,
)

TaskName = Annotated[str, typer.Argument(metavar="TASK", help="classifier or embedder.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else on stdout.")]


@models.callback()
def _group() -> None:
    """The versions of the trained models: list them, use one, go back."""


@models.command("list")
def list_versions(as_json: AsJson = False) -> None:
    """List the versions of each model, what they were made of, and which serves.

    Example: app.py models list --json
    """
    from finetune.registry import TASKS, Registry

    registry = Registry(load_settings())
    found = [each for task in TASKS for each in registry.versions(task)]
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in found], indent=2))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("", "task", "version", "as of", "seed", "data", "nDCG@10", "state")
    for each in found:
        as_of = f"{each.as_of:%Y-%m-%d %H:%M}" if each.as_of else "-"
        cells = (each.task, each.version, as_of, str(each.seed) if each.seed is not None else "-")
        data = (each.data_sha256 or "-")[:12]
        state = escape(each.damage) if each.damage else "whole"
        table.add_row("*" if each.active else "", *cells, data, _figures(each), state)
    Console().print(table)


@models.command()
def use(
    task: TaskName,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Its name, or 'shipped'.")],
    as_json: AsJson = False,
) -> None:
    """Let another version serve. A page that is open goes over at its next turn.

    Another embedder first embeds the catalogue into a collection of its own, beside the old one,
    which serves meanwhile; run it again if it is interrupted.

    Example: app.py models use classifier 20261125-150000
    """
    settings = load_settings()
    report = _switch(settings, _task(task), version)
    _say(report, as_json)


@models.command("roll-back")
def roll_back(task: TaskName, as_json: AsJson = False) -> None:
    """Let the version serve again that served before.

    Example: app.py models roll-back classifier
    """
    settings = load_settings()
    report = _switch(settings, _task(task), None)
    _say(report, as_json)


@models.command()
def add(
    task: TaskName,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="An adapter, as 'app.py finetune' makes it.")
    ],
    name: Annotated[str | None, typer.Option(help="Of the version. [default: that of the folder]")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a trained adapter in as a version, without using it yet.

    Example: app.py models add embedder my-embedder --name films-1
    """
    from finetune.registry import Registry

    version = name or folder.resolve().name
    place = Registry(load_settings()).add(_task(task), version, folder)
    report = {"task": task, "version": version, "folder": str(place)}
    typer.echo(json.dumps(report) if as_json else f"{task} {version}: 'app.py models use {task} {version}'")


def _switch(settings: Settings, task: Task, version: str | None) -> dict[str, Any]:
    """Go over to ``version`` (None: back to the last one)."""
    from finetune.registry import Registry

    registry = Registry(settings)
    before = registry.active(task)
    report: dict[str, Any] = {"task": task, "before": before}
    if task == "embedder":
        from dataclasses import asdict

        from rich.progress import Progress

        from vectorstore.rebuild import switch_embedder

        with Progress(console=stderr_console()) as progress:
            bar = progress.add_task("Bringing up its collection", total=None)
            made = switch_embedder(
                settings, version, lambda done, total: progress.update(bar, completed=done, total=total)
            )
        report["collection"] = asdict(made)
    else:
        target = version or registry.before(task)
        registry.check(task, target)
        _load(settings, registry.folder(task, target))
        if version is None:
            registry.roll_back(task)
        else:
            registry.use(task, version)
    return report | {"active": registry.active(task)}


def _load(settings: Settings, folder: Path) -> None:
    """See that a classifier can be loaded, before it serves.

    Raises:
        ModelError: it cannot.
    """
    from serving.adapted import AdaptedScorer

    AdaptedScorer.load(folder, settings)


def _task(name: str) -> Task:
    from finetune.registry import TASKS

    if name not in TASKS:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(TASKS)}", param_hint="TASK")
    return name


def _say(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report))
    elif report["active"] == report["before"]:
        typer.echo(f"{report['task']}: {report['active']} serves already")
    else:
        typer.echo(f"{report['task']}: {report['active']} serves now, before it was {report['before']}")


def _figures(version: Version) -> str:
    """nDCG@10 by group of requests, as far as the metrics have it."""
    found = []
    for name, each in version.metrics.items():
        value = each.get("ndcg@10") if isinstance(each, dict) else None
        if value is None and isinstance(each, dict) and isinstance(each.get("joined"), dict):
            value = each["joined"].get("ndcg@10")
        if isinstance(value, float) and (name in {"all", "old requests", "feedback"}):
            found.append(f"{name} {value:.3f}")
    return ", ".join(found) or "-"
