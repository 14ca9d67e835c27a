"""The order of a turn. It stands here and nowhere else.

understand ─┬─ clarify ────────────────────────────────────┐
            ├─ retrieve ─► score ─► choose ─► justify ─────┤
            ├─ give_feedback ─ (a dislike goes on to retrieve)
            ├─ explain · compare · use_tool ───────────────┼─► remember
            └─ small_talk · reset · forget ────────────────┘

Each node has a time-out. One that fails leaves a note of what the answer must do
without, and the turn goes on at the node that ``FALLBACKS`` names.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from langgraph.errors import NodeError
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command

from agent import converse, recommend
from agent.context import AgentContext, conversation
from agent.state import REMEMBERED_REPLIES, State
from agent.wording import say
from schema import Degradation, Demand, Reply, ScoredItem, Signals, Step, Turn

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

Update = dict[str, Any]


class Node(Protocol):
    """A step of the turn: reads the state, returns what it changes."""

    def __call__(self, state: State, runtime: Runtime[AgentContext]) -> Awaitable[Update]: ...


BRANCHES: dict[str, str] = {
    "recommend": "retrieve",
    "refine": "retrieve",
    "criticise": "retrieve",
    "compare": "compare",
    "explain": "explain",
    "accept": "give_feedback",
    "reject": "give_feedback",
    "ask_fact": "use_tool",
    "thank": "small_talk",
    "chat": "small_talk",
    "reset": "reset",
    "privacy": "forget",
}

MESSAGES = {
    "understand": "Reading your request",
    "retrieve": "Searching the catalogue",
    "score": "Weighing the candidates",
    "choose": "Choosing a varied few",
    "justify": "Writing down the reasons",
}


async def understand(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Read the request in the light of the conversation."""
    turn = state["input"]
    demand = await runtime.context.understand(turn.text, conversation(state, runtime.context), turn.now)
    if turn.domain:
        demand = demand.model_copy(update={"domains": (turn.domain,)})
    if demand.count:
        return {"demand": demand, "input": turn.model_copy(update={"count": demand.count})}
    return {"demand": demand}


def route(state: State) -> str:
    """The branch for what was understood."""
    from agent.understand import is_thin

    demand = state.get("demand")
    if demand is None:
        return "retrieve"
    branch = BRANCHES[demand.intent]
    return "clarify" if branch == "retrieve" and is_thin(demand, state.get("turns", ())) else branch


def after_feedback(state: State) -> str:
    """A dislike is answered with something else; a like is only noted."""
    demand = state.get("demand")
    return "retrieve" if demand is not None and demand.intent == "reject" else "remember"


async def remember(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Keep what the next turn needs, and drop this turn's work."""
    turn, reply, demand = state["input"], state.get("reply"), state.get("demand")
    if reply is None:
        raise RuntimeError("a turn ended without a reply")
    reply = reply.model_copy(update={"degraded": state["degraded"], "timings": state["timings"]})
    update: Update = {"reply": reply, "searched": None, "candidates": (), "scored": (), "chosen": ()}
    if demand is not None and demand.intent == "privacy":
        return update
    said = (
        Turn(role="user", text=turn.text, at=turn.now),
        Turn(role="assistant", text=reply.text, at=turn.now),
    )
    update["turns"] = (*state.get("turns", ()), *said)[-2 * REMEMBERED_REPLIES :]
    update["replies"] = (*state.get("replies", ()), reply)[-REMEMBERED_REPLIES:]
    if reply.recommendations:
        seen = (*state.get("seen", ()), *(each.item.id for each in reply.recommendations))
        update |= {"standing": reply.demand, "recommendations": reply.recommendations, "seen": seen}
    elif state.get("searched") is not None:  # what found nothing is still wanted: a condition may be loosened
        update["standing"] = reply.demand
    return update


def _fallback_understand(state: State) -> Update:
    turn = state["input"]
    domains = (turn.domain,) if turn.domain else ()
    return {"demand": Demand(text=turn.text, query=turn.text, domains=domains, parsed_by="none")}


def _fallback_score(state: State) -> Update:
    """The search's own order, said as what it is: no probability is made up."""
    return {
        "scored": tuple(
            ScoredItem(
                item=each.item, score=1 / each.rank, signals=Signals(), contributions={"rank": 1 / each.rank}
            )
            for each in state["candidates"]
        )
    }


def _fallback_choose(state: State) -> Update:
    return {"chosen": state["scored"][: state["input"].count]}


def _fallback_reply(state: State) -> Update:
    turn, demand = state["input"], state.get("demand")
    text = "\n".join(each.message for each in state["degraded"]) or say("talk.failed")
    chosen = [f"- {each.item.title}" for each in state.get("chosen", ())]
    return {
        "reply": Reply(session=turn.session, now=turn.now, text="\n".join([text, *chosen]), demand=demand)
    }


FALLBACKS: dict[str, tuple[Callable[[State], Update], str]] = {
    "understand": (_fallback_understand, "retrieve"),
    "score": (_fallback_score, "choose"),
    "choose": (_fallback_choose, "justify"),
}


def _recover(node: str) -> Any:  # the handler's NodeError parameter is not in LangGraph's types
    """What happens when ``node`` fails: note it, put its fallback in place, go on."""
    fallback, following = FALLBACKS.get(node, (_fallback_reply, "remember"))

    def recover(state: State, error: NodeError) -> Command[Any]:
        demand = state.get("demand")
        language = demand.language if demand else "en"
        name = (
            f"degraded.{node}"
            if node in {"understand", "retrieve", "score", "choose", "justify"}
            else "degraded.other"
        )
        reason = str(error.error).splitlines()[0][:200] if str(error.error) else type(error.error).__name__
        note = Degradation(part=node, message=say(name, language, error=reason))
        noted = State(**{**state, "degraded": (*state["degraded"], note)})
        return Command(update={"degraded": noted["degraded"], **fallback(noted)}, goto=following)

    return recover


def _timed(name: str, node: Node) -> Node:
    """``node`` announcing itself to the stream and noting its milliseconds."""

    @wraps(node)
    async def timed(state: State, runtime: Runtime[AgentContext]) -> Update:
        if name in MESSAGES:
            runtime.stream_writer(Step(stage=name, message=MESSAGES[name]))
        start = perf_counter()
        update = await node(state, runtime)
        spent = (perf_counter() - start) * 1000
        return {**update, "timings": {**state["timings"], name: round(spent, 2)}}

    return timed


def build_graph(
    checkpointer: BaseCheckpointSaver[Any] | None, node_timeout: float
) -> CompiledStateGraph[State, AgentContext, State, State]:
    """Compile the graph; ``node_timeout`` is in seconds for each node."""
    graph = StateGraph(State, context_schema=AgentContext)
    nodes: dict[str, Node] = {
        "understand": understand,
        "clarify": converse.clarify,
        "retrieve": recommend.retrieve,
        "score": recommend.score,
        "choose": recommend.choose,
        "justify": recommend.justify,
        "give_feedback": converse.give_feedback,
        "explain": converse.explain,
        "compare": converse.compare,
        "use_tool": converse.use_tool,
        "small_talk": converse.small_talk,
        "reset": converse.reset,
        "forget": converse.forget,
    }
    for name, node in nodes.items():
        graph.add_node(name, _timed(name, node), timeout=node_timeout, error_handler=_recover(name))
    graph.add_node("remember", remember)
    graph.add_edge(START, "understand")
    graph.add_conditional_edges("understand", route, [*dict.fromkeys(BRANCHES.values()), "clarify"])
    graph.add_edge("retrieve", "score")
    graph.add_edge("score", "choose")
    graph.add_edge("choose", "justify")
    graph.add_conditional_edges("give_feedback", after_feedback, ["retrieve", "remember"])
    for name in ("clarify", "justify", "explain", "compare", "use_tool", "small_talk", "reset", "forget"):
        graph.add_edge(name, "remember")
    graph.add_edge("remember", END)
    return graph.compile(checkpointer=checkpointer, name="kairos")
