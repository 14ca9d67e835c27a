"""Kairos whole: the real assistant over a catalogue and an event log of the benchmark's world."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from agent.assistant import Assistant
from agent.context import AgentContext
from evaluation.timely.scenario import Scenario
from evaluation.timely.systems.base import Answer
from evaluation.timely.world import World
from schema import Candidate, Demand, ScoredItem
from settings import Settings, load_settings
from timeliness.signals.weights import SignalName

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from timeliness.events import EventLog
    from vectorstore.catalogue import Catalogue
    from vectorstore.embedder import Embedder


class KairosHome:
    """A home with the world's items and events, and one assistant for each zone and set of signals."""

    def __init__(self, world: World, embedder: Embedder, folder: Path, settings: Settings) -> None:
        from serving.scorer import load_scorer
        from timeliness.events import EventLog
        from vectorstore.embedder import load_reader

        self._settings = load_settings(
            home=folder, timezone="UTC", country="US", llm=None, device=settings.device, node_timeout=120.0
        )
        self._embedder = embedder
        self._catalogues: dict[str, Catalogue] = {}
        self._assistants: dict[tuple[str, tuple[SignalName, ...]], Assistant] = {}
        self._catalogue("UTC").add(list(world.items.values()))
        self._events = EventLog(self._settings.events_file)
        self._events.record_all(world.events)
        self._scorer = load_scorer(self._settings)
        self._reader = load_reader(self._settings)
        self._scored: dict[str, dict[Hashable, tuple[str, list[ScoredItem]]]] = {}

    def _catalogue(self, zone: str) -> Catalogue:
        from vectorstore.catalogue import Catalogue

        if zone not in self._catalogues:
            settings = self._settings.model_copy(update={"timezone": zone})
            self._catalogues[zone] = Catalogue.open(settings, self._embedder)
        return self._catalogues[zone]

    def assistant(self, zone: str, without: tuple[SignalName, ...] = ()) -> Assistant:
        """The assistant of users in ``zone``, with some signals taken out of its score."""
        if (zone, without) not in self._assistants:
            self._assistants[zone, without] = self._make(zone, without)
        return self._assistants[zone, without]

    def _make(self, zone: str, without: tuple[SignalName, ...]) -> Assistant:
        from agent.understand import build_understanding
        from timeliness.clock import Clock
        from tools.context import ToolContext
        from tools.registry import discover
        from wiring import open_search

        catalogue = self._catalogue(zone)
        parts = ToolContext(
            settings=catalogue.settings,
            embedder=self._embedder,
            catalogue=catalogue,
            search=open_search(catalogue),
            scorer=self._scorer,
            events=self._events,
        )
        tools = discover(parts)
        tools["score"] = scoring_without(
            tools["score"], without, self._events, self._scored.setdefault(zone, {})
        )
        context = AgentContext(
            settings=parts.settings,
            tools=tools,
            understand=build_understanding(parts.settings, self._reader),
            lookup=catalogue.get,
            events=self._events,
            embedder=self._reader,
        )
        return Assistant(clock=Clock(), context=context)

    async def close(self) -> None:
        """Close assistants, event log and catalogues."""
        for assistant in self._assistants.values():
            await assistant.close()
        self._events.close()
        for catalogue in self._catalogues.values():
            catalogue.close()


def scoring_without(
    score: BaseTool,
    without: Sequence[SignalName],
    events: EventLog,
    scored_before: dict[Hashable, tuple[str, list[ScoredItem]]],
) -> BaseTool:
    """The tool ``score`` with the contributions of some signals taken out: the rest of the sum stays as it is.

    What was scored for one system is not scored again for another: ``scored_before`` keeps it by demand,
    moment, candidates and the verdicts that ``events`` hold of the session.
    """
    from langchain_core.tools import StructuredTool

    def scored(
        demand: Demand, candidates: list[Candidate], now: datetime, session: str
    ) -> tuple[str, list[ScoredItem]]:
        verdicts = tuple((key, each.model_dump_json()) for key, each in events.verdicts(session).items())
        ranked = tuple((each.item.id, each.rank) for each in candidates)
        place = (demand.model_dump_json(), now.isoformat(), ranked, verdicts)
        if place not in scored_before:
            arguments = {"demand": demand, "candidates": candidates, "now": now, "session": session}
            message: Any = score.invoke(
                {"name": "score", "args": arguments, "id": "score", "type": "tool_call"}
            )
            scored_before[place] = message.content, message.artifact
        content, whole = scored_before[place]
        if not without:
            return content, list(whole)
        return content, sorted((_without(each, without) for each in whole), key=lambda each: -each.score)

    return StructuredTool.from_function(
        func=scored,
        name="score",
        description=score.description,
        args_schema=score.args_schema,
        response_format="content_and_artifact",
    )


def _without(item: ScoredItem, names: Sequence[SignalName]) -> ScoredItem:
    kept: Mapping[str, float] = {
        name: 0.0 if name in names else value for name, value in item.contributions.items()
    }
    return item.model_copy(update={"contributions": kept, "score": sum(kept.values())})


class KairosSystem:
    """Asks the assistant turn by turn, each at its moment, in a conversation that is new each time."""

    def __init__(self, home: KairosHome, without: tuple[SignalName, ...] = ()) -> None:
        self._home = home
        self._without = without
        self._answered = 0
        self.name = "-no-".join(["kairos", *without])
        self.twin: str | None = None if "freshness" in without else "kairos-no-freshness"

    async def answer(self, scenario: Scenario, k: int) -> Answer:
        """What Kairos recommends after the last message; nothing where it asks back."""
        assistant = self._home.assistant(scenario.zone, self._without)
        session = f"{self.name}/{scenario.id}/{self._answered}"  # asked again, it must not go on where it was
        self._answered += 1
        start = perf_counter()
        for said in scenario.said:
            reply = await assistant.ask(said.text, session=session, now=said.now, k=k)
        return Answer(
            ids=tuple(each.item.id for each in reply.recommendations[:k]),
            recommendations=reply.recommendations[:k],
            text=reply.text,
            seconds=(perf_counter() - start) / len(scenario.said),
        )
