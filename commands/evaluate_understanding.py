"""``app.py evaluate understanding``: how well requests are understood."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from commands.output import stderr_console
from settings import load_settings


def understanding(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="JSON Lines, gzipped or not: {text|review, label}, INSPIRED or SGD rows. None: ours."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    mistakes: Annotated[int, typer.Option(min=0, help="Also show so many of what went wrong.")] = 0,
    most: Annotated[
        int | None, typer.Option("--max", min=1, help="Read at most so many rows of each file.")
    ] = None,
) -> None:
    """Understanding: accuracy or F1 by part, on our own hard requests or on rows of public data sets.

    Example: app.py evaluate understanding data-sets/sst2/dev.jsonl.gz
    """
    from itertools import chain, islice

    from rich.progress import Progress

    from agent.understand import build_understanding
    from evaluation.json_lines import read_rows
    from evaluation.understanding import REQUESTS, Judgement, Row, describe, evaluate_understanding
    from vectorstore.embedder import load_reader

    settings = load_settings()
    understand = build_understanding(settings, load_reader(settings))
    rows = list(chain.from_iterable(islice(read_rows(file), most) for file in files or [REQUESTS]))
    wrong: list[tuple[Row, Judgement]] = []
    with Progress(console=stderr_console(), transient=True) as progress:
        task = progress.add_task("Understanding", total=len(rows))
        scores = asyncio.run(
            evaluate_understanding(
                understand, rows, mistakes=wrong, progress=lambda done: progress.update(task, completed=done)
            )
        )
    if as_json:
        typer.echo(json.dumps(scores, indent=2))
        return
    for part, figures in scores.items():
        name, value = next((name, value) for name, value in figures.items() if name != "n")
        typer.echo(f"{part:14} {name:8} {value:.3f}  n={figures['n']:.0f}")
    if mistakes:
        typer.echo(describe(wrong[:mistakes]))
