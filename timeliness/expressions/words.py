"""Tokens and lexical edges: what a language's grammar reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from re import Match, Pattern
from typing import Any

from timeliness.expressions.chart import Edge


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, folded for look-up, with its half-open span and its categories."""

    text: str
    start: int
    end: int
    meanings: tuple[tuple[str, Any], ...] = ()


Reader = Callable[[Match[str]], Iterator[tuple[str, Any]]]  # the categories of a token that a pattern finds


class Lexicon:
    """Words and fixed phrases with their categories.

    Args:
        entries: category -> phrase -> value.
        read: cuts a phrase into tokens as the text will be.
    """

    def __init__(self, entries: Mapping[str, Mapping[str, Any]], read: Callable[[str], list[Token]]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
        for category, phrases in entries.items():
            for phrase, value in phrases.items():
                words = tuple(token.text for token in read(phrase))
                self._phrases.setdefault(words[0], []).append((words, category, value))

    def edges(self, tokens: list[Token]) -> list[Edge]:
        """Every reading of every token and of every fixed phrase; a literal has its own text for category."""
        texts = [token.text for token in tokens]
        found = []
        for place, token in enumerate(tokens):
            found.append(Edge(token.text, place, place + 1, token.text))
            found += [Edge(category, place, place + 1, value) for category, value in token.meanings]
            for words, category, value in self._phrases.get(token.text, ()):
                if len(words) == 1 or tuple(texts[place : place + len(words)]) == words:
                    found.append(Edge(category, place, place + len(words), value))
        return found


def tokens(text: str, pattern: Pattern[str], readers: Mapping[str, Reader]) -> list[Token]:
    """Cut ``text`` by the named groups of ``pattern``; a group's reader gives the token's categories."""
    found = []
    for match in pattern.finditer(text):
        group = match.lastgroup or ""
        reader = readers.get(group)
        meanings = tuple(reader(match)) if reader else ()
        word = "" if group == "opaque" else match.group().casefold().replace("’", "'")
        found.append(Token(word, match.start(), match.end(), meanings))
    return found


def table(words: str, values: Iterable[Any]) -> dict[str, Any]:
    """Words between spaces, alternatives between bars ("mon|monday"), each with the next value."""
    return {
        name: value for names, value in zip(words.split(), values, strict=True) for name in names.split("|")
    }
