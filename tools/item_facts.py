"""Answers a question of fact about one item from the item's own fields, and from nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from schema import Item

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool

    from tools.context import ToolContext

EXAMPLES = [
    "Who directed it?",
    "How long is the second one?",
    "What does it cost?",
    "When did it come out?",
    "Who is in it?",
    "Tell me more about the first one.",
    "Does it work with HomeKit?",
    "这个多少钱？",
    "导演是谁？",
]

# What a question's words ask for; the first line that fits wins.
_ASKED: tuple[tuple[str, str], ...] = (
    (r"\b(cost|price|how much|expensive)\b|多少钱|价格", "price"),
    (r"\b(how long|length|duration|runtime|running time|minutes)\b|多长|时长", "duration"),
    (
        r"\b(who (made|directed|wrote|sings|sang|makes)|director|artist|brand|author|maker)\b|导演|谁",
        "creators",
    ),
    (r"\b(who('s| is| was)? (in|stars)|cast|actors?|starring)\b|主演", "cast"),
    (r"\b(when|release|released|come out|date|year|how old)\b|什么时候|哪年", "published"),
    (
        r"\b(work|works|compatible|support|supports|homekit|alexa|matter|google home)\b|兼容|支持",
        "works_with",
    ),
    (r"\b(genre|kind|type|category)\b|类型", "categories"),
    (r"\b(language|subtitles?)\b|语言", "language"),
    (r"\b(rating|rated|kids|children|age)\b|分级", "rating"),
    (r"\b(where|link|website|url|buy)\b|链接", "url"),
)


class ItemFactsInput(BaseModel):
    """Arguments of ``item_facts``."""

    item_id: str = Field(description="Id of the item that is asked about.")
    question: str = Field("", description="The question in the user's words.")


def fields_of(item: Item) -> dict[str, str]:
    """The item's known fields as readable text, in the order in which people ask for them."""
    known = {
        "price": f"{item.price:,.2f} {item.currency}" if item.price is not None else "",
        "duration": f"{item.duration_minutes:g} minutes" if item.duration_minutes else "",
        "creators": ", ".join(item.creators),
        "published": f"{item.published_at:%d %B %Y}".lstrip("0")
        if item.published_at
        else str(item.attributes.get("year", "")),
        "categories": ", ".join(item.categories),
        "language": item.language,
        "url": item.url or "",
    }
    for name, value in item.attributes.items():
        known.setdefault(name, ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value))
    return {name: value for name, value in known.items() if value}


def answer(item: Item, question: str) -> str:
    """The fact that ``question`` asks for, or the item's text where none is named; says so when unknown."""
    known = fields_of(item)
    for pattern, field in _ASKED:
        if re.search(pattern, question, re.IGNORECASE):
            if field in known:
                return f"{item.title}: {field.replace('_', ' ')}: {known[field]}."
            return f"I have no {field.replace('_', ' ')} on record for {item.title}."
    details = "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in list(known.items())[:6])
    return f"{item.title}. {item.text} ({details})" if details else f"{item.title}. {item.text}"


def build(context: ToolContext) -> BaseTool:
    """The tool ``item_facts``."""
    from langchain_core.tools import StructuredTool

    def item_facts(item_id: str, question: str = "") -> str:
        found = context.catalogue.get([item_id])
        return answer(found[0], question) if found else f"No item has the id {item_id!r}."

    return StructuredTool.from_function(
        func=item_facts,
        name="item_facts",
        description="Answer a question about one item from its own fields.",
        args_schema=ItemFactsInput,
        metadata={"examples": EXAMPLES},
    )
