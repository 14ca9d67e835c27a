"""``app.py finetune study``: measures what a way of fine-tuning gains and costs."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from commands.finetune_refresh import progress
from errors import SettingsError
from finetune.studies import STUDIES, load_study
from settings import load_settings

_CHOICES = "; ".join(f"{name}: {asks}" for name, asks in STUDIES.items())


def study(
    name: Annotated[str, typer.Argument(help=_CHOICES)],
    minutes: Annotated[float, typer.Option(min=0.1, help="About how long it may take in all.")] = 8.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Train small variants of the classifier on this machine, measure them, and print a table.

    Requests are made by rule about the bundled catalogue; nothing that serves is changed. Needs the
    packages of the extra 'train', and for 'privacy' those of 'privacy'. Guide: docs/fine-tuning.md

    Example: app.py finetune study compression --minutes 6
    """
    if name not in STUDIES:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(STUDIES)}", param_hint="NAME")
    from importlib.util import find_spec

    if find_spec("peft") is None:
        raise SettingsError("studies need peft: run 'pip install kairos-recommender[train]'")
    chosen = load_study(name)
    with progress() as report:
        result = chosen.run(load_settings(), report, minutes)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    elif sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(chosen.table(result)))
    else:
        typer.echo(chosen.table(result))
