"""JSON Lines, one object a line, gzipped or not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from vectorstore.sources.base import Advance, BadRow, Row
from vectorstore.sources.files import MAX_LINE, lines


class JsonLinesSource:
    """Rows of a ``.jsonl`` file. A broken line is a bad row; the rest goes on."""

    def __init__(self, path: Path, default_map: str | None = None) -> None:
        self.path = path
        self.name = path.name
        self.size = path.stat().st_size
        self.default_map = default_map

    def rows(self, advance: Advance) -> Iterator[Row | BadRow]:
        """Stream the objects, with their line numbers."""
        for number, line in lines(self.path, advance):
            if line is None:
                yield BadRow(number, f"the line is longer than {MAX_LINE:,} bytes")
                continue
            try:
                text = line.decode("utf-8-sig").strip()
                if not text:
                    continue
                values = json.loads(text)
            except (UnicodeDecodeError, ValueError, RecursionError) as error:
                yield BadRow(number, f"not JSON in UTF-8: {error}", line[:500].decode("utf-8", "replace"))
                continue
            if isinstance(values, dict):
                yield Row(number, values)
            else:
                yield BadRow(number, f"expected an object, found {type(values).__name__}", text[:500])
