"""Rows of JSON Lines files that are measured on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from errors import SourceError


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, gzipped or not; blank lines are passed over.

    Raises:
        SourceError: the file cannot be read, or a line is no JSON object.
    """
    for _, row in numbered_rows(path):
        yield row


def numbered_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """As ``read_rows``, each with the number of its line, from 1."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as lines
        ):
            for number, line in enumerate(lines, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise SourceError(f"{path}:{number}: not a JSON object")
                    yield number, row
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: {error}; check that it is whole JSON Lines") from error
