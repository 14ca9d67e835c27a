"""Opens a file for reading line by line, gzipped or not, counting how far it got."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from errors import SourceError
from vectorstore.sources.base import Advance

MAX_LINE = 16 * 1024 * 1024  # a longer line is no record of ours


@contextmanager
def open_bytes(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The decompressed stream of ``path`` and the raw one below it, whose position is progress.

    Raises:
        SourceError: the file cannot be opened or is a broken archive.
    """
    try:
        with path.open("rb") as raw:
            if path.suffix == ".gz":
                with gzip.open(raw) as stream:
                    yield cast(BinaryIO, stream), raw
            else:
                yield raw, raw
    except (OSError, EOFError) as error:
        raise SourceError(
            f"{path}: {error}; check the path, its permissions and that the file is whole"
        ) from error


def lines(path: Path, advance: Advance) -> Iterator[tuple[int, bytes | None]]:
    """Number (from 1) and bytes of each line; None for one longer than ``MAX_LINE``."""
    with open_bytes(path) as (stream, raw):
        number, before = 0, 0
        while line := stream.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE and not line.endswith(b"\n"):
                while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield number, None
            else:
                yield number, line
            position = raw.tell()
            advance(position - before)
            before = position
