"""What the graph's nodes may use: LangGraph's run-time context."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema import Conversation, Item
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.tools import BaseTool

    from agent.state import State
    from agent.understand import Understanding
    from timeliness.events import EventLog
    from vectorstore.embedder import Embedder


@dataclass(frozen=True)
class AgentContext:
    """The parts of a turn, the same for every turn; ``lookup`` gives the items of ids, in order."""

    settings: Settings
    tools: Mapping[str, BaseTool]
    understand: Understanding
    lookup: Callable[[Sequence[str]], list[Item]]
    events: EventLog
    embedder: Embedder
    language_model: BaseChatModel | None = None

    async def use(self, tool: str, **arguments: object) -> Any:
        """Run a tool; its artifact where it has one, or else its content."""
        call = {"name": tool, "args": arguments, "id": tool, "type": "tool_call"}
        message = await self.tools[tool].ainvoke(call)
        return message.content if message.artifact is None else message.artifact

    def verdicts(self, session: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ids that the session's user liked, and those disliked, by the latest verdict."""
        latest = self.events.verdicts(session)
        liked = tuple(item_id for item_id, each in latest.items() if each.verdict == "like")
        return liked, tuple(item_id for item_id, each in latest.items() if each.verdict == "dislike")


def conversation(state: State, context: AgentContext) -> Conversation:
    """The conversation before this turn, as understanding sees it."""
    session = state["input"].session
    liked, disliked = context.verdicts(session)
    return Conversation(
        session=session,
        turns=state.get("turns", ()),
        demand=state.get("standing"),
        earlier=tuple(
            each.demand for each in state.get("replies", ()) if each.recommendations and each.demand
        ),
        shown=tuple(each.item for each in state.get("recommendations", ())),
        seen=state.get("seen", ()),
        liked=liked,
        disliked=disliked,
    )
