"""How commands speak: results on stdout, everything else on stderr, times with their zone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import typer
from pydantic import BaseModel, TypeAdapter, ValidationError

from settings import Settings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def print_json(value: BaseModel) -> None:
    """Print one schema object as JSON, the only thing on stdout."""
    typer.echo(value.model_dump_json(indent=2))


def stderr_console() -> Console:
    """A console for progress and remarks."""
    from rich.console import Console

    return Console(stderr=True)


def source_progress(console: Console) -> Progress:
    """A bar for reading a source, by the bytes read."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


def moment(text: str | None, settings: Settings) -> datetime | None:
    """Read ``--now``: ISO 8601; without a zone it is meant in the configured one.

    Raises:
        typer.BadParameter: the text is no date or time (exit code 2).
    """
    if text is None:
        return None
    try:
        at = TypeAdapter(datetime).validate_python(text)
    except ValidationError as error:
        raise typer.BadParameter(f"{text!r} is not ISO 8601, such as 2026-11-27T20:00:00+01:00") from error
    return at if at.tzinfo else at.replace(tzinfo=settings.zone)
