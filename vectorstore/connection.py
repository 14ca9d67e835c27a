"""How Chroma is reached: embedded in a folder, or as a server.

Chroma shares one in-memory index between all clients of a process that spell a path alike,
and such a client never sees what another process wrote since. An ``EmbeddedChroma``
therefore spells the path in a way of its own, so that closing its client really drops the
index and the next ``open`` reads the folder afresh.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from errors import CatalogueError
from settings import Settings
from vectorstore.chroma_file import ChromaFile
from vectorstore.vector_files import VectorFiles

if TYPE_CHECKING:
    from chromadb.api.client import Client

_openings = count(1)


class Connection(Protocol):
    """One way to reach Chroma.

    ``remote``: others may write without this machine's knowing. ``label`` begins the names
    of local files that belong to it.
    """

    place: str
    label: str
    remote: bool

    def open(self) -> Client:
        """A client that sees everything written so far."""

    def before_write(self, records: int) -> None:
        """Called under the write lock before each write of so many records."""

    def after_write(self, records: int) -> None:
        """Called under the write lock after each write of so many records."""

    def after_kill(self) -> None:
        """Called under the write lock, with no client open, when a write was begun and not ended."""

    def discard_vectors(self, collection: str) -> None:
        """Called under the write lock, with no client open, before every item is embedded anew."""


class EmbeddedChroma:
    """Chroma in this process, in the folder ``directory``."""

    remote = False
    label = ""

    def __init__(self, directory: Path) -> None:
        self.place = str(directory)
        self._file = ChromaFile(directory)
        self._files = VectorFiles(directory, self._file)
        self._path = str(directory) + _spelling(next(_openings))

    def open(self) -> Client:
        """A client of its own index; see the module."""
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        self._files.forget()
        with translated(self.place):
            client = chromadb.PersistentClient(
                self._path, settings=ChromaSettings(anonymized_telemetry=False)
            )
        with suppress(CatalogueError):  # without it writes are slower, and the next opening tries again
            self._file.write_ahead()
        return cast("Client", client)

    def before_write(self, records: int) -> None:
        """Keep a copy of the vector files that the write may overwrite."""
        self._files.keep(records)

    def after_write(self, records: int) -> None:
        """Begin a copy of the vector files where the write overwrote them."""
        self._files.look(records)

    def after_kill(self) -> None:
        """Put back vector files that were being overwritten."""
        self._files.recover()

    def discard_vectors(self, collection: str) -> None:
        """Delete the vectors of ``collection``."""
        self._files.discard(collection)


def _spelling(number: int) -> str:
    """An ending that changes a path's spelling and not its meaning, another for every number."""
    return "".join("/." if digit == "1" else "/" for digit in f"{number:b}")


class ServerChroma:
    """A Chroma server."""

    remote = True

    def __init__(self, host: str, port: int, ssl: bool) -> None:
        self.place = f"{'https' if ssl else 'http'}://{host}:{port}"
        self.label = f"{re.sub(r'[^A-Za-z0-9.-]', '_', host)}-{port}-"
        self._host, self._port, self._ssl = host, port, ssl

    def open(self) -> Client:
        """A client of the server."""
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        with translated(self.place):
            client = chromadb.HttpClient(
                self._host, self._port, self._ssl, settings=ChromaSettings(anonymized_telemetry=False)
            )
        return cast("Client", client)

    def before_write(self, records: int) -> None:
        """The server minds its own files."""

    def after_write(self, records: int) -> None:
        """The server minds its own files."""

    def after_kill(self) -> None:
        """The server minds its own files."""

    def discard_vectors(self, collection: str) -> None:
        """The server minds its own files."""


def connection(settings: Settings, directory: Path | None) -> EmbeddedChroma | ServerChroma:
    """The server that ``settings`` name, unless a ``directory`` is given; else the home's folder."""
    if directory is None and settings.chroma_host:
        return ServerChroma(settings.chroma_host, settings.chroma_port, settings.chroma_ssl)
    return EmbeddedChroma(directory or settings.catalogue_dir)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn what Chroma raises into ``CatalogueError``."""
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError, ValueError, RuntimeError, OSError, KeyError) as error:
        text = " ".join(str(error).split())[:300]
        if isinstance(error, httpx.TransportError) or "connect to a Chroma server" in text:
            raise CatalogueError(
                f"no Chroma server at {place}: start one with 'chroma run', or unset KAIROS_CHROMA_HOST"
            ) from error
        if "hnsw" in text or "pickle" in text:
            raise CatalogueError(
                f"catalogue {place}: its vector index is damaged; 'app.py catalogue rebuild' makes it anew"
            ) from error
        raise CatalogueError(f"catalogue {place}: Chroma failed: {text or type(error).__name__}") from error
