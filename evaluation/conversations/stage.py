"""Where scripts are played: models and the bundled catalogue loaded once, a fresh home for each script."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from evaluation.conversations.script import Script
from schema import Event, Feedback, Item
from settings import Settings, load_settings

if TYPE_CHECKING:
    from rich.console import Console

    from agent.assistant import Assistant
    from serving.scorer import Scorer
    from timeliness.events import EventLog
    from vectorstore.catalogue import Catalogue
    from vectorstore.embedder import Embedder

SESSION = "conversation"
_ADDED = datetime(2026, 1, 1, tzinfo=UTC)  # when the bundled items were added, the same in every run
_PATIENCE = 120.0  # seconds a stage of a turn may take: a busy machine is no failure


@dataclass(frozen=True)
class Home:
    """One script's home: the assistant, the items that it knows, and the log of events."""

    assistant: Assistant
    items: tuple[Item, ...]
    events: EventLog


@dataclass(frozen=True)
class Stage:
    """What all scripts share. ``folder`` holds the catalogue that each home begins with a copy of."""

    folder: Path
    items: tuple[Item, ...]
    embedder: Embedder
    reader: Embedder
    scorer: Scorer

    @classmethod
    def load(cls, settings: Settings, folder: Path, console: Console | None = None) -> Stage:
        """Load the models that ``settings`` name and index the bundled catalogue in ``folder``.

        Vectors are kept in the settings' home, so that a second run need not compute them.

        Raises:
            ModelError: a model cannot be loaded.
            CatalogueError: the catalogue cannot be written.
        """
        from evaluation.timely.sources import bundled_items
        from evaluation.timely.vectors import KeptVectors
        from serving.scorer import load_scorer
        from vectorstore.bundled import load
        from vectorstore.catalogue import Catalogue
        from vectorstore.embedder import load_embedder, load_reader
        from wiring import BUNDLED

        # The home's own versions of the models are not meant, but what ships or is named; one precision
        # for all machines, since the faster of two would be another one on another day.
        fresh = settings.model_copy(update={"home": folder, "precision": "float32", "chroma_host": None})
        embedder = KeptVectors(load_embedder(fresh), settings.home / "evaluation")
        catalogue = Catalogue.open(fresh, embedder)
        try:
            load(BUNDLED, catalogue, now=_ADDED, console=console)
        finally:
            catalogue.close()
        return cls(folder, tuple(bundled_items()), embedder, load_reader(fresh), load_scorer(fresh))

    @asynccontextmanager
    async def home(self, script: Script) -> AsyncIterator[Home]:
        """A home for ``script``, deleted afterwards."""
        from timeliness.events import EventLog
        from vectorstore.catalogue import Catalogue

        with TemporaryDirectory(prefix="kairos-conversation-") as name:
            settings = _settings(script, Path(name))
            shutil.copytree(self.folder / "catalogue", settings.catalogue_dir)
            catalogue = Catalogue.open(settings, self.embedder)
            events = EventLog(settings.events_file)
            try:
                catalogue.add(list(script.items))
                events.record_all(_before(script))
                assistant = self._assistant(settings, catalogue, events)
                try:
                    yield Home(assistant, (*self.items, *script.items), events)
                finally:
                    await assistant.close()
            finally:
                events.close()
                catalogue.close()

    def _assistant(self, settings: Settings, catalogue: Catalogue, events: EventLog) -> Assistant:
        from timeliness.clock import Clock
        from tools.context import ToolContext
        from wiring import Parts, make_assistant, open_search

        context = ToolContext(
            settings=settings,
            embedder=self.embedder,
            catalogue=catalogue,
            search=open_search(catalogue),
            scorer=self.scorer,
            events=events,
        )
        return make_assistant(Parts(clock=Clock(), tool_context=context, reader=self.reader))


def _settings(script: Script, home: Path) -> Settings:
    """The user's settings but for what a script fixes.

    Raises:
        SettingsError: the script names an unknown zone.
    """
    return load_settings(
        home=home,
        precision="float32",
        chroma_host=None,
        feeds=(),
        node_timeout=_PATIENCE,
        **dict(script.settings),
    )


def _before(script: Script) -> list[Event | Feedback]:
    verdicts = [Feedback(session=SESSION, **dict(each)) for each in script.feedback]
    return [*(event for each in script.events for event in each.events()), *verdicts]
