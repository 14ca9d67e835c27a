"""Finds candidates for a demand: by meaning, by words and by what people turn to together, under its hard conditions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from schema import Candidate, Demand
from vectorstore.naming import named_items

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from tools.context import ToolContext

# Items in a burst that are candidates too, where that or nothing in particular is asked for.
MOST_BURSTING = 20


class RetrieveInput(BaseModel):
    """Arguments of ``retrieve``."""

    demand: Demand = Field(description="What is wanted, with its hard conditions.")
    now: datetime = Field(description="The moment at which validity is judged, with a zone.")
    k: int = Field(32, ge=1, le=500, description="How many candidates to find.")
    session: str = Field("", description="Whose likes count for what people turn to together.")


def build(context: ToolContext) -> BaseTool:
    """The tool ``retrieve``: a summary as content, ``list[Candidate]`` as artifact."""
    from langchain_core.tools import StructuredTool

    def retrieve(
        demand: Demand, now: datetime, k: int = 32, session: str = ""
    ) -> tuple[str, list[Candidate]]:
        signals = context.signals_for(session, demand)
        also = list(signals.linked(now, k))
        nothing_named = not any(each.polarity > 0 for each in demand.interests)
        if nothing_named or any(each.role == "trend" for each in demand.times):
            also += signals.bursting(context.catalogue.get, demand.domains, now, MOST_BURSTING)
        found = context.search(_of_the_unknown(context, demand), now, k, also)
        return f"{len(found)} candidates", found

    return StructuredTool.from_function(
        func=retrieve,
        name="retrieve",
        description="Search the catalogue for items that meet a demand at a moment.",
        args_schema=RetrieveInput,
        response_format="content_and_artifact",
    )


def _of_the_unknown(context: ToolContext, demand: Demand) -> Demand:
    """The demand without the items that it names as known: "like Heat" is not answered with Heat."""
    known = [each.id for each in named_items(context.catalogue, demand, known=True)]
    excluded = tuple(dict.fromkeys((*demand.limits.exclude_ids, *known)))
    return demand.model_copy(update={"limits": demand.limits.model_copy(update={"exclude_ids": excluded})})
