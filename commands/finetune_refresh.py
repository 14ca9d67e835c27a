"""``app.py finetune refresh``: goes on training the classifier with what users liked since."""

from __future__ import annotations

import asyncio
import json
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.output import moment, stderr_console
from errors import SettingsError
from settings import Settings, load_settings

if TYPE_CHECKING:
    from finetune.refresh_data import Report
    from schema import Reply


def refresh(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what there is to learn from; trains nothing.")
    ] = False,
    least: Annotated[
        int, typer.Option(min=1, help="Examples of feedback to train on without which nothing is done.")
    ] = 12,
    epochs: Annotated[float, typer.Option(min=0.01, help="Times that each request is seen.")] = 2.0,
    max_steps: Annotated[int | None, typer.Option(min=1, help="Steps at most.")] = None,
    learning_rate: Annotated[float, typer.Option(min=1e-7, max=1.0, help="Peak learning rate.")] = 3e-4,
    replay: Annotated[
        float, typer.Option(min=0, help="Old requests to an example of feedback, against forgetting.")
    ] = 2.0,
    tolerance: Annotated[
        float, typer.Option(min=0, max=1, help="What old requests may lose of nDCG@10 for it to serve.")
    ] = 0.01,
    seed: Annotated[int, typer.Option(min=0, help="Of samples and training.")] = 0,
    now: Annotated[str | None, typer.Option(help="As-of date of the new version (ISO 8601).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Train the classifier on with likes, dislikes, clicks and new items since the last time.

    Needs no data sets: requests about the bundled catalogue are repeated against forgetting. The
    new version serves only if it holds on held-out old requests and held-out feedback; a page that
    is open goes over at its next turn. Run it again after any interruption. 'app.py models
    roll-back classifier' undoes it. Guide: docs/fine-tuning.md

    Example: app.py finetune refresh --dry-run
    """
    settings = load_settings()
    _check()
    from contextlib import closing

    from finetune.incremental import Options
    from finetune.incremental import refresh as run
    from finetune.refresh_data import Size
    from timeliness.clock import Clock
    from timeliness.events import EventLog
    from wiring import load_bundled, open_catalogue

    options = Options(
        least_training=least,
        epochs=epochs,
        max_steps=max_steps,
        learning_rate=learning_rate,
        tolerance=tolerance,
        seed=seed,
        size=Size(replay=replay),
    )
    with closing(open_catalogue(settings)) as catalogue, EventLog(settings.events_file) as log:
        load_bundled(catalogue, settings, stderr_console())
        answers = read_answers(settings)
        with progress() as report:
            found = run(
                settings,
                catalogue,
                log,
                lambda session: answers.get(session, ()),
                now=moment(now, settings) or Clock().now(),
                options=options,
                dry_run=dry_run,
                command=shlex.join(["app.py", *sys.argv[1:]]),
                report=report,
            )
    typer.echo(json.dumps(found, indent=2) if as_json else told(found))


def read_answers(settings: Settings) -> Mapping[str, Sequence[Reply]]:
    """The answers that memory holds, by conversation, oldest first."""
    from agent.memory import Memory

    async def read() -> dict[str, Sequence[Reply]]:
        memory = await Memory.open(settings.memory_file)
        try:
            found = {}
            for each in await memory.sessions(limit=1_000_000):
                kept = await memory.saver.aget_tuple({"configurable": {"thread_id": each.session}})
                found[each.session] = kept.checkpoint["channel_values"].get("replies", ()) if kept else ()
            return found
        finally:
            await memory.close()

    return asyncio.run(read())


@contextmanager
def progress() -> Iterator[Report]:
    """A line of progress for each stage, on stderr."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}", markup=False),
    )
    with Progress(*columns, console=stderr_console()) as bars:
        stages = {}

        def report(stage: str, done: float, total: float, note: str) -> None:
            if stage not in stages:
                stages[stage] = bars.add_task(stage, total=total or None, note=note)
            bars.update(stages[stage], completed=done, total=total or None, note=note)

        yield report


def told(found: Mapping[str, Any]) -> str:
    """The report for a person."""
    examples, events = found["examples"], found["events"]
    seen = ", ".join(f"{count} {kind}" for kind, count in sorted(events.items())) or "no feedback"
    lines = [
        f"Since version {found['start']}: {seen}; {found['without_request']} without a request that memory holds.",
        f"Examples: {examples['training']} to train on, {examples['held_out']} held out; {found['new_items']} new items.",
    ]
    if found["scrubbed"]:
        taken = ", ".join(f"{count} {kind}" for kind, count in sorted(found["scrubbed"].items()))
        lines.append(f"Taken out of the requests: {taken}.")
    if gate := found.get("gate"):
        for name, label in (("replay", "old requests"), ("feedback", "held-out feedback")):
            before, after = gate["before"], gate["after"]
            lines.append(
                f"nDCG@10 of {before[f'{name}_n']} {label}: {before[name]:.4f} before, {after[name]:.4f} after."
            )
    lines.append(_outcome(found))
    return "\n".join(lines)


def _outcome(found: Mapping[str, Any]) -> str:
    if found["outcome"] == "switched":
        return f"Version {found['version']} serves now; 'app.py models roll-back classifier' goes back."
    if found["outcome"] == "rejected":
        return f"Not switched: {found['gate']['reason']}. Version {found['start']} serves on."
    if found["outcome"] == "too little feedback":
        needed = found["needed"]
        return (
            f"Nothing done: too little feedback, {needed['training']} examples to train on and"
            f" {needed['held_out']} held out are needed."
        )
    return "Nothing done: a dry run."


def _check() -> None:
    from importlib.util import find_spec

    missing = [each for each in ("peft", "accelerate", "phonenumbers") if find_spec(each) is None]
    if missing:
        raise SettingsError(f"a refresh needs {missing[0]}: run 'pip install kairos-recommender[train]'")
