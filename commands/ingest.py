"""``app.py ingest``: items from files, feeds and data sets into the catalogue."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from commands.output import source_progress, stderr_console
from errors import SettingsError
from schema import Domain
from settings import load_settings

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from vectorstore.catalogue import Catalogue
    from vectorstore.feeds import Polled
    from vectorstore.ingest import IngestReport
    from vectorstore.sources.base import Source
    from vectorstore.sources.mapping import ColumnMapping


def ingest(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="A CSV, TSV, JSON Lines, Parquet, RSS or Atom file (.gz too), a folder of them, the address"
            " of a feed, 'bundled', or a public data set by name (netflix, songs ...; needs KAIROS_DATA).",
        ),
    ],
    domain: Annotated[
        str | None, typer.Option(help=f"Domain of all rows: {', '.join(get_args(Domain))}.")
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option("--map", help="TOML file that makes fields of columns (docs/catalogue.md)."),
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(help="Folder of the catalogue. [default: in KAIROS_HOME]")
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Where bad rows go, with line and reason. [default: in KAIROS_HOME]")
    ] = None,
    every: Annotated[
        str | None,
        typer.Option(
            metavar="INTERVAL", help="Stay and ask the feeds again so often (30s, 10m, 2h) until Ctrl-C."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the report as JSON; with --every a line for every answer.")
    ] = False,
) -> None:
    """Read items and make them findable at once. Run it again after any interruption: nothing is doubled.

    Example: app.py ingest shop.csv --domain shopping --map shop.toml

    Example: app.py ingest https://example.org/rss --domain news --every 10m
    """
    from timeliness.clock import Clock
    from vectorstore.sources.locate import locate
    from vectorstore.sources.mapping import load_mapping
    from wiring import BUNDLED, open_catalogue

    if domain is not None and domain not in get_args(Domain):
        raise typer.BadParameter(
            f"{domain!r} is none of {', '.join(get_args(Domain))}", param_hint="--domain"
        )
    if every is not None:
        _follow(sources, domain, every, catalogue, as_json)
        return
    settings = load_settings()
    mapping = load_mapping(map_file) if map_file else None
    found = [
        each for name in sources for each in locate(str(BUNDLED) if name == "bundled" else name, settings)
    ]
    rejects = rejects or settings.home / "rejects"
    console = stderr_console()
    store = open_catalogue(settings, catalogue)
    try:
        reports = []
        for source in found:
            place = rejects if rejects.suffix and len(found) == 1 else rejects / _rejects_name(source)
            report = _with_progress(
                source, store, Clock().now(), cast("Domain | None", domain), mapping, place, console
            )
            reports.append(report)
            if report.rejected:
                console.print(f"{report.rejected} bad rows of {source.name}: {place}", markup=False)
    finally:
        store.close()
    _print(reports, as_json)


def _follow(
    sources: list[str], domain: str | None, every: str, catalogue: Path | None, as_json: bool
) -> None:
    """Ask feeds again and again until Ctrl-C."""
    import time
    from contextlib import closing, suppress

    from timeliness.clock import Clock
    from timeliness.events import EventLog
    from timeliness.stories import Stories
    from vectorstore.feeds import FeedPlan, FeedPoller
    from wiring import open_catalogue

    try:
        plans = [FeedPlan.parse(f"{each} {domain or ''} {every}") for each in sources]
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--every") from error
    settings, console = load_settings(), stderr_console()
    tell = _tell_as_json if as_json else lambda polled: console.print(_told(polled), markup=False)
    with (
        closing(open_catalogue(settings, catalogue)) as store,
        EventLog(settings.events_file) as log,
        FeedPoller(store, plans, now=Clock().now, tell=tell, carry=Stories(log).record),
        suppress(KeyboardInterrupt),
    ):
        console.print(f"Following {len(plans)} feeds (Ctrl-C ends it).")
        while True:
            time.sleep(3600)


def _told(polled: Polled) -> str:
    if polled.error:
        return f"{polled.address}: {polled.error}; again in {polled.wait:.0f} s"
    if polled.report is None:
        return f"{polled.address}: nothing new"
    report = polled.report
    return f"{polled.address}: {report.added} new, {report.changed} changed, {report.rejected} bad"


def _tell_as_json(polled: Polled) -> None:
    report = vars(polled.report) if polled.report else None
    line = {
        "source": polled.address,
        "report": report,
        "error": polled.error,
        "next_seconds": round(polled.wait, 1),
    }
    typer.echo(json.dumps(line))


def _rejects_name(source: Source) -> str:
    """A file name for the bad rows of ``source``; data sets share file names, so theirs is the data set's."""
    plain = re.sub(r"(\.[a-z]+)?(\.gz)?$", "", source.name, flags=re.IGNORECASE)
    return f"{source.default_map or re.sub(r'[^A-Za-z0-9_-]+', '-', plain).strip('-') or 'source'}.jsonl"


def _with_progress(
    source: Source,
    store: Catalogue,
    now: datetime,
    domain: Domain | None,
    mapping: ColumnMapping | None,
    rejects: Path,
    console: Console,
) -> IngestReport:
    from vectorstore.ingest import ingest as ingest_source

    with source_progress(console) as progress:
        task = progress.add_task(source.name, total=source.size)
        return ingest_source(
            source,
            store,
            now=now,
            domain=domain,
            mapping=mapping,
            rejects=rejects,
            advance=lambda amount: progress.advance(task, amount),
        )


def _print(reports: list[IngestReport], as_json: bool) -> None:
    if as_json:
        rows = [{**vars(each), "rows_per_second": round(each.rows_per_second, 1)} for each in reports]
        typer.echo(json.dumps(rows, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    names = ("rows", "added", "changed", "unchanged", "repeated", "rejected")
    table = Table("source", *names, "seconds", "rows/s")
    for each in reports:
        counts = (str(getattr(each, name)) for name in names)
        table.add_row(each.source, *counts, f"{each.seconds:.1f}", f"{each.rows_per_second:.0f}")
    Console().print(table)
