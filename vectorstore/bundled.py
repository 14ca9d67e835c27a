"""Loads the catalogue that comes with Kairos, on first start."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vectorstore.ingest import ingest
from vectorstore.sources.json_lines import JsonLinesSource

if TYPE_CHECKING:
    from rich.console import Console

    from vectorstore.catalogue import Catalogue


def load(folder: Path, catalogue: Catalogue, *, now: datetime, console: Console | None = None) -> int:
    """Ingest every JSON Lines file of ``folder``, with a progress bar on ``console``; returns how many.

    Raises:
        SourceError: a file is missing or broken.
    """
    from rich.progress import Progress

    sources = [JsonLinesSource(each) for each in sorted(folder.glob("*.jsonl"))]
    total = sum(each.size for each in sources)
    added = 0
    with Progress(console=console, disable=console is None) as progress:
        task = progress.add_task("Indexing the bundled catalogue (once)", total=total)
        for source in sources:
            report = ingest(
                source,
                catalogue,
                now=now,
                advance=lambda amount: progress.advance(task, amount),
                batch_size=64,
            )
            added += report.added
    return added
