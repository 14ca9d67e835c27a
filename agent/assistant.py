"""The agent as others use it: ask, stream, give feedback, look back, forget."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from agent.context import AgentContext
from agent.graph import build_graph
from agent.memory import Memory
from agent.state import State, TurnInput, fresh_turn
from agent.wording import say
from errors import UnknownItemError
from schema import (
    Degradation,
    Demand,
    Domain,
    Feedback,
    Reply,
    SessionSummary,
    Step,
    TextDelta,
    Turn,
    Verdict,
)
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph

    from timeliness.clock import Clock
    from timeliness.hot import Trending
    from timeliness.taste_profile import TasteProfile

log = logging.getLogger("kairos.agent")


class Assistant:
    """A conversational recommender. One lives in one event loop; its memory opens at the first use."""

    def __init__(self, *, clock: Clock, context: AgentContext) -> None:
        self._clock = clock
        self._context = context
        self._opening = asyncio.Lock()
        self._turns: dict[str, asyncio.Lock] = {}
        self._memory: Memory | None = None
        self._graph: CompiledStateGraph[State, AgentContext, State, State] | None = None

    @property
    def settings(self) -> Settings:
        """The settings that the assistant was made with."""
        return self._context.settings

    async def stream(
        self,
        text: str,
        *,
        session: str,
        now: datetime | None = None,
        k: int | None = None,
        domain: Domain | None = None,
    ) -> AsyncIterator[Step | TextDelta | Reply]:
        """One turn: steps as they begin, the answer's text in pieces, and last the whole ``Reply``.

        Nothing that fails in a turn is raised: the reply says what it had to do without.

        Args:
            text: what the user said; longer than ``max_message_chars`` is cut, with a note.
            session: name of the conversation; turns of one conversation wait for each other.
            now: the moment of the request, zone-aware; None asks the clock.
            k: recommendations wanted; None takes the setting.
            domain: restrict the answer to one domain.
        """
        settings = self.settings
        moment = (now or self._clock.now()).astimezone(settings.zone)
        turn = TurnInput(
            text=_clean(text, settings.max_message_chars),
            now=moment,
            session=session,
            count=k or settings.answers,
            domain=domain,
        )
        if not turn.text:
            yield Reply(session=session, now=moment, text=say("talk.empty"))
            return
        reply: Reply | None = None
        async with self._turns.setdefault(session, asyncio.Lock()):
            try:
                async for part in self._run(turn):
                    if isinstance(part, Reply):
                        reply = part
                    else:
                        yield part
            except Exception as error:  # the user gets an answer, the log the trace
                log.exception("a turn failed")
                reply = _failed(turn, error)
        reply = reply or _failed(turn, RuntimeError("no answer was made"))
        if len(text.strip()) > settings.max_message_chars:
            note = say("degraded.cut", count=settings.max_message_chars)
            cut = Degradation(part="input", message=note)
            reply = reply.model_copy(
                update={"degraded": (*reply.degraded, cut), "text": f"{reply.text}\n{note}"}
            )
        for piece in reply.text.splitlines(keepends=True):
            yield TextDelta(text=piece)
        yield reply

    async def ask(
        self,
        text: str,
        *,
        session: str,
        now: datetime | None = None,
        k: int | None = None,
        domain: Domain | None = None,
    ) -> Reply:
        """One turn, whole: as ``stream``, only the last part."""
        reply = None
        async for part in self.stream(text, session=session, now=now, k=k, domain=domain):
            reply = part
        if not isinstance(reply, Reply):
            raise RuntimeError("a turn ended without a reply")
        return reply

    async def feedback(
        self, session: str, item_id: str, verdict: Verdict, now: datetime | None = None
    ) -> None:
        """Record a like or dislike; it counts from the next answer on.

        Raises:
            UnknownItemError: the catalogue holds no such item.
        """
        if not self._context.lookup([item_id]):
            raise UnknownItemError(f"no item has the id {item_id!r}")
        given = Feedback(session=session, item_id=item_id, verdict=verdict, at=now or self._clock.now())
        await asyncio.to_thread(self._context.events.record, given)

    def verdicts(self, session: str) -> Mapping[str, Verdict]:
        """The session's latest verdict on each item, by item id."""
        return {item_id: each.verdict for item_id, each in self._context.events.verdicts(session).items()}

    async def taste(self, session: str, now: datetime | None = None) -> TasteProfile:
        """What the session's verdicts come to at ``now`` (None asks the clock), with their decay."""
        from timeliness.taste_profile import read_taste_profile

        moment = (now or self._clock.now()).astimezone(self.settings.zone)
        events, lookup = self._context.events, self._context.lookup
        return await asyncio.to_thread(read_taste_profile, session, events, lookup, moment)

    async def retract(self, session: str, item_id: str) -> None:
        """Delete the session's verdict on an item, as if it had never been given.

        Raises:
            UnknownItemError: the session gave none.
        """
        if not await asyncio.to_thread(self._context.events.retract, session, item_id):
            raise UnknownItemError(f"there is no verdict on {item_id!r} to delete")

    async def forget_taste(self, session: str) -> None:
        """Delete all verdicts of a session; what was said stays."""
        await asyncio.to_thread(self._context.events.forget, session)

    async def trending(
        self, now: datetime | None = None, domain: Domain | None = None, k: int = 5
    ) -> Trending:
        """What draws clearly more people than usual at ``now`` (None asks the clock), the strongest first."""
        moment = (now or self._clock.now()).astimezone(self.settings.zone)
        found: Trending = await self._context.use("trending", now=moment, domain=domain, k=k)
        return found

    async def amend(self, session: str, parts: Collection[str]) -> Demand | None:
        """Take ``parts`` (``agent.understand.amend``) out of what stands in a conversation.

        The next answer follows from what is left. Returns that; None where nothing stands.
        """
        from agent.understand.amend import without_parts
        from agent.understand.lexicon import load_lexicon

        async with self._turns.setdefault(session, asyncio.Lock()):
            state = await self._state(session)
            standing: Demand | None = state.get("standing")
            if standing is None:
                return None
            lexicon = await asyncio.to_thread(load_lexicon)
            left = without_parts(standing, parts, lexicon)
            changes: dict[str, Any] = {"standing": left}
            replies: tuple[Reply, ...] = state.get("replies", ())
            if replies and replies[-1].demand is not None:
                last = without_parts(replies[-1].demand, parts, lexicon)
                changes["replies"] = (*replies[:-1], replies[-1].model_copy(update={"demand": last}))
            assert self._graph is not None
            config: RunnableConfig = {"configurable": {"thread_id": session}}
            await self._graph.aupdate_state(config, changes, as_node="remember")
            return left

    async def sessions(self, prefix: str = "", limit: int = 50) -> list[SessionSummary]:
        """The conversations whose name begins with ``prefix``, the one that moved last first."""
        return await (await self._open()).sessions(prefix, limit)

    async def history(self, session: str) -> list[Turn]:
        """What was said in a conversation, oldest first."""
        return list((await self._state(session)).get("turns", ()))

    async def replies(self, session: str) -> list[Reply]:
        """The answers of a conversation, oldest first (the last thirty)."""
        return list((await self._state(session)).get("replies", ()))

    async def forget(self, session: str | None = None) -> None:
        """Delete a conversation with its verdicts, or, without a name, all of them."""
        memory = await self._open()
        names = [session] if session else [each.session for each in await memory.sessions(limit=1_000_000)]
        for name in names:
            await memory.forget(name)
            await asyncio.to_thread(self._context.events.forget, name)

    async def close(self) -> None:
        """Close the memory; the parts given to the assistant stay open."""
        if self._memory is not None:
            await self._memory.close()
            self._memory = self._graph = None

    async def _open(self) -> Memory:
        async with self._opening:
            if self._memory is None:
                self._memory = await Memory.open(self.settings.memory_file)
                self._graph = build_graph(self._memory.saver, self.settings.node_timeout)
            return self._memory

    async def _run(self, turn: TurnInput) -> AsyncIterator[Step | Reply]:
        memory = await self._open()
        graph = self._graph
        assert graph is not None
        config: RunnableConfig = {"configurable": {"thread_id": turn.session}}
        reply: Reply | None = None
        async for mode, part in graph.astream(
            fresh_turn(turn),
            config,
            context=self._context,
            stream_mode=["custom", "values"],
            durability="exit",
        ):
            if mode == "custom" and isinstance(part, Step):
                yield part
            elif mode == "values" and isinstance(part, dict):
                reply = part.get("reply")
        if reply is None:
            return
        if reply.demand is not None and reply.demand.intent == "privacy":
            await memory.forget(turn.session)
        else:
            await memory.remember(turn.session, turn.text, turn.now)
        yield reply

    async def _state(self, session: str) -> dict[str, Any]:
        await self._open()
        assert self._graph is not None
        snapshot = await self._graph.aget_state({"configurable": {"thread_id": session}})
        return dict(snapshot.values)


def _clean(text: str, limit: int) -> str:
    """The text without control characters and lone surrogates, cut to ``limit`` characters."""
    kept = text.strip()[:limit].encode("utf-8", "ignore").decode()
    return "".join(each if each.isprintable() or each == "\n" else " " for each in kept).strip()


def _failed(turn: TurnInput, error: Exception) -> Reply:
    note = Degradation(
        part="agent", message=say("degraded.other", error=str(error)[:200] or type(error).__name__)
    )
    return Reply(session=turn.session, now=turn.now, text=say("talk.failed"), degraded=(note,))
