"""``app.py evaluate replay``: systems on a stream of what real users chose, in the order of time."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.output import stderr_console
from errors import SourceError
from settings import load_settings

if TYPE_CHECKING:
    from evaluation.replay.experiment import Experiment


class StreamName(StrEnum):
    """The streams that there are."""

    movielens = "movielens"
    mind = "mind"


_LISTS = ("list_auc", "list_mrr", "list_ndcg@5", "list_ndcg@10")
_ALL = ("recall@10", "recall@50", "ndcg@10", "mrr")
_RECALL_BY_AGE = ("recall@10_day", "recall@10_week", "recall@10_month", "recall@10_evergreen")
_NDCG_BY_AGE = ("ndcg@10_day", "ndcg@10_week", "ndcg@10_month", "ndcg@10_evergreen")
_SLICES = ("list_auc_evergreen", "list_auc_described", "recall@10_described")
_RUN = ("invalid", "bursts", "burst_reflected", "burst_hours")
_TABLES = (_LISTS, _ALL, _RECALL_BY_AGE, _NDCG_BY_AGE, _SLICES, _RUN)
_PLOTTED = (
    "Kairos",
    "popular ever",
    "popular in a window",
    "decayed popularity",
    "circular buffer",
    "most recent",
    "BM25",
    "MiniLM",
)


def replay(
    stream: Annotated[StreamName, typer.Argument(help="Which stream, of the folder that KAIROS_DATA names.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    seed: Annotated[
        int, typer.Option(min=0, help="Draws requests and negatives, decides among equal scores.")
    ] = 0,
    requests: Annotated[
        int | None,
        typer.Option(min=1, help="Report on at most so many requests, evenly spaced."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Folder into which to draw the figures over time, as SVG.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Another weights file than timeliness/weights.toml.")
    ] = None,
) -> None:
    """Replay real choices in the order of time; at each, systems know only what was there before it.

    Half-lives, weights and baselines are fitted on the earlier part of the calendar, the figures are of
    the later part. A system that makes use of what came later fails the run. Takes some minutes.

    Example: KAIROS_DATA=data-sets app.py evaluate replay movielens --plot plots
    """
    from rich.progress import Progress, TaskID

    from evaluation.replay.experiment import run
    from timeliness.signals.weights import DEFAULT_FILE, load_weights
    from vectorstore.embedder import load_embedder

    settings = load_settings()
    if settings.data is None:
        raise SourceError("the streams are public data sets: set KAIROS_DATA to the folder that holds them")
    with Progress(console=stderr_console(), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total)
            progress.update(tasks[stage], completed=done)

        found = run(
            stream.value,
            settings.data,
            home=settings.home,
            open_embedder=lambda: load_embedder(settings),
            weights=load_weights(weights or DEFAULT_FILE),
            seed=seed,
            most=requests,
            progress=report,
        )
    if as_json:
        typer.echo(json.dumps(found.table, indent=2))
    else:
        _print(found)
    if plot is not None:
        _draw(found, plot)


def _print(found: Experiment) -> None:
    from evaluation.replay.report import describe_fit, describe_tuned, tables

    typer.echo(found.conditions)
    typer.echo(describe_tuned(found.tuned))
    for each in found.fitted:
        typer.echo(describe_fit(each))
    for columns in _TABLES:
        if any(each in row for row in found.table.values() for each in columns):
            typer.echo("\n" + tables(found.table, columns))


def _draw(found: Experiment, folder: Path) -> None:
    from evaluation.replay.plot import write_chart
    from evaluation.replay.report import over_time

    for metric in ("list_auc", "ndcg@10", "recall@10"):
        lines = over_time(found.outcome, _PLOTTED, metric, found.stream)
        if any(lines.values()):
            name = metric.replace("@", "_at_")
            write_chart(
                folder / f"{found.stream.name}_{name}.svg", f"{found.stream.name}: {metric} over time", lines
            )
