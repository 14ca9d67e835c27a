"""Leaves out of an answer what is of another kind than asked for: fewer are better than a filled-up list."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from schema import Demand, Interest, Item, ScoredItem
from timeliness.matching import meaning_of, support
from vectorstore.conditions import can_be_proven, is_demanded

_LIKENS = re.compile(r"\b(?:like|similar to|as|than|such as)\s+\W*$", re.IGNORECASE)
_TELLING = frozenset({"category", "kind"})  # fields that say what a thing is


def fitting(scored: Sequence[ScoredItem], demand: Demand) -> tuple[ScoredItem, ...]:
    """Those of ``scored`` that are of a kind asked for, in their order; all of them where none is.

    Of several kinds one is enough, but one that the latest message names comes before those
    of earlier ones.
    """
    kept = tuple(scored)
    wished = [*kinds(demand), *_makers(demand)]
    for some in (wished, [each for each in wished if each.span is not None]):
        kept = tuple(each for each in kept if _is_of_one(each.item, some)) or kept
    return kept


def has_fitting(items: Iterable[Item], wished: Sequence[Interest]) -> bool:
    """Whether one of ``items`` is of a kind that is ``wished``, or no kind is."""
    return any(not wished or _is_of_one(item, wished) for item in items)


def kinds(demand: Demand) -> list[Interest]:
    """The wishes that may name a kind; what is demanded is met by all that was found anyway."""
    return [
        each
        for each in demand.interests
        if each.polarity > 0
        and (each.kind in {"topic", "genre"} or _tells_fields(each))
        and can_be_proven(each)
        and not is_demanded(each)
    ]


def _makers(demand: Demand) -> list[Interest]:
    """Those whose work is asked for now: "with Tom Hanks", but not "like Satie"; and brands."""
    return [
        each
        for each in demand.interests
        if each.polarity > 0
        and (each.kind == "brand" or (each.kind == "entity" and each.span is not None))
        and not is_demanded(each)
        and not (each.span and _LIKENS.search(demand.text[: each.span[0]]))
    ]


def _tells_fields(wish: Interest) -> bool:
    meaning = meaning_of(wish.text)
    return meaning is not None and meaning.by_fields


def _is_of_one(item: Item, wishes: Sequence[Interest]) -> bool:
    return any(_is_of_kind(item, each) for each in wishes)


def _is_of_kind(item: Item, wish: Interest) -> bool:
    """Whether ``wish`` stands in what the item is, or in what is known to bear the wish out."""
    found = support(wish.text, item)
    if found is not None and wish.kind in {"entity", "brand"}:
        return found.name in {"maker", "cast"}
    return found is not None and (found.name in _TELLING or meaning_of(wish.text) is not None)
