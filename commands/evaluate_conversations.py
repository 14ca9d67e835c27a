"""``app.py evaluate conversations``: scripted conversations with the real agent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from commands.output import stderr_console
from errors import SourceError
from settings import load_settings

if TYPE_CHECKING:
    from evaluation.conversations.play import ScriptResult
    from evaluation.conversations.script import Script


def conversations(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Scripts, or folders of them. None: the committed ones.", metavar="[FILE|FOLDER]..."
        ),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only scripts with this tag, repeatable.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Also show every turn with its answer.")] = False,
) -> None:
    """Scripted conversations with the real agent: what is said, and what a listener expects back.

    A script is one YAML file (docs/conversations.md shows how to write one). Each is played in a fresh home
    over the bundled catalogue. Exit code: 0 all passed, 1 some failed (known failures too), 2 wrong usage or a
    broken script.

    Example: app.py evaluate conversations my-scripts/ --tag time --verbose
    """
    from evaluation.conversations.report import as_json as results_as_json
    from evaluation.conversations.report import details, line, tag_table

    scripts = _chosen(paths or [], tag or [])

    def tell(result: ScriptResult) -> None:
        if not as_json:
            typer.echo(line(result))
            for each in details(result, verbose):
                typer.echo(each)

    results = _played(scripts, tell)
    if as_json:
        typer.echo(json.dumps(results_as_json(results), ensure_ascii=False, indent=2))
    else:
        from rich.console import Console

        Console().print(tag_table(results))
    if not all(each.passed for each in results):
        raise typer.Exit(1)


def _chosen(paths: list[Path], tags: list[str]) -> list[tuple[Path, Script]]:
    """The scripts of ``paths`` that bear one of ``tags``.

    Raises:
        typer.BadParameter: a path is missing, a script is broken, or none bears a tag (exit code 2).
    """
    from evaluation.conversations.read import read_script, script_files

    try:
        scripts = [(file, read_script(file)) for file in script_files(paths)]
    except SourceError as error:
        raise typer.BadParameter(str(error), param_hint="FILE|FOLDER") from error
    known = sorted({tag for _, script in scripts for tag in script.tags})
    if unknown := [each for each in tags if each not in known]:
        raise typer.BadParameter(f"no script has the tag {unknown[0]!r}; there are {', '.join(known)}")
    return [(file, script) for file, script in scripts if not tags or set(tags) & set(script.tags)]


def _played(scripts: list[tuple[Path, Script]], tell: Callable[[ScriptResult], None]) -> list[ScriptResult]:
    from rich.progress import Progress

    from evaluation.conversations.play import play_all
    from evaluation.conversations.stage import Stage

    settings, console = load_settings(), stderr_console()
    with TemporaryDirectory(prefix="kairos-stage-") as folder:
        stage = Stage.load(settings, Path(folder), console)
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("Conversations", total=sum(len(each.turns) for _, each in scripts))

            def done(result: ScriptResult) -> None:
                progress.advance(task, len(result.turns))
                tell(result)

            return asyncio.run(play_all(scripts, stage, done))
