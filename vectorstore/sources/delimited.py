"""CSV and its kin: comma, semicolon or tab, quoted fields, a header line, gzipped or not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from errors import SourceError
from vectorstore.sources.base import Advance, BadRow, Row
from vectorstore.sources.files import open_bytes

MAX_FIELD = 1_000_000
_SAMPLE = 64 * 1024


class DelimitedSource:
    """Rows of a ``.csv`` or ``.tsv`` file, keyed by its header. ``number`` is the line a row ends on."""

    def __init__(self, path: Path, default_map: str | None = None) -> None:
        self.path = path
        self.name = path.name
        self.size = path.stat().st_size
        self.default_map = default_map

    def rows(self, advance: Advance) -> Iterator[Row | BadRow]:
        """Stream the rows.

        Raises:
            SourceError: there is no header line, or a column name stands in it twice.
        """
        csv.field_size_limit(MAX_FIELD)
        with open_bytes(self.path) as (stream, raw):
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
            first = text.readline(_SAMPLE)
            reader = csv.reader(text, delimiter=_delimiter(first))
            header = self._header(first)
            before = 0
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield BadRow(reader.line_num + 1, str(error))
                    continue
                yield from self._row(header, cells, reader.line_num + 1)
                position = raw.tell()
                advance(position - before)
                before = position

    def _header(self, first: str) -> list[str]:
        header = [each.strip() for each in next(csv.reader([first], delimiter=_delimiter(first)), [])]
        if not any(header):
            raise SourceError(f"{self.path}: the first line must name the columns")
        if len(set(header)) < len(header):
            twice = sorted({each for each in header if header.count(each) > 1})
            raise SourceError(f"{self.path}: column {twice[0]!r} stands twice in the first line; rename one")
        return header

    @staticmethod
    def _row(header: list[str], cells: list[str], number: int) -> Iterator[Row | BadRow]:
        if not any(each.strip() for each in cells):
            return
        joined = ",".join(cells)
        if len(cells) != len(header):
            yield BadRow(number, f"{len(cells)} fields where the header names {len(header)}", joined[:500])
        elif any("\udc80" <= char <= "\udcff" for char in joined):
            yield BadRow(number, "not UTF-8", joined[:500].encode("utf-8", "replace").decode())
        else:
            yield Row(number, dict(zip(header, cells, strict=True)))


def _delimiter(first_line: str) -> str:
    return max(",;\t|", key=first_line.count)
