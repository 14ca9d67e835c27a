"""Says what time it is for this conversation: the clock's, or the evaluator's override."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from tools.context import ToolContext

EXAMPLES = ["What time is it?", "What day is it today?", "What's the date?", "现在几点？", "今天几号？"]


class CurrentTimeInput(BaseModel):
    """Arguments of ``current_time``."""

    now: datetime = Field(description="The moment of the request, with a zone.")


def build(context: ToolContext) -> BaseTool:
    """The tool ``current_time``."""
    from langchain_core.tools import StructuredTool

    def current_time(now: datetime) -> str:
        local = now.astimezone(context.settings.zone)
        return f"It is {local:%A} {local.day} {local:%B %Y}, {local:%H:%M} ({context.settings.timezone})."

    return StructuredTool.from_function(
        func=current_time,
        name="current_time",
        description="Tell the current date and time.",
        args_schema=CurrentTimeInput,
        metadata={"examples": EXAMPLES},
    )
