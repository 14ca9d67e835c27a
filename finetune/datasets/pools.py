"""The items that training requests are about, by data set: the bundled catalogue and public ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random

from errors import SourceError
from schema import Item
from settings import Settings
from vectorstore.sources.base import Row
from vectorstore.sources.json_lines import JsonLinesSource
from vectorstore.sources.locate import locate
from vectorstore.sources.mapping import bundled_mapping, native_item

BUNDLED = Path(__file__).parents[2] / "data" / "catalogue"
# Public data sets and how many of their items are used; the films of ReDial are all ranked.
PUBLIC = {"redial": 10_000, "netflix": 2200, "songs": 2200, "ikea": 900, "mind": 1500, "huffpost": 1056}


def load_pools(settings: Settings, seed: int, public: dict[str, int] | None = None) -> dict[str, list[Item]]:
    """Items by pool: ``bundled/<file>`` and the public data sets, each a seeded sample.

    Raises:
        SourceError: KAIROS_DATA is not set, or a file cannot be read.
    """
    pools = {f"bundled/{path.stem}": _bundled(path) for path in sorted(BUNDLED.glob("*.jsonl"))}
    for name, limit in (PUBLIC if public is None else public).items():
        items = _public(name, settings)
        pools[name] = items if len(items) <= limit else Random(seed).sample(items, limit)
    return pools


def _bundled(path: Path) -> list[Item]:
    rows = JsonLinesSource(path).rows(lambda amount: None)
    return [native_item(row.values) for row in rows if isinstance(row, Row)]


def _public(name: str, settings: Settings) -> list[Item]:
    mapping = bundled_mapping(name)
    items: dict[str, Item] = {}
    for row in locate(name, settings)[0].rows(lambda amount: None):
        if not isinstance(row, Row):
            continue
        try:
            item = mapping.item(row.values)
        except ValueError:  # a few rows of public data are noise; ingest reports them, training passes
            continue
        items[item.id] = item
    return list(items.values())


def read_rows(settings: Settings, place: str) -> list[dict[str, object]]:
    """All objects of a gzipped JSON Lines file below KAIROS_DATA.

    Raises:
        SourceError: KAIROS_DATA is not set, or the file cannot be read.
    """
    if settings.data is None:
        raise SourceError(f"data set {place!r}: set KAIROS_DATA to the folder of public data sets")
    try:
        with gzip.open(settings.data / place, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise SourceError(f"{settings.data / place}: {error}; check that the file is whole") from error
