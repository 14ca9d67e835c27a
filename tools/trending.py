"""Tells what is trending: what draws far more people now than it usually does, by the event log."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from schema import Domain

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from timeliness.hot import Trending
    from tools.context import ToolContext

EXAMPLES = [
    "What's trending?",
    "What is trending right now?",
    "What is hot in news right now?",
    "What's hot today?",
    "What is everyone watching right now?",
    "What are people talking about?",
    "Any trending topics?",
    "What's popular at the moment?",
    "现在什么最火？",
    "现在的热点是什么？",
    "最近大家都在看什么？",
]
ANSWERED = 5
_CHINESE = re.compile(r"[\u3400-\u9fff]")


class TrendingInput(BaseModel):
    """Arguments of ``trending``."""

    now: datetime = Field(description="The moment of the request, with a zone.")
    question: str = Field("", description="The question in the user's words, for its language.")
    domain: Domain | None = Field(None, description="Only what is hot in this domain.")
    k: int = Field(ANSWERED, ge=1, le=50, description="How many topics at most.")


def build(context: ToolContext) -> BaseTool:
    """The tool ``trending``: the answer in words as content, ``Trending``, which reads the same, as artifact."""
    from langchain_core.tools import StructuredTool

    from timeliness.hot import HotTopics

    topics = HotTopics(context.events, context.catalogue.get, zone=context.settings.zone)

    def trending(
        now: datetime, question: str = "", domain: Domain | None = None, k: int = ANSWERED
    ) -> tuple[str, Trending]:
        language = "zh" if _CHINESE.search(question) else "en"
        found = topics.at(now, domain, k, language)
        return str(found), found

    return StructuredTool.from_function(
        func=trending,
        name="trending",
        description="Tell what is trending or hot now: what draws far more people than usual, and since when.",
        args_schema=TrendingInput,
        response_format="content_and_artifact",
        metadata={"examples": EXAMPLES},
    )
