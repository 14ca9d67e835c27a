"""Where an item bears out a word of the demand: the field and value that a reason may cite."""

from __future__ import annotations

import re
from collections.abc import Iterator

from schema import Evidence, Item

SHORTEST_IN_PROSE = 5  # letters
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CJK = re.compile(r"[\u3400-\u9fff]")
# Words that hold a phrase together and need no proof of their own.
_GLUE = frozenset(
    "a an and the of for with to in on some something any my me it its is are that which".split()
)


def support(wish: str, item: Item) -> Evidence | None:
    """The first field of ``item`` that holds every word of ``wish``, or None.

    Fields are tried from the most telling to the least: categories, attributes, makers,
    title, then the description. Plurals and hyphens do not matter ("headphones",
    "noise-cancelling"). A short word proves nothing in the description, where "run" or
    "long" may mean anything.
    """
    for name, value in _fields(item):
        if name == "description" and len(wish) < SHORTEST_IN_PROSE and not _CJK.search(wish):
            continue
        if _holds(value, wish):
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
