"""``app.py events``: what happened to items, into the log that trend, popularity and hot topics read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from commands.output import moment, source_progress, stderr_console
from errors import SourceError
from schema import Event, Frozen
from settings import Settings, load_settings

if TYPE_CHECKING:
    from rich.console import Console

    from timeliness.events import EventLog
    from vectorstore.sources.base import BadRow, Row, Source

BATCH = 1000
SHOWN_REJECTS = 5

events = typer.Typer(
    help="Write to the event log: views, clicks, likes, dislikes, purchases, mentions.", no_args_is_help=True
)
AsJson = Annotated[bool, typer.Option("--json", help="Print the report as JSON, and nothing else on stdout.")]


class LoadReport(Frozen):
    """What a load did: rows read, events that were new, those that were there already, rows rejected."""

    source: str
    rows: int
    added: int
    repeated: int
    rejected: int


@dataclass
class _Tally:
    rows: int = 0
    added: int = 0
    rejected: int = 0
    first_reason: str = ""
    batch: list[tuple[Event, str | None]] = field(default_factory=list)


@events.command()
def add(
    item_id: Annotated[str, typer.Argument(metavar="ITEM", help="Id of the item.")],
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="view, click, like, dislike, purchase or mention.")
    ],
    user: Annotated[
        str, typer.Option(help="Who did it; each counts once a day. Of a mention the feed's address.")
    ] = "command-line",
    at: Annotated[str | None, typer.Option(help="When, ISO 8601. [default: now]")] = None,
    weight: Annotated[float, typer.Option(help="How much it counts, 0 for not at all.")] = 1.0,
    event_id: Annotated[
        str | None, typer.Option("--id", help="Its id; one that is in the log already is not written again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write one event.

    Example: app.py events add news/nobel-week view --user ann --at 2026-11-25T14:30:00Z
    """
    from timeliness.clock import Clock
    from timeliness.events import EventLog

    settings = load_settings()
    when = moment(at, settings) or Clock().now()
    try:
        event = Event.model_validate(
            {"item_id": item_id, "kind": kind, "user": user, "at": when, "weight": weight}
        )
    except ValidationError as error:
        raise typer.BadParameter(_reason(error)) from error
    with EventLog(settings.events_file) as log:
        added = log.record_all([event], [event_id])
    report = LoadReport(source="command line", rows=1, added=added, repeated=1 - added, rejected=0)
    _print(report, as_json)


@events.command()
def load(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="JSON Lines, CSV or Parquet (.gz too); columns: item_id kind user at weight id.",
        ),
    ],
    rejects: Annotated[
        Path | None, typer.Option(help="Where bad rows go, with line and reason. [default: in KAIROS_HOME]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Stream a file of events into the log. Run it again after any interruption: nothing is doubled.

    A row with an id is written once for that id; one without, once for its whole content. A time
    without a zone is meant in the configured one. Items need not be in the catalogue yet.

    Example line: {"item_id": "news/nobel-week", "kind": "view", "user": "ann", "at": "2026-11-25T14:30:00Z"}
    """
    from timeliness.events import EventLog
    from vectorstore.sources.locate import locate

    settings = load_settings()
    found = locate(file, settings)
    console = stderr_console()
    place = rejects or settings.home / "rejects" / f"{Path(found[0].name).name.split('.')[0]}.events.jsonl"
    if len(found) > 1:
        raise SourceError(f"{file}: name one file of events, not a folder")
    with EventLog(settings.events_file) as log:
        report = _with_progress(found[0], log, settings, place, console)
    if report.rejected:
        console.print(f"{report.rejected} bad rows of {report.source}: {place}", markup=False)
    _print(report, as_json)


def _with_progress(
    source: Source, log: EventLog, settings: Settings, rejects: Path, console: Console
) -> LoadReport:
    with source_progress(console) as progress:
        task = progress.add_task(source.name, total=source.size)
        return load_events(
            source,
            log,
            settings,
            rejects=rejects,
            advance=lambda amount: progress.advance(task, amount),
            remark=lambda text: progress.console.print(text, markup=False),
        )


def load_events(
    source: Source,
    log: EventLog,
    settings: Settings,
    *,
    rejects: Path,
    advance: Callable[[int], None] = lambda _: None,
    remark: Callable[[str], None] = lambda _: None,
) -> LoadReport:
    """Stream every good row of ``source`` into ``log``, a thousand at a time, each thousand whole or not at all.

    Args:
        source: rows by the fields of ``Event``, with an ``id`` if they have one.
        log: where they go.
        settings: whose zone holds for times without one.
        rejects: JSON Lines file for bad rows, written anew; not made where there are none.
        advance: told how much of ``source.size`` has been read.
        remark: told the first few bad rows.

    Raises:
        SourceError: the source cannot be read, the rejects cannot be written, or no row is good.
        CatalogueError: the log cannot be written.
    """
    tally = _Tally()
    with _Rejects(rejects) as reject:
        for row in source.rows(advance):
            tally.rows += 1
            read = _event_of(row, settings)
            if isinstance(read, str):
                tally.rejected += 1
                tally.first_reason = tally.first_reason or f"line {row.number}: {read}"
                reject(row, read)
                if tally.rejected <= SHOWN_REJECTS:
                    remark(f"{source.name}, line {row.number}: {read}")
                continue
            tally.batch.append(read)
            if len(tally.batch) >= BATCH:
                _flush(tally, log)
        _flush(tally, log)
    if tally.rows and tally.rejected == tally.rows:
        raise SourceError(f"{source.name}: none of {tally.rows} rows is an event; {tally.first_reason}")
    repeated = tally.rows - tally.rejected - tally.added
    return LoadReport(
        source=source.name, rows=tally.rows, added=tally.added, repeated=repeated, rejected=tally.rejected
    )


def _flush(tally: _Tally, log: EventLog) -> None:
    tally.added += log.record_all((each for each, _ in tally.batch), [each for _, each in tally.batch])
    tally.batch.clear()


def _event_of(row: Row | BadRow, settings: Settings) -> tuple[Event, str | None] | str:
    """The event of a row and its id, or why it is none."""
    from vectorstore.sources.base import BadRow

    if isinstance(row, BadRow):
        return row.reason
    values = {name: value for name, value in row.values.items() if value not in (None, "")}
    event_id = values.pop("id", None)
    try:
        if isinstance(at := values.get("at"), str) and (read := moment(at.strip(), settings)):
            values["at"] = read
        return Event.model_validate(values), None if event_id is None else str(event_id)
    except ValidationError as error:
        return _reason(error)
    except typer.BadParameter as error:
        return f"at: {error.message}"


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])


class _Rejects:
    """The file of bad rows, opened at the first of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None

    def __enter__(self) -> Callable[[Row | BadRow, str], None]:
        self._guarded(lambda: self._path.unlink(missing_ok=True))
        return self._write

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._guarded(self._file.close)

    def _write(self, row: Row | BadRow, reason: str) -> None:
        from vectorstore.sources.base import BadRow

        raw = row.raw if isinstance(row, BadRow) else dict(row.values)
        line = json.dumps({"line": row.number, "reason": reason, "row": raw}, ensure_ascii=False, default=str)
        self._guarded(lambda: self._opened().write(line + "\n"))

    def _opened(self) -> Any:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8", errors="replace")
        return self._file

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            raise SourceError(f"rejects file {self._path}: {error}; name another with --rejects") from error


def _print(report: LoadReport, as_json: bool) -> None:
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
        return
    words = f"{report.added} new events of {report.rows} rows"
    words += f", {report.repeated} in the log already" if report.repeated else ""
    words += f", {report.rejected} rejected" if report.rejected else ""
    typer.echo(f"{words}.")
