"""What can be asked of an item, read from its fields: its sort, qualities, makers, what it works with.

Only what its passage says or lets one tell counts, for that is what the classifier reads.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from finetune.datasets.requests import normal
from schema import Item

# Words of categories of films, news and furniture -> what people call them.
GENRES = {
    "comed": "comedy", "stand up": "stand-up comedy", "horror": "horror", "thriller": "thriller",
    "romantic": "romance", "romance": "romance", "document": "documentary", "docuseries": "documentary",
    "action": "action", "adventure": "adventure", "sci fi": "science fiction", "science fiction": "science fiction",
    "fantasy": "fantasy", "crime": "crime", "myster": "mystery", "children": "family", "family": "family",
    "kids": "family", "anime": "anime", "animat": "animation", "drama": "drama", "sport": "sports",
    "musical": "musical", "war": "war", "western": "western", "history": "history", "biograph": "biography",
    "reality": "reality show", "science nature": "nature", "nature": "nature", "classic": "classic",
}  # fmt: skip
TOPICS = {
    "politics": "politics", "sports": "sports", "finance": "business", "business": "business",
    "entertainment": "entertainment", "health": "health", "wellness": "health", "crime": "crime", "travel": "travel",
    "foodanddrink": "food", "food drink": "food", "autos": "cars", "weather": "weather", "lifestyle": "lifestyle",
    "environment": "the environment", "world news": "world", "newsworld": "world", "tech": "technology",
    "science": "science", "newsscienceandtechnology": "technology", "football nfl": "the NFL",
    "baseball mlb": "baseball", "basketball nba": "the NBA", "icehockey nhl": "ice hockey", "golf": "golf",
    "culture arts": "arts and culture", "parenting": "parenting", "style beauty": "fashion", "music": "music",
    "movies": "movies", "tv": "television", "newscrime": "crime", "newspolitics": "politics", "mma": "MMA",
    "climate": "climate", "economy": "the economy", "space": "space", "education": "education",
}  # fmt: skip
FURNITURE = re.compile(
    r"\b(bar table|bar stool|table|desk|chair|armchair|sofa|bed frame|bed|bookcase|shelving unit|shelf unit"
    r"|wardrobe|chest of \d drawers|cabinet|tv bench|trolley|stool|bench|cot|mattress|nightstand|sideboard)\b",
    re.IGNORECASE,
)


# What a reader tells from a passage even where the word itself is not there.
_INFERRED = frozenset({"genre", "topic", "mood", "instrument"})


class Facet(NamedTuple):
    """One thing that may be asked for; ``kind`` says how to word it."""

    kind: str  # sort, quality, genre, mood, instrument, topic, maker, works_with
    value: str


def facets(item: Item) -> frozenset[Facet]:
    """All facets of an item."""
    found = {Facet("maker", each) for each in item.creators if _sayable(each)}
    found |= {Facet("works_with", each) for each in _texts(item, "works_with")}
    if item.domain in {"video", "music"}:
        found |= {Facet("mood", each) for each in _texts(item, "mood")}
        found |= {Facet("mood", each.replace("_", " ")) for each in _texts(item, "seasons")}
        found |= {Facet("instrument", each) for each in _texts(item, "instruments")}
    if item.domain == "video":
        found |= _of_video(item)
    elif item.domain == "news":
        found |= _of_news(item)
    elif item.domain == "music":
        found |= {Facet("genre", each) for each in item.categories}
    else:
        found |= _of_thing(item)
    passage = f" {normal(item.passage)} "
    return frozenset(each for each in found if each.kind in _INFERRED or f" {normal(each.value)}" in passage)


def _of_video(item: Item) -> set[Facet]:
    kinds = [normal(each) for each in item.categories]
    named = {Facet("genre", name) for mark, name in GENRES.items() if any(mark in each for each in kinds)}
    bundled = item.id.startswith("video/")
    return named | ({Facet("quality", each) for each in item.categories} if bundled else set())


def _of_news(item: Item) -> set[Facet]:
    kinds = {normal(each) for each in item.categories}
    named = {Facet("topic", name) for mark, name in TOPICS.items() if mark in kinds}
    own = {Facet("topic", each) for each in item.categories if each == each.casefold() and "-" not in each}
    return named | (own if not item.id.startswith(("mind/", "huffpost/")) else set())


def _of_thing(item: Item) -> set[Facet]:
    if item.attributes.get("brand") == "IKEA":
        return {Facet("sort", each.casefold()) for each in FURNITURE.findall(item.title)[:1]}
    sorts = {Facet("sort", each) for each in (*_texts(item, "kind"), *item.categories[:1])}
    return sorts | {Facet("quality", each) for each in item.categories[1:]}


def _texts(item: Item, name: str) -> tuple[str, ...]:
    value = item.attributes.get(name)
    return (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ()


def _sayable(maker: str) -> bool:
    return 2 < len(maker) < 30 and "IKEA" not in maker and maker.isascii()
