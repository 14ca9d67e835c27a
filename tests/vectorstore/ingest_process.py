"""Ingestion in a process of its own, which a test may kill."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from settings import load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore.catalogue import Catalogue
from vectorstore.ingest import ingest
from vectorstore.sources.json_lines import JsonLinesSource
from wiring import load_bundled, open_catalogue

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def ingest_file(home: Path, path: Path, batch_size: int, hashing: bool) -> None:
    """Ingest a JSON Lines file, with the default embedder or the light one."""
    settings = load_settings(home=home, precision="float32")
    catalogue = Catalogue.open(settings, HashingEmbedder()) if hashing else open_catalogue(settings)
    ingest(JsonLinesSource(path), catalogue, now=NOW, batch_size=batch_size)
    catalogue.close()


def first_start(home: Path) -> None:
    """Load the bundled catalogue, as the first start does; its vectors do not matter here."""
    settings = load_settings(home=home)
    catalogue = Catalogue.open(settings, HashingEmbedder())
    load_bundled(catalogue, settings)
    catalogue.close()
