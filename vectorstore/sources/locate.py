"""From what a user names (file, folder, address, data set) to the sources that can be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from errors import SourceError
from settings import Settings
from vectorstore.sources.base import Source
from vectorstore.sources.delimited import DelimitedSource
from vectorstore.sources.feed import FeedSource, is_address
from vectorstore.sources.json_lines import JsonLinesSource
from vectorstore.sources.parquet import ParquetSource

# Public data sets by name: file under KAIROS_DATA; the mapping bears the data set's name.
DATASETS = {
    "netflix": "netflix/titles.jsonl.gz",
    "wikipedia_films": "wikipedia_films/films.jsonl.gz",
    "redial": "redial/movies.jsonl.gz",
    "movielens": "movielens_small/movies.jsonl.gz",
    "mind": "mind_sample/news.jsonl.gz",
    "huffpost": "huffpost_sample/news.jsonl.gz",
    "songs": "songs/songs.jsonl.gz",
    "ikea": "ikea/products.jsonl.gz",
    "device_reviews": "device_reviews/reviews.jsonl.gz",
}

_BY_ENDING: dict[str, Callable[[Path, str | None], Source]] = {
    ".csv": DelimitedSource,
    ".tsv": DelimitedSource,
    ".jsonl": JsonLinesSource,
    ".ndjson": JsonLinesSource,
    ".parquet": ParquetSource,
}
_FEED_ENDINGS = frozenset({".xml", ".rss", ".atom"})


def locate(name: str, settings: Settings) -> list[Source]:
    """The sources that ``name`` means; a folder gives every readable file in it, in order.

    Raises:
        SourceError: nothing of that name, or a kind of file that cannot be read.
    """
    if is_address(name):
        return [FeedSource(name)]
    path = Path(name).expanduser()
    if path.is_dir():
        found = [
            each
            for each in sorted(path.iterdir())
            if _ending(each) in _BY_ENDING or _ending(each) in _FEED_ENDINGS
        ]
        if not found:
            raise SourceError(f"{path}: no file that ends in {_endings()}")
        return [_open(each, None) for each in found]
    if path.is_file():
        return [_open(path, None)]
    if name in DATASETS:
        if settings.data is None:
            raise SourceError(f"data set {name!r}: set KAIROS_DATA to the folder of public data sets")
        return [_open(settings.data / DATASETS[name], name)]
    raise SourceError(f"{name}: no such file, folder, address or data set ({', '.join(DATASETS)})")


def _open(path: Path, mapping: str | None) -> Source:
    if _ending(path) in _FEED_ENDINGS:
        return FeedSource(str(path))
    if (kind := _BY_ENDING.get(_ending(path))) is None:
        raise SourceError(f"{path}: cannot tell its kind; name it {_endings()}")
    try:
        return kind(path, mapping)
    except OSError as error:
        raise SourceError(f"{path}: {error}; check the path") from error


def _ending(path: Path) -> str:
    endings = [each.casefold() for each in path.suffixes if each.casefold() != ".gz"]
    return endings[-1] if endings else ""


def _endings() -> str:
    return ", ".join(sorted({*_BY_ENDING, *_FEED_ENDINGS})) + " (.gz too)"
