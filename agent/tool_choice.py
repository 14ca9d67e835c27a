"""Which tool answers a question: a language model's choice where there is one, or the nearest example."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from agent.context import AgentContext
from tools.registry import conversational

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

SIMILARITY = 0.4  # a cosine below this means that no example resembles the question

Call = tuple[str, dict[str, object]]


async def choose_tool(text: str, known: Mapping[str, object], context: AgentContext) -> Call | None:
    """The tool to call and its arguments, or None when none fits.

    Args:
        text: the question.
        known: values that arguments of these names take, such as ``item_id`` and ``now``;
            None where the conversation has none, which rules out the tools that need it.
        context: the parts of the turn.
    """
    usable = {
        name: tool
        for name, tool in conversational(dict(context.tools)).items()
        if all(known.get(argument) is not None for argument in _required(tool))
    }
    if not usable:
        return None
    name = await _asked_model(text, usable, context) or await asyncio.to_thread(
        _nearest, text, usable, context
    )
    if name is None:
        return None
    return name, {each: known[each] for each in usable[name].args if known.get(each) is not None}


async def _asked_model(text: str, usable: Mapping[str, BaseTool], context: AgentContext) -> str | None:
    if context.language_model is None:
        return None
    try:
        bound = context.language_model.bind_tools(list(usable.values()))
        message = await asyncio.wait_for(bound.ainvoke(text), context.settings.llm_timeout)
    except Exception:  # whatever a provider's client raises, the nearest example still answers
        return None
    calls = getattr(message, "tool_calls", [])
    return calls[0]["name"] if calls and calls[0]["name"] in usable else None


def _nearest(text: str, usable: Mapping[str, BaseTool], context: AgentContext) -> str | None:
    examples = [(name, each) for name, tool in usable.items() for each in (tool.metadata or {})["examples"]]
    vectors = context.embedder.encode([text, *(each for _, each in examples)])
    similarity = vectors[1:] @ vectors[0]
    best = int(similarity.argmax())
    return examples[best][0] if similarity[best] >= SIMILARITY else None


def _required(tool: BaseTool) -> list[str]:
    schema = tool.get_input_jsonschema()
    return list(schema.get("required", []))
