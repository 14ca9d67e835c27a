"""Where an item bears out a word of the demand: the field and value that a reason may cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache

from schema import Evidence, Item
from timeliness.meanings import Meaning, Patterns, load_meanings

SHORTEST_IN_PROSE = 5  # letters
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_DENIES = re.compile(r"\b(?:not|no|never|without|lacks?|neither|nor|\w+n't)\b|不|没", re.IGNORECASE)
_CJK = re.compile(r"[\u3400-\u9fff]")
# Words that hold a phrase together and need no proof of their own.
_GLUE = frozenset(
    "a an and the of for with to in on some something any my me it its is are that which".split()
)


def support(wish: str, item: Item) -> Evidence | None:
    """The first field of ``item`` that bears ``wish`` out, or None.

    It holds every word of the wish, or what ``meanings.toml`` says of it. Fields are tried from the most telling to the least: categories, attributes, makers,
    title, then the description. Plurals and hyphens do not matter ("headphones",
    "noise-cancelling"). A short word proves nothing in the description, where "run" or
    "long" may mean anything.
    """
    meaning = meaning_of(wish)
    if meaning is None:
        return _worded(wish, item)
    if _fits(meaning.against, item):
        return None
    found = None if meaning.by_fields else _worded(wish, item)
    if found and found.name != "description":
        return found
    said = (_worded(each, item) for each in meaning.words)
    return _fits(meaning.fields, item) or found or next(filter(None, said), None)


def proves(wish: str, item: Item) -> bool:
    """Whether ``item`` surely is what ``wish`` insists on: a description that denies it proves nothing."""
    found = support(wish, item)
    return found is not None and not (found.name == "description" and _DENIES.search(found.value))


def words_for(wish: str) -> tuple[str, ...]:
    """Words of which an item that bears ``wish`` out has one at least."""
    meaning = meaning_of(wish)
    return (wish, *meaning.said) if meaning else (wish,)


@lru_cache(maxsize=4096)
def meaning_of(wish: str) -> Meaning | None:
    """What the table says of ``wish``."""
    return load_meanings().get(" ".join(_stem(each) for each in _WORD.findall(wish.casefold())))


def _worded(wish: str, item: Item) -> Evidence | None:
    """The first field that holds every word of ``wish``."""
    for name, value in _fields(item):
        if name == "description" and len(wish) < SHORTEST_IN_PROSE and not _CJK.search(wish):
            continue
        if _holds(value, wish):
            return Evidence(kind="item", name=name, value=value)
    return None


def _fits(patterns: Patterns, item: Item) -> Evidence | None:
    """The first field with a value that fits one of its patterns."""
    if not patterns:
        return None
    for name, value in _fields(item):
        folded = value.casefold()
        if any(fnmatchcase(folded, each.casefold()) for each in patterns.get(name, ())):
            return Evidence(kind="item", name=name, value=value)
    return None


def _fields(item: Item) -> Iterator[tuple[str, str]]:
    for category in item.categories:
        yield "category", category
    for name, value in item.attributes.items():
        if name == "seasons":
            continue
        for each in value if isinstance(value, tuple | list) else (value,):
            yield name, str(each)
    for creator in item.creators:
        yield "maker", creator
    yield "title", item.title
    for sentence in re.split(r"(?<=[.!?。！？])\s*", item.text):
        yield "description", sentence


def _holds(text: str, wish: str) -> bool:
    if _CJK.search(wish):
        return wish in text
    wanted = {_stem(each) for each in _WORD.findall(wish.casefold())} - _GLUE
    return bool(wanted) and wanted <= {_stem(each) for each in _WORD.findall(text.casefold())}


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
