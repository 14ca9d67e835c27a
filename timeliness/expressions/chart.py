"""A small chart parser: lexical edges in, every phrase that the rules can build out.

Rules are written as lines ``Target <- symbols`` with the function that makes the value.
A symbol with a capital is a category, any other a literal token; ``?`` marks an optional
one and ``|`` alternatives. The function is called with a context and the values of the
categories in their order (None for one that was left out); it returns None, or raises
ValueError or OverflowError (a day or year that no calendar has), to refuse.

Parsing is bottom-up from right to left over a trie of all right-hand sides (a chart
parser, Kay 1980), so that a phrase is built once however often it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

Action = Callable[..., Any]
MAX_SPAN = 24  # tokens of the longest phrase
MAX_READINGS = 2  # of one category over one span


@dataclass(frozen=True, slots=True)
class Edge:
    """A phrase: what it is, the half-open range of tokens that it covers, and what it means."""

    category: str
    start: int
    end: int
    value: Any


@dataclass(slots=True)
class _Node:
    then: dict[str, _Node] = field(default_factory=dict)
    done: list[tuple[str, Action, tuple[int, ...]]] = field(default_factory=list)


def as_is(_: Any, value: Any) -> Any:
    """The action of a rule that renames a phrase."""
    return value


class Grammar:
    """Rules compiled into a trie.

    Args:
        rules: pairs of a rule's line and its function.

    Raises:
        ValueError: a line is not of the form ``Target <- symbols``.
    """

    def __init__(self, rules: Iterable[tuple[str, Action]]) -> None:
        self._root = _Node()
        for line, action in rules:
            target, arrow, symbols = line.partition("<-")
            if not arrow or not symbols.split():
                raise ValueError(f"not a rule: {line!r}; write 'Target <- symbol symbol'")
            self._add(target.strip(), symbols.split(), action)

    def _add(self, target: str, symbols: Sequence[str], action: Action) -> None:
        choices = []
        for symbol in symbols:
            options: list[str | None] = list(symbol.removesuffix("?").split("|")) if symbol != "|" else ["|"]
            choices.append([*options, None] if symbol.endswith("?") and len(symbol) > 1 else options)
        slots = [any(option and option[0].isupper() for option in each) for each in choices]
        for chosen in product(*choices):
            node, places, taken = self._root, [], 0
            for part, takes_value in zip(chosen, slots, strict=True):
                if takes_value:
                    places.append(taken if part and part[0].isupper() else -1)
                if part is not None:
                    node = node.then.setdefault(part, _Node())
                    taken += 1
            if taken:
                node.done.append((target, action, tuple(places)))

    def parse(self, lexical: Sequence[Edge], context: Any) -> list[list[Edge]]:
        """All edges by the token at which they start.

        Args:
            lexical: edges of single tokens and fixed phrases; a literal is an edge whose
                category is the token's own text.
            context: what every rule's function gets first.
        """
        size = max((edge.end for edge in lexical), default=0)
        chart: list[list[Edge]] = [[] for _ in range(size + 1)]
        by_start: list[list[Edge]] = [[] for _ in range(size + 1)]
        for edge in lexical:
            by_start[edge.start].append(edge)
        for start in range(size - 1, -1, -1):
            self._complete(by_start[start], chart, start, context)
        return chart

    def _complete(self, agenda: list[Edge], chart: list[list[Edge]], start: int, context: Any) -> None:
        """Fill ``chart[start]`` with the given edges and all that begin with one of them."""
        seen: dict[tuple[str, int], list[Any]] = {}
        agenda = agenda[::-1]
        while agenda:
            edge = agenda.pop()
            values = seen.setdefault((edge.category, edge.end), [])
            if len(values) >= MAX_READINGS or edge.value in values:
                continue
            values.append(edge.value)
            chart[start].append(edge)
            node = self._root.then.get(edge.category)
            if node is not None:
                found: list[Edge] = []
                self._extend(node, (edge,), chart, context, found)
                agenda.extend(reversed(found))

    def _extend(
        self, node: _Node, parts: tuple[Edge, ...], chart: list[list[Edge]], context: Any, found: list[Edge]
    ) -> None:
        start, end = parts[0].start, parts[-1].end
        for target, action, places in node.done:
            try:
                value = action(context, *(parts[place].value if place >= 0 else None for place in places))
            except (ValueError, OverflowError):
                continue
            if value is not None:
                found.append(Edge(target, start, end, value))
        if node.then and end - start < MAX_SPAN and end < len(chart):
            for edge in chart[end]:
                following = node.then.get(edge.category)
                if following is not None:
                    self._extend(following, (*parts, edge), chart, context, found)
