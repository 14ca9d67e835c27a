"""What one message says on its own, before the conversation is taken into account."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.understand.comparatives import Comparison
from agent.understand.limits import Lifted
from schema import Domain, Intent, Interest, Limits, Reference, Sentiment, TimeDemand


@dataclass(frozen=True)
class Reading:
    """One message, read.

    ``view`` is the text for matching (same length, lower case). ``named``: whether words
    name the domains outright. ``comparisons`` are wishes measured by what was shown
    ("cheaper"). ``lifted`` are conditions that no longer hold, ``withdrawn`` wishes that no
    longer matter. ``query`` is this message's own wish in words.
    """

    text: str
    view: str
    language: str
    intent: Intent
    domains: tuple[Domain, ...] = ()
    named: bool = False
    interests: tuple[Interest, ...] = ()
    times: tuple[TimeDemand, ...] = ()
    limits: Limits = field(default_factory=Limits)
    lifted: frozenset[Lifted] = frozenset()
    withdrawn: tuple[str, ...] = ()
    count: int | None = None
    references: tuple[Reference, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    sentiment: Sentiment = field(default_factory=Sentiment)
    query: str = ""
    notes: tuple[str, ...] = ()
