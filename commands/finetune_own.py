"""``app.py finetune own``: from a file of items and a file of requests to models of your own."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.finetune_options import (
    DomainName,
    MapFile,
    Replay,
    as_typed,
    known_domain,
    needs_training_packages,
)
from commands.finetune_refresh import progress
from commands.output import stderr_console
from settings import Settings, load_settings

if TYPE_CHECKING:
    from finetune.datasets.own import OwnData
    from finetune.run_data import Data

Items = Annotated[str, typer.Option(help="Items, as 'app.py ingest' reads them: CSV, JSON Lines, Parquet.")]
Requests = Annotated[
    str,
    typer.Option(help="CSV or JSON Lines: request, item_id[, label][, conversation][, at]; see the guide."),
]
_SHOWN = 5


def own(
    items: Items,
    requests: Requests,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the models and the report. [default: own in KAIROS_HOME]")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.05, help="About how long training may take in all.")] = 10.0,
    domain: DomainName = None,
    map_file: MapFile = None,
    replay: Replay = 0.5,
    seed: Annotated[int, typer.Option(min=0, help="Of samples and training.")] = 0,
    max_steps: Annotated[int | None, typer.Option(min=1, help="Steps at most, of each model.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only read the files and say what is in them.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Train an embedder, and a classifier on top of it, on your items and requests; compare with the default.

    A fifth of the requests is held out (by time, conversation or words) and only measured on. Run it
    again after any interruption: it goes on where it was. Guide: docs/fine-tuning.md

    Example: app.py finetune own --items items.csv --domain shopping --requests requests.csv --out mine
    """
    settings = load_settings()
    data = read(settings, items, requests, domain, map_file)
    if check:
        _print_check(data, as_json)
        return
    needs_training_packages()
    from finetune.own_run import Options, run

    _warn(data)
    out = out or settings.home / "own"
    command = shlex.join(["app.py", *sys.argv[1:]])
    with progress() as report:
        found = run(
            settings, out, data, Options(minutes, replay, seed, max_steps), command=command, report=report
        )
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=None if sys.stdout.isatty() else 160).print(
        Markdown(told(found, out, items, domain, map_file))
    )


def read(settings: Settings, items: str, requests: str, domain: str | None, map_file: Path | None) -> OwnData:
    """Read both files as the options say.

    Raises:
        typer.BadParameter: no such domain.
        SourceError: a file cannot be used.
    """
    from finetune.datasets.own import read_own
    from vectorstore.sources.mapping import load_mapping

    named = known_domain(domain)
    mapping = load_mapping(map_file) if map_file else None
    return read_own(items, requests, settings, named, mapping)


def own_data(
    settings: Settings,
    items: str,
    requests: str,
    domain: str | None,
    map_file: Path | None,
    replay: float,
    seed: int,
) -> Data:
    """What one of the two models is trained on where only your own data is wanted.

    Raises:
        SourceError: a file cannot be used, or holds too few requests.
    """
    from finetune.own_run import training_data

    data = read(settings, items, requests, domain, map_file)
    _warn(data)
    return training_data(settings, data, replay, seed)[0]


def told(found: Mapping[str, Any], out: Path, items: str, domain: str | None, map_file: Path | None) -> str:
    """The report for a person, in Markdown: data, figures, and what to do to use the models."""
    from finetune.own_run import table

    data, better = found["data"], found["better"]
    use = [f"app.py ingest {shlex.quote(items)}{as_typed(domain, map_file)}"]
    for task in ("embedder", "classifier"):
        use.append(f"app.py models add {task} {shlex.quote(str(out / task))} --name own")
        use.append(f"app.py models use {task} own")
    order = (
        ""
        if better["order"]
        else " The classifier orders what the search finds worse than the search itself does: give it more --minutes."
    )
    verdict = (
        f"Both are better than the default on your held-out requests.{order} To use them:"
        if better["embedder"] and better["classifier"]
        else "**Not better throughout on your held-out requests** (see the table): more requests help most."
        f"{order} To use them all the same:"
    )
    since = f" from {data['held_out_since']}" if data["held_out_since"] else ""
    return "\n".join(
        [
            f"{data['training']} requests to train on, {data['held_out']} held out (by {data['split_by']}{since}),"
            f" {data['left_out']} rows on neither side; {found['minutes']} minutes in all.",
            "",
            table(found),
            "",
            verdict,
            "",
            "```",
            *use,
            "```",
        ]
    )


def _warn(data: OwnData) -> None:
    """Say on stderr what was found wrong in the files."""
    console = stderr_console()
    for line in remarks(data):
        console.print(line, markup=False, highlight=False)


def remarks(data: OwnData) -> list[str]:
    """What deserves a look: bad rows by line, repetitions, contradictions, unread columns, balance."""
    found = [f"{each.file}, line {each.line}: {each.reason}" for each in data.rejected[:_SHOWN]]
    if len(data.rejected) > _SHOWN:
        found.append(f"... and {len(data.rejected) - _SHOWN} bad rows more (--check --json names all)")
    if data.repeated_items:
        found.append(f"{data.repeated_items} items gave way to a later row of the same id")
    if data.repeated_choices:
        found.append(
            f"{data.repeated_choices} requests repeat an earlier row (same words, item, conversation)"
        )
    if data.contradicted:
        lines = ", ".join(map(str, data.contradicted[:_SHOWN]))
        found.append(f"chosen and turned down both, the later row counts: line {lines}")
    if data.unread:
        found.append(f"columns of the requests that are not read: {', '.join(data.unread)}")
    balance = data.balance
    found.append(
        f"{balance['chosen']} chosen and {balance['turned_down']} turned down in {balance['requests']} requests;"
        f" {balance['items_chosen']} of {balance['items']} items are ever chosen"
    )
    if balance["most_chosen_share"] > 0.2:
        found.append(
            f"unbalanced: {balance['most_chosen_share']:.0%} of the choices are {balance['most_chosen_item']}"
        )
    if balance["items_with_the_text_of_another"]:
        found.append(f"{balance['items_with_the_text_of_another']} items have the very text of another")
    return found


def _print_check(data: OwnData, as_json: bool) -> None:
    from dataclasses import asdict

    from finetune.datasets.own_split import split_own

    parts = split_own(data)
    if as_json:
        found = {
            **data.balance,
            "training": len(parts.training),
            "held_out": len(parts.held_out),
            "split_by": parts.by,
            "left_out": parts.left_out,
            "rejected": [asdict(each) for each in data.rejected],
        }
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    lines = [
        *remarks(data),
        f"{len(parts.training)} requests to train on, {len(parts.held_out)} held out, by {parts.by}",
    ]
    typer.echo("\n".join(lines))
