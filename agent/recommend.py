"""The nodes that recommend: retrieve, score, arrange, justify."""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph.runtime import Runtime

from agent.arrange import arrange
from agent.attention import on_topic
from agent.compose import recommendation_text
from agent.context import AgentContext
from agent.justify import reasons
from agent.state import State, demand_of
from schema import Candidate, Demand, Recommendation, Reply, ScoredItem

Update = dict[str, Any]


async def retrieve(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Find candidates; where a condition leaves none, loosen it and say so.

    Only "on offer" and the window of publication are ever loosened, in this order: a price
    or a validity that does not hold would make the answer false, not merely less timely.
    """
    demand, turn, context = demand_of(state), state["input"], runtime.context
    relaxed: list[str] = []
    k = max(context.settings.candidates, turn.count)
    found: list[Candidate] = await context.use(
        "retrieve", demand=demand, now=turn.now, k=k, session=turn.session
    )
    for name, loosen in (("offer", _without_offer), ("publication", _without_publication)):
        if found or (looser := loosen(demand)) is None:
            continue
        demand = looser
        relaxed.append(name)
        found = await context.use("retrieve", demand=demand, now=turn.now, k=k, session=turn.session)
    if not found:
        relaxed = []
    return {"searched": demand, "candidates": tuple(found), "relaxed": tuple(relaxed)}


def _without_offer(demand: Demand) -> Demand | None:
    if not demand.limits.on_offer:
        return None
    return demand.model_copy(update={"limits": demand.limits.model_copy(update={"on_offer": False})})


def _without_publication(demand: Demand) -> Demand | None:
    """The demand with its publication windows opened, newest preferred instead."""
    if not any(each.role == "publication" and (each.start or each.end) for each in demand.times):
        return None
    times = tuple(
        each.model_copy(update={"start": None, "end": None, "recency": 0.8})
        if each.role == "publication"
        else each
        for each in demand.times
    )
    return demand.model_copy(update={"times": times})


async def score(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Judge the candidates with the classifier and join the signals of the moment.

    Where what draws attention is asked for, a burst elsewhere is left out.
    """
    demand, turn = state.get("searched") or demand_of(state), state["input"]
    scored: list[ScoredItem] = await runtime.context.use(
        "score", demand=demand, candidates=state["candidates"], now=turn.now, session=turn.session
    )
    return {"scored": on_topic(scored, demand)}


async def choose(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Take the best few that are not the same thing again."""
    return {"chosen": tuple(arrange(state["scored"], state["input"].count))}


async def justify(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Give each chosen item its reasons and write the answer."""
    demand, turn, context = demand_of(state), state["input"], runtime.context
    picked = await asyncio.to_thread(_recommendations, state, context)
    if context.language_model is not None and picked:
        from agent.reword import reword

        picked, notes = await reword(picked, demand, context.language_model, context.settings.llm_timeout)
        demand = demand.model_copy(update={"notes": demand.notes + notes})
    text = recommendation_text(picked, demand, relaxed=state["relaxed"], degraded=state["degraded"])
    if state["preface"]:
        text = f"{state['preface']}\n{text}"
    reply = Reply(
        session=turn.session,
        now=turn.now,
        text=text,
        recommendations=picked,
        demand=demand,
        degraded=state["degraded"],
    )
    return {"reply": reply}


def _recommendations(state: State, context: AgentContext) -> tuple[Recommendation, ...]:
    demand = demand_of(state)
    liked = context.lookup(context.verdicts(state["input"].session)[0])
    return tuple(
        Recommendation(
            item=each.item,
            score=each.score,
            signals=each.signals,
            contributions=each.contributions,
            reasons=reasons(each, demand, liked),
        )
        for each in state["chosen"]
    )
