"""``app.py evaluate``: measures parts of Kairos on data files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from commands.evaluate_conversations import conversations
from commands.evaluate_ranking import ranking
from commands.evaluate_replay import replay
from commands.evaluate_timely import timely
from commands.evaluate_understanding import understanding

evaluate = typer.Typer(help="Measure parts of Kairos on data files.", no_args_is_help=True)


@evaluate.callback()
def _group() -> None:
    """Measure parts of Kairos on data files."""


evaluate.command()(conversations)
evaluate.command()(replay)
evaluate.command()(ranking)
evaluate.command()(understanding)
evaluate.command()(timely)


@evaluate.command()
def time(
    file: Annotated[
        Path, typer.Argument(help="Cases of the specification, one JSON object a line; may be gzipped.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    failures: Annotated[
        int, typer.Option(min=0, help="Also show so many expected values that were missed.")
    ] = 0,
) -> None:
    """Time expressions: how many resolve to the value that the Recognizers-Text specification gives.

    Counted are dates, times, both together, and ranges of these. The language of the file is told
    from its characters.

    Example: app.py evaluate time data-sets/time_specs/english.jsonl.gz --failures 20
    """
    from evaluation.time_expressions import evaluate as measure
    from evaluation.time_expressions import read_cases

    report = measure(read_cases(file))
    shown = report.failures[:failures]
    if as_json:
        figures = {**asdict(report), "failures": [asdict(each) for each in shown]}
        typer.echo(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{report.rate:.1%} of {report.n} values, {report.inputs_exact:.1%} of {report.inputs} inputs in full"
    )
    for kind, rate in report.by_class.items():
        typer.echo(f"  {kind:14} {rate:6.1%} of {report.n_by_class[kind]}")
    typer.echo(f"  {report.milliseconds:.2f} ms an input")
    for each in shown:
        typer.echo(f"\n{each.input}  (said {each.reference})\n  expected {each.expected}")
        for resolved in each.resolved:
            typer.echo(f"  resolved {resolved}")
