"""The requests of docs/examples.md, replayed: every condition holds at the time that is asked about."""

from __future__ import annotations

import re
import shlex
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, cast

import pytest

from agent.assistant import Assistant
from schema import Domain, Item, Reply
from settings import Settings, load_settings
from timeliness.validity import is_valid
from vectorstore.ingest import ingest
from vectorstore.sources.base import Advance, BadRow, Row, Source
from vectorstore.sources.locate import locate
from wiring import open_assistant, open_catalogue

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples.md"
DATA_SETS = ("netflix", "movielens", "huffpost", "ikea", "songs")
ROWS = 900


@dataclass(frozen=True)
class FirstRows:
    """The first rows of a source."""

    whole: Source

    def __getattr__(self, name: str) -> Any:
        return getattr(self.whole, name)

    def rows(self, advance: Advance) -> Iterator[Row | BadRow]:
        return islice(self.whole.rows(advance), ROWS)


@dataclass(frozen=True)
class Example:
    """One command of the document."""

    text: str
    domain: Domain
    now: datetime
    k: int


def examples() -> list[Example]:
    found = []
    for line in re.findall(r"^app\.py ask .+$", EXAMPLES.read_text(encoding="utf-8"), re.MULTILINE):
        words = shlex.split(line)
        options = dict(zip(words[3::2], words[4::2], strict=True))
        now = datetime.fromisoformat(options["--now"])
        found.append(Example(words[2], cast(Domain, options["--domain"]), now, int(options["--k"])))
    return found


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, data_folder: Path) -> Settings:
    """A home with the first rows of the real catalogues."""
    home = tmp_path_factory.mktemp("examples") / "home"
    settings = load_settings(home=home, data=data_folder, node_timeout=300)
    catalogue = open_catalogue(settings)
    try:
        for name in DATA_SETS:
            for source in locate(name, settings):
                ingest(FirstRows(source), catalogue, now=datetime(2026, 11, 25, tzinfo=UTC))
    finally:
        catalogue.close()
    return settings


@pytest.fixture(scope="module")
async def assistant(filled: Settings) -> AsyncIterator[Assistant]:
    async with open_assistant(filled) as opened:
        yield opened


def _shorter(item: Item) -> bool:
    return item.duration_minutes is not None and item.duration_minutes <= 100 and not _has(item, "horror")


def _has(item: Item, word: str) -> bool:
    return any(word in each.casefold() for each in item.categories)


def _priced(low: float, high: float) -> Callable[[Item], bool]:
    return lambda item: item.price is not None and low <= item.price <= high and item.currency == "SAR"


def _published(start: datetime, end: datetime) -> Callable[[Item], bool]:
    return lambda item: item.published_at is not None and start <= item.published_at < end


def _marked_down(item: Item) -> bool:
    old = item.attributes.get("old_price")
    return isinstance(old, float) and item.price is not None and old > item.price


WEEK = datetime(2022, 9, 12, tzinfo=UTC)
CONDITIONS: dict[str, Callable[[Item], bool]] = {
    "from the 90s": lambda item: 1990 <= cast(int, item.attributes["year"]) <= 1999,
    "under 100 minutes, no horror": _shorter,
    "from last week": _published(WEEK, WEEK + timedelta(days=7)),
    "under 2000 SAR": _priced(0, 2000),
    "between 200 and 500 SAR": _priced(200, 500),
    "marked down": _marked_down,
    "under 3 minutes": lambda item: item.duration_minutes is not None and item.duration_minutes <= 3,
}


async def test_every_example_keeps_its_conditions_at_its_time(assistant: Assistant) -> None:
    checked = set()
    for number, each in enumerate(examples()):
        reply: Reply = await assistant.ask(
            each.text, session=f"example-{number}", now=each.now, k=each.k, domain=each.domain
        )
        assert not reply.degraded, (each.text, reply.degraded)
        assert len(reply.recommendations) <= each.k
        for item in (found.item for found in reply.recommendations):
            assert item.domain == each.domain, (each.text, item.id)
            assert is_valid(item, each.now), (each.text, item.id)
            assert item.published_at is None or item.published_at <= each.now, (each.text, item.id)
            for words, holds in CONDITIONS.items():
                if words in each.text:
                    assert holds(item), (each.text, item)
                    checked.add(words)
    assert len(checked) >= len(CONDITIONS) - 1, f"never tried: {set(CONDITIONS) - checked}"
