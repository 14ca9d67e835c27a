"""Judges candidates with the classifier and joins the signals of the moment into one score."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from schema import Candidate, Demand, ScoredItem

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from tools.context import ToolContext


class ScoreInput(BaseModel):
    """Arguments of ``score``."""

    demand: Demand = Field(description="What is wanted.")
    candidates: list[Candidate] = Field(description="What retrieval found.")
    now: datetime = Field(description="The moment, with a zone.")
    session: str = Field(description="Whose likes and dislikes count.")


def build(context: ToolContext) -> BaseTool:
    """The tool ``score``: a summary as content, ``list[ScoredItem]``, best first, as artifact."""
    from langchain_core.tools import StructuredTool

    from timeliness.fusion import fuse

    def score(
        demand: Demand, candidates: list[Candidate], now: datetime, session: str
    ) -> tuple[str, list[ScoredItem]]:
        user_signals = context.signals_for(session, demand)
        relevance = context.scorer.relevance(demand.query or demand.text, candidates)
        scored = [
            each.model_copy(update={"evidence": tuple(user_signals.evidence(each.item, demand, now))})
            for each in fuse(candidates, relevance, demand, now, user_signals)
        ]
        return f"{len(scored)} items scored", scored

    return StructuredTool.from_function(
        func=score,
        name="score",
        description="Score candidates for a demand at a moment, with the parts of each score.",
        args_schema=ScoreInput,
        response_format="content_and_artifact",
    )
