"""The nodes that talk without searching: feedback, "why?", comparison, facts, small talk, reset."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from langgraph.runtime import Runtime

from agent.compose import facts
from agent.context import AgentContext, conversation
from agent.state import State, demand_of
from agent.wording import say
from schema import Demand, Feedback, Item, Recommendation, Reply, Verdict
from tools.item_facts import fields_of

Update = dict[str, Any]

_FAREWELL = re.compile(r"\b(?:good ?bye|bye|good night|see (?:you|ya))\b|再见|拜拜|晚安", re.IGNORECASE)
_PRONOUNS = frozenset({"it", "its", "it's", "this", "that", "that's", "they", "them", "these", "those", "它"})


async def clarify(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Ask the one question whose answer helps most; what was said so far stands until it is answered."""
    from agent.understand import clarifying_question

    demand = demand_of(state)
    question = clarifying_question(demand, conversation(state, runtime.context))
    update = _reply(state, question or say("talk.chat", demand.language), question=question)
    return update | {"standing": demand.model_copy(update={"query": ""})}


async def give_feedback(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Record a verdict said in words ("I loved the first one")."""
    demand, turn = demand_of(state), state["input"]
    item = _referenced(state, 0)
    verdict: Verdict = "like" if demand.intent == "accept" else "dislike"
    if item is None:
        return _reply(state, say("talk.accept_plain", demand.language))
    given = Feedback(session=turn.session, item_id=item.id, verdict=verdict, at=turn.now)
    await asyncio.to_thread(runtime.context.events.record, given)
    text = say("talk.accept" if verdict == "like" else "talk.reject", demand.language, title=item.title)
    return _reply(state, text) | {"preface": text}


async def explain(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Answer "why?" with reasons, evidence and the parts of the score."""
    demand = demand_of(state)
    shown = {each.item.id: each for each in state.get("recommendations", ())}
    asked = [shown[each.item_id] for each in demand.references if each.item_id in shown] or list(
        shown.values()
    )[:1]
    if not asked:
        return _reply(state, say("talk.no_reference", demand.language))
    return _reply(state, "\n\n".join(explanation(each, demand.language) for each in asked))


def explanation(recommendation: Recommendation, language: str = "en") -> str:
    """Reasons with their evidence, and the score with its parts, as text."""
    lines = [say("why.head", language, title=recommendation.item.title)]
    for reason in recommendation.reasons:
        evidence = ", ".join(
            say(f"why.{each.kind}", language, name=each.name.replace("_", " "), value=each.value)
            for each in reason.evidence
        )
        lines.append(say("why.reason", language, reason=reason.text, evidence=evidence))
    parts = ", ".join(
        f"{name} {value:+.2f}"
        for name, value in sorted(recommendation.contributions.items(), key=lambda pair: -abs(pair[1]))
        if abs(value) >= 0.005
    )
    lines.append(say("why.score", language, score=f"{recommendation.score:.2f}", parts=parts or "0"))
    return "\n".join(lines)


async def compare(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Set two or more shown items side by side, field by field."""
    demand = demand_of(state)
    shown = {each.item.id: each.item for each in state.get("recommendations", ())}
    items = list(
        {each.item_id: shown[each.item_id] for each in demand.references if each.item_id in shown}.values()
    )
    if len(items) == 1:  # "which is cheapest?"
        return _reply(state, str(await runtime.context.use("item_facts", **_asked(state, items[0]))))
    if len(items) < 2:
        items = list(shown.values())[: 5 if _asks_which(demand) else 2]
    if len(items) < 2:
        return _reply(state, say("compare.needs_two", demand.language))
    return _reply(state, comparison(items, demand.language))


def _asked(state: State, item: Item) -> dict[str, object]:
    return {"item_id": item.id, "question": state["input"].text, "now": state["input"].now}


def _asks_which(demand: Demand) -> bool:
    """Whether one of all is asked for, rather than two compared."""
    return demand.text.casefold().lstrip().startswith("which") or "哪" in demand.text


def comparison(items: list[Item], language: str = "en") -> str:
    """The fields that at least one item has, side by side; what all share is said once, last."""
    known = [fields_of(each) for each in items]
    lines = [say("compare.head", language, titles=" / ".join(f"{each.title}{facts(each)}" for each in items))]
    same: list[str] = []
    for field in dict.fromkeys(name for each in known for name in each if name not in {"url", "seasons"}):
        values = [each.get(field, "-") for each in known]
        line = say(
            "compare.line", language, field=field.replace("_", " "), values=" | ".join(dict.fromkeys(values))
        )
        (same if len(set(values)) == 1 else lines).append(line)
    return "\n".join(lines + same)


async def use_tool(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Answer a question with the tool whose examples it resembles, or that the model chooses."""
    from agent.tool_choice import choose_tool

    demand, turn, context = demand_of(state), state["input"], runtime.context
    item = _referenced(state, 0) or _first_shown(state)
    domain = demand.domains[0] if len(demand.domains) == 1 else None
    known = {"item_id": item.id if item else None, "question": turn.text, "now": turn.now, "domain": domain}
    call = await choose_tool(turn.text, known, context)
    elsewhere = call is None or ("item_id" not in call[1] and _names_one(demand))
    if item is not None and elsewhere:  # "more on that"; about an item that is named no other tool answers
        call = "item_facts", _asked(state, item)
    if call is None:
        return _reply(state, say("talk.no_tool", demand.language))
    name, arguments = call
    return _reply(state, str(await context.use(name, **arguments)))


async def small_talk(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Answer a greeting, a farewell or thanks; who tells of a mood and nothing more is asked what would help."""
    from agent.understand import mood_question

    demand = demand_of(state)
    if demand.intent == "chat" and (question := mood_question(demand, state.get("turns", ()))):
        return _reply(state, question, question=question) | {"standing": demand}
    kind = "thank" if demand.intent == "thank" else "bye" if _FAREWELL.search(state["input"].text) else "chat"
    return _reply(state, "\n".join([*demand.notes, say(f"talk.{kind}", demand.language)]))


async def reset(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Drop the standing wish and what was shown; likes stay."""
    update = _reply(state, say("talk.reset", demand_of(state).language))
    return update | {"standing": None, "recommendations": (), "seen": ()}


async def forget(state: State, runtime: Runtime[AgentContext]) -> Update:
    """Delete the user's verdicts and the conversation so far.

    The assistant deletes the checkpoint itself once the graph has ended.
    """
    await asyncio.to_thread(runtime.context.events.forget, state["input"].session)
    update = _reply(state, say("talk.privacy", demand_of(state).language))
    return update | {"standing": None, "recommendations": (), "seen": (), "turns": (), "replies": ()}


def _referenced(state: State, position: int) -> Item | None:
    shown = {each.item.id: each.item for each in state.get("recommendations", ())}
    found = [shown[each.item_id] for each in demand_of(state).references if each.item_id in shown]
    return found[position] if len(found) > position else None


def _names_one(demand: Demand) -> bool:
    """Whether the request points at a shown item by more than a pronoun."""
    return any(each.item_id and each.text.casefold() not in _PRONOUNS for each in demand.references)


def _first_shown(state: State) -> Item | None:
    shown = state.get("recommendations", ())
    return shown[0].item if shown else None


def _reply(state: State, text: str, question: str | None = None) -> Update:
    turn = state["input"]
    return {
        "reply": Reply(
            session=turn.session,
            now=turn.now,
            text=text,
            demand=state.get("demand"),
            question=question,
            degraded=state["degraded"],
        )
    }
