"""The words that name genres, products, moods and domains, read from ``lexicon/*.toml``.

A file is one domain (``shared.toml``: all of them). Its sections say what kind of thing a
word names; each entry is a canonical English name and the words that people use for it, in
English or Chinese; ``self`` lists names that are their own words. Lookup is by longest run of words, so its cost does not grow with the
number of entries.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Literal, cast, get_args

from agent.understand.utterance import Token, Utterance
from schema import Domain, InterestKind, Span

FOLDER = Path(__file__).parent / "lexicon"

Section = Literal[
    "noun",
    "type",
    "form",
    "genre",
    "attribute",
    "occasion",
    "audience",
    "origin",
    "brand",
    "works_with",
    "verb",
]
KINDS: dict[Section, InterestKind | None] = {
    "noun": None,
    "type": "attribute",
    "form": "genre",
    "genre": "genre",
    "attribute": "attribute",
    "occasion": "attribute",
    "audience": "attribute",
    "origin": "topic",
    "brand": "brand",
    "works_with": "attribute",
    "verb": None,
}


@dataclass(frozen=True)
class Entry:
    """One canonical name; ``domain`` None where things of any domain may have it."""

    name: str
    section: Section
    domain: Domain | None

    @property
    def kind(self) -> InterestKind | None:
        """The kind of interest that it gives, None for a word that only names a domain."""
        return "topic" if self.broad else KINDS[self.section]

    @property
    def broad(self) -> bool:
        """Whether the name says less than the words do ("earbuds" are not just headphones)."""
        products = self.section == "type" and self.domain in {"shopping", "smart_home"}
        return products or (self.section == "genre" and self.domain == "news")


@dataclass(frozen=True)
class Match:
    """Words of an utterance that name something; several entries where they are ambiguous."""

    span: Span
    words: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Lexicon:
    """All entries by their words, and the plain lists of words beside them."""

    entries: Mapping[tuple[str, ...], tuple[Entry, ...]]
    longest: int
    stopwords: frozenset[str] = frozenset()
    given_names: frozenset[str] = frozenset()
    capitalised: frozenset[str] = frozenset()
    asking: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """All words that the lexicon knows."""
        return self.asking | self.stopwords | {word for key in self.entries for word in key}

    @cached_property
    def sections(self) -> Mapping[str, set[Section]]:
        """The sections in which each canonical name stands."""
        found: dict[str, set[Section]] = {}
        for entry in chain.from_iterable(self.entries.values()):
            found.setdefault(entry.name, set()).add(entry.section)
        return found

    def find(self, utterance: Utterance) -> list[Match]:
        """The longest matches, left to right, not overlapping."""
        return list(self._scan(utterance.tokens, utterance.view))

    def _scan(self, tokens: Sequence[Token], view: str) -> Iterator[Match]:
        at = 0
        while at < len(tokens):
            for length in range(min(self.longest, len(tokens) - at), 0, -1):
                found = self._lookup(tokens[at : at + length])
                if found:
                    span = tokens[at].start, tokens[at + length - 1].end
                    yield Match(span, view[span[0] : span[1]], found)
                    at += length
                    break
            else:
                at += 1

    def _lookup(self, run: Sequence[Token]) -> tuple[Entry, ...]:
        exact = tuple(token.word for token in run)
        return self.entries.get(exact) or self.entries.get((*exact[:-1], run[-1].singular), ())


def load_lexicon(folder: Path = FOLDER) -> Lexicon:
    """Read every file of ``folder``; a word may stand in several (they stay apart by domain).

    A plural ("headphones") is found in the singular too, unless that means something else
    ("lights" are devices, "light" is a quality).
    """
    entries: dict[tuple[str, ...], list[Entry]] = {}
    plurals: dict[tuple[str, ...], list[Entry]] = {}
    for phrase, entry in _read_entries(folder):
        tokens = Utterance(phrase).tokens
        key = tuple(token.word for token in tokens)
        form = (*key[:-1], tokens[-1].singular)
        if entry not in entries.setdefault(key, []):
            entries[key].append(entry)
        if form != key and entry not in plurals.setdefault(form, []):
            plurals[form].append(entry)
    entries = plurals | entries
    return Lexicon(
        entries={key: tuple(found) for key, found in entries.items()},
        longest=max((len(key) for key in entries), default=1),
        stopwords=_read_words(folder / "stopwords.txt"),
        given_names=_read_words(folder / "given_names.txt"),
        capitalised=_read_words(folder / "capitalised.txt"),
        asking=_read_words(folder / "asking.txt"),
    )


def _read_entries(folder: Path) -> Iterator[tuple[str, Entry]]:
    """Each phrase with the entry that it stands for."""
    for path in sorted(folder.glob("*.toml")):
        domain = cast("Domain | None", path.stem if path.stem in get_args(Domain) else None)
        with path.open("rb") as file:
            sections = tomllib.load(file)
        for section, names in sections.items():
            listed = {name: [name] for name in names.pop("self", ())} | names
            for name, words in listed.items():
                for phrase in words:
                    yield phrase, Entry(name, cast("Section", section), domain)


def _read_words(path: Path) -> frozenset[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
