"""Finds the items that a demand names: "something like Heat", "I loved Alien (1979)"."""

from __future__ import annotations

import re

from schema import Demand, Item
from vectorstore.catalogue import Catalogue

MOST_OF_A_NAME = 3  # items of one title, such as a film and its remake
_YEAR = re.compile(r"\s*\(\d{4}\)$")


def named_items(catalogue: Catalogue, demand: Demand, known: bool = False) -> list[Item]:
    """Items whose title, with or without its year, is one that ``demand`` speaks of with favour.

    Only items of the demand's domains, where it has any, in the order of the names; with
    ``known`` those alone that are known to the user and not asked for.

    Raises:
        CatalogueError: the catalogue cannot be read.
    """
    spoken = [each for each in demand.interests if each.kind == "item" and each.polarity > 0]
    names = [each.text for each in spoken if each.known or not known]
    rows = catalogue.phrases(names)
    if not rows:
        return []
    items = catalogue.items_of_rows([number for number, _ in rows]).values()
    there = [each for each in items if not demand.domains or each.domain in demand.domains]
    found: list[Item] = []
    for name in names:
        found += [each for each in there if _spoken(name) in _titles(each)][:MOST_OF_A_NAME]
    return list({each.id: each for each in found}.values())


def _titles(item: Item) -> set[str]:
    return {_spoken(item.title), _spoken(_YEAR.sub("", item.title))}


def _spoken(title: str) -> str:
    return " ".join(title.casefold().split())
