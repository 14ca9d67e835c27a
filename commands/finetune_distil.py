"""``app.py finetune distil``: makes a smaller, faster classifier of the one that serves."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.finetune_refresh import progress
from settings import load_settings


def distil(
    out: Annotated[Path, typer.Option(help="Folder of the adapter that is made.")],
    layers: Annotated[int, typer.Option(min=1, max=5, help="Layers of the student; the teacher has 6.")] = 3,
    teacher: Annotated[
        Path | None,
        typer.Option(help="Adapter to learn from. [default: the shipped one]", exists=True, file_okay=False),
    ] = None,
    minutes: Annotated[
        float, typer.Option(min=0.01, help="About how long teaching may take; measuring comes on top.")
    ] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
) -> None:
    """Teach a classifier of fewer layers to judge as the teacher does.

    Needs no data sets: it learns on synthetic requests about the bundled catalogue. What it gains
    and loses: 'app.py finetune study compression'. Guide: docs/fine-tuning.md

    Example: app.py finetune distil --out small && KAIROS_SCORER=small app.py chat
    """
    from finetune.distil_run import run
    from finetune.lora import ADAPTERS

    with progress() as report:
        metrics = run(
            load_settings(),
            teacher or ADAPTERS / "classifier",
            out,
            layers,
            minutes,
            command=shlex.join(["app.py", *sys.argv[1:]]),
            report=report,
        )
    if as_json:
        typer.echo(json.dumps(metrics, indent=2))
        return
    quality = metrics["ndcg@10"]
    lines = [
        f"{out}: layers {', '.join(str(each) for each in metrics['layers'])}, {metrics['steps']} steps,"
        f" {metrics['pairs']} pairs.",
        f"nDCG@10 of {metrics['requests']} held-out synthetic requests: teacher {quality['teacher']['mean']:.3f},"
        f" student {quality['student']['mean']:.3f} {quality['student']['interval']}.",
        f"Use it: KAIROS_SCORER={shlex.quote(str(out))}",
    ]
    typer.echo("\n".join(lines))
