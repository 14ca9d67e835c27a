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
        while cue := self._next_cue(view, at):
            name, start, end = cue
            excused = [stop for begin, stop in harmless if begin <= start < stop]
            if excused:
                at = max(end, *excused)
                continue
            stop = self._scope_end(view, start, end)
            after = self._next_cue(view, end)
            stop = min(stop, after[1]) if after and after[1] > end else stop
            if view[end:stop].strip(" ,"):
                mild = name == "mild"
                yield Scope((start, end), (end, stop), -0.5 if mild else -1.0, not mild)
                at = end if mild else max(end, stop)
            else:
                at = end

    def _next_cue(self, view: str, at: int) -> tuple[str, int, int] | None:
        """The first cue from ``at`` on; of several at one place the milder, which is the longer."""
        found = [
            (match.start(), order, name, match.end())
            for order, name in enumerate(_AGAINST)
            if (match := self.cues[name].search(view, at))
        ]
        if not found:
            return None
        start, _, name, end = min(found)
        return name, start, end

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
