"""Streams rows of a source into the catalogue, batch by batch.

A batch is either in the catalogue or not, and items are upserted by id: a run that was
killed is simply run again; what is there already and unchanged is passed over fast.
A bad row goes, with its place and reason, into the rejects file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

from pydantic import ValidationError

from errors import SourceError
from schema import Domain, Item
from vectorstore.sources.base import Advance, BadRow, Row, Source
from vectorstore.sources.mapping import ColumnMapping, bundled_mapping, native_item

if TYPE_CHECKING:
    from vectorstore.catalogue import Catalogue

BATCH = 256


@dataclass
class IngestReport:
    """What an ingestion did: rows read, items added, changed and unchanged, rows rejected, seconds.

    ``repeated`` rows gave way to a later one of the same id in the same batch.
    """

    source: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    rejected: int = 0
    seconds: float = 0.0

    @property
    def rows_per_second(self) -> float:
        """Rows read a second."""
        return self.rows / self.seconds if self.seconds else 0.0


def ingest(
    source: Source,
    catalogue: Catalogue,
    *,
    now: datetime,
    domain: Domain | None = None,
    mapping: ColumnMapping | None = None,
    rejects: Path | None = None,
    advance: Advance = lambda _: None,
    taken: Callable[[Sequence[Item]], object] = lambda _: None,
    batch_size: int = BATCH,
) -> IngestReport:
    """Put every good row of ``source`` into ``catalogue``.

    Args:
        source: where the rows come from.
        catalogue: where they go.
        now: ``added_at`` of items that are new.
        domain: domain of all rows; None takes the mapping's or the row's own.
        mapping: how columns become fields; None takes the source's own, or else the
            columns are Item's fields by name.
        rejects: JSON Lines file for bad rows, written anew and gone if there are none; None only
            counts them.
        advance: told how much of ``source.size`` has been read.
        taken: is given the good rows of each batch once they are in the catalogue.

    Raises:
        SourceError: the source cannot be read, or not one of its rows is good.
        CatalogueError: the catalogue cannot be written.
    """
    if mapping is None and source.default_map:
        mapping = bundled_mapping(source.default_map)
    report = IngestReport(source.name)
    start = perf_counter()
    first_reason = ""
    batch: dict[str, Item] = {}
    with _reject_file(rejects) as reject_file:
        for row in source.rows(advance):
            report.rows += 1
            made = row if isinstance(row, BadRow) else _item(row, mapping, domain, now)
            if isinstance(made, BadRow):
                report.rejected += 1
                first_reason = first_reason or f"line {made.number}: {made.reason}"
                _reject(made, source.name, reject_file)
                continue
            if batch.pop(made.id, None):  # the last row of an id wins
                report.repeated += 1
            batch[made.id] = made
            if len(batch) >= batch_size:
                _flush(batch, catalogue, report, taken)
        _flush(batch, catalogue, report, taken)
    report.seconds = perf_counter() - start
    if report.rows and report.rejected == report.rows:
        raise SourceError(f"{source.name}: none of {report.rows} rows is good; {first_reason}")
    return report


def _item(row: Row, mapping: ColumnMapping | None, domain: Domain | None, now: datetime) -> Item | BadRow:
    try:
        item = mapping.item(row.values, domain) if mapping else native_item(row.values, domain)
        _check_recurrence(item)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return BadRow(row.number, f"{place}: {first['msg']}" if place else first["msg"], _raw(row))
    except (ValueError, OverflowError) as error:
        return BadRow(row.number, str(error), _raw(row))
    return item if item.added_at else item.model_copy(update={"added_at": now})


def _check_recurrence(item: Item) -> None:
    if item.recurrence:
        from timeliness.recurrence import check_recurrence

        check_recurrence(item.recurrence)


def _flush(
    batch: dict[str, Item],
    catalogue: Catalogue,
    report: IngestReport,
    taken: Callable[[Sequence[Item]], object],
) -> None:
    if batch:
        done = catalogue.add(list(batch.values()))
        report.added += done.added
        report.changed += done.changed
        report.unchanged += done.unchanged
        taken(list(batch.values()))
        batch.clear()


def _raw(row: Row) -> str:
    return json.dumps(dict(row.values), ensure_ascii=False, default=str)[:2000]


@contextmanager
def _reject_file(path: Path | None) -> Iterator[IO[str] | None]:
    if path is None:
        yield None
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", buffering=1) as file:
            yield file
            empty = file.tell() == 0
        if empty:
            path.unlink()
    except OSError as error:
        raise SourceError(f"rejects file {path}: {error}; name another with --rejects") from error


def _reject(row: BadRow, source: str, file: IO[str] | None) -> None:
    if file is not None:
        line: dict[str, Any] = {"source": source, "line": row.number, "reason": row.reason, "row": row.raw}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
