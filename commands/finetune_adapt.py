"""``app.py finetune adapt``: fits the embedder to a new catalogue without any label."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.finetune_options import DomainName, MapFile, known_domain, needs_training_packages, one_of
from commands.finetune_own import Items
from commands.finetune_refresh import progress
from errors import SourceError
from settings import load_settings


def adapt(
    items: Items,
    out: Annotated[Path, typer.Option(help="Folder of the adapter.")],
    way: Annotated[
        str,
        typer.Option(
            help="cloze (a sentence against the rest), cropping (two cuts), simcse (dropout alone)."
        ),
    ] = "cloze",
    minutes: Annotated[float, typer.Option(min=0.05, help="About how long training may take.")] = 5.0,
    domain: DomainName = None,
    map_file: MapFile = None,
    max_steps: Annotated[int | None, typer.Option(min=1, help="Steps at most.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of samples and training.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Train the embedder on the texts of your items alone: no requests, no labels.

    Measured on a tenth of the items, which are not trained on. Where none of the change helps, nothing
    is written and it says so. Guide: docs/fine-tuning.md

    Example: app.py finetune adapt --items items.csv --domain shopping --out adapted
    """
    from finetune.adaptation import WAYS

    chosen = one_of(way, WAYS, "--way")
    named = known_domain(domain)
    needs_training_packages()
    from finetune.adaptation import adapt as run
    from finetune.datasets.own import Rejected, read_items
    from vectorstore.sources.mapping import load_mapping

    settings = load_settings()
    rejected: list[Rejected] = []
    mapping = load_mapping(map_file) if map_file else None
    found, _ = read_items(items, settings, named, mapping, rejected)
    if out.exists() and not (out / "config.json").is_file() and any(out.iterdir()):
        raise SourceError(f"{out} holds something else: name another folder with --out")
    command = shlex.join(["app.py", *sys.argv[1:]])
    with progress() as report:
        figures = run(
            settings,
            out,
            found,
            way=chosen,
            minutes=minutes,
            max_steps=max_steps,
            seed=seed,
            command=command,
            report=report,
        )
    for each in rejected[:5]:
        typer.echo(f"{each.file}, line {each.line}: {each.reason}", err=True)
    typer.echo(json.dumps(figures, indent=2) if as_json else _told(figures, out))


def _told(figures: Mapping[str, Any], out: Path) -> str:
    """The figures for a person, and what to do with the adapter."""
    from finetune.adaptation import table

    if figures["share"]:
        verdict = (
            f"{figures['share']:g} of the change is kept. To use it:\n"
            f"  app.py models add embedder {shlex.quote(str(out))} --name adapted\n"
            "  app.py models use embedder adapted"
        )
    else:
        verdict = "None of the change helps on items that were not trained on: nothing was written."
    return f"{table(figures)}\n{verdict}"
