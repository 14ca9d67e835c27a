"""Parquet, read batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from errors import SourceError
from vectorstore.sources.base import Advance, BadRow, Row

BATCH = 1024


class ParquetSource:
    """Rows of a ``.parquet`` file; ``number`` counts rows from 1."""

    def __init__(self, path: Path, default_map: str | None = None) -> None:
        self.path = path
        self.name = path.name
        self.size = None
        self.default_map = default_map

    def rows(self, advance: Advance) -> Iterator[Row | BadRow]:
        """Stream the rows.

        Raises:
            SourceError: the file is no Parquet file or is cut short.
        """
        import pyarrow as arrow
        import pyarrow.parquet as parquet

        number = 0
        try:
            with parquet.ParquetFile(self.path) as file:
                for batch in file.iter_batches(batch_size=BATCH):
                    for values in batch.to_pylist():
                        number += 1
                        yield Row(number, values)
                        advance(1)
        except (arrow.ArrowException, OSError) as error:
            place = f" after row {number}" if number else ""
            raise SourceError(f"{self.path}: not a whole Parquet file{place}: {error}") from error
