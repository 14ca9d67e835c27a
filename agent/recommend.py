"""The nodes that recommend: retrieve, score, arrange, justify."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from agent.arrange import arrange
from agent.attention import on_topic
from agent.compose import recommendation_text
from agent.context import AgentContext
from agent.fitting import fitting, has_fitting, kinds
from agent.justify import reasons
from agent.state import State, demand_of
from schema import Candidate, Demand, Interest, Item, Recommendation, Reply, ScoredItem
from timeliness.matching import support
from timeliness.validity import GOODS
from vectorstore.conditions import is_demanded

Update = dict[str, Any]


async def retrieve(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Find candidates; where a condition leaves none, loosen it and say so.

    Only what must be borne out in words, "on offer" and the window of publication are ever
    loosened, in this order: a price or a validity that does not hold would make the answer
    false, not merely less fitting. Demands in words, and for news the window of publication,
    are loosened too where only things of another kind meet them, and things of the kind asked
    for are found without.
    """
    demand, turn, context = demand_of(state), state["input"], runtime.context
    k = max(context.settings.candidates, turn.count)

    async def find(some: Demand) -> tuple[Candidate, ...]:
        return tuple(await context.use("retrieve", demand=some, now=turn.now, k=k, session=turn.session))

    wished = kinds(demand)
    best = _Found(demand, await find(demand), wished)
    loosened = best
    for name, loosen in _LOOSENED:
        enough = best.fits if name != "publication" or demand.domains == ("news",) else best.candidates
        if enough or (best.candidates and name == "offer") or (looser := loosen(loosened.demand)) is None:
            continue
        relaxed = tuple(dict.fromkeys((*loosened.relaxed, *filter(None, [name]))))
        loosened = _Found(looser, await find(looser), wished, relaxed)
        if loosened.fits or (loosened.candidates and not best.candidates):
            best = loosened
    if not best.fits and _names_a_product(demand, [each.item for each in best.candidates]):
        kind = Demand(text=demand.text, domains=demand.domains, query=", ".join(each.text for each in wished))
        if has_fitting([each.item for each in await find(kind)], wished):
            # There are some, but none that meets the demand: another product is no answer.
            best = _Found(demand, (), wished)
    return {"searched": best.demand, "candidates": best.candidates, "relaxed": best.relaxed}


def _names_a_product(demand: Demand, items: Sequence[Item]) -> bool:
    """Whether goods of a kind are asked for that none of ``items`` even speaks of; a gift may be anything."""
    goods = bool(demand.domains) and set(demand.domains) <= GOODS
    wished = kinds(demand)
    gift = any(each.text == "gift" for each in demand.interests)
    return goods and not gift and not any(support(each.text, item) for each in wished for item in items)


@dataclass(frozen=True)
class _Found:
    """What a demand found, the kinds ``wished`` for, and what of it was ``relaxed``."""

    demand: Demand
    candidates: tuple[Candidate, ...]
    wished: Sequence[Interest]
    relaxed: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether there is something of the kind asked for."""
        return has_fitting([each.item for each in self.candidates], self.wished)


def _searched_by_kind(demand: Demand) -> Demand | None:
    """The same, searched for by the kinds asked for alone: other wishes may lead the search astray."""
    wished = [each.text for each in kinds(demand)]
    return demand.model_copy(update={"query": ", ".join(wished)}) if wished else None


def _without_latest_demand(demand: Demand) -> Demand | None:
    """The demand with the last thing that must be so a wish, where there are several."""
    demanded = [each for each in demand.interests if is_demanded(each)]
    return _softened(demand, demanded[-1:]) if len(demanded) > 1 else None


def _without_demands(demand: Demand) -> Demand | None:
    """The demand with all things that must be so as wishes."""
    demanded = [each for each in demand.interests if is_demanded(each)]
    return _softened(demand, demanded) if demanded else None


def _softened(demand: Demand, some: Sequence[Interest]) -> Demand:
    interests = tuple(
        each.model_copy(update={"hard": False}) if each in some else each for each in demand.interests
    )
    return demand.model_copy(update={"interests": interests})


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


# What is loosened, as the answer names it (nothing: it need not say so), and how.
_LOOSENED: tuple[tuple[str, Callable[[Demand], Demand | None]], ...] = (
    ("", _searched_by_kind),
    ("demanded", _without_latest_demand),
    ("demanded", _without_demands),
    ("offer", _without_offer),
    ("publication", _without_publication),
)


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
    """Take the best few of the kind asked for that are not the same thing again."""
    fit = fitting(state["scored"], state.get("searched") or demand_of(state))
    return {"chosen": tuple(arrange(fit, state["input"].count))}


async def justify(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Give each chosen item its reasons and write the answer."""
    demand, turn, context = demand_of(state), state["input"], runtime.context
    picked = await asyncio.to_thread(_recommendations, state, context)
    if context.language_model is not None and picked:
        from agent.reword import reword

        picked, notes = await reword(picked, demand, context.language_model, context.settings.llm_timeout)
        demand = demand.model_copy(update={"notes": demand.notes + notes})
    text = recommendation_text(
        picked,
        demand,
        wanted=state["input"].count,
        relaxed=state["relaxed"],
        degraded=state["degraded"],
    )
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
