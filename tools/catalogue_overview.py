"""Says what the catalogue holds: how many items of which domain, and up to what date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema import Domain

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from tools.context import ToolContext

DOMAIN_WORDS: dict[Domain, str] = {
    "shopping": "products and sales",
    "news": "news and events",
    "music": "songs and albums",
    "video": "films and series",
    "smart_home": "smart-home devices",
}

EXAMPLES = [
    "What can you recommend?",
    "What do you have?",
    "What is in your catalogue?",
    "How many films do you know?",
    "What kinds of things can you find for me?",
    "Which domains do you cover?",
    "你能推荐什么？",
    "你有哪些东西？",
]


def build(context: ToolContext) -> BaseTool:
    """The tool ``catalogue_overview``; takes no arguments."""
    from langchain_core.tools import StructuredTool

    def catalogue_overview() -> str:
        """Count what the catalogue holds, by domain."""
        counts = {domain: context.catalogue.count(domain) for domain in DOMAIN_WORDS}
        parts = [f"{counts[domain]:,} {words}" for domain, words in DOMAIN_WORDS.items() if counts[domain]]
        if not parts:
            return "The catalogue is empty. Add items with: app.py ingest FILE"
        return f"I know {', '.join(parts)}. Ask in your own words, with a time, a price or a mood."

    return StructuredTool.from_function(
        func=catalogue_overview, name="catalogue_overview", metadata={"examples": EXAMPLES}
    )
