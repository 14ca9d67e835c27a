"""Makes the long-lived parts once, in order, and hands them down. The only place that knows them all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from agent.assistant import Assistant
    from timeliness.clock import Clock
    from tools.context import ToolContext
    from vectorstore.catalogue import Catalogue
    from vectorstore.embedder import Embedder
    from vectorstore.search import Search

BUNDLED = Path(__file__).parent / "data" / "catalogue"


@dataclass(frozen=True)
class Parts:
    """The parts of a running Kairos. ``reader`` is the embedder by which requests are understood."""

    clock: Clock
    tool_context: ToolContext
    reader: Embedder

    @cached_property
    def settings(self) -> Settings:
        """The settings that all parts were made with."""
        return self.tool_context.settings


def open_embedder(settings: Settings, directory: Path | None = None) -> Embedder:
    """Load the embedder of the catalogue in ``directory`` (default: the home's).

    'default' is in the home the version that is active, elsewhere the shipped one.
    """
    from vectorstore.active import served
    from vectorstore.embedder import load_embedder

    return load_embedder(settings if directory else served(settings))


def open_catalogue(settings: Settings, directory: Path | None = None) -> Catalogue:
    """Open the catalogue in ``directory`` (default: the home's), with its embedder.

    With the embedder 'default' that of the home goes over to another version when one becomes active.
    """
    if directory is None and settings.embedder == "default":
        from vectorstore.active import ActiveCatalogue

        return cast("Catalogue", ActiveCatalogue(settings))
    from vectorstore.catalogue import Catalogue

    return Catalogue.open(settings, open_embedder(settings, directory), directory)


def open_search(catalogue: Catalogue) -> Search:
    """Search over an open catalogue."""
    from vectorstore.active import ActiveCatalogue
    from vectorstore.search import Search

    if isinstance(catalogue, ActiveCatalogue):
        return cast("Search", catalogue.search)
    return Search(catalogue, catalogue.embedder)


def load_bundled(catalogue: Catalogue, settings: Settings, console: Console | None = None) -> int:
    """Fill an empty catalogue with the bundled items; returns how many it loaded.

    A marker in the home tells a load that was cut short from a catalogue that somebody
    filled with their own.
    """
    unfinished = settings.home / "bundled.unfinished"
    if catalogue.count() and not unfinished.exists():
        return 0
    from timeliness.clock import Clock
    from vectorstore.bundled import load

    unfinished.touch()
    added = load(BUNDLED, catalogue, now=Clock().now(), console=console)
    unfinished.unlink(missing_ok=True)  # another first start may have been quicker
    return added


@contextmanager
def open_parts(settings: Settings, console: Console | None = None) -> Iterator[Parts]:
    """All parts but the agent, the bundled catalogue loaded where the catalogue is empty."""
    catalogue = open_catalogue(settings)
    try:
        load_bundled(catalogue, settings, console)
        with parts_over(catalogue, settings) as parts:
            yield parts
    finally:
        catalogue.close()


@contextmanager
def parts_over(catalogue: Catalogue, settings: Settings) -> Iterator[Parts]:
    """The other parts over a catalogue that is open already and stays so."""
    from serving.scorer import load_scorer
    from timeliness.clock import Clock
    from timeliness.events import EventLog
    from tools.context import ToolContext
    from vectorstore.embedder import load_reader

    events = EventLog(settings.events_file)
    try:
        context = ToolContext(
            settings=settings,
            embedder=catalogue.embedder,
            catalogue=catalogue,
            search=open_search(catalogue),
            scorer=load_scorer(settings),
            events=events,
        )
        yield Parts(clock=Clock(), tool_context=context, reader=load_reader(settings))
    finally:
        events.close()


def make_assistant(parts: Parts) -> Assistant:
    """The agent over open parts; it opens its memory at the first turn."""
    from agent.assistant import Assistant
    from agent.context import AgentContext
    from agent.understand import build_understanding
    from agent.understand.with_llm import load_chat_model
    from tools.registry import discover

    parts_of_turn = parts.tool_context
    context = AgentContext(
        settings=parts.settings,
        tools=discover(parts_of_turn),
        understand=build_understanding(
            parts.settings, parts.reader, lambda words: bool(parts_of_turn.catalogue.phrases(words))
        ),
        lookup=parts_of_turn.catalogue.get,
        events=parts_of_turn.events,
        embedder=parts.reader,
        language_model=load_chat_model(parts.settings) if parts.settings.llm else None,
    )
    return Assistant(clock=parts.clock, context=context)


@asynccontextmanager
async def open_assistant(settings: Settings, progress: Console | None = None) -> AsyncIterator[Assistant]:
    """The whole of Kairos, closed in order at the end."""
    with open_parts(settings, progress) as parts:
        assistant = make_assistant(parts)
        try:
            yield assistant
        finally:
            await assistant.close()
