"""Real items to dress with times: the public data sets through the project's loaders, and the bundled catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from schema import Item
from settings import Settings
from vectorstore.sources.base import Row
from vectorstore.sources.json_lines import JsonLinesSource
from vectorstore.sources.locate import locate
from vectorstore.sources.mapping import bundled_mapping, native_item

BUNDLED = Path(__file__).parents[2] / "data" / "catalogue"
DATASETS = ("mind", "huffpost", "netflix", "ikea", "redial")


def bundled_items() -> list[Item]:
    """The bundled catalogue."""
    rows = (
        row for file in sorted(BUNDLED.glob("*.jsonl")) for row in JsonLinesSource(file).rows(lambda _: None)
    )
    return [native_item(row.values) for row in rows if isinstance(row, Row)]


def public_items(settings: Settings) -> list[Item]:
    """The public data sets under ``settings.data``; none where it is not set.

    Raises:
        SourceError: a file of a data set is missing or broken.
    """
    if settings.data is None:
        return []
    return [item for name in DATASETS for item in _items(name, settings)]


def _items(name: str, settings: Settings) -> Iterator[Item]:
    mapping = bundled_mapping(name)
    seen: set[str] = set()
    for source in locate(name, settings):
        for row in source.rows(lambda _: None):
            if not isinstance(row, Row):
                continue
            try:
                item = mapping.item(row.values)
            except (ValidationError, ValueError, OverflowError):
                continue  # as ingestion does, a row that cannot be read is left out
            if item.title.casefold() not in seen:  # the same thing in another size is no other answer
                seen.add(item.title.casefold())
                yield item
