"""What an event is about, beside its item: the item's categories and the named things of its title.

Named things are found simply: what stands in quotation marks or in 《》; words wholly in
capitals (NASA, COP31); and runs of capitalised words ("Suez Canal"), for which the title
must be written as a sentence is. In a title written All In Capitals Like This, capitals
tell nothing. A single capitalised word that opens the title tells nothing either.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from schema import Domain, Item

MOST = 8
LONGEST = 40  # characters
_QUOTED = re.compile(r"[“\"]([^“”\"\n]{2,40})[”\"]|[《「]([^》」\n]{1,40})[》」]")
_WORD = re.compile(r"[^\W\d_](?:[\w'’.-]*[^\W_])?", re.UNICODE)
_ACRONYM = re.compile(r"(?:[A-Z]{2,}\d*|(?:[A-Z]\.){2,})$")
_POSSESSIVE = re.compile(r"['’]s?$")
SENTENCE_CASE = 0.75  # at most this share of the longer words after the first is capitalised


class Key(NamedTuple):
    """What is counted: an item, or a category or a named thing within a domain (``domain`` "" for an item)."""

    kind: Literal["item", "category", "name"]
    domain: Domain | Literal[""]
    name: str


def item_key(item_id: str) -> Key:
    """The key of an item."""
    return Key("item", "", item_id)


def topics_of(item: Item) -> tuple[Key, ...]:
    """The keys of the item's categories and of the named things in its title, at most ``MOST`` of each."""
    categories = dict.fromkeys(each.casefold() for each in item.categories)
    names = dict.fromkeys(names_in(item.title))
    return (
        *(Key("category", item.domain, each) for each in list(categories)[:MOST]),
        *(Key("name", item.domain, each) for each in list(names)[:MOST] if each.casefold() not in categories),
    )


def names_in(title: str) -> list[str]:
    """The named things of a title, in its spelling and order."""
    found = [text for match in _QUOTED.finditer(title) for text in match.groups() if text]
    words = list(_WORD.finditer(title))
    shouted = title.upper() == title
    later = [each.group() for each in words[1:] if len(each.group()) > 3]
    sentence = sum(each[0].isupper() for each in later) <= SENTENCE_CASE * len(later)
    run: list[re.Match[str]] = []
    for word in (*words, None):
        joins = bool(
            word and word.group()[0].isupper() and (not run or title[run[-1].end() : word.start()] == " ")
        )
        if not joins:
            found += _names(run, opens=bool(run) and run[0] is words[0], sentence=sentence, shouted=shouted)
            run = []
        if word and word.group()[0].isupper():
            run.append(word)
    return [each for each in dict.fromkeys(found) if 1 < len(each) <= LONGEST]


def _names(run: list[re.Match[str]], *, opens: bool, sentence: bool, shouted: bool) -> list[str]:
    """The name that a run of capitalised words is, or the acronyms in it."""
    if not run or shouted:
        return []
    words = [each.group() for each in run]
    if sentence and not (opens and len(words) == 1):
        return [_POSSESSIVE.sub("", " ".join(words))]
    return [each for each in words if _ACRONYM.match(each)]
