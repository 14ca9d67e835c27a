"""Which parts of a message speak for a thing and which against: negation with its scope, must and may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.understand.cues import Cues, load_cues
from schema import Span

# A word of necessity further before a wish than this speaks of something else.
REACH = 25
_AGAINST = ("mild", "hate", "refuse")
_LEADING = re.compile(
    r"\s*(?:(?:any|anything|something|stuff|films|movies|songs|music)\s+)?(?:(?:for|with|to watch|to|that"
    r"|it|be|by|about|like|from)\s+)?"
)


@dataclass(frozen=True)
class Scope:
    """A stretch ``span`` that is spoken against, by the words at ``cue``."""

    cue: Span
    span: Span
    polarity: float
    hard: bool

    def holds(self, place: Span) -> bool:
        """Whether the words at ``place`` begin inside the stretch."""
        return self.span[0] <= place[0] < self.span[1]


@dataclass(frozen=True)
class PolarityReader:
    """The cues of ``cues/polarity.toml``."""

    cues: Cues

    @classmethod
    def load(cls) -> PolarityReader:
        """Read the committed cues."""
        return cls(load_cues("polarity"))

    def scopes(self, view: str) -> tuple[Scope, ...]:
        """The stretches of ``view`` that are spoken against, left to right."""
        return tuple(self._scopes(view))

    def strength(self, view: str, place: Span) -> tuple[bool, float]:
        """(hard, weight) of a wish at ``place``, from the words of its clause."""
        breaks = [found.end() for found in self.cues["break"].finditer(view, 0, place[0])]
        end = self.cues["break"].search(view, place[1])
        before = view[breaks[-1] if breaks else 0 : place[0]]
        after = view[place[1] : end.start() if end else len(view)]
        if self.cues["soft"].search(before) or self.cues["soft_after"].search(after):
            return False, 0.6
        hard = self.cues["hard"].search(before)
        return hard is not None and len(before) - hard.end() <= REACH, 1.0

    def _scopes(self, view: str) -> Iterator[Scope]:
        harmless = [found.span() for found in self.cues["harmless"].finditer(view)]
        answer = self.cues["answer"].match(view)
        at = answer.end() if answer else 0
        cues = self._cues_in(view)
        for place, (start, mild, end) in enumerate(cues):
            excused = [stop for begin, stop in harmless if begin <= start < stop]
            if start < at or excused:
                at = max(at, *excused) if excused and start >= at else at
                continue
            later = next((begin for begin, _, _ in cues[place + 1 :] if begin >= end), len(view))
            stop = min(self._scope_end(view, start, end), max(later, end))
            at = end
            if view[end:stop].strip(" ,"):
                yield Scope((start, end), (end, stop), -0.5 if mild else -1.0, not mild)
                at = end if mild else stop

    def _cues_in(self, view: str) -> list[tuple[int, bool, int]]:
        """(start, whether mild, end) of all cues in order; of several at one place the milder, which is longer."""
        found = [
            (match.start(), order, match.end())
            for order, name in enumerate(_AGAINST)
            for match in self.cues[name].finditer(view)
        ]
        first: dict[int, tuple[int, bool, int]] = {}
        for start, order, end in sorted(found):
            first.setdefault(start, (start, order == 0, end))
        return list(first.values())

    def _scope_end(self, view: str, start: int, end: int) -> int:
        if view[start:end] == "除了":
            outside = re.compile("以外|之外|都").search(view, end)
            if outside:
                return outside.start()
        leading = _LEADING.match(view, end)
        at = leading.end() if leading else end
        while stop := self.cues["end"].search(view, at):
            listed = stop.group() in ",，、" and self.cues["list_goes_on"].match(view, stop.start())
            if not listed or self.cues["new_clause"].match(view, stop.start()):
                return stop.start()
            at = stop.end()
        return len(view)
