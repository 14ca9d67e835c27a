"""When a part fails, the answer says what it did without; nothing crashes into the user.

The parts here are broken on purpose; the graph, its time-outs, the checkpointer and the
event log are the real ones.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.tools import BaseTool, StructuredTool

from agent.assistant import Assistant
from agent.context import AgentContext
from schema import Candidate, Conversation, Demand, Item, Reply, ScoredItem, Signals, Step, TextDelta
from settings import Settings, load_settings
from timeliness.clock import FixedClock
from timeliness.events import EventLog

ITEMS = [
    Item(id=f"video/{n}", domain="video", title=f"Film {n}", categories=(f"kind {n}",), duration_minutes=90)
    for n in range(8)
]


async def understand(text: str, conversation: Conversation, now: datetime) -> Demand:
    return Demand(text=text, query=text, domains=("video",))


def retrieve(demand: Demand, now: datetime, k: int) -> tuple[str, list[Candidate]]:
    return "", [Candidate(item=each, rank=n) for n, each in enumerate(ITEMS, 1)]


def score(
    demand: Demand, candidates: list[Candidate], now: datetime, session: str
) -> tuple[str, list[ScoredItem]]:
    scored = [
        ScoredItem(
            item=each.item, score=-each.rank, signals=Signals(), contributions={"relevance": -each.rank}
        )
        for each in candidates
    ]
    return "", scored


def tool(name: str, function: Callable[..., Any]) -> BaseTool:
    return StructuredTool.from_function(
        func=function, name=name, description=name, response_format="content_and_artifact"
    )


class NoEmbedder:
    name = "none"
    dimensions = 1

    def encode(self, texts: Any) -> Any:
        return np.ones((len(texts), 1), dtype=np.float32)


@asynccontextmanager
async def assistant(settings: Settings, **parts: Any) -> AsyncIterator[Assistant]:
    from datetime import UTC

    working = {"retrieve": retrieve, "score": score}
    events = EventLog(settings.events_file)
    context = AgentContext(
        settings=settings,
        tools={name: tool(name, parts.get(name, function)) for name, function in working.items()},
        understand=parts.get("understand", understand),
        lookup=lambda ids: [each for each in ITEMS if each.id in ids],
        events=events,
        embedder=NoEmbedder(),
    )
    made = Assistant(clock=FixedClock(datetime(2026, 11, 25, 15, tzinfo=UTC)), context=context)
    try:
        yield made
    finally:
        await made.close()
        events.close()


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("cable cut")


async def broken_async(*_: Any, **__: Any) -> Any:
    raise RuntimeError("cable cut")


async def test_working_turn_streams_steps_then_text_then_the_reply(settings: Settings) -> None:
    async with assistant(settings) as one:
        parts = [each async for each in one.stream("a good film to watch", session="s")]
    kinds = [type(each).__name__ for each in parts]
    assert kinds[0] == "Step" and kinds[-1] == "Reply" and "TextDelta" in kinds
    stages = [each.stage for each in parts if isinstance(each, Step)]
    assert stages == ["understand", "retrieve", "score", "choose", "justify"]
    reply = parts[-1]
    assert isinstance(reply, Reply)
    assert "".join(each.text for each in parts if isinstance(each, TextDelta)) == reply.text
    assert next(each.item.id for each in reply.recommendations) == "video/0"
    assert not reply.degraded
    assert set(reply.timings) >= set(stages)


@pytest.mark.parametrize("part", ["understand", "score"])
async def test_turn_goes_on_without_a_broken_part_and_says_so(settings: Settings, part: str) -> None:
    async with assistant(settings, **{part: broken_async if part == "understand" else broken}) as one:
        reply = await one.ask("a good film to watch", session="s")
    assert [each.part for each in reply.degraded] == [part]
    assert reply.degraded[0].message in reply.text
    assert next(each.item.id for each in reply.recommendations) == "video/0"


async def test_broken_search_is_said_and_the_conversation_goes_on(settings: Settings) -> None:
    async with assistant(settings, retrieve=broken) as one:
        reply = await one.ask("a good film to watch", session="s")
        assert "could not be searched (cable cut)" in reply.text
        assert not reply.recommendations
        assert len(await one.history("s")) == 2


async def test_part_that_hangs_is_cut_off_at_its_time_out(tmp_path: Path) -> None:
    async def hangs(*_: Any) -> Demand:
        await asyncio.sleep(30)
        raise AssertionError("the time-out did not come")

    async with assistant(load_settings(home=tmp_path, node_timeout=0.2), understand=hangs) as one:
        reply = await asyncio.wait_for(one.ask("a good film to watch", session="s"), 10)
    assert [each.part for each in reply.degraded] == ["understand"]
    assert reply.recommendations


async def test_unreadable_memory_is_answered_not_raised(settings: Settings) -> None:
    settings.memory_file.parent.mkdir(parents=True)
    settings.memory_file.write_text("this is no database, and longer than a header of one " * 9)
    async with assistant(settings) as one:
        reply = await one.ask("a good film to watch", session="s")
    assert reply.degraded[0].part == "agent"
    assert "memory" in reply.degraded[0].message


async def test_long_message_is_cut_with_a_note_and_control_characters_are_dropped(settings: Settings) -> None:
    heard: list[str] = []

    async def listen(text: str, conversation: Conversation, now: datetime) -> Demand:
        heard.append(text)
        return Demand(text=text, query=text, domains=("video",))

    async with assistant(settings, understand=listen) as one:
        reply = await one.ask("film\x00\x1b[31m \ud800" + "a" * 1_000_000, session="s")
    assert len(heard[0]) <= settings.max_message_chars
    assert heard[0].isprintable()
    assert str(settings.max_message_chars) in reply.text


async def test_turns_of_one_conversation_wait_for_each_other(settings: Settings) -> None:
    async with assistant(settings) as one:
        await asyncio.gather(*(one.ask(f"film number {n}", session="s") for n in range(4)))
        history = await one.history("s")
    assert [each.role for each in history] == ["user", "assistant"] * 4


async def test_conversation_survives_a_restart_and_forgetting_deletes_it(settings: Settings) -> None:
    async with assistant(settings) as one:
        first = await one.ask("a good film to watch", session="s")
        await one.feedback("s", "video/3", "like")
    async with assistant(settings) as again:
        assert (await again.replies("s"))[0].recommendations == first.recommendations
        assert [each.session for each in await again.sessions()] == ["s"]
        assert again.verdicts("s") == {"video/3": "like"}
        await again.forget()
        assert await again.sessions() == [] == await again.history("s")
        assert again.verdicts("s") == {}
    assert b"a good film" not in settings.memory_file.read_bytes()
