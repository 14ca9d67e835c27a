"""Answers a question of fact about one item from the item's own fields, and from nothing else."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from schema import Item
from settings import Settings

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
    "Until when is it valid?",
    "When does the offer end?",
    "这个多少钱？",
    "导演是谁？",
]

# What a question's words ask for; the first line that fits wins.
_ASKED: tuple[tuple[str, str], ...] = (
    (
        r"\b(until when|till when|how long (is|are|does|will) .{2,40}(valid|available|last|on (offer|sale)|reduced)"
        r"|(when|what (day|time|date)) .{0,40}\b(end|ends|expire|expires|run out|over|leave|leaves|leaving)"
        r"|valid (until|till|to)|last day|deadline|expir\w+|still (valid|available|on (offer|sale)))\b"
        r"|什么时候(结束|截止|下架|到期)|到什么时候|截止|有效期",
        "available until",
    ),
    (r"\b(on (offer|sale)|reduced|marked down|discount(ed)?|deal)\b|打折|优惠|促销", "offer"),
    (r"\b(seasons?|sequel|how many episodes)\b|几季|第二季", "season_count"),
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


_MOMENT = timedelta(microseconds=1)


class ItemFactsInput(BaseModel):
    """Arguments of ``item_facts``."""

    item_id: str = Field(description="Id of the item that is asked about.")
    question: str = Field("", description="The question in the user's words.")
    now: datetime | None = Field(None, description="The moment of the request, with a zone.")


def fields_of(item: Item, ends: str = "", offer: str = "") -> dict[str, str]:
    """The item's known fields as readable text, in the order in which people ask for them.

    ``ends``: when it or its offer ends, and ``offer``: what makes it one, where that is known.
    """
    known = {
        "price": f"{item.price:,.2f} {item.currency}" if item.price is not None else "",
        "duration": f"{item.duration_minutes:g} minutes" if item.duration_minutes else "",
        "creators": ", ".join(item.creators),
        "published": f"{item.published_at:%d %B %Y}".lstrip("0")
        if item.published_at
        else str(item.attributes.get("year", "")),
        "categories": ", ".join(item.categories),
        "language": item.language,
        "available until": ends,
        "offer": offer,
        "url": item.url or "",
    }
    for name, value in item.attributes.items():
        known.setdefault(name, ", ".join(map(str, value)) if isinstance(value, tuple | list) else str(value))
    return {name: value for name, value in known.items() if value}


def answer(item: Item, question: str, ends: str = "", offer: str = "") -> str:
    """The fact that ``question`` asks for, or the item's text where none is named; says so when unknown."""
    known = fields_of(item, ends, offer)
    for pattern, field in _ASKED:
        if re.search(pattern, question, re.IGNORECASE):
            if field == "available until" and field not in known and offer:
                field = "offer"  # it stays, and only its offer ends
            if field in known:
                return f"{item.title}: {field.replace('_', ' ')}: {known[field]}."
            return f"I have no {field.replace('_', ' ')} on record for {item.title}."
    details = "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in list(known.items())[:6])
    return f"{item.title}. {item.text} ({details})" if details else f"{item.title}. {item.text}"


def _window(item: Item, now: datetime, settings: Settings) -> tuple[str, str]:
    """When ``item``, as it holds at ``now``, ends, and what its offer is: its own, or a sale's."""
    from timeliness.validity import deadline, marked_down, on_offer

    own = deadline(item, now)
    ends = _day_and_time(own, settings)
    sale = on_offer(item, now, now + _MOMENT, zone=settings.zone, country=settings.country)
    if sale is None:
        return ends, ""
    before = f", {item.attributes['old_price']:,.2f} {item.currency} before" if marked_down(item) else ""
    until = _day_and_time(own or sale[1], settings)
    return ends, f"yes{before}{f', until {until}' if until else ''}"


def _day_and_time(at: datetime | None, settings: Settings) -> str:
    local = at.astimezone(settings.zone) if at else None
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M}" if local else ""


def build(context: ToolContext) -> BaseTool:
    """The tool ``item_facts``."""
    from langchain_core.tools import StructuredTool

    def item_facts(item_id: str, question: str = "", now: datetime | None = None) -> str:
        found = context.catalogue.get([item_id])
        if not found:
            return f"No item has the id {item_id!r}."
        if now is None:
            return answer(found[0], question)
        ends, offer = _window(found[0], now, context.settings)
        return answer(found[0], question, ends, offer)

    return StructuredTool.from_function(
        func=item_facts,
        name="item_facts",
        description="Answer a question about one item from its own fields.",
        args_schema=ItemFactsInput,
        metadata={"examples": EXAMPLES},
    )
